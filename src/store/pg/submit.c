/*
 * submit: new jobs, by many at once.
 *
 * A job that comes after no other and stands in no line is a row of its own and an occurrence, and
 * nothing else is looked at: so who submits such shares the writers' lock with his likes. A few go
 * with their commit, so that their id and that are all that is asked of the server. Of more than a
 * few the rows go to the server by COPY: those of the jobs while they are made, so that both
 * sides work at the same time, and those of the occurrences at the end. (In text: the server reads
 * its numbers and short words from that with less work than from the binary form.) If it refuses
 * them because a name is taken, all is done again the usual way, which says whose. A copy of whole
 * tables does so with the rows of one table after the other.
 */
#include "store/pg/submit.h"

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "store/pg/handle.h"
#include "store/sql/line.h"
#include "store/sql/slots.h"

#define FEW 10		     /* jobs: fewer go with the commit, in statements of their own */
#define KEEP_BYTES (4 << 20) /* of a table's rows, while another's go to the server */
#define SEND_BYTES (64 << 10) /* about what a socket takes without a wait */

/* ---- rows in COPY's text form ---- */

/* Up to where one needs a backslash. */
static size_t
plain_length(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] != '\\' && p[i] != '\n' && p[i] != '\r' && p[i] != '\t')
		i++;
	return i;
}

static void
add_text(struct buf *b, const char *p, size_t n)
{
	for (const char *end = p + n; p < end; p++) {
		size_t plain = plain_length(p, (size_t)(end - p));

		buf_add(b, p, plain);
		if ((p += plain) == end)
			return;
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
		}
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
		buf_add(b, "\\N", 2);
	else if (v->kind == VAL_INT)
		pg_add_number(b, v->n);
	else if (v->kind == VAL_BLOB)
		add_bytes(b, v->p, (size_t)v->n);
	else
		add_text(b, v->p, v->n >= 0 ? (size_t)v->n : strlen(v->p));
}

/* Of an INSERT of values, "table (columns)". */
static int
head_length(const char *insert)
{
	return (int)(strchr(insert, ')') + 1 - insert);
}

static char *
copy_text(const char *insert)
{
	int skip = (int)strlen("INSERT INTO ");

	return xasprintf("COPY %.*s FROM STDIN", head_length(insert) - skip, insert + skip);
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
	text = copy_text(c->insert);
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
	if (PQputCopyData(pg->conn, c->rows.data, (int)c->rows.len) != 1)
		rc = pg_fail(pg, NULL, e);
	buf_clear(&c->rows);
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

	if (c->insert != insert && (rc = submit_flush(pg, e)) < 0)
		return rc;
	c->insert = insert;
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(&c->rows, '\t');
		add_value(&c->rows, &v[i]);
	}
	buf_addc(&c->rows, '\n');
	return c->rows.len >= most ? send_rows(pg, c, e) : 0;
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
		buf_release(&pg->copy[i].rows);
	pg->sending = NULL;
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
	pg->batch = what->batch != NULL ? (int32_t)hash_string(HASH_SEED, what->batch) : 0;
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

	pg->tell = true;
	rc = is_simple(what) ? submit_simple(pg, what, ids, bad, e)
			     : sql_submit(s, what, ids, bad, e);
	pg->tell = false;
	return rc;
}
