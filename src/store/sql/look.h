/*
 * look: finding a job, and all that is told of one.
 */
#ifndef STORE_SQL_LOOK_H
#define STORE_SQL_LOOK_H

#include <stdint.h>

struct db;
struct err;
struct job_view;

/* As store_job_find, within a transaction. */
int look_find(struct db *, const char *ref, const char *user, int64_t *id, struct err *);

/* 1 and a view, which the caller releases; 0 if there is no such job (any more). */
int look_view(struct db *, int64_t id, struct job_view *, struct err *);

#endif
