/*
 * count: the totals behind `metrics`, kept in table counters so that pruning never lowers them, and
 * the number of jobs in each state of rest, so that `status` counts no rows.
 */
#ifndef STORE_SQL_COUNT_H
#define STORE_SQL_COUNT_H

#include <stdint.h>

#include "job/attempt.h"
#include "store/store.h"

/* What a job is as long as nothing happens: the others than open are ends. */
enum rest { REST_OPEN, REST_DONE, REST_FAILED, REST_CANCELLED, REST_RETIRED, REST_COUNT };

enum counter {
	N_ENQUEUED,
	N_CLAIMED,
	N_STARTED,
	N_RETRIES,
	N_LATE_SUM,
	N_LAST_JOB, /* the highest id ever given out */
	N_LAST_FENCE,
	N_FINISHED,				/* by enum outcome */
	N_SKIPPED = N_FINISHED + OUTCOME_COUNT, /* by enum skip_reason */
	N_LATE = N_SKIPPED + SKIP_COUNT,	/* by bucket */
	N_JOBS = N_LATE + LATENESS_BUCKETS,	/* by enum rest */
	N_COUNTERS = N_JOBS + REST_COUNT
};

struct db;

void count_add(struct db *, int counter, int64_t n);
/* An attempt started so late, µs. */
void count_started(struct db *, int64_t lateness);
/* A job went from one state of rest to another; REST_COUNT: it was not there, or has gone. */
void count_moved(struct db *, enum rest from, enum rest to);

/*
 * A new id: one above N_LAST_JOB or N_LAST_FENCE, which then is this. What SQLite has for this
 * (AUTOINCREMENT) does the same, and looks for its row of sqlite_sequence at each insert.
 */
int count_next(struct db *, enum counter, int64_t *id, struct err *);
/* The highest of these ids that was ever given out; and: from now on it is at least that. */
int count_highest(struct db *, enum counter, int64_t *id, struct err *);
int count_raise(struct db *, enum counter, int64_t id, struct err *);

/* Writes what was counted since the last time into the table. */
int count_write(struct db *, struct err *);
int count_one(struct db *, int counter, int64_t *, struct err *);
/* Reads all; those that are not in the table are 0. */
int count_read(struct db *, int64_t values[N_COUNTERS], struct err *);

#endif
