/*
 * pipe: see pipe.h. libpq's pipeline mode, from the first statement that is put to the last answer.
 *
 * What is put is small, or the last that is put: so neither side waits for the other to read.
 */
#include "store/pg/pipe.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "store/pg/handle.h"

static const struct {
	const char *text;
	Oid types[3];
	bool plain;
} fixed[FIXED_N] = {
    [FIXED_BEGIN] = {"BEGIN", {0}, true},
    /* Who reads holds up nobody, however long he takes. */
    [FIXED_BEGIN_READ] = {"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", {0}, true},
    [FIXED_IDLE] = {"SET LOCAL idle_in_transaction_session_timeout TO 0", {0}, true},
    [FIXED_ALONE] = {"SELECT pg_advisory_xact_lock(" PG_LOCK_WRITE ")", {0}, false},
    [FIXED_SHARED] = {"SELECT pg_advisory_xact_lock_shared(" PG_LOCK_WRITE ")", {0}, false},
    [FIXED_BATCH] = {"SELECT pg_advisory_xact_lock(" PG_LOCK_BATCH ", $1)", {PG_OID_INT4}, false},
    [FIXED_LOOK] = {"SELECT version::text, pg_current_xact_id()::text, " PG_CLOCK
		    "::text, lowest::text FROM schema_version",
	{0}, false},
    [FIXED_COUNT] = {NULL, {PG_OID_TEXT, PG_OID_TEXT, PG_OID_INT8}, false},
    [FIXED_COMMIT] = {"COMMIT", {0}, true},
    [FIXED_NOTIFY] = {PG_NOTIFY, {0}, true},
};

void
pipe_init(struct pg_db *pg)
{
	for (int i = 0; i < FIXED_N; i++) {
		struct pg_statement *s = &pg->fixed[i];

		s->text = fixed[i].text;
		s->types = fixed[i].types;
		s->plain = fixed[i].plain;
		snprintf(s->name, sizeof(s->name), "f%d", i);
	}
}

/* ---- to the server ---- */

static void
note(struct pg_db *pg, enum pipe_kind kind, struct pg_statement *s, PGresult **rows)
{
	struct pg_pipe *p = &pg->pipe;

	p->parts = mem_grow(p->parts, p->n, &p->cap, sizeof(*p->parts));
	p->parts[p->n++] = (struct pipe_part){kind, s, rows};
}

/* False: the connection is lost. */
static bool
send_one(struct pg_db *pg, enum pipe_kind kind, struct pg_statement *s, const struct pg_values *v,
    PGresult **rows)
{
	bool again = s->used && !s->plain;

	s->used = true;
	if (again && s->generation != pg->generation) {
		if (PQsendPrepare(pg->conn, s->name, s->text, v->n, s->types) != 1)
			return false;
		note(pg, PIPE_PREPARE, s, NULL);
		/* Others of it may come before the answer. */
		s->generation = pg->generation;
	}
	if ((again ? PQsendQueryPrepared(
			 pg->conn, s->name, v->n, v->v, v->lengths, v->formats, 1)
		   : PQsendQueryParams(pg->conn, s->text, v->n, s->types, v->v, v->lengths,
			 v->formats, 1)) != 1)
		return false;
	note(pg, kind, s, rows);
	return true;
}

static bool
send_fixed(struct pg_db *pg, enum pipe_kind kind, int i)
{
	static const struct pg_values none = {0, NULL, NULL, NULL};

	return send_one(pg, kind, &pg->fixed[i], &none, NULL);
}

static bool
send_batch_lock(struct pg_db *pg)
{
	char number[16];
	const char *const v[] = {number};
	static const int zero[] = {0};
	const struct pg_values values = {1, v, zero, zero};

	snprintf(number, sizeof(number), "%d", pg->owed_batch);
	return send_one(pg, PIPE_PLAIN, &pg->fixed[FIXED_BATCH], &values, NULL);
}

/*
 * The locks come in statements of their own: what the next ones see is what was committed until
 * they had them.
 */
static bool
send_locks(struct pg_db *pg, enum pg_begin what)
{
	return (what == BEGIN_OWN ||
		   send_fixed(
		       pg, PIPE_PLAIN, what == BEGIN_ALONE ? FIXED_ALONE : FIXED_SHARED)) &&
	       send_fixed(pg, PIPE_LOOK, FIXED_LOOK) &&
	       (pg->owed_batch == 0 || send_batch_lock(pg));
}

static bool
send_begin(struct pg_db *pg)
{
	enum pg_begin what = pg->owed;

	if (what == BEGIN_NONE || pg->pipe.n > 0)
		return true;
	pg->asked_at = clock_boot();
	if (what == BEGIN_READ)
		return send_fixed(pg, PIPE_PLAIN, FIXED_BEGIN_READ) &&
		       send_fixed(pg, PIPE_PLAIN, FIXED_IDLE);
	return send_fixed(pg, PIPE_PLAIN, FIXED_BEGIN) && send_locks(pg, what);
}

int
pipe_put(struct pg_db *pg, enum pipe_kind kind, struct pg_statement *s,
    const struct pg_values *v, PGresult **rows, struct err *e)
{
	if (rows != NULL) {
		PQclear(*rows);
		*rows = NULL;
	}
	if (PQenterPipelineMode(pg->conn) != 1 || !send_begin(pg) ||
	    !send_one(pg, kind, s, v, rows))
		return pg_fail(pg, NULL, e);
	return 0;
}

int
pipe_put_fixed(struct pg_db *pg, enum pipe_kind kind, int i, struct err *e)
{
	static const struct pg_values none = {0, NULL, NULL, NULL};

	return pipe_put(pg, kind, &pg->fixed[i], &none, NULL, e);
}

/* ---- and back ---- */

/* The result of one, or NULL: of that the connection has nothing to say any more. */
static PGresult *
result(struct pg_db *pg)
{
	PGresult *res = PQgetResult(pg->conn), *more;

	while (res != NULL && !pg_is_lost(pg) && (more = PQgetResult(pg->conn)) != NULL)
		PQclear(more);
	return res;
}

static int
take(struct pg_db *pg, const struct pipe_part *part, PGresult *res, struct err *e)
{
	if (part->kind == PIPE_PREPARE)
		return 0;
	if (part->kind == PIPE_LOOK)
		return commit_look(pg, res, e);
	if (part->kind == PIPE_COMMIT || part->kind == PIPE_NOTIFY)
		commit_end(pg, res);
	return 0;
}

/* rc: of what came before it. */
static int
read_one(struct pg_db *pg, const struct pipe_part *part, int rc, struct err *e)
{
	PGresult *res = result(pg);
	ExecStatusType status = PQresultStatus(res);

	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
		int taken = take(pg, part, res, e);

		rc = rc < 0 ? rc : taken;
		if (part->rows != NULL && rc >= 0) {
			*part->rows = res;
			return rc;
		}
	} else {
		if (part->kind == PIPE_PREPARE)
			part->statement->generation = 0;
		if (rc >= 0)
			rc = pg_fail(pg, res, e);
	}
	PQclear(res);
	return rc;
}

int
pipe_ask(struct pg_db *pg, struct err *e)
{
	struct pg_pipe *p = &pg->pipe;
	int rc = PQpipelineSync(pg->conn) == 1 ? 0 : pg_fail(pg, NULL, e);

	for (size_t i = 0; i < p->n; i++)
		if (!pg_is_lost(pg) || rc >= 0)
			rc = read_one(pg, &p->parts[i], rc, e);
	p->n = 0;
	/* Of a connection that is lost, nothing more comes. */
	if (!pg_is_lost(pg))
		PQclear(PQgetResult(pg->conn));
	(void)PQexitPipelineMode(pg->conn);
	if (rc >= 0)
		pg->owed = BEGIN_NONE;
	return rc;
}

int
pipe_settle(struct pg_db *pg, struct err *e)
{
	if (pg->owed != BEGIN_NONE && pg->pipe.n == 0) {
		if (PQenterPipelineMode(pg->conn) != 1 || !send_begin(pg))
			return pg_fail(pg, NULL, e);
	}
	return pg->pipe.n > 0 ? pipe_ask(pg, e) : 0;
}

int
pipe_share(struct pg_db *pg, int32_t batch, struct err *e)
{
	pg->owed_batch = batch;
	pg->asked_at = clock_boot();
	if (PQenterPipelineMode(pg->conn) != 1 || !send_locks(pg, BEGIN_SHARED))
		return pg_fail(pg, NULL, e);
	return pipe_ask(pg, e);
}

void
pipe_drop(struct pg_db *pg)
{
	struct err unused;

	pg->owed = BEGIN_NONE;
	for (size_t i = 0; i < pg->pipe.n; i++)
		pg->pipe.parts[i].rows = NULL;
	if (pg->pipe.n > 0)
		(void)pipe_ask(pg, &unused);
}
