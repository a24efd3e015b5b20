/*
 * define: see define.h.
 */
#include "store/sql/define.h"

#include <inttypes.h>

#include "base/err.h"
#include "job/plan.h"
#include "store/sql/chain.h"
#include "store/sql/db.h"
#include "store/sql/depend.h"
#include "store/sql/life.h"
#include "store/sql/line.h"
#include "store/sql/notice.h"
#include "store/sql/occ.h"
#include "store/sql/row.h"
#include "store/sql/skip.h"
#include "store/sql/used.h"
#include "time/zone.h"

int
define_schedule(const struct job *job, const struct zone *fallback, struct schedule *s,
    const struct zone **zone, struct err *e)
{
	*zone = fallback;
	if (job->tz != NULL && job->periodic && (*zone = zone_get(job->tz, e)) == NULL)
		return E_INPUT;
	return job_schedule(job, s, e);
}

bool
define_is_over(const struct row *r, int64_t now)
{
	return (r->job.count > 0 && r->started >= r->job.count) ||
	       (r->job.until != INSTANT_NONE && now > r->job.until);
}

int
define_taken(struct db *db, const struct job *job, struct err *e)
{
	int64_t id = 0;
	int rc = 0;

	if (job->name != NULL)
		rc = db_number(db, e, &id, 0, "SELECT id FROM jobs WHERE name = ? AND \"user\" = ?",
		    BIND(S(job->name), S(job->user)));
	if (rc < 0)
		return rc;
	if (id != 0)
		return err_set(e, E_CONFLICT, "name '%s' is taken by job %" PRId64, job->name, id);
	return err_set(e, E_CONFLICT, "tab '%s' has two entries of one identity",
	    job->tab != NULL ? job->tab : "");
}

/* ---- new ---- */

/* What it comes after has failed already. What runs of its old definition goes its way. */
static int
stillborn(struct db *db, const struct define *d, struct row *r, int64_t on_id, struct err *e)
{
	struct occ running;
	int rc;

	if ((rc = skip_unrun(db, r, r->due_for, on_id, d->now, e)) < 0 ||
	    (rc = occ_running(db, r->job.id, &running, e)) != 0)
		return rc < 0 ? rc : 0;
	rc = life_move(db, r, JOB_PENDING, JOB_FAILED, false, d->now, e);
	return rc < 0 ? rc : notice_unrun(db, &r->job, d->now, e);
}

static int
first_occurrence(struct db *db, const struct define *d, struct row *r, struct err *e)
{
	enum depend found = DEPEND_NONE;
	int64_t failed = 0;
	int rc;

	if (r->job.after.n > 0 &&
	    (rc = depend_add(db, &r->job, r->job.id, &found, &failed, e)) < 0)
		return rc;
	if (found == DEPEND_FAILED)
		return stillborn(db, d, r, failed, e);
	return occ_next(db, r, r->due_for, found == DEPEND_WAITS ? HOLD_AFTER : 0, e);
}

struct when {
	struct schedule s;
	const struct zone *zone;
};

static int
first_time(const struct define *d, const struct row *r, struct when *w, int64_t *first,
    bool *reboot, struct err *e)
{
	bool seen;
	int rc;

	if ((rc = define_schedule(&r->job, d->zone, &w->s, &w->zone, e)) < 0)
		return rc;
	*reboot = w->s.kind == SCHEDULE_REBOOT;
	seen = r->boot_id != NULL && d->boot_id != NULL && strcmp(r->boot_id, d->boot_id) == 0;
	*first = plan_first(&r->job, &w->s, w->zone, d->now, r->last_scheduled_at, seen);
	if (r->job.count > 0 && r->started >= r->job.count)
		*first = INSTANT_NONE;
	return 0;
}

static void
set_first(struct row *r, const struct define *d, int64_t first, bool reboot)
{
	r->due_for = first;
	r->due_at = first != INSTANT_NONE ? plan_ready_at(&r->job, first) : INSTANT_NONE;
	r->ended_at = INSTANT_NONE;
	if (first == INSTANT_NONE && (!reboot || define_is_over(r, d->now)))
		r->ended_at = d->now;
	r->def_hash = (int64_t)d->hash;
}

int
define_plan(const struct define *d, const struct job *job, struct row *r, struct err *e)
{
	struct when w;
	int64_t first;
	bool reboot;
	int rc;

	*r = (struct row){.job = *job, .created_at = d->now, .last_scheduled_at = INSTANT_NONE};
	if ((rc = first_time(d, r, &w, &first, &reboot, e)) < 0)
		return rc;
	set_first(r, d, first, reboot);
	/* "": not run in any boot yet. Nobody writes to it. */
	r->boot_id = reboot ? (char *)(uintptr_t)"" : NULL;
	return 0;
}

int
define_planned(struct db *db, const struct define *d, struct row *r, struct err *e)
{
	int rc;

	if ((rc = row_add(db, r, 1, e)) != 0)
		return rc < 0 ? rc : define_taken(db, &r->job, e);
	count_add(db, N_ENQUEUED, 1);
	count_moved(db, REST_COUNT, r->ended_at != INSTANT_NONE ? REST_DONE : REST_OPEN);
	return r->due_for != INSTANT_NONE ? first_occurrence(db, d, r, e) : 0;
}

/* ---- again ---- */

struct again {
	struct db *db;
	const struct define *d;
	struct row *old;
	struct row now;	     /* the new definition in the old row; its texts are others' */
	struct occs waiting; /* the main one first, if has_main */
	bool has_main, anew, running;
	struct occ run;
	enum job_state from;
};

static bool
same_text(const char *a, const char *b)
{
	return a != NULL && b != NULL ? strcmp(a, b) == 0 : a == b;
}

static bool
same_schedule(const struct job *a, const struct job *b)
{
	return same_text(a->schedule, b->schedule) && same_text(a->tz, b->tz) &&
	       a->until == b->until && a->count == b->count && a->dst_gap == b->dst_gap &&
	       a->dst_repeat == b->dst_repeat && a->jitter == b->jitter &&
	       same_text(a->not_on, b->not_on) && same_text(a->only_on, b->only_on);
}

static int
look_around(struct again *a, struct err *e)
{
	int rc;

	if ((rc = occ_waiting(a->db, a->old, &a->waiting, e)) < 0 ||
	    (rc = occ_running(a->db, a->old->job.id, &a->run, e)) < 0)
		return rc;
	a->running = rc > 0;
	/* A held main one stands among the others. */
	for (size_t i = 0; i < a->waiting.n && !a->has_main; i++) {
		struct occ o = a->waiting.v[i];

		if (o.main) {
			a->has_main = true;
			a->waiting.v[i] = a->waiting.v[0];
			a->waiting.v[0] = o;
		}
	}
	return life_get(a->db, a->old, &a->from, e);
}

/* Whether the schedule goes on from where it is. */
static bool
goes_on(const struct again *a)
{
	bool same = same_schedule(&a->old->job, &a->now.job);

	if (a->anew || (a->running && (a->run.wish & WISH_RETIRE) != 0))
		return false;
	/* What is due is not lost for a change, unless it has become another kind of job. */
	if (a->has_main)
		return same || (a->waiting.v[0].scheduled_for <= a->d->now &&
				   a->old->job.periodic == a->now.job.periodic);
	/* A one-time job that runs or has run; a schedule that is over. */
	return same && a->old->base != JOB_RETIRED;
}

static int
drop(struct again *a, const struct occ *o, struct err *e)
{
	int rc = occ_delete(a->db, o, e);

	if (rc < 0 || !o->main || !occ_was_due(o, a->d->now))
		return rc;
	return skip_one(a->db, a->old, SKIP_CANCELLED, o->scheduled_for, a->d->now, e);
}

/* Drops what waits (only the main one if the others may stay), or moves it to the new priority. */
static int
settle_waiting(struct again *a, bool on, struct err *e)
{
	int64_t rank = occ_rank(a->now.job.priority);
	int rc = 0;

	for (size_t i = 0; i < a->waiting.n && rc >= 0; i++) {
		struct occ *o = &a->waiting.v[i], next = *o;

		next.rank = rank;
		if (a->anew || (o->main && !on))
			rc = drop(a, o, e);
		else if (next.rank != o->rank)
			rc = occ_move(a->db, o, &next, e);
	}
	return rc;
}

/* What runs is not its main occurrence any more; its entry is there, or a person wants it again. */
static int
settle_running(struct again *a, bool on, struct err *e)
{
	struct occ next = a->run;

	next.main = a->run.main && on;
	next.wish &= ~(int64_t)(WISH_RETIRE | (a->anew ? WISH_CANCEL : 0));
	if ((next.wish & WISH_CANCEL) == 0)
		next.wish &= ~(int64_t)OCC_MORE;
	return a->running ? occ_move(a->db, &a->run, &next, e) : 0;
}

/* What was held until the dropped one had ended. */
static int
release_others(struct again *a, bool on, struct err *e)
{
	if (on || a->anew || a->running)
		return 0;
	return occ_release_all(a->db, a->now.job.id, HOLD_BUSY, a->d->now, NULL, e);
}

/*
 * The time of a one-time job may have been used: an entry that came back has run, unless it was
 * taken away before, and then it is another occurrence; so is what a person submits anew.
 */
static int
avoid_used_once(struct again *a, int64_t *at, struct err *e)
{
	bool tried, told;
	int rc;

	for (;; ++*at) {
		if ((rc = used_tried(a->db, a->now.job.id, *at, &tried, e)) < 0 ||
		    (rc = used_skipped(a->db, a->now.job.id, *at, &told, e)) < 0)
			return rc;
		if (tried && !a->anew) {
			*at = INSTANT_NONE;
			return 0;
		}
		if (!tried && !told)
			return 0;
	}
}

/* What is planned has no time of which the ledger tells already. */
static int
avoid_used(struct again *a, const struct when *w, int64_t *at, struct err *e)
{
	if (*at == INSTANT_NONE)
		return 0;
	switch (w->s.kind) {
	case SCHEDULE_ONCE:
		return avoid_used_once(a, at, e);
	case SCHEDULE_EVERY:
		return used_every(a->db, &a->now, &w->s, a->d->now, at, e);
	case SCHEDULE_CRON:
		return used_cron(a->db, &a->now, &w->s, w->zone, at, e);
	case SCHEDULE_REBOOT:
		return used_instant(a->db, a->now.job.id, at, e);
	}
	abort();
}

/* Sets due_*, ended_at and boot_id in a->now; *reboot: it is an @reboot job. */
static int
replan(struct again *a, bool on, bool *reboot, struct err *e)
{
	struct when w;
	int64_t first;
	int rc;

	if (a->anew)
		a->now.started = 0;
	if ((rc = first_time(a->d, &a->now, &w, &first, reboot, e)) < 0 || on)
		return rc;
	if ((rc = avoid_used(a, &w, &first, e)) < 0)
		return rc;
	set_first(&a->now, a->d, first, *reboot);
	a->now.base = JOB_PENDING;
	return 0;
}

static int
store_row(struct again *a, struct err *e)
{
	int rc;

	if ((rc = chain_head(a->db, a->old, &a->now.last_fence, e)) < 0)
		return rc;
	if ((rc = row_replace(a->db, &a->now, e)) != 0)
		return rc < 0 ? rc : define_taken(a->db, &a->now.job, e);
	if (!a->anew)
		return 0;
	return db_do(a->db, e, "UPDATE jobs SET started = 0 WHERE id = ?", BIND(I(a->now.job.id)));
}

/* The prerequisites are those of the new definition. */
static int
first_of_new(struct again *a, struct err *e)
{
	int rc;

	if ((rc = depend_drop(a->db, a->now.job.id, e)) < 0 || a->now.due_for == INSTANT_NONE)
		return rc;
	return first_occurrence(a->db, a->d, &a->now, e);
}

/* A running job that has nothing else to come is not at its end yet. */
static int
settle_state(struct again *a, struct err *e)
{
	enum job_state to;
	int rc;

	if ((rc = life_get(a->db, &a->now, &to, e)) < 0)
		return rc;
	count_moved(a->db, life_rest(a->from), REST_OPEN);
	/* Failed: stillborn, and counted as such. */
	if (to == JOB_FAILED || life_rest(to) == REST_OPEN)
		return 0;
	count_moved(a->db, REST_OPEN, life_rest(to));
	if (life_rest(a->from) != REST_OPEN)
		return 0;
	return depend_ended(a->db, a->now.job.id, false, a->d->now, e);
}

/* Only a person takes a person's cancel back. */
static bool
stays_cancelled(const struct again *a)
{
	return !a->anew &&
	       (a->old->base == JOB_CANCELLED || (a->running && (a->run.wish & WISH_CANCEL) != 0));
}

static int
change(struct again *a, struct err *e)
{
	char unseen[] = "";
	bool on, reboot;
	int rc;

	on = goes_on(a);
	if ((rc = settle_waiting(a, on, e)) < 0 || (rc = replan(a, on, &reboot, e)) < 0)
		return rc;
	if (!reboot)
		a->now.boot_id = NULL;
	else if (a->now.boot_id == NULL)
		a->now.boot_id = unseen;
	if (a->running)
		a->now.ended_at = INSTANT_NONE;
	if ((rc = settle_running(a, on, e)) < 0 || (rc = release_others(a, on, e)) < 0 ||
	    (rc = store_row(a, e)) < 0 || (rc = line_redefined(a->db, &a->now, e)) < 0 ||
	    (!on && (rc = first_of_new(a, e)) < 0))
		return rc;
	return settle_state(a, e);
}

static int
again(struct again *a, const struct job *job, struct err *e)
{
	int rc;

	if ((rc = look_around(a, e)) < 0)
		return rc;
	a->now = *a->old;
	a->now.job = *job;
	a->now.job.id = a->old->job.id;
	a->now.def_hash = (int64_t)a->d->hash;
	return stays_cancelled(a) ? store_row(a, e) : change(a, e);
}

int
define_again(struct db *db, const struct define *d, int64_t id, const struct job *job, bool anew,
    struct err *e)
{
	struct row old;
	struct again a = {.db = db, .d = d, .old = &old, .anew = anew};
	int rc;

	if ((rc = row_get(db, id, &old, e)) < 0)
		return rc;
	rc = again(&a, job, e);
	free(a.waiting.v);
	row_release(&old);
	return rc;
}
