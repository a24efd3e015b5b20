/*
 * line_closed: whether one that is ready has to stand in line. See line.h.
 */
#include "job/job.h"
#include "store/sql/db.h"
#include "store/sql/line.h"
#include "store/sql/occ.h"
#include "store/sql/row.h"
#include "store/store.h"

/* ---- order keys ---- */

/* Somebody else has the key, or comes first. */
static int
key_taken(struct db *db, const struct occ *o, const char *key, int64_t *taken, struct err *e)
{
	return db_number(db, e, taken, 0,
	    "SELECT EXISTS (SELECT 1 FROM lines WHERE gate = 'k:' || ?1 AND stage = 0"
	    "  AND job_id <> ?2)"
	    " OR EXISTS (SELECT 1 FROM lines WHERE gate = 'k:' || ?1 AND stage = 1 AND rank = 0"
	    "  AND (due, job_id) < (?3, ?2) AND job_id <> ?2)",
	    BIND(S(key), I(o->job_id), I(o->scheduled_for)));
}

/* ---- queues ---- */

/* How many have a slot, or will: who was let through need not fear who comes later. */
static int
count_slots(struct db *db, const char *queue, int64_t limit, int64_t now, bool through, int64_t *n,
    struct err *e)
{
	int64_t ahead;
	int rc;

	if ((rc = db_number(db, e, n, 0,
		 "SELECT count(*) FROM (SELECT 1 FROM lines WHERE gate = 'q:' || ? AND stage = 0"
		 " LIMIT ?) AS found",
		 BIND(S(queue), I(limit)))) < 0 ||
	    through || *n >= limit)
		return rc;
	rc = db_number(db, e, &ahead, 0,
	    "SELECT count(*) FROM (SELECT 1 FROM lines WHERE gate = 'q:' || ? AND stage = 1"
	    " AND due <= ? LIMIT ?) AS found",
	    BIND(S(queue), I(now), I(limit)));
	*n += ahead;
	return rc;
}

static int
queue_closed(struct db *db, const struct occ *o, const char *queue, int64_t now, int64_t *hold,
    struct err *e)
{
	int64_t paused, limit, slots;
	struct cursor *st;
	int rc;

	if ((rc = db_first(db, e, &st,
		 "SELECT paused, max_running FROM queues WHERE name = ?", BIND(S(queue)))) <= 0)
		return rc;
	paused = col_int(st, 0);
	limit = col_or(st, 1, INT64_MAX);
	db_reset(st);
	/* A pause does not hold what a person runs by hand. */
	if (paused != 0 && !o->manual) {
		*hold = HOLD_QUEUE;
		return 0;
	}
	if (limit == INT64_MAX)
		return 0;
	if ((rc = count_slots(db, queue, limit, now, (o->hold & OCC_THROUGH) != 0, &slots, e)) < 0)
		return rc;
	/* What falls into a pause may be missed by it; what waits for a slot is only late. */
	if (slots >= limit)
		*hold = HOLD_QUEUE | OCC_WAITED;
	return 0;
}

int
line_closed(struct db *db, const struct claim_request *q, const struct occ *o, const struct row *r,
    int64_t *hold, struct err *e)
{
	const struct job *job = &r->job;
	struct occ run;
	int64_t taken = 0;
	int rc;

	*hold = 0;
	if (!line_suits(q->node, q->labels, job)) {
		line_remember_want(db, job);
		*hold = HOLD_NODE;
		return 0;
	}
	/* Beside its own attempt it is the job's overlap policy that decides. */
	if ((rc = occ_running(db, o->job_id, &run, e)) != 0)
		return rc < 0 ? rc : 0;
	if (job->order_key != NULL && (rc = key_taken(db, o, job->order_key, &taken, e)) < 0)
		return rc;
	if (taken != 0) {
		*hold = HOLD_ORDER;
		return 0;
	}
	return job->queue != NULL ? queue_closed(db, o, job->queue, q->now, hold, e) : 0;
}
