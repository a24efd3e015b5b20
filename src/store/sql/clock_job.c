/*
 * clock_job: one job when the wall clock is set. What becomes of the waiting occurrence of its
 * schedule is for plan_stepped to say. What waits for other reasons (a retry for its backoff, a run
 * by hand) waits for elapsed time.
 */
#include "base/err.h"
#include "base/mem.h"
#include "job/plan.h"
#include "store/sql/clock.h"
#include "store/sql/db.h"
#include "store/sql/define.h"
#include "store/sql/life.h"
#include "store/sql/occ.h"
#include "store/sql/row.h"
#include "store/sql/skip.h"
#include "store/sql/used.h"

struct jobstep {
	struct stepping *st;
	struct db *db;
	struct row *r;
	struct schedule schedule;
	const struct zone *zone;
};

/* Whether its times were told by the clock as it was before the step. */
static bool
is_old(const struct stepping *st, const struct row *r)
{
	if (r->job.id <= st->last_job)
		return true;
	return st->by > 0 ? r->created_at <= st->now - st->by : r->created_at >= st->since;
}

static int
move(struct jobstep *j, const struct occ *from, const struct occ *to, struct err *e)
{
	int rc = occ_move(j->db, from, to, e);

	if (rc < 0 || !to->main)
		return rc;
	j->r->due_at = to->ready_at;
	j->r->due_for = to->scheduled_for;
	return row_set_due(j->db, to->job_id, to->ready_at, to->scheduled_for, e);
}

/* It waits for elapsed time, but what it is keeps its time. */
static int
shift(struct jobstep *j, const struct occ *o, int64_t earliest, struct err *e)
{
	struct occ next = *o;

	next.ready_at += j->st->by;
	if (next.ready_at < earliest)
		next.ready_at = earliest;
	return move(j, o, &next, e);
}

static int
end_schedule(struct jobstep *j, const struct occ *o, struct err *e)
{
	int rc;

	j->r->due_at = j->r->due_for = INSTANT_NONE;
	if ((rc = occ_delete(j->db, o, e)) < 0 ||
	    (rc = row_set_due(j->db, o->job_id, INSTANT_NONE, INSTANT_NONE, e)) < 0)
		return rc;
	return life_expire(j->db, j->r, j->st->now, e);
}

/* The column says what the job is for: an instant, which is another one now. */
static int
store_instant(struct jobstep *j, int64_t at, struct err *e)
{
	char text[INSTANT_TEXT];

	instant_exact(at, text, sizeof(text));
	return db_do(j->db, e, "UPDATE jobs SET schedule = ? WHERE id = ?",
	    BIND(S(text), I(j->r->job.id)));
}

static int
move_elapsed(struct jobstep *j, const struct occ *o, int64_t scheduled_for, struct err *e)
{
	struct occ next = *o;
	int rc;

	j->st->done->moved++;
	/* A clock that begins anew at the epoch, and a job that has been waiting for long. */
	next.scheduled_for = scheduled_for > 0 ? scheduled_for : 0;
	next.ready_at += j->st->by;
	if ((rc = move(j, o, &next, e)) < 0 || j->schedule.kind != SCHEDULE_ONCE)
		return rc;
	return store_instant(j, next.scheduled_for, e);
}

static int
plan_again(struct jobstep *j, const struct occ *o, const struct plan_stepped *p, struct err *e)
{
	struct occ next = *o;

	next.scheduled_for = p->scheduled_for;
	next.ready_at = plan_ready_at(&j->r->job, p->late ? j->st->now : p->scheduled_for);
	next.hold &= ~(int64_t)OCC_WAITED;
	if (p->late) {
		next.hold |= OCC_WAITED;
		j->st->done->late++;
	} else
		j->st->done->anew++;
	return move(j, o, &next, e);
}

/* The occurrence that its schedule has put there. */
static int
step_main(struct jobstep *j, const struct occ *o, struct err *e)
{
	struct plan_input in = {
	    .job = &j->r->job,
	    .schedule = &j->schedule,
	    .zone = j->zone,
	    .scheduled_for = o->scheduled_for,
	    .now = j->st->now,
	};
	struct plan_stepped p;
	int rc;

	plan_stepped(&in, j->st->kind, j->st->by, &p);
	if (p.moved)
		return move_elapsed(j, o, p.scheduled_for, e);
	if (p.skip.count == 0 && !p.late && p.scheduled_for == o->scheduled_for)
		return 0;
	j->st->done->skipped += p.skip.count;
	if ((p.skip.count > 0 && (rc = skip_add(j->db, j->r, &p.skip, j->st->now, e)) < 0) ||
	    (rc = used_cron(j->db, j->r, &j->schedule, j->zone, &p.scheduled_for, e)) < 0)
		return rc;
	if (p.scheduled_for == INSTANT_NONE)
		return end_schedule(j, o, e);
	return plan_again(j, o, &p, e);
}

static int
step_occurrence(struct jobstep *j, const struct occ *o, struct err *e)
{
	const struct stepping *st = j->st;
	enum schedule_kind kind = j->schedule.kind;

	if (!o->main || o->attempt > 1 || o->manual)
		return shift(j, o, INT64_MIN, e);
	if (kind == SCHEDULE_CRON && st->kind == STEP_FORWARD && o->hold != 0)
		return 0; /* paused, or waiting for others: it is judged when that is over */
	/* What was let go with a delay is not to wait until the clock gets there again. */
	if (st->by < 0 && (o->hold & OCC_WAITED) != 0 &&
	    ((kind == SCHEDULE_CRON && st->kind == STEP_BACKWARD) ||
		(kind == SCHEDULE_ONCE && !j->r->job.elapsed)))
		return shift(j, o, plan_ready_at(&j->r->job, o->scheduled_for), e);
	return step_main(j, o, e);
}

static int
step_job(struct jobstep *j, struct err *e)
{
	struct occs waiting = {0};
	int rc = occ_waiting(j->db, j->r, &waiting, e);

	for (size_t i = 0; i < waiting.n && rc >= 0; i++)
		rc = step_occurrence(j, &waiting.v[i], e);
	free(waiting.v);
	if (rc < 0 || j->schedule.kind != SCHEDULE_EVERY)
		return rc;
	return db_do(j->db, e,
	    "UPDATE jobs SET last_scheduled_at = last_scheduled_at + ? WHERE id = ?",
	    BIND(I(j->st->by), I(j->r->job.id)));
}

int
clock_step_job(struct stepping *st, int64_t id, struct err *e)
{
	struct row r;
	struct jobstep j = {.st = st, .db = st->db, .r = &r};
	struct err why;
	int rc;

	if ((rc = row_get(st->db, id, &r, e)) < 0)
		return rc;
	/* A schedule that cannot be worked out is told of when it is due. */
	if (is_old(st, &r) && define_schedule(&r.job, st->zone, &j.schedule, &j.zone, &why) == 0)
		rc = step_job(&j, e);
	row_release(&r);
	return rc < 0 ? rc : 0;
}
