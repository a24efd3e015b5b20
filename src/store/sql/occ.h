/*
 * occ: rows of table occurrences. A job's main one is found through jobs.due_at while it waits, the
 * running one and all others through small partial indexes; there is no index over all that wait.
 */
#ifndef STORE_SQL_OCC_H
#define STORE_SQL_OCC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "job/state.h"

struct cursor;
struct db;
struct err;
struct row;

enum occ_state { OCC_WAITING, OCC_RUNNING, OCC_HELD };

/* occ.hold: why it is held; it waits again when all reasons have gone. */
#define HOLD_PAUSED 1 /* its job is paused */
#define HOLD_BUSY 2   /* until what runs of its job has ended */
#define HOLD_AFTER 4  /* for other jobs' ends */
#define HOLD_ORDER 8  /* for its turn under its order key */
#define HOLD_QUEUE 16 /* for its queue */
#define HOLD_NODE 32  /* for a node that has what it requires */
#define HOLD_REASONS 63
#define OCC_THROUGH 512  /* its queue let it through: it counts as having a slot */
#define OCC_IN_LINE 1024 /* a retry that let others go, and now has its place in line again */
#define OCC_WAITED 256 /* it was held for its job or for others: it is late, not missed */

/* occ.wish of a running one, beside enum job_wish. */
#define OCC_END 16  /* its attempt is to be ended */
#define OCC_CANCELLED 64 /* it is not tried again, whatever becomes of its attempt */
#define OCC_MORE 32 /* an occurrence that waited was taken away by the wish */

struct occ {
	int64_t state, rank, ready_at, job_id, scheduled_for; /* the key */
	int64_t attempt, base;
	bool main, manual;
	bool gated; /* see line.h */
	int64_t hold, wish;
	int64_t fence, runner; /* 0: none */
};

struct occs {
	struct occ *v;
	size_t n, cap;
};

/* The columns that occ_read expects, of the table, or of it under another name. */
#define OCC_COLUMNS OCC_COLUMNS_OF("occurrences")
#define OCC_COLUMNS_OF(t)                                                              \
	t ".state, " t ".rank, " t ".ready_at, " t ".job_id, " t ".scheduled_for, " t  \
	  ".attempt, " t ".base, " t ".main, " t ".manual, " t ".gated, " t ".hold, " \
	t ".wish, " t \
	  ".fence, " t ".runner"
#define OCC_NCOLUMNS 14
#define OCC_RANKS 10 /* 0 to 9: see occ_rank */
void occ_read(struct cursor *, int from, struct occ *);

static inline int64_t
occ_rank(int64_t priority)
{
	return 9 - priority;
}

/* Whether its time has come. Its jitter, or what holds it, may put it off still. */
static inline bool
occ_was_due(const struct occ *o, int64_t now)
{
	return o->scheduled_for <= now || o->ready_at <= now;
}

int occ_add(struct db *, const struct occ *, struct err *);
int occ_delete(struct db *, const struct occ *, struct err *);
/* Replaces one by another, which may have another key. 1: the job has a running one already. */
int occ_move(struct db *, const struct occ *from, const struct occ *to, struct err *);

/* Each: 1, or 0 if there is none. */
int occ_running(struct db *, int64_t job_id, struct occ *, struct err *);
int occ_main(struct db *, const struct row *, struct occ *, struct err *); /* waiting or held */
/* All that wait or are held, the main one first if there is one. free(occs->v). */
int occ_waiting(struct db *, const struct row *, struct occs *, struct err *);
/* Of these all but a main one that waits. */
int occ_beside(struct db *, int64_t job_id, struct occs *, struct err *);

/*
 * Adds a job's main occurrence, for scheduled_for (INSTANT_NONE: there is none any more), held for
 * `hold` or if the job is paused. Sets r->due_*, which the caller has to store.
 */
int occ_next(struct db *, struct row *, int64_t scheduled_for, int64_t hold, struct err *);
/* The same for ROW_MANY new jobs that stand in no line and wait for nothing, for their due_for. */
int occ_first_of_many(struct db *, const struct row *, struct err *);

/* Holds one for a reason. */
int occ_hold(struct db *, const struct occ *, int64_t reason, struct err *);
/* Takes a reason away: it is ready from now on if it was the last. Moves jobs.due_at along. */
int occ_release(struct db *, const struct occ *, int64_t reason, int64_t now, struct err *);
/* The same for all of a job that are held for it; *n (may be NULL) is how many. */
int occ_release_all(
    struct db *, int64_t job_id, int64_t reason, int64_t now, int64_t *n, struct err *);

#endif
