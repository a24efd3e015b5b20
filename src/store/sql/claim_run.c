/*
 * claim_run: takes those that need no thought, many with one statement; see claim.h.
 *
 * They are the first of their rank, one after the other, and nothing has come between them since
 * they were read: so one statement takes them away from where they waited, by their range. That a
 * job has something running, or that an occurrence was tried before, is not looked for: then fewer
 * rows go in, and all is undone and left to who looks at one at a time.
 */
#include <assert.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/sql/claim.h"
#include "store/sql/db.h"
#include "store/sql/notice.h"
#include "store/sql/row.h"

#define RUN_MAX 256
#define AHEAD_MIN 64
_Static_assert(ROW_MANY == 16, "as many rows as FOUR(FOUR()) makes");
#define FOUR(row) row ", " row ", " row ", " row

struct one {
	struct occ o;
	struct row r;
};

struct run {
	struct one *v;
	size_t n, cap;
};

bool
claim_runs(const struct claiming *cl)
{
	return cl->db->rows_at_once && !cl->singly;
}

/* ---- which ---- */

static bool
needs_thought(const struct claiming *cl, const struct occ *o, const struct row *r)
{
	const struct job *job = &r->job;

	return !o->main || o->attempt != 1 || o->base != 0 || o->manual || o->gated ||
	       r->base != JOB_PENDING || job->periodic || r->last_fence != 0 ||
	       claim_is_planned(job) ||
	       (job->deadline > 0 && cl->q->now - o->scheduled_for > job->deadline);
}

/* 1, or 0 if it is not one of them. */
static int
read_one(struct claiming *cl, struct cursor *st, struct one *one, struct err *e)
{
	int rc;

	if (col_is_null(st, 0))
		return 0;
	occ_read(st, row_columns(), &one->o);
	if ((rc = row_read(cl->db, st, &one->r, e)) < 0)
		return rc;
	if (!needs_thought(cl, &one->o, &one->r))
		return 1;
	row_release(&one->r);
	return 0;
}

static int
read_run(struct claiming *cl, int64_t rank, int64_t max, struct run *run, struct err *e)
{
	struct cursor *st;
	int rc = db_first(cl->db, e, &st, row_text(cl->db, ROW_READY),
	    BIND(I(rank), I(cl->q->now), I(max)));
	int fits;

	for (; rc > 0; rc = db_next(cl->db, e, st), run->n++) {
		run->v = mem_grow(run->v, run->n, &run->cap, sizeof(*run->v));
		if ((fits = read_one(cl, st, &run->v[run->n], e)) <= 0) {
			db_reset(st);
			return fits;
		}
	}
	return rc;
}

/* ---- rows that go in ---- */

typedef size_t bind_one(const struct claiming *, const struct one *, struct val *);

#define ATTEMPT_VALUES 8
#define ATTEMPT_ROW "(?, ?, ?, 1, 0, ?, ?, 'running', ?, ?, ?)"
#define ATTEMPT                                                                             \
	"INTO attempts (id, job_id, scheduled_for, attempt, manual, node, runner, outcome," \
	" ready_at, claimed_at, mail) VALUES "

static size_t
bind_attempt(const struct claiming *cl, const struct one *one, struct val *v)
{
	const struct occ *o = &one->o;

	v[0] = I(o->fence);
	v[1] = I(o->job_id);
	v[2] = I(o->scheduled_for);
	v[3] = S(cl->q->node);
	v[4] = I(cl->q->runner);
	v[5] = I(claim_expected_at(cl, o, &one->r));
	v[6] = I(cl->q->now);
	v[7] = I(notice_wish(&one->r.job));
	return ATTEMPT_VALUES;
}

#define RUNNING_VALUES 6
#define RUNNING_ROW "(1, ?, ?, ?, ?, 1, 0, 1, 0, 0, 0, 0, ?, ?)"
#define RUNNING                                                                            \
	"INTO occurrences (state, rank, ready_at, job_id, scheduled_for, attempt, base, main," \
	" manual, gated, hold, wish, fence, runner) VALUES "

static size_t
bind_running(const struct claiming *cl, const struct one *one, struct val *v)
{
	const struct occ *o = &one->o;

	v[0] = I(o->rank);
	v[1] = I(o->ready_at);
	v[2] = I(o->job_id);
	v[3] = I(o->scheduled_for);
	v[4] = I(o->fence);
	v[5] = I(cl->q->runner);
	return RUNNING_VALUES;
}

/* 1: not all of them went in. */
static int
put(struct claiming *cl, const struct run *run, const char *single, const char *many,
    bind_one *bind, struct err *e)
{
	struct val v[ROW_MANY * ATTEMPT_VALUES];
	int64_t changed;
	int rc = 0;

	for (size_t at = 0, n; at < run->n; at += n) {
		size_t values = 0;

		n = run->n - at >= ROW_MANY ? ROW_MANY : 1;
		for (size_t i = 0; i < n; i++)
			values += bind(cl, &run->v[at + i], v + values);
		if ((rc = db_change(cl->db, e, &changed, n > 1 ? many : single, v, values)) < 0)
			return rc;
		if (changed < (int64_t)n)
			return 1;
	}
	return 0;
}

#define UNLESS_THERE " ON CONFLICT DO NOTHING"

static int
put_attempts(struct claiming *cl, const struct run *run, struct err *e)
{
	return put(cl, run, "INSERT " ATTEMPT ATTEMPT_ROW UNLESS_THERE,
	    DB_INSERT_MANY " " ATTEMPT FOUR(FOUR(ATTEMPT_ROW)) UNLESS_THERE, bind_attempt, e);
}

static int
put_running(struct claiming *cl, const struct run *run, struct err *e)
{
	return put(cl, run, "INSERT " RUNNING RUNNING_ROW UNLESS_THERE,
	    DB_INSERT_MANY " " RUNNING FOUR(FOUR(RUNNING_ROW)) UNLESS_THERE, bind_running, e);
}

/* What has gone in has these fences, one after the other. */
static int
undo(struct claiming *cl, const struct run *run, struct err *e)
{
	int64_t first = run->v[0].o.fence, last = run->v[run->n - 1].o.fence;
	int rc = db_do(cl->db, e, "DELETE FROM attempts WHERE id BETWEEN ? AND ?",
	    BIND(I(first), I(last)));

	cl->singly = true;
	if (rc < 0)
		return rc;
	return db_do(cl->db, e,
	    "DELETE FROM occurrences WHERE state = 1 AND fence BETWEEN ? AND ?",
	    BIND(I(first), I(last)));
}

/* ---- one run ---- */

/* By one value: of those that are ready at the same time none that stays is looked at. */
static int
take_away(struct claiming *cl, const struct run *run, struct err *e)
{
	const struct occ *last = &run->v[run->n - 1].o;
	int64_t changed;
	int rc = db_change(cl->db, e, &changed,
	    "DELETE FROM occurrences WHERE state = 0 AND rank = ?"
	    " AND (ready_at, job_id, scheduled_for) <= (?, ?, ?)",
	    BIND(I(last->rank), I(last->ready_at), I(last->job_id), I(last->scheduled_for)));

	assert(rc < 0 || changed == (int64_t)run->n);
	return rc;
}

static int
number(struct claiming *cl, struct run *run, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < run->n && rc >= 0; i++)
		rc = count_next(cl->db, N_LAST_FENCE, &run->v[i].o.fence, e);
	return rc;
}

static int
hand_out(struct claiming *cl, struct run *run, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < run->n && rc >= 0; i++)
		rc = claim_hand_out(cl, &run->v[i].o, &run->v[i].r, run->v[i].o.fence, e);
	cl->seen += (int64_t)run->n;
	return rc;
}

static int
take(struct claiming *cl, struct run *run, struct err *e)
{
	int rc = number(cl, run, e);

	if (rc < 0 || (rc = put_attempts(cl, run, e)) < 0)
		return rc;
	if (rc > 0 || (rc = put_running(cl, run, e)) > 0)
		return undo(cl, run, e);
	if (rc < 0 || (rc = take_away(cl, run, e)) < 0)
		return rc;
	return hand_out(cl, run, e);
}

/* What is left of those it was told of needs no second look. A few the disk brings soon enough. */
static int
look_ahead(struct claiming *cl, int64_t rank, int64_t max, struct err *e)
{
	int64_t *jobs;
	struct cursor *st;
	size_t n = 0;
	int rc;

	if (max < AHEAD_MIN || max <= cl->ahead[rank])
		return 0;
	cl->ahead[rank] = max;
	if (max > CLAIM_SEEN_MAX)
		max = CLAIM_SEEN_MAX;
	jobs = xcalloc((size_t)max, sizeof(*jobs));
	rc = db_first(cl->db, e, &st,
	    "SELECT job_id FROM occurrences WHERE state = 0 AND rank = ? AND ready_at <= ?"
	    " ORDER BY ready_at, job_id, scheduled_for LIMIT ?",
	    BIND(I(rank), I(cl->q->now), I(max)));
	for (; rc > 0; rc = db_next(cl->db, e, st))
		jobs[n++] = col_int(st, 0);
	if (rc >= 0 && n >= AHEAD_MIN)
		cl->db->driver->ahead(cl->db, jobs, n);
	free(jobs);
	return rc;
}

int
claim_run(struct claiming *cl, int64_t rank, int64_t max, struct err *e)
{
	struct run run = {.v = NULL};
	int64_t left = max, want;
	int rc = 0;

	if (!claim_runs(cl))
		return 0;
	if ((rc = look_ahead(cl, rank, max, e)) < 0)
		return rc;
	do {
		want = CLAIM_SEEN_MAX - cl->seen;
		want = want < left ? want : left;
		want = want < RUN_MAX ? want : RUN_MAX;
		run.n = 0;
		if (want > 0)
			rc = read_run(cl, rank, want, &run, e);
		if (rc >= 0 && run.n > 0)
			rc = take(cl, &run, e);
		for (size_t i = 0; i < run.n; i++)
			row_release(&run.v[i].r);
		left -= (int64_t)run.n;
	} while (rc >= 0 && want > 0 && (int64_t)run.n == want && claim_runs(cl));
	free(run.v);
	return rc;
}
