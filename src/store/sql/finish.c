/*
 * finish: how attempts end.
 *
 * The end of a one-time job's attempt that went well changes its attempt and takes its occurrence
 * away, and no more. All else looks at the job.
 */
#include "store/sql/finish.h"

#include <assert.h>

#include "base/err.h"
#include "base/failpoint.h"
#include "base/hash.h"
#include "job/plan.h"
#include "store/sql/checkpoint.h"
#include "store/sql/db.h"
#include "store/sql/define.h"
#include "store/sql/depend.h"
#include "store/sql/life.h"
#include "store/sql/notice.h"
#include "store/sql/row.h"
#include "store/sql/slots.h"

#define BESIDE                                                                     \
	"SELECT 1 FROM occurrences b INDEXED BY occurrences_beside"                \
	" WHERE b.job_id = a.job_id AND (b.state = 2 OR (b.state = 0 AND b.main = 0))"
#define FIND(lone)                                                                 \
	"SELECT " OCC_COLUMNS_OF("o") ", a.prev, a.started_at, a.mail, a.ready_at, " lone \
	" FROM attempts a JOIN occurrences o ON o.job_id = a.job_id AND o.state = 1" \
	" AND o.fence = a.id WHERE a.id = ? AND a.outcome = 'running'"

/* 1, or 0 if no such attempt runs. */
static int
find(struct finishing *f, const struct result *res, struct ending *end, struct err *e)
{
	struct cursor *st;
	int rc;

	end->result = res;
	end->fence = res->fence;
	if ((rc = db_first(f->db, e, &st, f->lone ? FIND("1") : FIND("NOT EXISTS (" BESIDE ")"),
		 BIND(I(res->fence)))) <= 0)
		return rc;
	occ_read(st, 0, &end->o);
	end->prev = col_int(st, OCC_NCOLUMNS);
	end->started_at = col_time(st, OCC_NCOLUMNS + 1);
	end->mail = col_int(st, OCC_NCOLUMNS + 2);
	end->expected_at = col_int(st, OCC_NCOLUMNS + 3);
	end->lone = col_int(st, OCC_NCOLUMNS + 4) != 0;
	db_reset(st);
	return 1;
}

/* ---- the attempt ---- */

static bool
is_failure(enum outcome o)
{
	return o == OUTCOME_FAILED || o == OUTCOME_KILLED || o == OUTCOME_TIMEOUT ||
	       o == OUTCOME_LOST || o == OUTCOME_ERROR;
}

static struct val
if_any(bool any, int64_t n)
{
	return any ? I(n) : T(INSTANT_NONE);
}

static int
add_output(struct finishing *f, const struct result *res, struct err *e)
{
	if (res->output_len <= 0 && res->dropped_bytes <= 0)
		return 0;
	return db_do(f->db, e,
	    "INSERT INTO outputs (fence, data, dropped_at, dropped_bytes) VALUES (?, ?, ?, ?)",
	    BIND(I(res->fence), B(res->output, res->output_len), I(res->dropped_at),
		I(res->dropped_bytes)));
}

static void
count_end(struct finishing *f, const struct ending *end)
{
	const struct result *res = end->result;

	count_add(f->db, N_FINISHED + (int)res->outcome, 1);
	if (end->started_at == INSTANT_NONE && res->started_at != INSTANT_NONE)
		count_started(f->db, res->started_at - end->expected_at);
}

static int
store_end(struct finishing *f, const struct ending *end, bool dead, struct err *e)
{
	const struct result *res = end->result;
	int64_t started = res->started_at != INSTANT_NONE ? res->started_at : end->started_at;
	int64_t finished = res->finished_at != INSTANT_NONE ? res->finished_at : f->now;
	bool ran = started != INSTANT_NONE;
	int rc;

	if ((rc = db_do(f->db, e,
		 "UPDATE attempts SET outcome = ?, exit_status = ?, signal = ?, started_at = ?,"
		 " finished_at = ?, user_time = ?, system_time = ?, max_rss = ?, output_bytes = ?,"
		 " reason = ?, dead = ? WHERE id = ?",
		 BIND(S(outcome_word(res->outcome)), N(res->exit_status, -1),
		     N(res->signal, 0), T(started), I(finished),
		     if_any(ran, res->user_time), if_any(ran, res->system_time),
		     if_any(ran, res->max_rss), I(res->output_bytes), S(res->reason), I(dead),
		     I(res->fence)))) < 0)
		return rc;
	count_end(f, end);
	if ((rc = add_output(f, res, e)) < 0)
		return rc;
	return checkpoint_end(f, end, e);
}

/* Who is to be told of it is known with the commit, whatever becomes of us then. */
static int
tell(struct finishing *f, const struct ending *end, struct finished *done, struct err *e)
{
	const struct result *res = end->result;
	int rc = 0;

	if (notice_wanted(end->mail, res, done->dead)) {
		done->notice = true;
		rc = notice_add(f->db, end->fence, NOTICE_MAIL, f->now, e);
	}
	if (rc >= 0 && done->dead && f->db->store.tell_failures) {
		done->notice = true;
		rc = notice_add(f->db, end->fence, NOTICE_ON_FAILURE, f->now, e);
	}
	return rc;
}

/* ---- the job ---- */

static int
plain_end(struct finishing *f, const struct ending *end, struct err *e)
{
	int rc;

	if ((rc = store_end(f, end, false, e)) < 0 || (rc = occ_delete(f->db, &end->o, e)) < 0)
		return rc;
	count_moved(f->db, REST_OPEN, REST_DONE);
	return f->depend ? depend_ended(f->db, end->o.job_id, true, f->now, e) : 0;
}

/* What waits now is what the state is judged by; an @reboot job that is over waits for no boot. */
static int
any_left(struct finishing *f, struct row *r, bool *left, struct err *e)
{
	enum job_state s;
	int rc;

	if (r->boot_id != NULL && define_is_over(r, f->now)) {
		free(r->boot_id);
		r->boot_id = NULL;
	}
	rc = life_get(f->db, r, &s, e);
	*left = life_rest(s) == REST_OPEN;
	return rc;
}

static enum job_state
state_after(const struct row *r, int64_t wish, enum ended how, bool left)
{
	unsigned wishes = (unsigned)wish & (WISH_CANCEL | WISH_RETIRE);
	enum job_event ev = left ? EV_NEXT : EV_OK;

	if (r->paused)
		wishes |= WISH_PAUSE;
	if (!left && !r->job.periodic) {
		if (how == ENDED_CANCELLED)
			wishes |= WISH_CANCEL;
		if (how != ENDED_WELL)
			ev = EV_DEAD;
	}
	/* What would have come next was taken away by the wish. */
	if (!left && r->job.periodic && (wish & OCC_MORE) != 0)
		ev = EV_NEXT;
	return job_state_ended(ev, wishes);
}

int
finish_close(
    struct finishing *f, const struct ending *end, struct row *r, enum ended how, struct err *e)
{
	bool left, well = how == ENDED_WELL;
	enum job_state to;
	int rc;

	if ((rc = occ_delete(f->db, &end->o, e)) < 0 ||
	    (rc = occ_release_all(f->db, r->job.id, HOLD_BUSY, f->now, NULL, e)) < 0 ||
	    (r->base == JOB_PENDING && (rc = row_refresh_due(f->db, r, e)) < 0) ||
	    (rc = any_left(f, r, &left, e)) < 0)
		return rc;
	to = state_after(r, end->o.wish, how, left);
	if (life_rest(to) != REST_OPEN)
		return life_move(f->db, r, JOB_RUNNING, to, well, f->now, e);
	return r->job.periodic && how != ENDED_UNRUN && !end->o.manual
		   ? depend_ended(f->db, r->job.id, well, f->now, e)
		   : 0;
}

static bool
may_retry(const struct ending *end, const struct row *r)
{
	return is_failure(end->result->outcome) && r->base == JOB_PENDING &&
	       (end->o.wish & (WISH_CANCEL | WISH_RETIRE | OCC_CANCELLED)) == 0 &&
	       end->o.attempt - end->o.base <= r->job.retries;
}

static int
retry_later(
    struct finishing *f, const struct ending *end, struct row *r, int64_t *retry_at, struct err *e)
{
	struct occ next = end->o;
	uint64_t entropy = hash_bytes(HASH_SEED, &end->fence, sizeof(end->fence));
	int rc;

	next.attempt++;
	next.ready_at = f->now + plan_backoff(&r->job, end->o.attempt - end->o.base, entropy);
	next.rank = occ_rank(r->job.priority);
	next.hold = r->paused && !next.manual ? HOLD_PAUSED : 0;
	next.state = next.hold != 0 ? OCC_HELD : OCC_WAITING;
	next.wish = next.fence = next.runner = 0;
	*retry_at = next.ready_at;
	count_add(f->db, N_RETRIES, 1);
	/* A run by hand that met this attempt does not wait for the retry. */
	if ((rc = occ_move(f->db, &end->o, &next, e)) < 0 ||
	    (rc = occ_release_all(f->db, r->job.id, HOLD_BUSY, f->now, NULL, e)) < 0)
		return rc;
	if (next.main)
		return db_do(f->db, e, "UPDATE jobs SET last_fence = ?, due_at = ? WHERE id = ?",
		    BIND(I(end->fence), I(next.ready_at), I(r->job.id)));
	return 0;
}

static int
look_at_job(struct finishing *f, const struct ending *end, struct row *r, struct finished *done,
    struct err *e)
{
	enum outcome outcome = end->result->outcome;
	bool retry = may_retry(end, r), failed = is_failure(outcome);
	int rc;

	done->dead = failed && !retry;
	if ((rc = store_end(f, end, done->dead, e)) < 0)
		return rc;
	if (retry)
		return retry_later(f, end, r, &done->retry_at, e);
	if (done->dead && (rc = checkpoint_dead(f, &end->o, e)) < 0)
		return rc;
	return finish_close(f, end, r,
	    outcome == OUTCOME_OK	   ? ENDED_WELL
	    : outcome == OUTCOME_CANCELLED ? ENDED_CANCELLED
					   : ENDED_BADLY,
	    e);
}

static int
finish_one(struct finishing *f, const struct result *res, struct finished *done, struct err *e)
{
	struct ending end;
	struct row r;
	int rc;

	*done = (struct finished){
	    .fence = res->fence, .outcome = res->outcome, .retry_at = INSTANT_NONE};
	if ((rc = find(f, res, &end, e)) <= 0) {
		done->stale = true;
		return rc < 0 ? rc : finish_late(f, res, done, e);
	}
	done->job_id = end.o.job_id;
	done->scheduled_for = end.o.scheduled_for;
	done->attempt = end.o.attempt;
	done->notice = f->depend; /* what comes after it may have failed with it */
	/* Only a one-time job's attempt is its main occurrence. */
	if (res->outcome == OUTCOME_OK && !res->not_started && end.o.main && end.o.wish == 0 &&
	    end.lone) {
		rc = plain_end(f, &end, e);
		return rc < 0 ? rc : tell(f, &end, done, e);
	}
	f->lone = false; /* it may be so no more */
	if (res->not_started)
		return finish_undo(f, &end, done, e);
	if ((rc = row_get(f->db, end.o.job_id, &r, e)) < 0)
		return rc;
	rc = look_at_job(f, &end, &r, done, e);
	row_release(&r);
	return rc < 0 ? rc : tell(f, &end, done, e);
}

/* Once for all of them where nobody else can write meanwhile. */
static int
look_around(struct finishing *f, struct err *e)
{
	int64_t beside = 1;
	int rc;

	if ((rc = depend_any(f->db, &f->depend, e)) < 0 ||
	    (rc = checkpoint_any(f->db, &f->checkpoints, e)) < 0)
		return rc;
	if (f->db->rows_at_once)
		rc = db_number(f->db, e, &beside, 0,
		    "SELECT EXISTS (SELECT 1 FROM occurrences INDEXED BY occurrences_beside"
		    " WHERE state = 2 OR (state = 0 AND main = 0))",
		    NOBIND);
	f->lone = beside == 0;
	return rc;
}

int
sql_finish_attempts(struct store *s, const struct result *results, size_t n, int64_t now,
    struct finished *done, struct err *e)
{
	struct finishing f = {.db = db_of(s), .now = now};
	int rc;

	if ((rc = db_begin(f.db, e)) < 0)
		return rc;
	f.db->now = now;
	rc = look_around(&f, e);
	for (size_t i = 0; i < n && rc >= 0; i++)
		rc = finish_one(&f, &results[i], &done[i], e);
	if (rc >= 0 && FAILPOINT("result.commit"))
		rc = err_errno(e, E_STORE, "failpoint");
	return db_end(f.db, rc, e);
}

static int
start_one(struct db *db, const struct started_row *row, struct err *e)
{
	struct cursor *st;
	int64_t ready_at;
	int rc;

	if ((rc = db_first(db, e, &st,
		 "SELECT ready_at FROM attempts"
		 " WHERE id = ? AND outcome = 'running' AND started_at IS NULL",
		 BIND(I(row->fence)))) <= 0)
		return rc;
	ready_at = col_int(st, 0);
	db_reset(st);
	count_started(db, row->started_at - ready_at);
	return db_do(db, e, "UPDATE attempts SET started_at = ? WHERE id = ?",
	    BIND(I(row->started_at), I(row->fence)));
}

int
sql_start_attempts(struct store *s, const struct started_row *rows, size_t n, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	if ((rc = db_begin(db, e)) < 0)
		return rc;
	for (size_t i = 0; i < n && rc >= 0; i++)
		rc = start_one(db, &rows[i], e);
	return db_end(db, rc, e);
}
