/*
 * doubt: see doubt.h.
 */
#include "store/sql/doubt.h"

#include "base/mem.h"
#include "store/sql/db.h"
#include "store/sql/slots.h"

void
doubt_keep(struct db *db, const struct claims *c, int64_t runner)
{
	struct doubt *d = &db->doubt;

	db->unsure = false;
	d->runner = runner;
	d->fences = xreallocarray(d->fences, d->n + c->n, sizeof(*d->fences));
	for (size_t i = 0; i < c->n; i++)
		d->fences[d->n++] = c->v[i].fence;
}

/* If it was not stored, the number may have gone to another runner's attempt. */
static int
is_ours(struct db *db, int64_t fence, int64_t *ours, struct err *e)
{
	return db_number(db, e, ours, 0,
	    "SELECT EXISTS (SELECT 1 FROM attempts WHERE id = ? AND runner = ?"
	    " AND outcome = 'running')",
	    BIND(I(fence), I(db->doubt.runner)));
}

int
doubt_settle(struct db *db, int64_t now, struct err *e)
{
	struct doubt *d = &db->doubt;
	struct result *v = xcalloc(d->n, sizeof(*v));
	struct finished *done = xcalloc(d->n, sizeof(*done));
	size_t n = 0;
	int64_t ours;
	int rc = 0;

	for (size_t i = 0; i < d->n && rc >= 0; i++) {
		if ((rc = is_ours(db, d->fences[i], &ours, e)) < 0 || ours == 0)
			continue;
		result_init(&v[n]);
		v[n].fence = d->fences[i];
		v[n].not_started = true;
		v[n++].why_not = WHY_UNDONE;
	}
	if (rc >= 0 && n > 0)
		rc = sql_finish_attempts(&db->store, v, n, now, done, e);
	if (rc >= 0)
		d->n = 0;
	free(v);
	free(done);
	return rc;
}
