/*
 * byhand: `run` and `retry`, within a transaction.
 */
#ifndef STORE_SQL_BYHAND_H
#define STORE_SQL_BYHAND_H

#include <stdint.h>

struct db;
struct err;
struct row;

/* As store_job_retry. */
int byhand_retry(struct db *, struct row *, int64_t now, struct err *);

/* The dead occurrence of which this was the last attempt has one more, if it is still so. */
int byhand_give_back(struct db *, struct row *, int64_t fence, int64_t now, struct err *);

#endif
