/*
 * chain: see chain.h.
 */
#include "store/sql/chain.h"

#include <stdbool.h>

#include "store/sql/db.h"
#include "store/sql/row.h"

int
chain_head(struct db *db, const struct row *r, int64_t *fence, struct err *e)
{
	*fence = r->last_fence;
	if (r->last_fence != 0 || r->due_for == INSTANT_NONE)
		return 0;
	return db_number(db, e, fence, 0,
	    "SELECT max(id) FROM attempts WHERE scheduled_for = ? AND job_id = ?",
	    BIND(I(r->due_for), I(r->job.id)));
}

int
chain_prev(struct db *db, int64_t fence, int64_t *prev, struct err *e)
{
	/* A row that is not there any more has no number, and so neither has what came before it.
	 */
	return db_number(db, e, prev, 0,
	    "SELECT p.id FROM attempts a JOIN attempts p ON p.id = a.prev WHERE a.id = ?",
	    BIND(I(fence)));
}

int
chain_ended(struct db *db, const struct row *r, int64_t *fence, struct err *e)
{
	int64_t running;
	int rc;

	if ((rc = chain_head(db, r, fence, e)) < 0 || *fence == 0)
		return rc;
	if ((rc = db_number(db, e, &running, 0,
		 "SELECT outcome = 'running' FROM attempts WHERE id = ?", BIND(I(*fence)))) < 0)
		return rc;
	return running != 0 ? chain_prev(db, *fence, fence, e) : 0;
}
