/*
 * tab_differ: which files of a node that does not lead are not those in force.
 */
#include "base/err.h"
#include "base/mem.h"
#include "store/sql/db.h"
#include "store/sql/slots.h"

struct differences {
	struct tab_difference *v; /* the texts are this list's */
	size_t n, cap;
};

static int
read_all(struct db *db, const char *node, struct differences *l, struct err *e)
{
	struct cursor *st;
	int rc = db_first(db, e, &st,
	    "SELECT node, path, what, since FROM tab_differences WHERE node = ?1 OR (?1 IS NULL"
	    " AND node IN (SELECT id FROM nodes WHERE live = 1)) ORDER BY path, node",
	    BIND(S(node)));

	for (; rc > 0; rc = db_next(db, e, st)) {
		l->v = mem_grow(l->v, l->n, &l->cap, sizeof(*l->v));
		l->v[l->n++] = (struct tab_difference){
		    .node = xstrdup(col_text(st, 0)),
		    .path = xstrdup(col_text(st, 1)),
		    .what = xstrdup(col_text(st, 2)),
		    .since = col_int(st, 3),
		};
	}
	return rc;
}

static void
release(struct differences *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free((char *)(uintptr_t)l->v[i].node);
		free((char *)(uintptr_t)l->v[i].path);
		free((char *)(uintptr_t)l->v[i].what);
	}
	free(l->v);
}

static int64_t
since(const struct differences *known, const char *path, int64_t now)
{
	for (size_t i = 0; i < known->n; i++)
		if (strcmp(known->v[i].path, path) == 0)
			return known->v[i].since;
	return now;
}

static int
replace(struct db *db, const char *node, const struct tab_difference *v, size_t n, int64_t now,
    struct err *e)
{
	struct differences known = {0};
	int rc = read_all(db, node, &known, e);

	if (rc >= 0)
		rc = db_do(db, e, "DELETE FROM tab_differences WHERE node = ?", BIND(S(node)));
	for (size_t i = 0; i < n && rc >= 0; i++)
		rc = db_do(db, e,
		    "INSERT INTO tab_differences (node, path, what, since) VALUES (?, ?, ?, ?)",
		    BIND(S(node), S(v[i].path), S(v[i].what), I(since(&known, v[i].path, now))));
	release(&known);
	return rc;
}

int
sql_tab_differ(struct store *s, const char *node, const struct tab_difference *v, size_t n,
    int64_t now, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	if ((rc = db_begin(db, e)) < 0)
		return rc;
	return db_end(db, replace(db, node, v, n, now, e), e);
}

int
sql_tab_differences(
    struct store *s, int (*each)(void *, const struct tab_difference *), void *arg, struct err *e)
{
	struct differences found = {0};
	bool enough = false;
	int rc = read_all(db_of(s), NULL, &found, e);

	for (size_t i = 0; i < found.n && rc >= 0 && !enough; i++)
		enough = each(arg, &found.v[i]) != 0;
	release(&found);
	return rc;
}
