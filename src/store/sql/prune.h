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

/* Takes away a job that has ended long ago, with its history, as far as `left` reaches. *gone: it
 * was one. */
int prune_job(struct pruning *, struct row *, bool *gone, struct err *);

/* An old attempt: goes, unless it is among its job's newest. */
int prune_attempt(struct pruning *, const struct row *, int64_t fence, struct err *);

#endif
