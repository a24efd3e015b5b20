/*
 * tab: tab files as they were loaded, and their errors.
 */
#include "base/err.h"
#include "base/mem.h"
#include "store/sql/db.h"
#include "store/sql/lead.h"
#include "store/sql/slots.h"

int
sql_tab_set(struct store *s, const struct tab_state *t, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	if ((rc = lead_begin(db, e)) < 0)
		return rc;
	rc = db_do(db, e,
	    "INSERT INTO tabs (path, loaded_at, mtime, size, entries, hash, error_line,"
	    " error_column, error, error_at, warnings, nodes)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
	    " ON CONFLICT (path) DO UPDATE SET loaded_at = ?2, mtime = ?3, size = ?4,"
	    " entries = ?5, hash = ?6, error_line = ?7, error_column = ?8, error = ?9,"
	    " error_at = ?10, warnings = ?11, nodes = ?12",
	    BIND(S(t->path), T(t->loaded_at), I(t->mtime), I(t->size), I(t->entries),
		I((int64_t)t->hash), I(t->error_line), I(t->error_column), S(t->error),
		T(t->error_at), I(t->warnings), I((int64_t)t->nodes)));
	rc = db_end(db, rc, e);
	return rc < 0 ? rc : db_reach(db, REACH_FEW, e);
}

int
sql_tab_remove(struct store *s, const char *path, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	if ((rc = lead_begin(db, e)) < 0)
		return rc;
	return db_end(db, db_do(db, e, "DELETE FROM tabs WHERE path = ?", BIND(S(path))), e);
}

int
sql_tab_list(
    struct store *s, int (*each)(void *, const struct tab_state *), void *arg, struct err *e)
{
	struct db *db = db_of(s);
	struct tab_state *v = NULL;
	size_t n = 0, cap = 0;
	bool enough = false;
	struct cursor *st;
	int rc = db_first(db, e, &st,
	    "SELECT path, loaded_at, mtime, size, entries, hash, error_line, error_column, error,"
	    " error_at, warnings, nodes FROM tabs ORDER BY path",
	    NOBIND);

	for (; rc > 0; rc = db_next(db, e, st)) {
		v = mem_grow(v, n, &cap, sizeof(*v));
		v[n++] = (struct tab_state){
		    .path = xstrdup(col_text(st, 0)),
		    .loaded_at = col_time(st, 1),
		    .mtime = col_int(st, 2),
		    .size = col_int(st, 3),
		    .entries = col_int(st, 4),
		    .hash = (uint64_t)col_int(st, 5),
		    .error_line = col_int(st, 6),
		    .error_column = col_int(st, 7),
		    .error = xstrdup(col_text(st, 8)),
		    .error_at = col_time(st, 9),
		    .warnings = col_int(st, 10),
		    .nodes = (uint64_t)col_int(st, 11),
		};
	}
	for (size_t i = 0; i < n; i++) {
		enough = enough || rc < 0 || each(arg, &v[i]) != 0;
		tab_state_release(&v[i]);
	}
	free(v);
	return rc;
}
