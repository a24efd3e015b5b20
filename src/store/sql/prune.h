/*
 * prune: what the rooms of pruning share (private to the logic).
 */
#ifndef STORE_SQL_PRUNE_H
#define STORE_SQL_PRUNE_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

struct db;
struct err;
struct row;

struct pruning {
	struct db *db;
	const struct retention *keep;
	struct pruned *out;
	int64_t now;
	int64_t left; /* rows that may still be looked at in this transaction */
};

/* How far a round of pruning has come; a setting. */
struct place {
	int64_t at, id;
};

#define PRUNE_ATTEMPTS "prune.attempts"
int prune_place(struct db *, const char *key, struct place *, struct err *);
int prune_set_place(struct db *, const char *key, const struct place *, struct err *);
int prune_forget_place(struct db *, const char *key, struct err *);

/* An attempt that may be old. */
struct old {
	int64_t fence, job_id, claimed_at, finished_at;
};

/* It goes, or all of its job, or nothing. */
int prune_one(struct pruning *, const struct old *, struct err *);

/* Outputs, which go before their attempts. */
int prune_outputs(struct pruning *, struct err *);

/* What comes after the attempts: ended jobs without one, skips and small things. */
int prune_rest(struct pruning *, struct err *);

/* Takes away a job that has ended long ago, with its history, as far as `left` reaches. *gone: it
 * was one. */
int prune_job(struct pruning *, struct row *, bool *gone, struct err *);

/* An old attempt: goes, unless it is among its job's newest. */
int prune_attempt(struct pruning *, const struct row *, int64_t fence, struct err *);

#endif
