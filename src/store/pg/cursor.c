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
	OID_INT4 = 23,
	OID_TEXT = 25,
	OID_TID_ARRAY = 1010,
	OID_INT8_ARRAY = 1016
};

struct pg_cursor {
	struct cursor cursor; /* first */
	char *text;
	char name[16];
	Oid types[VALUES_MAX];
	unsigned generation; /* of the connection on which it is prepared; 0: on none */
	bool used;	     /* once before */
	const char *insert;  /* what it was made of, if its rows can be collected */
	PGresult *res;
	int row;
	bool streams; /* more results are to come */
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
	snprintf(new->name, sizeof(new->name), "s%u", ++pg_db(db)->prepared);
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
	free(c);
}

/* ---- values ---- */

struct values {
	const char *p[VALUES_MAX];
	int len[VALUES_MAX], format[VALUES_MAX];
	uint64_t numbers[VALUES_MAX];
};

static void
bind(struct values *b, const struct val *v, size_t n)
{
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

static PGresult *
begin_stream(struct pg_db *pg, struct pg_cursor *c)
{
	PGresult *res;

	if (PQsendQueryParams(pg->conn, c->text, 0, NULL, NULL, NULL, NULL, 1) != 1 ||
	    PQsetSingleRowMode(pg->conn) != 1)
		return NULL;
	res = PQgetResult(pg->conn);
	c->streams = true;
	return res;
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
}

/* One that is used only once, as most of a command's are, needs no name: that saves a question. */
static PGresult *
execute(struct pg_db *pg, struct pg_cursor *c, const struct values *b, size_t n)
{
	PGresult *res;

	if (may_stream(pg, c, n))
		return begin_stream(pg, c);
	if (!c->used) {
		c->used = true;
		return PQexecParams(
		    pg->conn, c->text, (int)n, c->types, b->p, b->len, b->format, 1);
	}
	if (c->generation != pg->generation) {
		res = PQprepare(pg->conn, c->name, c->text, (int)n, c->types);
		if (!went_well(res))
			return res;
		PQclear(res);
		c->generation = pg->generation;
	}
	return PQexecPrepared(pg->conn, c->name, (int)n, b->p, b->len, b->format, 1);
}

int
pg_first(struct cursor *cursor, const struct val *v, size_t n, struct err *e)
{
	struct pg_cursor *c = pg_cursor(cursor);
	struct pg_db *pg = pg_db(cursor->db);
	struct values b;
	PGresult *res;
	int rc;

	if (c->insert != NULL && submit_table(pg, c->insert) != -1) {
		pg->changed = 1;
		return submit_row(pg, c->insert, v, n, e);
	}
	if (pg->whole && (rc = submit_flush(pg, e)) < 0)
		return rc;
	if (pg->in_transaction && !pg->whole && c->insert != NULL && pg_count(pg, c->insert, v))
		return 0;
	if ((rc = submit_end(pg, e)) < 0)
		return rc;
	bind(&b, v, n);
	if (!pg->in_transaction && (rc = pg_connect(pg, e)) < 0)
		return rc;
	res = execute(pg, c, &b, n);
	/* Of a connection that had died before, this is the first that is heard. */
	if (!went_well(res) && pg_is_lost(pg) && !pg->in_transaction) {
		PQclear(res);
		if ((rc = pg_connect(pg, e)) < 0)
			return rc;
		res = execute(pg, c, &b, n);
	}
	if (!went_well(res)) {
		rc = pg_fail(pg, res, e);
		PQclear(res);
		return rc;
	}
	pg->changed = rows_changed(res);
	PQclear(c->res);
	c->res = res;
	c->row = -1;
	return pg_next(cursor, e);
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
