/*
 * cancel_one: the current occurrence of a job, and not the job. See cancel.h.
 */
#include "base/err.h"
#include "store/sql/cancel.h"
#include "store/sql/checkpoint.h"
#include "store/sql/db.h"
#include "store/sql/define.h"
#include "store/sql/life.h"
#include "store/sql/occ.h"
#include "store/sql/row.h"
#include "store/sql/skip.h"
#include "time/schedule.h"

static int
note(struct db *db, const struct row *r, const struct occ *o, int64_t now, struct err *e)
{
	/* One that was tried has its attempts in the ledger. */
	return o->attempt > 1 ? 0 : skip_one(db, r, SKIP_CANCELLED, o->scheduled_for, now, e);
}

/* Nothing may be left of the job. */
static int
expire(struct db *db, struct row *r, int64_t now, struct err *e)
{
	enum job_state s;
	int rc = life_get(db, r, &s, e);

	if (rc < 0 || s != JOB_DONE)
		return rc;
	return life_move(db, r, JOB_PENDING, JOB_DONE, false, now, e);
}

/* A retry, or another that waits beside the next of the schedule. */
static int
cancel_beside(struct db *db, struct row *r, const struct occ *o, int64_t now, struct err *e)
{
	int rc;

	if ((rc = occ_delete(db, o, e)) < 0 || (rc = note(db, r, o, now, e)) < 0 ||
	    (rc = checkpoint_drop_one(db, o, e)) < 0 ||
	    (rc = occ_release_all(db, r->job.id, HOLD_BUSY, now, NULL, e)) < 0 ||
	    (rc = row_refresh_due(db, r, e)) < 0)
		return rc;
	return expire(db, r, now, e);
}

static int
next_time(struct row *r, const struct zone *fallback, int64_t after, int64_t now, int64_t *next,
    struct err *e)
{
	const struct zone *zone;
	struct schedule s;
	int rc;

	if ((rc = define_schedule(&r->job, fallback, &s, &zone, e)) < 0)
		return rc;
	/* What came due meanwhile is cancelled with it. */
	*next = schedule_next(&s, zone, after > now ? after : now);
	if (s.kind == SCHEDULE_EVERY && after <= now)
		*next = schedule_next(&s, zone, after);
	if (r->job.until != INSTANT_NONE && *next != INSTANT_NONE && *next > r->job.until)
		*next = INSTANT_NONE;
	return 0;
}

/* The next of the schedule is not to be; the one after it waits. */
static int
cancel_main(struct db *db, struct row *r, const struct occ *o, const struct zone *zone, int64_t now,
    struct err *e)
{
	int64_t next;
	int rc;

	if ((rc = next_time(r, zone, o->scheduled_for, now, &next, e)) < 0 ||
	    (rc = occ_delete(db, o, e)) < 0 || (rc = note(db, r, o, now, e)) < 0 ||
	    (rc = occ_next(db, r, next, 0, e)) < 0 ||
	    (rc = row_set_due(db, r->job.id, r->due_at, r->due_for, e)) < 0)
		return rc;
	return expire(db, r, now, e);
}

int
cancel_occurrence(
    struct db *db, struct row *r, const struct zone *zone, int64_t now, struct err *e)
{
	struct occs beside = {0};
	enum job_state state;
	bool running;
	struct occ o;
	int rc;

	if (!r->job.periodic)
		return cancel_job(db, r, true, now, &running, e);
	if ((rc = life_allow(db, r, EV_CANCEL, &state, e)) < 0)
		return rc;
	if (state == JOB_RUNNING)
		return cancel_running(db, r, OCC_END | OCC_CANCELLED, e);
	rc = occ_beside(db, r->job.id, &beside, e);
	for (size_t i = 0; i < beside.n && rc >= 0; i++)
		if (!beside.v[i].main) {
			rc = cancel_beside(db, r, &beside.v[i], now, e);
			free(beside.v);
			return rc;
		}
	free(beside.v);
	if (rc < 0 || (rc = occ_main(db, r, &o, e)) < 0)
		return rc;
	if (rc == 0)
		return err_set(e, E_CONFLICT, "job %lld has no occurrence to cancel",
		    (long long)r->job.id);
	return cancel_main(db, r, &o, zone, now, e);
}
