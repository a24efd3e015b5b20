/*
 * chain: the attempts of one job, newest first, without an index by job: see schema.sql.
 */
#ifndef STORE_SQL_CHAIN_H
#define STORE_SQL_CHAIN_H

#include <stdint.h>

struct db;
struct err;
struct row;

/* Fence of the job's newest attempt; 0 if it has none. */
int chain_head(struct db *, const struct row *, int64_t *fence, struct err *);

/* The attempt before this one; 0 if there is none, or it has been pruned. */
int chain_prev(struct db *, int64_t fence, int64_t *prev, struct err *);

/* As chain_head, but of the attempts that have ended. */
int chain_ended(struct db *, const struct row *, int64_t *fence, struct err *);

#endif
