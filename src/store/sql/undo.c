/*
 * undo: a claim of which nothing came. The fence is spent, the attempt is not: its row goes, and
 * the occurrence waits again under the same number.
 */
#include <assert.h>

#include "store/sql/db.h"
#include "store/sql/finish.h"
#include "store/sql/life.h"
#include "store/sql/row.h"
#include "store/sql/skip.h"

#define LOCKED_WAIT INT64_C(1000000) /* until a lock that is held by another is tried again */

/* As it was before the claim. */
static int
forget_attempt(struct finishing *f, const struct ending *end, struct row *r, struct err *e)
{
	bool first = end->o.attempt == 1 && !end->o.manual && r->job.periodic;
	int rc;

	if ((rc = db_do(f->db, e, "DELETE FROM attempts WHERE id = ?", BIND(I(end->fence)))) < 0)
		return rc;
	if (r->last_fence != end->fence && !first)
		return 0;
	if (r->last_fence == end->fence)
		r->last_fence = end->prev;
	r->started -= first;
	return db_do(f->db, e, "UPDATE jobs SET last_fence = ?, started = ? WHERE id = ?",
	    BIND(N(r->last_fence, 0), I(r->started), I(r->job.id)));
}

static int
wait_again(
    struct finishing *f, const struct ending *end, struct row *r, int64_t ready_at, struct err *e)
{
	struct occ next = end->o;
	int rc;

	next.ready_at = ready_at;
	next.rank = occ_rank(r->job.priority);
	next.hold = r->paused && !next.manual ? HOLD_PAUSED : 0;
	next.state = next.hold != 0 ? OCC_HELD : OCC_WAITING;
	next.wish = next.fence = next.runner = 0;
	if ((rc = occ_move(f->db, &end->o, &next, e)) < 0 ||
	    (rc = occ_release_all(f->db, r->job.id, HOLD_BUSY, f->now, NULL, e)) < 0 || !next.main)
		return rc;
	return row_set_due(f->db, r->job.id, ready_at, next.scheduled_for, e);
}

/* It never ran, and will not. */
static int
give_up(struct finishing *f, const struct ending *end, struct row *r, enum skip_reason reason,
    struct err *e)
{
	int rc = skip_one(f->db, r, reason, end->o.scheduled_for, f->now, e);

	return rc < 0 ? rc : finish_close(f, end, r, ENDED_UNRUN, e);
}

/*
 * Whether it waits for a lock that another holds. The last of a --count does as well: its claim has
 * planned none after it that could start in its place.
 */
static int
waits_for_lock(
    struct finishing *f, const struct ending *end, const struct row *r, bool *waits, struct err *e)
{
	struct occ next;
	int rc;

	*waits = !r->job.periodic || end->o.attempt > 1 || end->o.manual ||
		 r->job.overlap == OVERLAP_WAIT;
	if (*waits || r->job.count == 0)
		return 0;
	rc = occ_main(f->db, r, &next, e);
	*waits = rc == 0;
	return rc < 0 ? rc : 0;
}

static int
undo(struct finishing *f, const struct ending *end, struct row *r, struct finished *done,
    struct err *e)
{
	bool locked = end->result->why_not == WHY_LOCKED, waits = true;
	int64_t ready_at = locked ? f->now + LOCKED_WAIT : end->o.ready_at;
	int rc;

	if ((rc = forget_attempt(f, end, r, e)) < 0 ||
	    (locked && (rc = waits_for_lock(f, end, r, &waits, e)) < 0))
		return rc;
	if (r->base != JOB_PENDING ||
	    (end->o.wish & (WISH_CANCEL | WISH_RETIRE | OCC_CANCELLED)) != 0)
		return give_up(f, end, r, SKIP_CANCELLED, e);
	if ((locked && !waits) || (end->o.wish & OCC_END) != 0)
		return give_up(f, end, r, SKIP_OVERLAP, e);
	assert(job_state_ended(EV_UNCLAIM, 0) == JOB_PENDING);
	done->retry_at = ready_at;
	return wait_again(f, end, r, ready_at, e);
}

int
finish_undo(struct finishing *f, const struct ending *end, struct finished *done, struct err *e)
{
	struct row r;
	int rc;

	if ((rc = row_get(f->db, end->o.job_id, &r, e)) < 0)
		return rc;
	rc = undo(f, end, &r, done, e);
	row_release(&r);
	return rc;
}
