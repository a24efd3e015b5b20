/*
 * byhand: see byhand.h.
 */
#include "store/sql/byhand.h"

#include <inttypes.h>

#include "base/err.h"
#include "store/sql/chain.h"
#include "store/sql/db.h"
#include "store/sql/life.h"
#include "store/sql/line.h"
#include "store/sql/occ.h"
#include "store/sql/row.h"
#include "store/sql/slots.h"
#include "store/sql/used.h"

/* The job is open again if it had ended. */
static int
reopen(struct db *db, struct row *r, enum job_state from, enum job_event ev, int64_t now,
    struct err *e)
{
	return life_move(db, r, from, (enum job_state)job_state_after(from, ev), false, now, e);
}

/* ---- run ---- */

/* Not the time for which its main occurrence waits, either. */
static int
free_instant(struct db *db, const struct row *r, int64_t *at, struct err *e)
{
	int rc = used_instant(db, r->job.id, at, e);

	if (rc < 0 || *at != r->due_for)
		return rc;
	++*at;
	return used_instant(db, r->job.id, at, e);
}

static int
run(struct db *db, struct row *r, int64_t now, struct err *e)
{
	struct occ o = {.job_id = r->job.id,
	    .ready_at = now,
	    .scheduled_for = now,
	    .attempt = 1,
	    .manual = true,
	    .gated = line_needed(&r->job),
	    .rank = occ_rank(r->job.priority)};
	enum job_state state;
	int rc;

	if ((rc = life_allow(db, r, EV_RUN, &state, e)) < 0 ||
	    (rc = free_instant(db, r, &o.scheduled_for, e)) < 0 ||
	    (rc = occ_add(db, &o, e)) < 0)
		return rc;
	return reopen(db, r, state, EV_RUN, now, e);
}

/* ---- retry ---- */

struct dead {
	int64_t fence, scheduled_for, attempt;
	bool manual;
};

/* 1: the newest attempt that used up its retries and was not retried since. */
static int
find_dead(struct db *db, const struct row *r, struct dead *d, struct err *e)
{
	struct cursor *st;
	bool dead;
	int rc;

	if ((rc = chain_head(db, r, &d->fence, e)) < 0)
		return rc;
	while (d->fence != 0) {
		if ((rc = db_first(db, e, &st,
			 "SELECT dead, scheduled_for, attempt, manual FROM attempts WHERE id = ?",
			 BIND(I(d->fence)))) <= 0)
			return rc;
		dead = col_int(st, 0) == 1;
		d->scheduled_for = col_int(st, 1);
		d->attempt = col_int(st, 2);
		d->manual = col_int(st, 3) != 0;
		db_reset(st);
		if (dead)
			return 1;
		if ((rc = chain_prev(db, d->fence, &d->fence, e)) < 0)
			return rc;
	}
	return 0;
}

static int
retry_dead(struct db *db, struct row *r, const struct dead *d, int64_t base, int64_t now,
    struct err *e)
{
	struct occ o = {.job_id = r->job.id,
	    .ready_at = now,
	    .scheduled_for = d->scheduled_for,
	    .attempt = d->attempt + 1,
	    .base = base,
	    .manual = d->manual,
	    .gated = line_needed(&r->job),
	    .rank = occ_rank(r->job.priority)};
	struct occ other;
	int rc;

	if ((rc = db_do(db, e, "UPDATE attempts SET dead = 2 WHERE id = ?", BIND(I(d->fence)))) <
		0 ||
	    (rc = occ_main(db, r, &other, e)) < 0)
		return rc;
	o.main = !r->job.periodic && !d->manual && rc == 0;
	if ((rc = occ_add(db, &o, e)) < 0 || !o.main)
		return rc;
	return row_set_due(db, o.job_id, now, o.scheduled_for, e);
}

/* It never had an attempt: what it came after failed. */
static int
retry_unrun(struct db *db, struct row *r, int64_t now, struct err *e)
{
	struct occ o = {.job_id = r->job.id,
	    .ready_at = now,
	    .scheduled_for = r->due_for,
	    .attempt = 1,
	    .main = true,
	    .gated = line_needed(&r->job),
	    .rank = occ_rank(r->job.priority)};
	int rc = occ_add(db, &o, e);

	return rc < 0 ? rc : row_set_due(db, o.job_id, now, o.scheduled_for, e);
}

int
byhand_retry(struct db *db, struct row *r, int64_t now, struct err *e)
{
	enum job_state state;
	struct dead d;
	int rc;

	if ((rc = life_allow(db, r, EV_RETRY, &state, e)) < 0 || (rc = find_dead(db, r, &d, e)) < 0)
		return rc;
	if (rc > 0)
		rc = retry_dead(db, r, &d, d.attempt, now, e);
	else if (state == JOB_FAILED && r->due_for != INSTANT_NONE)
		rc = retry_unrun(db, r, now, e);
	else
		rc = err_set(e, E_CONFLICT, "job %" PRId64 " has no dead occurrence", r->job.id);
	return rc < 0 ? rc : reopen(db, r, state, EV_RETRY, now, e);
}

int
byhand_give_back(struct db *db, struct row *r, int64_t fence, int64_t now, struct err *e)
{
	enum job_state state;
	struct dead d;
	int rc;

	/* Cancelled since, or it runs by hand: then nothing is owed to it. */
	if ((rc = life_allow(db, r, EV_RETRY, &state, e)) < 0)
		return rc == E_CONFLICT ? 0 : rc;
	if ((rc = find_dead(db, r, &d, e)) <= 0 || d.fence != fence)
		return rc < 0 ? rc : 0;
	/* The next one is the last, as this one was. */
	rc = retry_dead(db, r, &d, d.attempt > r->job.retries ? d.attempt - r->job.retries : 0,
	    now, e);
	return rc < 0 ? rc : reopen(db, r, state, EV_RETRY, now, e);
}

/* ---- each in its own transaction ---- */

static int
act_run(struct db *db, struct row *r, int64_t now, void *arg, struct err *e)
{
	(void)arg;
	return run(db, r, now, e);
}

int
sql_job_run(struct store *s, int64_t id, int64_t now, struct err *e)
{
	return row_change(s, id, now, act_run, NULL, e);
}

static int
act_retry(struct db *db, struct row *r, int64_t now, void *arg, struct err *e)
{
	(void)arg;
	return byhand_retry(db, r, now, e);
}

int
sql_job_retry(struct store *s, int64_t id, int64_t now, struct err *e)
{
	return row_change(s, id, now, act_retry, NULL, e);
}
