/*
 * checkpoint: what attempts put by for the next attempt of their occurrence (private to this
 * backend).
 */
#ifndef STORE_SQL_CHECKPOINT_H
#define STORE_SQL_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

struct claim;
struct db;
struct ending;
struct err;
struct finishing;
struct occ;

/* Whether any is kept: most databases never have one. */
int checkpoint_any(struct db *, bool *any, struct err *);

/* Fills in that of the claimed occurrence, if there is one. */
int checkpoint_get(struct db *, struct claim *, struct err *);

/*
 * An attempt has ended: keeps what came with its end; forgets all if the occurrence is not tried
 * again.
 */
int checkpoint_end(struct finishing *, const struct ending *, struct err *);

/* The occurrence is dead, and of its job's dead ones only the newest keeps what it put by. */
int checkpoint_dead(struct finishing *, const struct occ *, struct err *);

/* The job, or one of its occurrences, has been cancelled. */
int checkpoint_drop(struct db *, int64_t job_id, struct err *);
int checkpoint_drop_one(struct db *, const struct occ *, struct err *);

#endif
