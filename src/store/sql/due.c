/*
 * due: a main occurrence that is due, by its job's schedule and policies: what plan_due decided is
 * carried out. See job/plan.h.
 */
#include <assert.h>

#include "base/err.h"
#include "base/mem.h"
#include "job/plan.h"
#include "store/sql/claim.h"
#include "store/sql/db.h"
#include "store/sql/define.h"
#include "store/sql/life.h"
#include "store/sql/pause.h"
#include "store/sql/row.h"
#include "store/sql/skip.h"

struct due {
	struct claiming *cl;
	struct db *db;
	const struct occ *o;
	struct row *r;
	struct schedule schedule;
	struct plan plan;
	struct occ run; /* of the job, if it runs */
	bool running;
	struct occs behind; /* what waits beside the main one, manual runs apart */
};

/* ---- what there is ---- */

static int
look_around(struct due *d, struct err *e)
{
	size_t n = 0;
	int rc;

	if ((rc = occ_running(d->db, d->o->job_id, &d->run, e)) < 0)
		return rc;
	d->running = rc > 0;
	if ((rc = occ_beside(d->db, d->o->job_id, &d->behind, e)) < 0)
		return rc;
	for (size_t i = 0; i < d->behind.n; i++)
		if (!d->behind.v[i].manual)
			d->behind.v[n++] = d->behind.v[i];
	d->behind.n = n;
	return 0;
}

static int
make_plan(struct due *d, const struct zone *zone, struct err *e)
{
	struct plan_input in = {
	    .job = &d->r->job,
	    .schedule = &d->schedule,
	    .zone = zone,
	    .scheduled_for = d->o->scheduled_for,
	    .now = d->cl->q->now,
	    .busy = d->running || d->behind.n > 0,
	    .held = (d->o->hold & OCC_WAITED) != 0,
	    .started = d->r->started,
	};
	int rc = 0;

	plan_find_calendars(&in, d->cl->q->calendar, d->cl->q->calendar_arg);
	/* Asked for only where the answer matters. */
	if (in.now - in.scheduled_for > PLAN_LATE)
		rc = pause_held(d->db, d->r, in.scheduled_for, &in.was_paused, e);
	if (rc >= 0)
		plan_due(&in, &d->plan);
	return rc;
}

static int
note_skips(struct due *d, struct err *e)
{
	int rc = 0;

	for (int i = 0; i < d->plan.nskips && rc >= 0; i++) {
		d->cl->c->skipped += d->plan.skips[i].count;
		rc = skip_add(d->db, d->r, &d->plan.skips[i], d->cl->q->now, e);
	}
	return rc;
}

/* The boot in which an @reboot job has now had its turn; NULL for others. */
static int
this_boot(struct due *d, const char **boot, struct err *e)
{
	struct cursor *st;
	int rc;

	*boot = NULL;
	if (d->schedule.kind != SCHEDULE_REBOOT)
		return 0;
	if (d->cl->boot == NULL) {
		if ((rc = db_first(d->db, e, &st, "SELECT boot FROM nodes WHERE id = ?",
			 BIND(S(d->cl->q->node)))) < 0)
			return rc;
		d->cl->boot = xstrdup(rc > 0 ? col_text(st, 0) : "");
		if (rc > 0)
			db_reset(st);
	}
	*boot = d->cl->boot;
	return 0;
}

/* ---- what is done ---- */

/* started, fence: what it adds, and 0 for none. */
static int
store_row(struct due *d, int64_t last_scheduled, int64_t started, int64_t fence, struct err *e)
{
	const char *boot;
	int rc;

	if ((rc = this_boot(d, &boot, e)) < 0)
		return rc;
	return db_do(d->db, e,
	    "UPDATE jobs SET due_at = ?, due_for = ?,"
	    " last_scheduled_at = coalesce(?, last_scheduled_at), started = started + ?,"
	    " last_fence = coalesce(?, last_fence), boot_id = coalesce(?, boot_id) WHERE id = ?",
	    BIND(T(d->r->due_at), T(d->r->due_for), T(last_scheduled), I(started),
		N(fence, 0), S(boot), I(d->o->job_id)));
}

/* Nothing runs, and what is planned next waits. */
static int
pass_over(struct due *d, struct err *e)
{
	int rc;

	if ((rc = occ_delete(d->db, d->o, e)) < 0 ||
	    (rc = occ_next(d->db, d->r, d->plan.next, d->plan.next_held ? OCC_WAITED : 0, e)) < 0 ||
	    (rc = store_row(d, d->plan.last_scheduled, 0, 0, e)) < 0)
		return rc;
	if (d->plan.next != INSTANT_NONE ||
	    (d->schedule.kind == SCHEDULE_REBOOT && !define_is_over(d->r, d->cl->q->now)))
		return 0;
	/* The schedule is over for an @reboot job too: not as a job that waits for the next boot.
	 */
	free(d->r->boot_id);
	d->r->boot_id = NULL;
	return claim_expired(d->cl, d->r, e);
}

/* The clock was set back, and this time has come before. */
static int
come_again(struct due *d, struct err *e)
{
	int rc;

	d->cl->c->skipped++;
	if ((rc = skip_one(d->db, d->r, SKIP_CLOCK, d->plan.run_for, d->cl->q->now, e)) < 0)
		return rc;
	return pass_over(d, e);
}

static int
run_once(struct due *d, const struct occ *to, struct err *e)
{
	int64_t fence;
	int rc = claim_take(d->cl, d->o, to, d->r, &fence, e);

	if (rc < 0 || rc == TAKE_DONE)
		return rc;
	return rc == TAKE_AGAIN ? come_again(d, e) : occ_hold(d->db, d->o, HOLD_BUSY, e);
}

static int
run(struct due *d, struct err *e)
{
	struct occ to = *d->o;
	int64_t fence;
	struct job job;
	int rc;

	to.scheduled_for = d->plan.run_for;
	to.ready_at = plan_ready_at(&d->r->job, d->plan.run_for);
	if (to.ready_at < d->o->ready_at)
		to.ready_at = d->o->ready_at;
	if (!d->r->job.periodic)
		return run_once(d, &to, e);
	to.main = false;
	/* The claim takes the job along, and the next occurrence needs it: so this is borrowed. */
	job = d->r->job;
	if ((rc = claim_take(d->cl, d->o, &to, d->r, &fence, e)) < 0)
		return rc;
	if (rc == TAKE_AGAIN)
		return come_again(d, e);
	assert(rc == TAKE_DONE);
	d->r->job = job;
	if ((rc = occ_next(d->db, d->r, d->plan.next, d->plan.next_held ? OCC_WAITED : 0, e)) >= 0)
		rc = store_row(d, d->plan.last_scheduled, 1, fence, e);
	job_init(&d->r->job);
	return rc;
}

/* It stays the main one, and is planned again when its job is free. */
static int
keep_waiting(struct due *d, struct err *e)
{
	struct occ held = *d->o;
	int rc;

	held.state = OCC_HELD;
	held.scheduled_for = d->plan.run_for;
	held.hold |= HOLD_BUSY | OCC_WAITED;
	if ((rc = occ_move(d->db, d->o, &held, e)) < 0 || held.scheduled_for == d->r->due_for)
		return rc;
	return row_set_due(d->db, held.job_id, held.ready_at, held.scheduled_for, e);
}

/* The running attempt is to end for it. */
static int
replace_running(struct due *d, struct err *e)
{
	struct occ wished = d->run;
	struct claims *c = d->cl->c;

	wished.wish |= OCC_END;
	c->replace = xreallocarray(c->replace, c->nreplace + 1, sizeof(*c->replace));
	c->replace[c->nreplace++] = d->run.fence;
	return occ_move(d->db, &d->run, &wished, e);
}

/* What only waits to be tried (again) makes room at once. What has no attempt yet is recorded. */
static int
replace_waiting(struct due *d, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < d->behind.n && rc >= 0; i++) {
		struct occ *o = &d->behind.v[i];

		if ((rc = occ_delete(d->db, o, e)) >= 0 && o->attempt == 1)
			rc =
			    skip_one(d->db, d->r, SKIP_OVERLAP, o->scheduled_for, d->cl->q->now, e);
	}
	d->behind.n = 0;
	d->cl->moved = true;
	return rc;
}

static int
carry_out(struct due *d, struct err *e)
{
	int rc;

	if ((rc = note_skips(d, e)) < 0)
		return rc;
	switch (d->plan.action) {
	case PLAN_RUN:
		return run(d, e);
	case PLAN_SKIP:
		return pass_over(d, e);
	case PLAN_REPLACE:
		if ((rc = replace_running(d, e)) < 0)
			return rc;
		__attribute__((fallthrough));
	case PLAN_HOLD:
		return keep_waiting(d, e);
	}
	abort();
}

/* A schedule that cannot be worked out (a zone that the system has no more) is for a person. */
static int
give_up(struct due *d, const struct err *why, struct err *e)
{
	char *reason = xasprintf("its schedule cannot be worked out: %s", why->text);
	int rc = pause_job(d->db, d->r, INSTANT_NONE, reason, d->cl->q->now, e);

	free(reason);
	d->cl->moved = true;
	return rc;
}

static int
decide(struct due *d, struct err *e)
{
	const struct zone *zone;
	struct err why;
	int rc;

	if (define_schedule(&d->r->job, d->cl->q->zone, &d->schedule, &zone, &why) < 0)
		return give_up(d, &why, e);
	if ((rc = look_around(d, e)) < 0 || (rc = make_plan(d, zone, e)) < 0)
		return rc;
	if (d->plan.action == PLAN_REPLACE && !d->running) {
		if ((rc = replace_waiting(d, e)) < 0 || (rc = make_plan(d, zone, e)) < 0)
			return rc;
	}
	return carry_out(d, e);
}

int
claim_due(struct claiming *cl, const struct occ *o, struct row *r, struct err *e)
{
	struct due d = {.cl = cl, .db = cl->db, .o = o, .r = r};
	int rc = decide(&d, e);

	free(d.behind.v);
	return rc;
}

/* ---- claimed again ---- */

static int
store_interval(struct claiming *cl, const struct row *r, struct err *e)
{
	return db_do(cl->db, e,
	    "UPDATE jobs SET due_at = ?, due_for = ?, last_scheduled_at = ? WHERE id = ?",
	    BIND(T(r->due_at), T(r->due_for), I(cl->q->now), I(r->job.id)));
}

int
claim_late(struct claiming *cl, struct row *r, struct err *e)
{
	int64_t now = cl->q->now, next;
	struct schedule schedule;
	const struct zone *zone;
	struct err why;
	struct occ o;
	int rc;

	if (define_schedule(&r->job, cl->q->zone, &schedule, &zone, &why) < 0 ||
	    schedule.kind != SCHEDULE_EVERY)
		return 0;
	if ((rc = occ_main(cl->db, r, &o, e)) < 0)
		return rc;
	next = plan_first(&r->job, &schedule, zone, now, now, false);
	if (rc > 0 && (next == INSTANT_NONE || o.scheduled_for < next)) {
		cl->moved = true;
		if ((rc = occ_delete(cl->db, &o, e)) < 0 ||
		    (rc = occ_next(cl->db, r, next, 0, e)) < 0)
			return rc;
	}
	return store_interval(cl, r, e);
}
