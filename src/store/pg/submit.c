/*
 * submit: new jobs, by many at once.
 *
 * A job that comes after no other and stands in no line is a row of its own and an occurrence, and
 * nothing else is looked at: so who submits such shares the writers' lock with his likes. A few go
 * with their commit, so that their id and that are all that is asked of the server. Of more than a
 * few the rows go to the server by COPY: those of the jobs while they are made, so that both sides
 * work at the same time, and those of the occurrences at the end, in the order of the index that
 * has all of them: so one place in it is near the next. (In text: the server reads its numbers and
 * short words from that with less work than from the binary form.) Of a chunk of very many, the
 * rows of the next ones go at the same time: lane.c. If it refuses them because a name is taken,
 * all is done again the usual way, which says whose. A copy of whole tables does so with the rows
 * of one table after the other.
 */
#include "store/pg/submit.h"

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "store/pg/handle.h"
#include "store/pg/lane.h"
#include "store/sql/line.h"
#include "store/sql/slots.h"

#define FEW 10		     /* jobs: fewer go with the commit, in statements of their own */
#define KEEP_BYTES (4 << 20) /* of a table's rows, while another's go to the server */
#define SEND_BYTES (64 << 10) /* about what a socket takes without a wait */

/* ---- statements ---- */

/* Of an INSERT of values, "table (columns)". */
static int
head_length(const char *insert)
{
	return (int)(strchr(insert, ')') + 1 - insert);
}

char *
submit_copy_text(const struct pg_copy *c)
{
	int skip = (int)strlen("INSERT INTO ");

	return xasprintf("COPY %.*s FROM STDIN", head_length(c->insert) - skip, c->insert + skip);
}

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

int
submit_table(const struct pg_db *pg, const char *text)
{
	if (pg->whole)
		return strstr(text, "ON CONFLICT") == NULL ? COPY_WHOLE : -1;
	if (pg->collect == COLLECT_NOT)
		return -1;
	if (begins(text, "INSERT INTO jobs "))
		return COPY_JOBS;
	return begins(text, "INSERT INTO occurrences ") ? COPY_OCCURRENCES : -1;
}

/* ---- to the server ---- */

/* The end of the one that is under way. What the server has against its rows is said now. */
int
submit_end(struct pg_db *pg, struct err *e)
{
	PGresult *res;
	int rc = 0;

	if (pg->sending == NULL)
		return 0;
	pg->sending = NULL;
	if (PQputCopyEnd(pg->conn, NULL) != 1)
		return pg_fail(pg, NULL, e);
	res = PQgetResult(pg->conn);
	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		rc = pg_fail(pg, res, e);
	PQclear(res);
	while ((res = PQgetResult(pg->conn)) != NULL)
		PQclear(res);
	return rc;
}

static int
begin_copy(struct pg_db *pg, struct pg_copy *c, struct err *e)
{
	char *text;
	PGresult *res;
	int rc = submit_end(pg, e);

	if (rc < 0 || (rc = pipe_settle(pg, e)) < 0)
		return rc;
	text = submit_copy_text(c);
	res = PQexec(pg->conn, text);
	if (PQresultStatus(res) != PGRES_COPY_IN)
		rc = pg_fail(pg, res, e);
	else
		pg->sending = c;
	PQclear(res);
	free(text);
	return rc;
}

/* What is collected of a table goes out. */
static int
send_rows(struct pg_db *pg, struct pg_copy *c, struct err *e)
{
	int rc = 0;

	if (pg->sending != c && (rc = begin_copy(pg, c, e)) < 0)
		return rc;
	rows_sort(c);
	if (PQputCopyData(pg->conn, c->rows.data, (int)c->rows.len) != 1)
		rc = pg_fail(pg, NULL, e);
	rows_clear(c);
	return rc;
}

/* ---- */

int
submit_row(struct pg_db *pg, const char *insert, const struct val *v, size_t n, struct err *e)
{
	int table = submit_table(pg, insert);
	struct pg_copy *c = &pg->copy[table];
	size_t most = table == COPY_OCCURRENCES ? KEEP_BYTES : SEND_BYTES;
	int rc;

	if (c->insert != NULL && c->insert != insert && (rc = submit_flush(pg, e)) < 0)
		return rc;
	c->insert = insert;
	if (table == COPY_OCCURRENCES)
		rows_add_placed(c, v, n);
	else
		rows_add(c, v, n);
	return c->rows.len >= most && pg->collect != COLLECT_KEEP ? send_rows(pg, c, e) : 0;
}

int
submit_flush(struct pg_db *pg, struct err *e)
{
	int rc = 0;

	for (int i = 0; i < COPY_TABLES && rc >= 0; i++)
		if (pg->copy[i].rows.len > 0)
			rc = send_rows(pg, &pg->copy[i], e);
	return rc < 0 ? rc : submit_end(pg, e);
}

void
submit_forget(struct pg_db *pg)
{
	for (int i = 0; i < COPY_TABLES; i++)
		rows_release(&pg->copy[i]);
	pg->sending = NULL;
}

/* ---- the operation ---- */

bool
submit_is_simple(const struct submit *what)
{
	for (size_t i = 0; i < what->n; i++)
		if (what->jobs[i].after.n > 0 || line_needed(&what->jobs[i]))
			return false;
	return what->how == SUBMIT_NEW;
}

int32_t
submit_batch(const char *name)
{
	return (int32_t)hash_string(HASH_SEED, name);
}

static int
submit_simple(
    struct pg_db *pg, const struct submit *what, int64_t *ids, size_t *bad, struct err *e)
{
	struct store *s = &pg->db.store;
	int rc;

	pg->share = true;
	pg->refused = false;
	pg->collect = what->n >= FEW ? COLLECT_COPY : COLLECT_LATE;
	pg->ids[0].want = (int)what->n;
	/* The same batch is not to be submitted twice at a time. */
	pg->batch = what->batch != NULL ? submit_batch(what->batch) : 0;
	rc = sql_submit(s, what, ids, bad, e);
	pg->collect = COLLECT_NOT;
	pg->ids[0].want = 0;
	pg->batch = 0;
	submit_forget(pg);
	/* Who has the name, or which row it is. */
	return rc < 0 && (pg->refused || rc == E_INPUT) ? sql_submit(s, what, ids, bad, e) : rc;
}

int
pg_submit(
    struct store *s, const struct submit *what, int64_t *ids, size_t *bad, struct err *e)
{
	struct pg_db *pg = pg_of(s);
	int rc;

	if ((rc = lane_submit(pg, what, ids, e)) != 0)
		return rc < 0 ? rc : 0;
	pg->tell = true;
	rc = submit_is_simple(what) ? submit_simple(pg, what, ids, bad, e)
				    : sql_submit(s, what, ids, bad, e);
	pg->tell = false;
	return rc;
}

void
pg_submit_ahead(struct store *s, const struct submit *what, int64_t *ids)
{
	lane_take(pg_of(s), what, ids);
}
