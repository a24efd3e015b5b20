/*
 * rezone: the next times of cron jobs when the rules of their zones have changed. What is due
 * already, and what waits for other reasons than its schedule, stays.
 */
#include "base/err.h"
#include "base/mem.h"
#include "job/plan.h"
#include "store/sql/clock.h"
#include "store/sql/db.h"
#include "store/sql/lead.h"
#include "store/sql/define.h"
#include "store/sql/occ.h"
#include "store/sql/row.h"
#include "store/sql/slots.h"
#include "store/sql/used.h"

#define LOOKED 5000 /* jobs looked at in one transaction */
#define BATCH 1000  /* jobs planned anew in one */

static bool
is_same(const struct zone_change *c, const char *tz)
{
	for (size_t i = 0; tz != NULL && i < c->same->n; i++)
		if (strcmp(c->same->v[i], tz) == 0)
			return true;
	return false;
}

static int
find_jobs(struct db *db, const struct zone_change *c, int64_t after, int64_t end, int64_t *ids,
    size_t *n, struct err *e)
{
	struct cursor *st;
	int rc = db_first(db, e, &st,
	    "SELECT id, tz FROM jobs WHERE id > ? AND id <= ? AND state = 'active'"
	    " AND periodic = 1 AND due_for > ? AND (tz IS NOT NULL OR ? <> 0)"
	    " AND " DEFINE_IS_CRON("schedule") " ORDER BY id",
	    BIND(I(after), I(end), I(c->now), I(c->unnamed)));

	for (*n = 0; rc > 0 && *n < BATCH; rc = *n < BATCH ? db_next(db, e, st) : 1)
		if (!is_same(c, col_text(st, 1)))
			ids[(*n)++] = col_int(st, 0);
	if (rc > 0)
		db_reset(st);
	return rc < 0 ? rc : 0;
}

static int
plan(struct db *db, const struct zone_change *c, struct row *r, const struct occ *o, int64_t *moved,
    struct err *e)
{
	struct occ next = *o;
	const struct zone *zone;
	struct schedule s;
	struct err why;
	int rc;

	/* A schedule that cannot be worked out is told of when it is due. */
	if (define_schedule(&r->job, c->zone, &s, &zone, &why) < 0)
		return 0;
	next.scheduled_for = plan_first(&r->job, &s, zone, c->now, r->last_scheduled_at, true);
	if ((rc = used_cron(db, r, &s, zone, &next.scheduled_for, e)) < 0 ||
	    next.scheduled_for == INSTANT_NONE || next.scheduled_for == o->scheduled_for)
		return rc;
	next.ready_at = plan_ready_at(&r->job, next.scheduled_for);
	++*moved;
	if ((rc = occ_move(db, o, &next, e)) < 0)
		return rc;
	return row_set_due(db, r->job.id, next.ready_at, next.scheduled_for, e);
}

static int
plan_job(struct db *db, const struct zone_change *c, int64_t id, int64_t *moved, struct err *e)
{
	struct occs waiting = {0};
	struct row r;
	int rc;

	if ((rc = row_get(db, id, &r, e)) < 0)
		return rc;
	rc = occ_waiting(db, &r, &waiting, e);
	for (size_t i = 0; i < waiting.n && rc >= 0; i++) {
		const struct occ *o = &waiting.v[i];

		if (o->main && !o->manual && o->attempt <= 1 && o->scheduled_for > c->now)
			rc = plan(db, c, &r, o, moved, e);
	}
	free(waiting.v);
	row_release(&r);
	return rc < 0 ? rc : 0;
}

static int
batch(struct db *db, const struct zone_change *c, struct zone_changed *done, struct err *e)
{
	int64_t ids[BATCH], end;
	size_t n;
	int rc;

	if ((rc = db_number(db, e, &end, INT64_MAX,
		 "SELECT id FROM jobs WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?",
		 BIND(I(done->after), I(LOOKED - 1)))) < 0 ||
	    (rc = find_jobs(db, c, done->after, end, ids, &n, e)) < 0)
		return rc;
	if (n == BATCH)
		end = ids[n - 1];
	for (size_t i = 0; i < n; i++)
		if ((rc = plan_job(db, c, ids[i], &done->moved, e)) < 0)
			return rc;
	done->more = end != INT64_MAX;
	done->after = end;
	return 0;
}

int
sql_zone_change(struct store *s, const struct zone_change *c, struct zone_changed *done,
    struct err *e)
{
	struct zone_changed next = *done;
	struct db *db = db_of(s);
	int rc;

	if ((rc = db_reach(db, REACH_MANY, e)) < 0 || (rc = lead_begin(db, e)) < 0 ||
	    (rc = db_end(db, batch(db, c, &next, e), e)) < 0)
		return rc;
	*done = next;
	return done->more ? 0 : db_reach(db, REACH_FEW, e);
}
