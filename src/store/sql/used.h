/*
 * used: times of which the ledger of a job tells already, that one ran or that it did not. An
 * occurrence has one outcome, so what is planned anew gets another time.
 */
#ifndef STORE_SQL_USED_H
#define STORE_SQL_USED_H

#include <stdbool.h>
#include <stdint.h>

struct db;
struct err;
struct row;
struct schedule;
struct zone;

/* Whether there is an attempt of this time, or one that waits beside the main one. */
int used_tried(struct db *, int64_t job_id, int64_t at, bool *tried, struct err *);

/* Whether one of the newest rows of its skips begins or ends with it. */
int used_skipped(struct db *, int64_t job_id, int64_t at, bool *skipped, struct err *);

/*
 * scheduled_for is the identity of an occurrence. Moves *at to the next microsecond that is neither
 * tried nor skipped.
 */
int used_instant(struct db *, int64_t job_id, int64_t *at, struct err *);

/*
 * *at becomes the next time of the cron schedule, from *at on, of which the job has had no attempt
 * and which is not known as skipped; INSTANT_NONE after --until.
 */
int used_cron(struct db *, const struct row *, const struct schedule *, const struct zone *,
    int64_t *at, struct err *);

/*
 * The same for @every, of its waiting time: what is due and is known as skipped is another one,
 * now; of what is yet to come, one that somebody has cancelled makes room for the next.
 */
int used_every(struct db *, const struct row *, const struct schedule *, int64_t now, int64_t *at,
    struct err *);

#endif
