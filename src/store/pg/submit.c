/*
 * submit: new jobs, by many at once.
 *
 * A job that comes after no other and stands in no line is a row of its own and an occurrence, and
 * nothing else is looked at: so who submits such shares the writers' lock with his likes. Of more
 * than a few the rows are collected, and go to the server by COPY at the end; if it refuses them
 * because a name is taken, all is done again the usual way, which says whose. A copy of whole
 * tables collects in the same way the rows of one table after the other.
 */
#include "store/pg/submit.h"

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "store/pg/handle.h"
#include "store/sql/line.h"
#include "store/sql/slots.h"

#define FEW 10		     /* jobs: fewer are stored one by one */
#define FLUSH_BYTES (4 << 20) /* of a table's rows */

/* ---- rows in COPY's text form ---- */

static void
add_text(struct buf *b, const char *p, size_t n)
{
	for (const char *end = p + n; p < end; p++)
		switch (*p) {
		case '\\':
			buf_addstr(b, "\\\\");
			break;
		case '\n':
			buf_addstr(b, "\\n");
			break;
		case '\r':
			buf_addstr(b, "\\r");
			break;
		case '\t':
			buf_addstr(b, "\\t");
			break;
		default:
			buf_addc(b, *p);
		}
}

static void
add_bytes(struct buf *b, const unsigned char *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	char *to;

	buf_addstr(b, "\\\\x");
	to = buf_room(b, 2 * n);
	for (size_t i = 0; i < n; i++) {
		*to++ = digits[p[i] >> 4];
		*to++ = digits[p[i] & 15];
	}
	b->len += 2 * n;
}

static void
add_value(struct buf *b, const struct val *v)
{
	if (v->null)
		buf_addstr(b, "\\N");
	else if (v->kind == VAL_INT)
		pg_add_number(b, v->n);
	else if (v->kind == VAL_BLOB)
		add_bytes(b, v->p, (size_t)v->n);
	else
		add_text(b, v->p, v->n >= 0 ? (size_t)v->n : strlen(v->p));
}

/* "COPY table (columns) FROM STDIN", of an INSERT of values. */
static char *
copy_text(const char *insert)
{
	const char *table = insert + strlen("INSERT INTO "), *end = strchr(insert, ')');

	return xasprintf("COPY %.*s) FROM STDIN", (int)(end - table), table);
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
	if (!pg->copying)
		return -1;
	if (begins(text, "INSERT INTO jobs "))
		return COPY_JOBS;
	return begins(text, "INSERT INTO occurrences ") ? COPY_OCCURRENCES : -1;
}

/* ---- to the server ---- */

static int
end_copy(struct pg_db *pg, struct err *e)
{
	PGresult *res = PQgetResult(pg->conn);
	int rc = 0;

	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		rc = pg_fail(pg, res, e);
	PQclear(res);
	while ((res = PQgetResult(pg->conn)) != NULL)
		PQclear(res);
	return rc;
}

static int
flush(struct pg_db *pg, struct pg_copy *c, struct err *e)
{
	char *text;
	PGresult *res;
	int rc = 0;

	if (c->rows.len == 0)
		return 0;
	text = copy_text(c->insert);
	res = PQexec(pg->conn, text);
	if (PQresultStatus(res) != PGRES_COPY_IN)
		rc = pg_fail(pg, res, e);
	PQclear(res);
	free(text);
	if (rc < 0)
		return rc;
	if (PQputCopyData(pg->conn, c->rows.data, (int)c->rows.len) != 1 ||
	    PQputCopyEnd(pg->conn, NULL) != 1)
		rc = pg_fail(pg, NULL, e);
	c->rows.len = 0;
	return rc < 0 ? rc : end_copy(pg, e);
}

int
submit_row(struct pg_db *pg, const char *insert, const struct val *v, size_t n, struct err *e)
{
	struct pg_copy *c = &pg->copy[submit_table(pg, insert)];
	int rc;

	if (c->insert != insert && (rc = flush(pg, c, e)) < 0)
		return rc;
	c->insert = insert;
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(&c->rows, '\t');
		add_value(&c->rows, &v[i]);
	}
	buf_addc(&c->rows, '\n');
	return c->rows.len >= FLUSH_BYTES ? flush(pg, c, e) : 0;
}

int
submit_flush(struct pg_db *pg, struct err *e)
{
	int rc = 0;

	for (int i = 0; i < COPY_TABLES && rc >= 0; i++)
		rc = flush(pg, &pg->copy[i], e);
	return rc;
}

void
submit_forget(struct pg_db *pg)
{
	for (int i = 0; i < COPY_TABLES; i++)
		buf_release(&pg->copy[i].rows);
}

/* ---- the operation ---- */

static bool
is_simple(const struct submit *what)
{
	for (size_t i = 0; i < what->n; i++)
		if (what->jobs[i].after.n > 0 || line_needed(&what->jobs[i]))
			return false;
	return what->how == SUBMIT_NEW;
}

int
pg_submit(
    struct store *s, const struct submit *what, int64_t *ids, size_t *bad, struct err *e)
{
	struct pg_db *pg = pg_of(s);
	int rc;

	if (!is_simple(what))
		return sql_submit(s, what, ids, bad, e);
	pg->share = true;
	pg->refused = false;
	pg->copying = what->n >= FEW;
	/* The same batch is not to be submitted twice at a time. */
	pg->batch = what->batch != NULL ? (int32_t)hash_string(HASH_SEED, what->batch) : 0;
	rc = sql_submit(s, what, ids, bad, e);
	pg->copying = false;
	pg->batch = 0;
	submit_forget(pg);
	return rc < 0 && pg->refused ? sql_submit(s, what, ids, bad, e) : rc;
}
