/*
 * prune_job: one job, or one attempt of it: may it go?
 */
#include "store/sql/chain.h"
#include "store/sql/db.h"
#include "store/sql/life.h"
#include "store/sql/prune.h"
#include "store/sql/row.h"

static int
delete_attempt(struct pruning *p, int64_t fence, struct err *e)
{
	p->out->attempts++;
	return db_do(p->db, e, "DELETE FROM attempts WHERE id = ?", BIND(I(fence)));
}

/* When the job came to its end: its last attempt, or what ended it without one. */
static int
ended_at(struct pruning *p, const struct row *r, int64_t *at, struct err *e)
{
	int64_t fence, finished;
	int rc;

	if ((rc = chain_head(p->db, r, &fence, e)) < 0 ||
	    (rc = db_number(p->db, e, &finished, INSTANT_NONE,
		 "SELECT finished_at FROM attempts WHERE id = ?", BIND(I(fence)))) < 0)
		return rc;
	/* INSTANT_NONE is before all. */
	*at = finished > r->ended_at ? finished : r->ended_at;
	if (*at == INSTANT_NONE)
		*at = r->created_at;
	return 0;
}

/* 1: ended, for longer than it is kept, and nobody refers to it. */
static int
may_go(struct pruning *p, const struct row *r, enum job_state *state, struct err *e)
{
	int64_t at, wanted;
	int rc;

	if (r->job.tab != NULL && r->base != JOB_RETIRED)
		return 0;
	if ((rc = life_get(p->db, r, state, e)) < 0 || life_rest(*state) == REST_OPEN)
		return rc;
	if ((rc = ended_at(p, r, &at, e)) < 0 || at >= p->now - p->keep->jobs)
		return rc < 0 ? rc : 0;
	if ((rc = db_number(p->db, e, &wanted, 0,
		 "SELECT EXISTS (SELECT 1 FROM dependencies WHERE on_id = ?)",
		 BIND(I(r->job.id)))) < 0)
		return rc;
	return wanted == 0;
}

/* Newest first, and the chain begins behind what is gone; 1 when nothing is left of it. */
static int
delete_history(struct pruning *p, const struct row *r, struct err *e)
{
	int64_t fence, prev;
	int rc;

	if ((rc = chain_head(p->db, r, &fence, e)) < 0)
		return rc;
	for (; fence != 0 && p->left > 0; fence = prev, p->left--)
		if ((rc = chain_prev(p->db, fence, &prev, e)) < 0 ||
		    (rc = delete_attempt(p, fence, e)) < 0)
			return rc;
	if (fence == 0)
		return 1;
	return db_do(
	    p->db, e, "UPDATE jobs SET last_fence = ? WHERE id = ?", BIND(I(fence), I(r->job.id)));
}

int
prune_job(struct pruning *p, struct row *r, bool *gone, struct err *e)
{
	enum job_state state;
	int rc;

	*gone = false;
	if ((rc = may_go(p, r, &state, e)) <= 0)
		return rc;
	*gone = true;
	if ((rc = delete_history(p, r, e)) <= 0)
		return rc;
	p->out->jobs++;
	count_moved(p->db, life_rest(state), REST_COUNT);
	return db_do(p->db, e, "DELETE FROM jobs WHERE id = ?", BIND(I(r->job.id)));
}

int
prune_attempt(struct pruning *p, const struct row *r, int64_t fence, struct err *e)
{
	int64_t newest, oldest;
	int rc;

	if ((rc = chain_head(p->db, r, &newest, e)) < 0)
		return rc;
	if (newest == 0 || p->keep->keep_attempts <= 0)
		return delete_attempt(p, fence, e);
	/* The oldest of those that are kept whatever their age. */
	if ((rc = db_number(p->db, e, &oldest, 0,
		 "WITH RECURSIVE kept (id, n) AS (SELECT ?1, 1"
		 " UNION ALL SELECT a.prev, kept.n + 1 FROM kept JOIN attempts a ON a.id = kept.id"
		 " WHERE kept.n < ?2 AND a.prev IS NOT NULL) SELECT min(id) FROM kept",
		 BIND(I(newest), I(p->keep->keep_attempts)))) < 0)
		return rc;
	return oldest <= fence ? 0 : delete_attempt(p, fence, e);
}
