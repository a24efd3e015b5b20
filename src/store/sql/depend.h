/*
 * depend: jobs that come after others (--after). A row of table dependencies is a prerequisite that
 * has not ended yet; the occurrence is held (HOLD_AFTER) while its job has any.
 */
#ifndef STORE_SQL_DEPEND_H
#define STORE_SQL_DEPEND_H

#include <stdbool.h>
#include <stdint.h>

struct db;
struct err;
struct job;

enum depend { DEPEND_NONE, DEPEND_WAITS, DEPEND_FAILED };

/*
 * Stores a job's prerequisites, id being its own. *found: whether it must wait, or one that has to
 * succeed has failed already: *failed is the first of these. E_NOTFOUND if there is no such job.
 */
int depend_add(struct db *, const struct job *, int64_t id, enum depend *found, int64_t *failed,
    struct err *);
int depend_drop(struct db *, int64_t id, struct err *);

/*
 * An occurrence of this job has ended for good: those that waited for it go on, or fail with it; if
 * they are many, the rest of them in transactions to come.
 */
int depend_ended(struct db *, int64_t on_id, bool well, int64_t now, struct err *);

/* Goes on with that rest. *more is set if there still is some. */
int depend_settle(struct db *, int64_t now, bool *more, struct err *);

/* Whether anything depends on anything. */
int depend_any(struct db *, bool *, struct err *);

#endif
