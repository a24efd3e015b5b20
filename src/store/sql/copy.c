/*
 * copy: see store/copy.h. The tables and their columns are those that the source's engine tells;
 * the other has the same.
 *
 * Each table is read in one go, row by row: so neither engine has to hold it, or put it in order.
 */
#include "store/copy.h"

#include <inttypes.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "store/sql/db.h"
#include "store/sql/slots.h"

#define COLUMNS_MAX 60
#define TELL 200 /* rows */

struct table {
	char *name;
	struct {
		char *name;
		int kind;
	} columns[COLUMNS_MAX];
	size_t n;
	const char *insert, *read, *count; /* statements */
};

struct copy {
	struct db *from, *to;
	struct table *tables;
	size_t n, cap;
	const struct copy_watch *watch;
	int64_t done, all;
};

/* ---- what there is ---- */

static void
add_column(void *arg, const struct db_column *column)
{
	struct copy *c = arg;
	struct table *t;

	if (c->n == 0 || strcmp(c->tables[c->n - 1].name, column->table) != 0) {
		c->tables = mem_grow(c->tables, c->n, &c->cap, sizeof(*c->tables));
		memset(&c->tables[c->n], 0, sizeof(*c->tables));
		c->tables[c->n++].name = xstrdup(column->table);
	}
	t = &c->tables[c->n - 1];
	if (t->n == COLUMNS_MAX)
		abort();
	t->columns[t->n].name = xstrdup(column->name);
	t->columns[t->n].kind = column->kind;
	t->n++;
}

static void
tables_free(struct copy *c)
{
	for (size_t i = 0; i < c->n; i++) {
		for (size_t k = 0; k < c->tables[i].n; k++)
			free(c->tables[i].columns[k].name);
		free(c->tables[i].name);
	}
	free(c->tables);
}

/* "a", "b" */
static void
add_names(struct buf *b, const struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		buf_addf(b, "%s\"%s\"", i == 0 ? "" : ", ", t->columns[i].name);
}

static const char *
read_text(struct db *db, const struct table *t)
{
	struct buf b = {0};

	buf_addstr(&b, "SELECT ");
	add_names(&b, t);
	buf_addf(&b, " FROM %s", t->name);
	return db_own_text(db, buf_string(&b));
}

static void
make_texts(struct db *db, struct table *t)
{
	struct buf b = {0};

	buf_addf(&b, "INSERT INTO %s (", t->name);
	add_names(&b, t);
	buf_addstr(&b, ") VALUES (");
	for (size_t i = 0; i < t->n; i++)
		buf_addstr(&b, i == 0 ? "?" : ", ?");
	buf_addc(&b, ')');
	t->insert = db_own_text(db, buf_string(&b));
	t->read = read_text(db, t);
	t->count = db_own_text(db, xasprintf("SELECT count(*) FROM %s", t->name));
}

/* ---- rows ---- */

static struct val
value(struct cursor *st, int i, int kind)
{
	struct val v = I(0);

	if (kind == VAL_INT)
		v = I(col_int(st, i));
	else if (kind == VAL_TEXT)
		v = S(col_text(st, i));
	else {
		v = B("", 0);
		v.p = col_blob(st, i, &v.n);
		/* No bytes are not NULL. */
		v.p = v.p != NULL ? v.p : "";
	}
	v.null = col_is_null(st, i);
	return v;
}

static uint64_t
hash_value(uint64_t h, const struct val *v)
{
	int64_t len = v->kind == VAL_TEXT && !v->null ? (int64_t)strlen(v->p) : v->n;
	char kind = v->null ? 'n' : 'v';

	h = hash_bytes(h, &kind, 1);
	if (v->null)
		return h;
	h = hash_bytes(h, &len, sizeof(len));
	return v->kind == VAL_INT ? h : hash_bytes(h, v->p, (size_t)len);
}

static void
tell(struct copy *c)
{
	c->done++;
	if (c->watch->each != NULL && c->done % TELL == 0)
		c->watch->each(c->watch->arg, c->done, c->all);
}

/* All of db's rows, into `into` if there is one. */
static int
go_through(struct copy *c, struct db *db, const struct table *t, struct db *into,
    struct copied_table *sum, struct err *e)
{
	struct val row[COLUMNS_MAX];
	struct cursor *st;
	int rc = db_first(db, e, &st, t->read, NOBIND);

	for (; rc > 0; rc = db_next(db, e, st)) {
		uint64_t h = HASH_SEED;

		for (size_t i = 0; i < t->n; i++) {
			row[i] = value(st, (int)i, t->columns[i].kind);
			h = hash_value(h, &row[i]);
		}
		sum->hash += h;
		sum->rows++;
		if (into != NULL && (rc = db_do(into, e, t->insert, row, t->n)) < 0) {
			db_reset(st);
			return rc;
		}
		tell(c);
	}
	return rc;
}

/* ---- all tables ---- */

static int
count_all(struct copy *c, struct err *e)
{
	int64_t n;
	int rc = 0;

	for (size_t i = 0; i < c->n && rc >= 0; i++) {
		const struct table *t = &c->tables[i];

		if ((rc = db_number(c->to, e, &n, 0, t->count, NOBIND)) >= 0 && n > 0)
			return err_set(e, E_CONFLICT,
			    "database '%s' is not empty: table %s has %" PRId64 " rows",
			    c->to->name, t->name, n);
		if (rc >= 0 && (rc = db_number(c->from, e, &n, 0, t->count, NOBIND)) >= 0)
			c->all += 2 * n;
	}
	return rc;
}

static int
copy_table(struct copy *c, const struct table *t, struct copied_table *sum, struct err *e)
{
	struct copied_table there = {NULL, 0, 0};
	int rc;

	if ((rc = go_through(c, c->from, t, c->to, sum, e)) < 0 ||
	    (rc = go_through(c, c->to, t, NULL, &there, e)) < 0)
		return rc;
	if (there.rows == sum->rows && there.hash == sum->hash)
		return 0;
	return err_set(e, E_FAIL,
	    "database '%s' does not give back what was put into table %s: %" PRId64
	    " rows of %" PRId64,
	    c->to->name, t->name, there.rows, sum->rows);
}

/* Ids that were given out, and whose rows have gone, are not given out again. */
static int
keep_highest(struct copy *c, enum counter counter, struct err *e)
{
	int64_t highest;
	int rc = count_highest(c->from, counter, &highest, e);

	return rc < 0 ? rc : count_raise(c->to, counter, highest, e);
}

static int
copy_tables(struct copy *c, struct copied *out, struct err *e)
{
	int rc = count_all(c, e);

	out->v = xcalloc(c->n, sizeof(*out->v));
	for (size_t i = 0; i < c->n && rc >= 0; i++) {
		out->v[i].name = xstrdup(c->tables[i].name);
		out->n++;
		rc = copy_table(c, &c->tables[i], &out->v[i], e);
		out->rows += out->v[i].rows;
	}
	if (rc >= 0 && (rc = keep_highest(c, N_LAST_JOB, e)) >= 0)
		rc = keep_highest(c, N_LAST_FENCE, e);
	return rc < 0 ? rc : c->to->driver->numbered(c->to, e);
}

static int
copy(struct copy *c, struct copied *out, struct err *e)
{
	int rc;

	if ((rc = c->from->driver->describe(c->from, add_column, c, e)) < 0)
		return rc;
	for (size_t i = 0; i < c->n; i++)
		make_texts(c->from, &c->tables[i]);
	if ((rc = db_reach(c->to, REACH_WHOLE, e)) < 0 || (rc = db_begin(c->to, e)) < 0)
		return rc;
	return db_end(c->to, copy_tables(c, out, e), e);
}

int
sql_copy(struct store *from, struct store *to, const struct copy_watch *watch, struct copied *out,
    struct err *e)
{
	struct copy c = {.from = db_of(from), .to = db_of(to), .watch = watch};
	int rc;

	memset(out, 0, sizeof(*out));
	if ((rc = db_reach(c.from, REACH_WHOLE, e)) < 0 || (rc = db_begin_read(c.from, e)) < 0)
		return rc;
	rc = db_end_read(c.from, copy(&c, out, e), e);
	tables_free(&c);
	if (rc < 0)
		copied_release(out);
	return rc;
}
