/*
 * cursor: statements and their rows, see store/sql/driver.h.
 */
#include <assert.h>
#include <errno.h>

#include "base/mem.h"
#include "store/sqlite/handle.h"

struct sqlite_cursor {
	struct cursor cursor; /* first */
	sqlite3_stmt *st;
	struct val bound[]; /* what SQLite has now; of texts with their lengths */
};

static sqlite3_stmt *
st_of(struct cursor *c)
{
	return ((struct sqlite_cursor *)c)->st;
}

int
sqlite_prepare(struct db *db, const char *text, const struct val *v, size_t n, struct cursor **c,
    struct err *e)
{
	struct sqlite_db *s = (struct sqlite_db *)db;
	struct sqlite_cursor *new;
	sqlite3_stmt *st;
	int rc;

	(void)v;
	rc = sqlite3_prepare_v3(s->sql, text, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL);
	if (rc != SQLITE_OK)
		return sqlite_fail(s, rc, e);
	assert((size_t)sqlite3_bind_parameter_count(st) == n);
	new = xcalloc(1, sizeof(*new) + n * sizeof(*new->bound));
	new->st = st;
	for (size_t i = 0; i < n; i++)
		new->bound[i].null = true;
	*c = &new->cursor;
	return 0;
}

void
sqlite_finalize(struct cursor *c)
{
	sqlite3_finalize(st_of(c));
	free(c);
}

static int
bind_one(sqlite3_stmt *st, int at, const struct val *v)
{
	if (v->null)
		return sqlite3_bind_null(st, at);
	if (v->kind == VAL_INT)
		return sqlite3_bind_int64(st, at, v->n);
	if (v->kind == VAL_TEXT)
		return sqlite3_bind_text(st, at, v->p, (int)v->n, SQLITE_STATIC);
	return sqlite3_bind_blob64(st, at, v->p, (sqlite3_uint64)v->n, SQLITE_STATIC);
}

static bool
same(const struct val *a, const struct val *b)
{
	if (a->null || b->null)
		return a->null && b->null;
	return a->kind == b->kind && a->n == b->n && a->p == b->p;
}

/*
 * Values stay bound when a statement is reset, and of a text SQLite knows its place and its length,
 * not its bytes. Most of what a row of many is like the one before: NULLs, small numbers, words.
 */
static void
bind(struct sqlite_cursor *c, const struct val *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct val now = v[i];
		int rc;

		if (now.kind == VAL_TEXT && !now.null && now.n < 0)
			now.n = (int64_t)strlen(now.p);
		if (same(&now, &c->bound[i]))
			continue;
		rc = bind_one(c->st, (int)i + 1, &now);
		assert(rc == SQLITE_OK);
		c->bound[i] = now;
	}
}

/* Of a failure errno is kept as it was then: some failed writes are known by nothing else. */
int
sqlite_next(struct cursor *c, struct err *e)
{
	sqlite3_stmt *st = st_of(c);
	int rc, errnum;

	errno = 0;
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE) {
		sqlite3_reset(st);
		return 0;
	}
	errnum = errno;
	rc = sqlite3_reset(st);
	errno = errnum;
	return sqlite_fail((struct sqlite_db *)c->db, rc, e);
}

int
sqlite_first(struct cursor *c, const struct val *v, size_t n, struct err *e)
{
	bind((struct sqlite_cursor *)c, v, n);
	return sqlite_next(c, e);
}

void
sqlite_reset(struct cursor *c)
{
	sqlite3_reset(st_of(c));
}

/* There is nobody to be waited for. */
int
sqlite_put(struct cursor *c, const struct val *v, size_t n, struct err *e)
{
	(void)c;
	(void)v;
	(void)n;
	(void)e;
	return 1;
}

int64_t
sqlite_changes(const struct db *db)
{
	return sqlite3_changes64(((const struct sqlite_db *)db)->sql);
}

/* ---- columns ---- */

bool
sqlite_is_null(struct cursor *c, int i)
{
	return sqlite3_column_type(st_of(c), i) == SQLITE_NULL;
}

int64_t
sqlite_integer(struct cursor *c, int i)
{
	return sqlite3_column_int64(st_of(c), i);
}

const char *
sqlite_text(struct cursor *c, int i)
{
	return (const char *)sqlite3_column_text(st_of(c), i);
}

const void *
sqlite_blob(struct cursor *c, int i, int64_t *len)
{
	*len = sqlite3_column_bytes(st_of(c), i);
	return sqlite3_column_blob(st_of(c), i);
}

/* ---- others ---- */

int
sqlite_exec(struct sqlite_db *s, const char *text, struct err *e)
{
	int rc = sqlite3_exec(s->sql, text, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : sqlite_fail(s, rc, e);
}
