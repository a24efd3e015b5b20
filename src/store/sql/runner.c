/*
 * runner: the runner processes of a node.
 */
#include <inttypes.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/sql/db.h"
#include "store/sql/slots.h"

int
sql_runner_add(struct store *s, const char *node, int64_t now, int64_t *id, struct err *e)
{
	struct db *db = db_of(s);
	struct cursor *st;
	int rc;

	if ((rc = db_begin(db, e)) < 0)
		return rc;
	rc = db_first(db, e, &st,
	    "INSERT INTO runners (node, created_at) VALUES (?, ?) RETURNING id",
	    BIND(S(node), I(now)));
	for (; rc > 0; rc = db_next(db, e, st))
		*id = col_int(st, 0);
	return db_end(db, rc, e);
}

int
sql_runner_set(struct store *s, const struct runner *r, struct err *e)
{
	struct db *db = db_of(s);
	int64_t changed;
	int rc;

	if ((rc = db_begin(db, e)) < 0)
		return rc;
	rc = db_change(db, e, &changed,
	    "UPDATE runners SET node = ?, journal = ?, socket = ?, boot = ? WHERE id = ?",
	    BIND(S(r->node), S(r->journal), S(r->socket), S(r->boot), I(r->id)));
	if (rc == 0 && changed == 0)
		rc = err_set(e, E_NOTFOUND, "no such runner: %" PRId64, r->id);
	return db_end(db, rc, e);
}

static int
remove_unused(struct db *db, int64_t id, struct err *e)
{
	int64_t used;
	int rc;

	if ((rc = db_number(db, e, &used, 0,
		 "SELECT count(*) FROM occurrences WHERE state = 1 AND runner = ?", BIND(I(id)))) <
	    0)
		return rc;
	if (used > 0)
		return err_set(e, E_CONFLICT,
		    "runner %" PRId64 " has %" PRId64 " attempts that have not ended", id, used);
	return db_do(db, e, "DELETE FROM runners WHERE id = ?", BIND(I(id)));
}

int
sql_runner_remove(struct store *s, int64_t id, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	if ((rc = db_begin(db, e)) < 0)
		return rc;
	return db_end(db, remove_unused(db, id, e), e);
}

int
sql_runner_list(struct store *s, const char *node, int (*each)(void *, const struct runner *),
    void *arg, struct err *e)
{
	struct db *db = db_of(s);
	struct runner *v = NULL;
	size_t n = 0, cap = 0;
	bool enough = false;
	struct cursor *st;
	int rc = db_first(db, e, &st,
	    "SELECT id, node, journal, socket, boot, created_at FROM runners"
	    " WHERE (?1 IS NULL OR node = ?1) ORDER BY id",
	    BIND(S(node)));

	for (; rc > 0; rc = db_next(db, e, st)) {
		v = mem_grow(v, n, &cap, sizeof(*v));
		v[n++] = (struct runner){
		    .id = col_int(st, 0),
		    .node = xstrdup(col_text(st, 1)),
		    .journal = xstrdup(col_text(st, 2)),
		    .socket = xstrdup(col_text(st, 3)),
		    .boot = xstrdup(col_text(st, 4)),
		    .created_at = col_int(st, 5),
		};
	}
	for (size_t i = 0; i < n; i++) {
		enough = enough || rc < 0 || each(arg, &v[i]) != 0;
		runner_release(&v[i]);
	}
	free(v);
	return rc;
}
