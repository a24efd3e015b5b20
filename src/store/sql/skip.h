/*
 * skip: the record of expected occurrences that did not run.
 */
#ifndef STORE_SQL_SKIP_H
#define STORE_SQL_SKIP_H

#include <stdint.h>

#include "job/attempt.h"
#include "job/plan.h"

struct db;
struct err;
struct row;

/* Adds to the job's newest row if that has the same reason and no attempt came since; else a new
 * row. */
int skip_add(struct db *, const struct row *, const struct plan_skip *, int64_t now, struct err *);
/* The same for one occurrence. */
int skip_one(struct db *, const struct row *, enum skip_reason, int64_t scheduled_for, int64_t now,
    struct err *);
/* The same of one that failed with its prerequisite on_id. */
int skip_unrun(struct db *, const struct row *, int64_t scheduled_for, int64_t on_id, int64_t now,
    struct err *);

#endif
