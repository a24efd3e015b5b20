/*
 * pause: see pause.h.
 */
#include "store/sql/pause.h"

#include "base/err.h"
#include "base/mem.h"
#include "store/sql/cancel.h"
#include "store/sql/db.h"
#include "store/sql/life.h"
#include "store/sql/occ.h"
#include "store/sql/row.h"
#include "store/sql/slots.h"

#define EXPIRE_MAX 200 /* in one transaction */

/* ---- one job ---- */

static int
hold_waiting(struct db *db, const struct row *r, struct err *e)
{
	struct occs list = {0};
	int rc = occ_waiting(db, r, &list, e);

	for (size_t i = 0; i < list.n && rc >= 0; i++)
		if (!list.v[i].manual && (list.v[i].hold & HOLD_PAUSED) == 0)
			rc = occ_hold(db, &list.v[i], HOLD_PAUSED, e);
	free(list.v);
	return rc;
}

int
pause_job(
    struct db *db, struct row *r, int64_t until, const char *reason, int64_t now, struct err *e)
{
	int rc;

	/* A pause on top of a pause gives it another end and reason; it began when it began. */
	if ((rc = db_do(db, e,
		 "UPDATE jobs SET paused_at = CASE WHEN paused = 1 THEN paused_at ELSE ? END,"
		 " paused = 1,"
		 " paused_until = ?, resumed_at = NULL, pause_reason = ? WHERE id = ?",
		 BIND(I(now), T(until), S(reason), I(r->job.id)))) < 0)
		return rc;
	r->paused = true;
	if ((rc = hold_waiting(db, r, e)) < 0)
		return rc;
	/* So that the end of what runs looks at the job, even if ok: what is done is not paused. */
	return cancel_running(db, r, WISH_PAUSE, e);
}

int
pause_ask(
    struct db *db, struct row *r, int64_t until, const char *reason, int64_t now, struct err *e)
{
	enum job_state state;
	int rc = life_allow(db, r, EV_PAUSE, &state, e);

	return rc < 0 ? rc : pause_job(db, r, until, reason, now, e);
}

struct pause_wish {
	int64_t until;
	const char *reason;
};

static int
act_pause(struct db *db, struct row *r, int64_t now, void *arg, struct err *e)
{
	const struct pause_wish *wish = arg;

	return pause_ask(db, r, wish->until, wish->reason, now, e);
}

int
sql_job_pause(
    struct store *s, int64_t id, int64_t until, const char *reason, int64_t now, struct err *e)
{
	struct pause_wish wish = {until, reason};

	return row_change(s, id, now, act_pause, &wish, e);
}

/* at: when the pause ended; now: from when on what was held is ready. */
static int
resume(struct db *db, int64_t id, int64_t at, int64_t now, struct err *e)
{
	int rc;

	if ((rc = db_do(db, e,
		 "UPDATE jobs SET paused = 0, resumed_at = ?, paused_until = NULL WHERE id = ?",
		 BIND(I(at), I(id)))) < 0)
		return rc;
	return occ_release_all(db, id, HOLD_PAUSED, now, NULL, e);
}

/* A running job may be asked to be resumed where it is paused behind its attempt only. */
static int
allow_resume(struct db *db, const struct row *r, struct err *e)
{
	enum job_state state;
	int rc;

	if ((rc = life_allow(db, r, EV_RESUME, &state, e)) < 0)
		return rc;
	return r->paused ? 0
			 : err_set(e, E_CONFLICT, "job %lld is not paused", (long long)r->job.id);
}

int
pause_resume(struct db *db, const struct row *r, int64_t now, struct err *e)
{
	int rc = allow_resume(db, r, e);

	return rc < 0 ? rc : resume(db, r->job.id, now, now, e);
}

static int
act_resume(struct db *db, struct row *r, int64_t now, void *arg, struct err *e)
{
	(void)arg;
	return pause_resume(db, r, now, e);
}

int
sql_job_resume(struct store *s, int64_t id, int64_t now, struct err *e)
{
	return row_change(s, id, now, act_resume, NULL, e);
}

/* ---- everything ---- */

int
sql_pause_all(struct store *s, int64_t until, const char *reason, int64_t now, struct err *e)
{
	struct db *db = db_of(s);
	int64_t changed;
	int rc;

	if ((rc = db_begin(db, e)) < 0)
		return rc;
	rc = db_change(db, e, &changed,
	    "UPDATE pauses SET paused_until = ?, reason = ? WHERE ended_at IS NULL",
	    BIND(T(until), S(reason)));
	if (rc >= 0 && changed == 0)
		rc = db_do(db, e,
		    "INSERT INTO pauses (paused_at, paused_until, reason) VALUES (?, ?, ?)",
		    BIND(I(now), T(until), S(reason)));
	return db_end(db, rc, e);
}

int
sql_resume_all(struct store *s, int64_t now, struct err *e)
{
	struct db *db = db_of(s);
	int64_t changed;
	int rc;

	if ((rc = db_begin(db, e)) < 0)
		return rc;
	rc = db_change(db, e, &changed, "UPDATE pauses SET ended_at = ? WHERE ended_at IS NULL",
	    BIND(I(now)));
	if (rc >= 0 && changed == 0)
		rc = err_set(e, E_CONFLICT, "the scheduler is not paused");
	return db_end(db, rc, e);
}

/* ---- ends that have come ---- */

struct expired {
	int64_t id, until;
};

static int
collect(struct db *db, int64_t now, struct expired *v, int *n, struct err *e)
{
	struct cursor *st;
	int rc = db_first(db, e, &st,
	    "SELECT id, paused_until FROM jobs WHERE paused = 1 AND paused_until <= ?"
	    " ORDER BY paused_until LIMIT ?",
	    BIND(I(now), I(EXPIRE_MAX)));

	for (*n = 0; rc > 0; rc = db_next(db, e, st))
		v[(*n)++] = (struct expired){col_int(st, 0), col_int(st, 1)};
	return rc;
}

int
pause_expire(struct db *db, int64_t now, bool *more, struct err *e)
{
	struct expired v[EXPIRE_MAX];
	int n, rc;

	if ((rc = db_do(db, e,
		 "UPDATE pauses SET ended_at = paused_until"
		 " WHERE ended_at IS NULL AND paused_until <= ?",
		 BIND(I(now)))) < 0 ||
	    (rc = pause_expire_queues(db, now, e)) < 0 ||
	    (rc = collect(db, now, v, &n, e)) < 0)
		return rc;
	for (int i = 0; i < n && rc >= 0; i++)
		rc = resume(db, v[i].id, v[i].until, now, e);
	*more = n == EXPIRE_MAX;
	return rc;
}

/* ---- looking back and ahead ---- */

int
pause_held(struct db *db, const struct row *r, int64_t at, bool *held, struct err *e)
{
	int64_t all;
	int rc;

	*held = r->paused_at != INSTANT_NONE && at >= r->paused_at &&
		(r->resumed_at == INSTANT_NONE ? r->paused : at < r->resumed_at);
	if (*held)
		return 0;
	rc = db_number(db, e, &all, 0,
	    "SELECT EXISTS (SELECT 1 FROM pauses WHERE paused_at <= ?1"
	    " AND (ended_at IS NULL OR ended_at > ?1))"
	    " OR EXISTS (SELECT 1 FROM queues WHERE name = ?2 AND paused_at <= ?1"
	    " AND (paused = 1 OR resumed_at > ?1))",
	    BIND(I(at), S(r->job.queue)));
	*held = all != 0;
	return rc;
}

int64_t
pause_earliest(struct cursor *st, int first)
{
	int64_t when = INSTANT_NONE, t;

	for (int i = 0; i < 10; i++) {
		t = col_time(st, first + i);
		if (t != INSTANT_NONE && (when == INSTANT_NONE || t < when))
			when = t;
	}
	return when;
}

static int
ready_of_ten(struct db *db, int64_t *when, struct err *e)
{
	struct cursor *st;
	int rc;

	if ((rc = db_first(db, e, &st, "SELECT " PAUSE_HEADS, NOBIND)) <= 0)
		return rc;
	*when = pause_earliest(st, 0);
	db_reset(st);
	return 0;
}

/* Where a statement costs little besides what it looks at: mostly all have one priority. */
static int
ready_of_one(struct db *db, int64_t *when, bool *mixed, struct err *e)
{
	struct cursor *st;
	int rc;

	if ((rc = db_first(db, e, &st,
		 "SELECT rank, ready_at, (SELECT rank FROM occurrences WHERE state = 0"
		 " ORDER BY rank DESC LIMIT 1) FROM occurrences WHERE state = 0"
		 " ORDER BY rank, ready_at LIMIT 1",
		 NOBIND)) <= 0)
		return rc;
	*mixed = col_int(st, 0) != col_int(st, 2);
	*when = *mixed ? INSTANT_NONE : col_int(st, 1);
	db_reset(st);
	return 0;
}

int
pause_ready(struct db *db, int64_t *when, struct err *e)
{
	bool mixed = false;
	int rc;

	*when = INSTANT_NONE;
	if (!db->rows_at_once)
		return ready_of_ten(db, when, e);
	rc = ready_of_one(db, when, &mixed, e);
	return rc == 0 && mixed ? ready_of_ten(db, when, e) : rc;
}
