/*
 * cancel: taking away what waits of a job.
 */
#ifndef STORE_SQL_CANCEL_H
#define STORE_SQL_CANCEL_H

#include <stdbool.h>
#include <stdint.h>

struct db;
struct err;
struct row;
struct zone;

/*
 * A person's cancel or the loss of its entry (enum job_wish): what waits of the job goes, and what
 * runs of it is marked, so that nothing follows it. Those that were never tried are recorded as
 * skipped; after a loss only if they were due. *any: something was taken away.
 */
int cancel_waiting(
    struct db *, const struct row *, unsigned wish, int64_t now, bool *any, struct err *);

/* Marks the running attempt with a wish and more (enum job_wish, OCC_*). */
int cancel_running(struct db *, const struct row *, int64_t wish, struct err *);

/* The job's entry has gone from its tab. */
int cancel_retire(struct db *, int64_t id, int64_t now, struct err *);

/* As store_job_cancel, within a transaction. */
int cancel_job(struct db *, struct row *, bool kill, int64_t now, bool *running, struct err *);

/*
 * cancel_one.c. Of a periodic job what runs, else what waits to be tried again, else the next of
 * its schedule; the job goes on. A one-time job is cancelled.
 */
int cancel_occurrence(
    struct db *, struct row *, const struct zone *, int64_t now, struct err *);

#endif
