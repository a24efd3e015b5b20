/*
 * cancel: see cancel.h.
 */
#include "store/sql/cancel.h"

#include "base/err.h"
#include "store/sql/db.h"
#include "store/sql/depend.h"
#include "store/sql/life.h"
#include "store/sql/occ.h"
#include "store/sql/row.h"
#include "store/sql/skip.h"
#include "store/sql/slots.h"

int
cancel_waiting(
    struct db *db, const struct row *r, unsigned wish, int64_t now, bool *any, struct err *e)
{
	struct occs list = {0};
	int rc = occ_waiting(db, r, &list, e);

	*any = list.n > 0;
	for (size_t i = 0; i < list.n && rc >= 0; i++) {
		const struct occ *o = &list.v[i];

		if ((rc = occ_delete(db, o, e)) >= 0 && o->attempt == 1 &&
		    (wish == WISH_CANCEL || occ_was_due(o, now)))
			rc = skip_one(db, r, SKIP_CANCELLED, o->scheduled_for, now, e);
	}
	free(list.v);
	return rc < 0 ? rc : depend_drop(db, r->job.id, e);
}

int
cancel_running(struct db *db, const struct row *r, int64_t wish, struct err *e)
{
	struct occ o, wished;
	int rc;

	if ((rc = occ_running(db, r->job.id, &o, e)) <= 0)
		return rc;
	wished = o;
	wished.wish |= wish;
	return occ_move(db, &o, &wished, e);
}

/* The job is not running, or will not be when its attempt has ended. */
static int
withdraw(struct db *db, struct row *r, enum job_state from, unsigned wish, int64_t more,
    int64_t now, struct err *e)
{
	enum job_event ev = wish == WISH_CANCEL ? EV_CANCEL : EV_RETIRE;
	bool any;
	int rc;

	if ((rc = cancel_waiting(db, r, wish, now, &any, e)) < 0)
		return rc;
	if (from == JOB_RUNNING)
		return cancel_running(db, r, (int64_t)wish | more | (any ? OCC_MORE : 0), e);
	return life_move(db, r, from, (enum job_state)job_state_after(from, ev), false, now, e);
}

int
cancel_job(
    struct db *db, struct row *r, bool kill, int64_t now, bool *running, struct err *e)
{
	enum job_state state;
	int rc;

	*running = false;
	if ((rc = life_allow(db, r, EV_CANCEL, &state, e)) < 0)
		return rc;
	*running = state == JOB_RUNNING;
	rc = withdraw(db, r, state, WISH_CANCEL, kill ? OCC_END : 0, now, e);
	return rc < 0 ? rc : 0;
}

struct cancel_wish {
	bool kill, running; /* asked; found */
};

static int
act_cancel(struct db *db, struct row *r, int64_t now, void *arg, struct err *e)
{
	struct cancel_wish *wish = arg;

	return cancel_job(db, r, wish->kill, now, &wish->running, e);
}

int
sql_job_cancel(struct store *s, int64_t id, bool kill, int64_t now, bool *running, struct err *e)
{
	struct cancel_wish wish = {.kill = kill};
	int rc = row_change(s, id, now, act_cancel, &wish, e);

	*running = wish.running;
	return rc;
}

int
cancel_retire(struct db *db, int64_t id, int64_t now, struct err *e)
{
	enum job_state state;
	struct row r;
	int rc;

	if ((rc = row_get(db, id, &r, e)) < 0)
		return rc;
	/* Twice is the same as once, and a cancelled job stays so. */
	if ((rc = life_get(db, &r, &state, e)) >= 0 && job_state_after(state, EV_RETIRE) != -1 &&
	    state != JOB_CANCELLED)
		rc = withdraw(db, &r, state, WISH_RETIRE, 0, now, e);
	row_release(&r);
	return rc < 0 ? rc : 0;
}
