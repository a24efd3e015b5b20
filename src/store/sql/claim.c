/*
 * claim: takes what is ready, for one node and runner.
 *
 * In order of priority, and of time within one. So that a stream of high priorities cannot keep the
 * lower ones from starting, a tenth of what is taken goes to those that are ready longest, whatever
 * their priority: a job that N others precede starts at the latest with the (10 N)-th claim.
 */
#include "store/sql/claim.h"

#include "base/err.h"
#include "base/failpoint.h"
#include "base/mem.h"
#include "store/sql/chain.h"
#include "store/sql/checkpoint.h"
#include "store/sql/db.h"
#include "store/sql/depend.h"
#include "store/sql/doubt.h"
#include "store/sql/life.h"
#include "store/sql/line.h"
#include "store/sql/notice.h"
#include "store/sql/pause.h"
#include "store/sql/row.h"
#include "store/sql/skip.h"
#include "store/sql/slots.h"

#define PARKED_MAX 500 /* of them put in line, before those are looked for that need none */
#define BATCH 256
#define SINGLY 16 /* looked at one by one, before a run of those without thought is tried again */

/* ---- one occurrence ---- */

static struct claim *
add_claim(struct claims *c)
{
	c->v = mem_grow(c->v, c->n, &c->cap, sizeof(*c->v));
	memset(&c->v[c->n], 0, sizeof(*c->v));
	return &c->v[c->n++];
}

int
claim_hand_out(
    struct claiming *cl, const struct occ *o, struct row *r, int64_t fence, struct err *e)
{
	struct claim *claim = add_claim(cl->c);

	claim->fence = fence;
	claim->job_id = o->job_id;
	claim->scheduled_for = o->scheduled_for;
	claim->attempt = o->attempt;
	claim->manual = o->manual;
	claim->wait_lock =
	    !r->job.periodic || o->attempt > 1 || o->manual || r->job.overlap == OVERLAP_WAIT;
	claim->ready_at = o->ready_at;
	claim->job = r->job;
	job_init(&r->job);
	count_add(cl->db, N_CLAIMED, 1);
	return o->attempt > 1 ? checkpoint_get(cl->db, claim, e) : 0;
}

/*
 * Nobody can be in time for what was past when it was asked for. (Made after now: the clock was set
 * back since.)
 */
int64_t
claim_expected_at(const struct claiming *cl, const struct occ *o, const struct row *r)
{
	return r->created_at > o->ready_at && r->created_at <= cl->q->now ? r->created_at
									  : o->ready_at;
}

static int
add_attempt(struct claiming *cl, const struct occ *o, const struct row *r, int64_t prev,
    int64_t *fence, struct err *e)
{
	int rc = count_next(cl->db, N_LAST_FENCE, fence, e);

	if (rc < 0)
		return rc;
	return db_try(cl->db, e,
	    "INSERT INTO attempts (id, job_id, scheduled_for, attempt, prev, manual, node, runner,"
	    " outcome, ready_at, claimed_at, mail)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, ?, ?) ON CONFLICT DO NOTHING",
	    BIND(I(*fence), I(o->job_id), I(o->scheduled_for), I(o->attempt),
		N(prev, 0), I(o->manual), S(cl->q->node), I(cl->q->runner),
		I(claim_expected_at(cl, o, r)), I(cl->q->now), I(notice_wish(&r->job))));
}

/* The one claim that leaves the job's row alone: the first of a one-time job that was never tried.
 */
static bool
is_plain(const struct occ *o, const struct row *r)
{
	return !r->job.periodic && o->main && o->attempt == 1 && r->last_fence == 0;
}

int
claim_take(struct claiming *cl, const struct occ *from, const struct occ *to, struct row *r,
    int64_t *fence, struct err *e)
{
	struct occ running = *to;
	bool plain = is_plain(from, r);
	int64_t prev = 0;
	int rc;

	if (!plain && (rc = chain_head(cl->db, r, &prev, e)) < 0)
		return rc;
	if ((rc = add_attempt(cl, to, r, prev, fence, e)) != 0)
		return rc < 0 ? rc : TAKE_AGAIN;
	running.state = OCC_RUNNING;
	running.hold = running.wish = 0;
	running.fence = *fence;
	running.runner = cl->q->runner;
	if ((rc = occ_move(cl->db, from, &running, e)) < 0)
		return rc;
	if (rc > 0) {
		rc = db_do(cl->db, e, "DELETE FROM attempts WHERE id = ?", BIND(I(*fence)));
		return rc < 0 ? rc : TAKE_BUSY;
	}
	if (!r->job.periodic && !plain &&
	    (rc = db_do(cl->db, e, "UPDATE jobs SET last_fence = ? WHERE id = ?",
		 BIND(I(*fence), I(to->job_id)))) < 0)
		return rc;
	rc = claim_hand_out(cl, &running, r, *fence, e);
	return rc < 0 ? rc : TAKE_DONE;
}

int
claim_expired(struct claiming *cl, struct row *r, struct err *e)
{
	return life_expire(cl->db, r, cl->q->now, e);
}

static int
too_late(struct claiming *cl, const struct occ *o, struct row *r, struct err *e)
{
	int rc;

	cl->c->skipped++;
	if ((rc = occ_delete(cl->db, o, e)) < 0 ||
	    (rc = skip_one(cl->db, r, SKIP_DEADLINE, o->scheduled_for, cl->q->now, e)) < 0 ||
	    /* What waited for its end need not any more. */
	    (rc = occ_release_all(cl->db, o->job_id, HOLD_BUSY, cl->q->now, NULL, e)) < 0 ||
	    (rc = row_refresh_due(cl->db, r, e)) < 0)
		return rc;
	return claim_expired(cl, r, e);
}

/* Another attempt has this number: it gets the next one, and keeps the retries it has. */
static int
renumber(struct claiming *cl, const struct occ *o, struct err *e)
{
	struct occ next = *o;
	int64_t last;
	int rc;

	if ((rc = db_number(cl->db, e, &last, 0,
		 "SELECT max(attempt) FROM attempts WHERE scheduled_for = ? AND job_id = ?",
		 BIND(I(o->scheduled_for), I(o->job_id)))) < 0)
		return rc;
	next.base += last + 1 - o->attempt;
	next.attempt = last + 1;
	return occ_move(cl->db, o, &next, e);
}

/* One that is to start whatever its schedule says: one-time, a retry, by hand, or taken before. */
static int
take(struct claiming *cl, const struct occ *o, struct row *r, struct err *e)
{
	bool first = o->attempt == 1 && !o->manual, periodic = r->job.periodic;
	int64_t deadline = r->job.deadline, fence;
	struct job job = r->job; /* the claim takes it along */
	int rc;

	if (first && deadline > 0 && cl->q->now - o->scheduled_for > deadline)
		return too_late(cl, o, r, e);
	if ((rc = claim_take(cl, o, o, r, &fence, e)) < 0)
		return rc;
	if (rc == TAKE_BUSY)
		return occ_hold(cl->db, o, HOLD_BUSY, e);
	if (rc == TAKE_AGAIN)
		return renumber(cl, o, e);
	if (!periodic)
		return 0;
	if (first) {
		r->job = job;
		rc = claim_late(cl, r, e);
		job_init(&r->job);
		if (rc < 0)
			return rc;
	}
	return db_do(cl->db, e,
	    "UPDATE jobs SET last_fence = ?, started = started + ? WHERE id = ?",
	    BIND(I(fence), I(first), I(o->job_id)));
}

/* Whether a time of it may pass without a run; the others start as soon as they can. */
bool
claim_is_planned(const struct job *job)
{
	return job->periodic || job->missed == MISSED_SKIP || job->not_on != NULL ||
	       job->only_on != NULL;
}

/* Put in line, or taken. */
static int
go_or_wait(struct claiming *cl, const struct occ *o, struct row *r, struct err *e)
{
	int64_t hold = 0;
	int rc = o->gated ? line_closed(cl->db, cl->q, o, r, &hold, e) : 0;

	if (rc < 0)
		return rc;
	if (hold != 0) {
		cl->parked++;
		cl->c->elsewhere = cl->c->elsewhere || (hold & HOLD_NODE) != 0;
		return occ_hold(cl->db, o, hold, e);
	}
	if (o->main && o->attempt == 1 && claim_is_planned(&r->job))
		return claim_due(cl, o, r, e);
	return take(cl, o, r, e);
}

static int
candidate(struct claiming *cl, const struct occ *o, struct err *e)
{
	struct row r;
	int rc;

	cl->seen++;
	if ((rc = row_find(cl->db, o->job_id, &r, e)) < 0)
		return rc;
	/* Nothing of the kind is ever stored; if it is there, it must not stand in the way. */
	if (rc == 0 || r.base != JOB_PENDING)
		rc = occ_delete(cl->db, o, e);
	else
		rc = go_or_wait(cl, o, &r, e);
	row_release(&r);
	return rc < 0 ? rc : 0;
}

/* ---- which ones ---- */

struct heads {
	struct occ v[OCC_RANKS * BATCH];
	size_t n;
};

/* Adds up to max of the rank that are ready. */
static int
add_heads(struct claiming *cl, int64_t rank, int64_t max, struct heads *h, struct err *e)
{
	struct cursor *st;
	int rc = db_first(cl->db, e, &st,
	    "SELECT " OCC_COLUMNS " FROM occurrences WHERE state = 0 AND rank = ? AND ready_at <= ?"
	    " ORDER BY ready_at, job_id, scheduled_for LIMIT ?",
	    BIND(I(rank), I(cl->q->now), I(max < BATCH ? max : BATCH)));

	for (; rc > 0; rc = db_next(cl->db, e, st))
		occ_read(st, 0, &h->v[h->n++]);
	return rc;
}

static bool
full(const struct claiming *cl, int64_t limit)
{
	return (int64_t)cl->c->n >= limit || cl->seen >= CLAIM_SEEN_MAX ||
	       cl->parked >= cl->may_park;
}

static int
take_heads(struct claiming *cl, const struct heads *h, int64_t limit, struct err *e)
{
	int rc = 0;

	cl->moved = false;
	for (size_t i = 0; i < h->n && rc == 0 && !cl->moved && !full(cl, limit); i++)
		rc = candidate(cl, &h->v[i], e);
	return rc;
}

/* Best priority first. What was looked at is not in its range any more. */
static int
by_priority(struct claiming *cl, struct heads *h, int64_t limit, struct err *e)
{
	int64_t left;
	int rc = 0;

	for (int64_t rank = 0; rank < OCC_RANKS && !full(cl, limit);) {
		if ((rc = claim_run(cl, rank, limit - (int64_t)cl->c->n, e)) < 0)
			return rc;
		if (full(cl, limit))
			break;
		left = limit - (int64_t)cl->c->n;
		if (claim_runs(cl) && left > SINGLY)
			left = SINGLY;
		h->n = 0;
		if ((rc = add_heads(cl, rank, left, h, e)) < 0 ||
		    (rc = take_heads(cl, h, limit, e)) < 0)
			return rc;
		if (h->n == 0)
			rank++;
	}
	return 0;
}

static int
compare_ready(const void *a, const void *b)
{
	const struct occ *x = a, *y = b;

	if (x->ready_at != y->ready_at)
		return x->ready_at < y->ready_at ? -1 : 1;
	return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static bool
one_rank(const struct heads *h)
{
	size_t i = 1;

	while (i < h->n && h->v[i].rank == h->v[0].rank)
		i++;
	return i >= h->n;
}

/* Those that are ready longest. */
static int
by_age(struct claiming *cl, struct heads *h, int64_t limit, struct err *e)
{
	int rc;

	while (!full(cl, limit)) {
		h->n = 0;
		for (int64_t rank = 0; rank < OCC_RANKS; rank++)
			if ((rc = add_heads(cl, rank, limit - (int64_t)cl->c->n, h, e)) < 0)
				return rc;
		if (h->n == 0)
			break;
		if (one_rank(h) && claim_runs(cl)) {
			size_t n = cl->c->n;

			if ((rc = claim_run(cl, h->v[0].rank, limit - (int64_t)n, e)) < 0)
				return rc;
			if (cl->c->n > n)
				continue;
		}
		qsort(h->v, h->n, sizeof(h->v[0]), compare_ready);
		if ((rc = take_heads(cl, h, limit, e)) < 0)
			return rc;
	}
	return 0;
}

/* A hundred thousand that have to stand in line must not keep the others from starting now. */
static int
past_the_line(struct claiming *cl, struct heads *h, int64_t limit, struct err *e)
{
	int64_t left = limit - (int64_t)cl->c->n;
	struct cursor *st;
	int rc = 0;

	cl->parked = 0;
	h->n = 0;
	for (int64_t rank = 0; rank < OCC_RANKS && rc >= 0; rank++) {
		rc = db_first(cl->db, e, &st,
		    "SELECT " OCC_COLUMNS " FROM occurrences WHERE state = 0 AND rank = ?"
		    " AND ready_at <= ? AND gated = 0 ORDER BY ready_at, job_id, scheduled_for"
		    " LIMIT ?",
		    BIND(I(rank), I(cl->q->now), I(left < BATCH ? left : BATCH)));
		for (; rc > 0; rc = db_next(cl->db, e, st))
			occ_read(st, 0, &h->v[h->n++]);
	}
	rc = rc < 0 ? rc : take_heads(cl, h, limit, e);
	cl->parked = PARKED_MAX;
	return rc;
}

/* So that the oldest are looked at; what else is left is for those that need no line. */
static int64_t
fair_limit(const struct claiming *cl, int64_t limit, int64_t owed)
{
	int64_t upto = (int64_t)cl->c->n + (owed > 0 ? owed : 1);

	return upto < limit ? upto : limit;
}

static int
take_all(struct claiming *cl, struct err *e)
{
	struct heads *h = xmalloc(sizeof(*h));
	int64_t limit = cl->q->limit, owed, ready;
	bool crowd;
	int rc;

	cl->db->fair += limit;
	owed = cl->db->fair / 10;
	cl->db->fair %= 10;
	cl->may_park = PARKED_MAX - PARKED_MAX / 10;
	rc = by_priority(cl, h, limit - owed, e);
	/* A tenth of the places in line is for the oldest as well. */
	crowd = cl->parked >= cl->may_park;
	cl->may_park = PARKED_MAX;
	if (rc >= 0)
		rc = by_age(cl, h, crowd ? fair_limit(cl, limit, owed) : limit, e);
	if (rc >= 0 && (crowd || cl->parked >= PARKED_MAX))
		rc = past_the_line(cl, h, limit, e);
	free(h);
	if (rc < 0 || !full(cl, limit))
		return rc;
	rc = pause_ready(cl->db, &ready, e);
	cl->c->more = cl->c->more || (ready != INSTANT_NONE && ready <= cl->q->now);
	return rc;
}

/* Nothing while all is paused, or while the node is to take no new work, or has been given up. */
int
claim_may(struct claiming *cl, bool *may, struct err *e)
{
	int64_t paused, unfit;
	int rc;

	if ((rc = db_number(cl->db, e, &paused, 0,
		 "SELECT EXISTS (SELECT 1 FROM pauses WHERE ended_at IS NULL)", NOBIND)) < 0 ||
	    (rc = db_number(cl->db, e, &unfit, 0,
		 "SELECT EXISTS (SELECT 1 FROM nodes WHERE id = ?1 AND (drain <> 0 OR live = 2"
		 " OR lease_until < ?2))",
		 BIND(S(cl->q->node), I(cl->q->now)))) < 0)
		return rc;
	*may = paused == 0 && unfit == 0;
	return 0;
}

static int
claim(struct claiming *cl, struct err *e)
{
	bool may, more = false;
	int rc;

	if ((rc = pause_expire(cl->db, cl->q->now, &cl->c->more, e)) < 0 ||
	    (rc = depend_settle(cl->db, cl->q->now, &cl->c->more, e)) < 0 ||
	    (rc = line_settle(cl->db, e)) < 0 || (rc = claim_may(cl, &may, e)) < 0)
		return rc;
	if (!may || cl->q->limit <= 0)
		return 0;
	/* Within this transaction: ready for all, it would be refused by others again. */
	if (cl->q->recall && (rc = line_recall(cl->db, cl->q->node, cl->q->labels, cl->q->limit,
				  &more, e)) < 0)
		return rc;
	cl->c->more = cl->c->more || more;
	return take_all(cl, e);
}

int
sql_claim_ready(struct store *s, const struct claim_request *q, struct claims *c, struct err *e)
{
	struct claiming cl = {.db = db_of(s), .q = q, .c = c};
	int rc;

	if ((cl.db->doubt.n > 0 && (rc = doubt_settle(cl.db, q->now, e)) < 0) ||
	    (rc = db_begin(cl.db, e)) < 0)
		return rc;
	cl.db->now = q->now;
	rc = FAILPOINT("claim.select") ? err_errno(e, E_STORE, "failpoint") : claim(&cl, e);
	if (rc >= 0 && FAILPOINT("claim.commit"))
		rc = err_errno(e, E_STORE, "failpoint");
	rc = db_end(cl.db, rc, e);
	free(cl.boot);
	if (rc < 0 && cl.db->unsure)
		doubt_keep(cl.db, c, q->runner);
	if (rc < 0)
		claims_release(c);
	return rc;
}
