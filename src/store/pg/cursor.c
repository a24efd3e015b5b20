/*
 * cursor: statements and their rows, see store/sql/driver.h. Values and rows go in binary form, and
 * the rows of a statement come all at once; those of a whole table one by one.
 */
#include <assert.h>
#include <endian.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/pg/handle.h"
#include "store/pg/submit.h"

#define VALUES_MAX 64

/* Types, as the server's catalog numbers them. */
enum {
	OID_BOOL = 16,
	OID_BYTEA = 17,
	OID_INT8 = PG_OID_INT8,
	OID_INT2 = 21,
	OID_INT4 = PG_OID_INT4,
	OID_TEXT = PG_OID_TEXT,
	OID_TID_ARRAY = 1010,
	OID_INT8_ARRAY = 1016
};

struct pg_cursor {
	struct cursor cursor; /* first */
	struct pg_statement s, late; /* late: without ON CONFLICT */
	char *text, *late_text;
	Oid types[VALUES_MAX];
	const char *insert; /* what it was made of, if its rows can be collected */
	PGresult *res;
	int row;
	bool streams;  /* more results are to come */
	bool foreseen; /* it was asked for before its turn */
};

static struct pg_cursor *
pg_cursor(struct cursor *c)
{
	return (struct pg_cursor *)c;
}

int
pg_prepare(struct db *db, const char *text, const struct val *v, size_t n, struct cursor **c,
    struct err *e)
{
	static const Oid types[] = {
	    [VAL_INT] = OID_INT8,
	    [VAL_TEXT] = OID_TEXT,
	    [VAL_BLOB] = OID_BYTEA,
	    [VAL_ARRAY] = OID_INT8_ARRAY,
	    [VAL_PLACES] = OID_TID_ARRAY,
	};
	struct pg_cursor *new = xcalloc(1, sizeof(*new));

	(void)e;
	assert(n <= VALUES_MAX);
	new->text = pg_statement(text);
	new->insert = strncmp(text, "INSERT INTO ", 12) == 0 ? text : NULL;
	new->s = (struct pg_statement){.text = new->text, .types = new->types};
	snprintf(new->s.name, sizeof(new->s.name), "s%u", ++pg_db(db)->prepared);
	for (size_t i = 0; i < n; i++)
		new->types[i] = types[v[i].kind];
	*c = &new->cursor;
	return 0;
}

void
pg_finalize(struct cursor *c)
{
	PQclear(pg_cursor(c)->res);
	free(pg_cursor(c)->text);
	free(pg_cursor(c)->late_text);
	free(c);
}

/* ---- values ---- */

struct values {
	const char *p[VALUES_MAX];
	int len[VALUES_MAX], format[VALUES_MAX];
	uint64_t numbers[VALUES_MAX];
};

static struct pg_values
bind(struct values *b, const struct val *v, size_t n)
{
	struct pg_values values = {(int)n, b->p, b->len, b->format};

	for (size_t i = 0; i < n; i++, v++) {
		b->format[i] = 1;
		b->p[i] = NULL;
		b->len[i] = 0;
		if (v->null)
			continue;
		if (v->kind == VAL_INT) {
			b->numbers[i] = htobe64((uint64_t)v->n);
			b->p[i] = (const char *)&b->numbers[i];
			b->len[i] = sizeof(b->numbers[i]);
			continue;
		}
		/* No bytes are not NULL. */
		b->p[i] = v->p != NULL ? v->p : "";
		b->len[i] = (int)(v->n >= 0 ? v->n : (int64_t)strlen(v->p));
	}
	return values;
}

/* ---- running ---- */

static int64_t
rows_changed(PGresult *res)
{
	const char *n = PQcmdTuples(res);

	return *n != '\0' ? strtoll(n, NULL, 10) : 0;
}

static bool
went_well(const PGresult *res)
{
	ExecStatusType status = PQresultStatus(res);

	return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK ||
	       status == PGRES_SINGLE_TUPLE;
}

/* A table that is read whole. */
static bool
may_stream(const struct pg_db *pg, const struct pg_cursor *c, size_t n)
{
	return pg->whole && n == 0 && strncmp(c->text, "SELECT ", 7) == 0;
}

static int
begin_stream(struct pg_db *pg, struct pg_cursor *c, struct err *e)
{
	int rc = pipe_settle(pg, e);

	if (rc < 0)
		return rc;
	PQclear(c->res);
	c->res = NULL;
	if (PQsendQueryParams(pg->conn, c->text, 0, NULL, NULL, NULL, NULL, 1) == 1 &&
	    PQsetSingleRowMode(pg->conn) == 1)
		c->res = PQgetResult(pg->conn);
	c->streams = true;
	if (went_well(c->res))
		return 0;
	rc = pg_fail(pg, c->res, e);
	pg_reset(&c->cursor);
	return rc;
}

/* What is still to come is not waited for. */
static void
end_stream(struct pg_db *pg, struct pg_cursor *c)
{
	PGcancel *cancel = PQgetCancel(pg->conn);
	char why[256];
	PGresult *res;

	c->streams = false;
	if (cancel != NULL && PQresultStatus(c->res) == PGRES_SINGLE_TUPLE)
		(void)PQcancel(cancel, why, sizeof(why));
	PQfreeCancel(cancel);
	while ((res = PQgetResult(pg->conn)) != NULL)
		PQclear(res);
	/* What comes next in a pipeline would still come row by row. */
	PQclear(PQexec(pg->conn, ""));
}

static int
ask(struct pg_db *pg, struct pg_cursor *c, const struct pg_values *v, struct err *e)
{
	int rc = pipe_put(pg, PIPE_ROWS, &c->s, v, &c->res, e);

	return rc < 0 ? rc : pipe_ask(pg, e);
}

/*
 * Of a connection that had died before, its first question is where that is heard. Nothing of a
 * transaction is lost with it then: what may have been put with its begin is foreseen at most, and
 * that is asked for by itself.
 */
static int
ask_again(struct pg_db *pg, struct pg_cursor *c, const struct pg_values *v, struct err *e)
{
	enum pg_begin owed = pg->owed;
	int rc;

	pipe_drop(pg);
	pg_forget(pg);
	pg->owed = owed;
	return (rc = pg_connect(pg, e)) < 0 ? rc : ask(pg, c, v, e);
}

/* What is foreseen has its answer, or gets it with what is put, or did so with the commit. */
static int
execute(struct pg_db *pg, struct pg_cursor *c, const struct val *v, size_t n, struct err *e)
{
	struct pg_values values;
	struct values b;
	int rc;

	if (may_stream(pg, c, n))
		return begin_stream(pg, c, e);
	values = bind(&b, v, n);
	rc = c->foreseen ? pipe_settle(pg, e) : ask(pg, c, &values, e);
	c->foreseen = false;
	if (rc < 0 && pg_is_lost(pg) && (!pg->in_transaction || pg->owed != BEGIN_NONE))
		rc = ask_again(pg, c, &values, e);
	return rc;
}

/* Nobody could be told of a row that is in the way of one of these: that is an error. */
static void
prepare_late(struct pg_db *pg, struct pg_cursor *c)
{
	const char *tail = strstr(c->text, " ON CONFLICT");

	c->late_text = xasprintf("%.*s",
	    (int)(tail != NULL ? tail - c->text : (ptrdiff_t)strlen(c->text)), c->text);
	c->late = (struct pg_statement){.text = c->late_text, .types = c->types};
	snprintf(c->late.name, sizeof(c->late.name), "s%u", ++pg->prepared);
}

/* Rows of new jobs that go with the commit; what is wrong with them is said then. */
static int
put_row(struct pg_db *pg, struct pg_cursor *c, const struct val *v, size_t n, struct err *e)
{
	struct values b;
	struct pg_values values = bind(&b, v, n);
	int rc;

	/* With the begin it would go with a connection that had died: ask_again. */
	if (pg->owed != BEGIN_NONE && (rc = pipe_settle(pg, e)) < 0)
		return rc;
	if (c->late_text == NULL)
		prepare_late(pg, c);
	return pipe_put(pg, PIPE_PLAIN, &c->late, &values, NULL, e);
}

/* 1: it is no row that is collected. */
static int
collect(struct pg_db *pg, struct pg_cursor *c, const struct val *v, size_t n, struct err *e)
{
	int table = c->insert != NULL ? submit_table(pg, c->insert) : -1, rc;

	if (table != -1) {
		pg->changed = 1;
		return pg->collect == COLLECT_LATE ? put_row(pg, c, v, n, e)
						   : submit_row(pg, c->insert, v, n, e);
	}
	if (pg->whole && (rc = submit_flush(pg, e)) < 0)
		return rc;
	return !(pg->in_transaction && !pg->whole && c->insert != NULL &&
		 pg_count(pg, c->insert, v));
}

int
pg_first(struct cursor *cursor, const struct val *v, size_t n, struct err *e)
{
	struct pg_cursor *c = pg_cursor(cursor);
	struct pg_db *pg = pg_db(cursor->db);
	int rc;

	if ((rc = collect(pg, c, v, n, e)) <= 0 || (rc = submit_end(pg, e)) < 0)
		return rc;
	if (!pg->in_transaction && !c->foreseen && (rc = pg_connect(pg, e)) < 0)
		return rc;
	if ((rc = execute(pg, c, v, n, e)) < 0 || c->res == NULL)
		return rc;
	pg->changed = rows_changed(c->res);
	c->row = -1;
	return pg_next(cursor, e);
}

/* What is put is read by the server as it comes, but its answers wait for us: they are bounded. */
#define PUT_MAX 256

int
pg_put(struct cursor *cursor, const struct val *v, size_t n, struct err *e)
{
	struct pg_cursor *c = pg_cursor(cursor);
	struct pg_db *pg = pg_db(cursor->db);
	struct pg_values values;
	struct values b;
	int rc;

	if (!pg->in_transaction || pg->owed != BEGIN_NONE || pg->whole || c->foreseen)
		return 1;
	if ((rc = collect(pg, c, v, n, e)) <= 0 || (rc = submit_end(pg, e)) < 0)
		return rc;
	if (pg->pipe.n >= PUT_MAX && (rc = pipe_settle(pg, e)) < 0)
		return rc;
	values = bind(&b, v, n);
	return pipe_put(pg, PIPE_PLAIN, &c->s, &values, NULL, e);
}

int
pg_foresee(
    struct pg_db *pg, const char *text, const struct val *v, size_t n, struct err *e)
{
	struct cursor *cursor;
	struct pg_cursor *c;
	struct pg_values values;
	struct values b;
	int rc;

	if ((rc = db_prepare(&pg->db, e, text, v, n, &cursor)) < 0)
		return rc;
	c = pg_cursor(cursor);
	values = bind(&b, v, n);
	if ((rc = pipe_put(pg, PIPE_ROWS, &c->s, &values, &c->res, e)) < 0)
		return rc;
	assert(pg->nforeseen < PG_FORESEEN);
	pg->foreseen[pg->nforeseen++] = cursor;
	c->foreseen = true;
	return 0;
}

void
pg_forget(struct pg_db *pg)
{
	for (int i = 0; i < pg->nforeseen; i++) {
		struct pg_cursor *c = pg_cursor(pg->foreseen[i]);

		if (c->foreseen)
			pg_reset(pg->foreseen[i]);
		c->foreseen = false;
	}
	pg->nforeseen = 0;
}

/* The next result of a stream: one row, or an empty last one. */
static int
go_on(struct pg_cursor *c, struct err *e)
{
	struct pg_db *pg = pg_db(c->cursor.db);
	int rc = 0;

	PQclear(c->res);
	c->res = PQgetResult(pg->conn);
	c->row = -1;
	if (c->res != NULL && !went_well(c->res))
		rc = pg_fail(pg, c->res, e);
	return rc;
}

int
pg_next(struct cursor *cursor, struct err *e)
{
	struct pg_cursor *c = pg_cursor(cursor);
	int rc = 0;

	if (c->streams && c->row >= 0)
		rc = go_on(c, e);
	if (rc == 0 && ++c->row < PQntuples(c->res))
		return 1;
	pg_reset(cursor);
	return rc;
}

void
pg_reset(struct cursor *cursor)
{
	struct pg_cursor *c = pg_cursor(cursor);

	if (c->streams)
		end_stream(pg_db(cursor->db), c);
	PQclear(c->res);
	c->res = NULL;
}

int64_t
pg_changes(const struct db *db)
{
	return pg_db(db)->changed;
}

/* ---- columns ---- */

bool
pg_is_null(struct cursor *cursor, int i)
{
	struct pg_cursor *c = pg_cursor(cursor);

	return PQgetisnull(c->res, c->row, i) != 0;
}

int64_t
pg_integer(struct cursor *cursor, int i)
{
	struct pg_cursor *c = pg_cursor(cursor);
	const char *p = PQgetvalue(c->res, c->row, i);
	uint64_t n8;
	uint32_t n4;
	uint16_t n2;

	if (PQgetisnull(c->res, c->row, i))
		return 0;
	switch (PQftype(c->res, i)) {
	case OID_BOOL:
		return *p != 0;
	case OID_INT2:
		memcpy(&n2, p, sizeof(n2));
		return (int16_t)be16toh(n2);
	case OID_INT4:
		memcpy(&n4, p, sizeof(n4));
		return (int32_t)be32toh(n4);
	case OID_INT8:
		memcpy(&n8, p, sizeof(n8));
		return (int64_t)be64toh(n8);
	}
	abort();
}

const char *
pg_text(struct cursor *cursor, int i)
{
	struct pg_cursor *c = pg_cursor(cursor);

	return PQgetisnull(c->res, c->row, i) ? NULL : PQgetvalue(c->res, c->row, i);
}

const void *
pg_blob(struct cursor *cursor, int i, int64_t *len)
{
	struct pg_cursor *c = pg_cursor(cursor);

	*len = PQgetlength(c->res, c->row, i);
	return *len > 0 ? PQgetvalue(c->res, c->row, i) : NULL;
}

/* ---- others ---- */

PGresult *
pg_exec(struct pg_db *pg, const char *text, struct err *e)
{
	PGresult *res = PQexec(pg->conn, text);

	if (went_well(res))
		return res;
	pg_fail(pg, res, e);
	PQclear(res);
	return NULL;
}

int
pg_run(struct pg_db *pg, const char *text, struct err *e)
{
	PGresult *res = pg_exec(pg, text, e);

	PQclear(res);
	return res != NULL ? 0 : e->code;
}
