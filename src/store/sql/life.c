/*
 * life: see life.h.
 */
#include "store/sql/life.h"

#include <assert.h>
#include <inttypes.h>

#include "base/err.h"
#include "store/sql/checkpoint.h"
#include "store/sql/db.h"
#include "store/sql/depend.h"
#include "store/sql/occ.h"
#include "store/sql/row.h"

enum rest
life_rest(enum job_state s)
{
	static const enum rest rests[JOB_NSTATES] = {
	    [JOB_DONE] = REST_DONE,
	    [JOB_FAILED] = REST_FAILED,
	    [JOB_CANCELLED] = REST_CANCELLED,
	    [JOB_RETIRED] = REST_RETIRED,
	};

	return rests[s];
}

enum job_state
life_state(const struct row *r, const struct life *l)
{
	if (r->base != JOB_PENDING)
		return r->base;
	if (l->running)
		return JOB_RUNNING;
	/* An @reboot job waits for the next boot without an occurrence. */
	if (!l->open && (r->boot_id == NULL || r->ended_at != INSTANT_NONE))
		return JOB_DONE;
	return r->paused ? JOB_PAUSED : JOB_PENDING;
}

int
life_get(struct db *db, const struct row *r, enum job_state *s, struct err *e)
{
	struct occs waiting = {0};
	struct occ running;
	struct life l = {false, false};
	int rc = 0;

	if (r->base == JOB_PENDING) {
		if ((rc = occ_running(db, r->job.id, &running, e)) < 0)
			return rc;
		l.running = rc > 0;
		rc = l.running ? 0 : occ_waiting(db, r, &waiting, e);
		l.open = waiting.n > 0;
		free(waiting.v);
	}
	*s = life_state(r, &l);
	return rc;
}

int
life_allow(struct db *db, const struct row *r, enum job_event ev, enum job_state *s, struct err *e)
{
	static const char *const refused[JOB_NEVENTS] = {
	    [EV_CANCEL] = "cancelled",
	    [EV_PAUSE] = "paused",
	    [EV_RESUME] = "resumed",
	    [EV_RETRY] = "retried",
	    [EV_RUN] = "run",
	};
	int rc;

	if ((rc = life_get(db, r, s, e)) < 0)
		return rc;
	if (job_state_after(*s, ev) != -1)
		return 0;
	return err_set(e, E_CONFLICT, "job %" PRId64 " is %s: it cannot be %s", r->job.id,
	    job_state_word(*s), refused[ev]);
}

static const char *
base_word(enum job_state s)
{
	return s == JOB_FAILED || s == JOB_CANCELLED || s == JOB_RETIRED ? job_state_word(s)
									 : "active";
}

/* A pause outlives a retirement, because the entry may come back; what has ended is not paused. */
static bool
stays_paused(const struct row *r, enum job_state to)
{
	return r->paused && (life_rest(to) == REST_OPEN || to == JOB_RETIRED);
}

int
life_move(struct db *db, struct row *r, enum job_state from, enum job_state to, bool well,
    int64_t now, struct err *e)
{
	bool ended = life_rest(to) != REST_OPEN;
	int rc;

	if (life_rest(from) == life_rest(to))
		return 0;
	count_moved(db, life_rest(from), life_rest(to));
	r->base = ended && to != JOB_DONE ? to : JOB_PENDING;
	r->ended_at = ended ? now : INSTANT_NONE;
	r->paused = stays_paused(r, to);
	if ((rc = db_do(db, e, "UPDATE jobs SET state = ?, ended_at = ?, paused = ? WHERE id = ?",
		 BIND(S(base_word(to)), T(r->ended_at), I(r->paused), I(r->job.id)))) < 0)
		return rc;
	if (to == JOB_CANCELLED && (rc = checkpoint_drop(db, r->job.id, e)) < 0)
		return rc;
	return ended ? depend_ended(db, r->job.id, well, now, e) : 0;
}

int
life_expire(struct db *db, struct row *r, int64_t now, struct err *e)
{
	enum job_state to;
	int rc;

	if ((rc = life_get(db, r, &to, e)) < 0 || to != JOB_DONE)
		return rc;
	assert(job_state_after(JOB_PENDING, EV_EXPIRE) == JOB_DONE);
	return life_move(db, r, JOB_PENDING, JOB_DONE, false, now, e);
}
