/*
 * pause: of one job (its waiting occurrences are held) and of everything (nothing is claimed).
 */
#ifndef STORE_SQL_PAUSE_H
#define STORE_SQL_PAUSE_H

#include <stdbool.h>
#include <stdint.h>

struct cursor;
struct db;
struct err;
struct row;

/* Pauses a job: the flag, and what waits of it, manual runs apart. */
int pause_job(
    struct db *, struct row *, int64_t until, const char *reason, int64_t now, struct err *);

/* As store_job_pause and store_job_resume, within a transaction. */
int pause_ask(
    struct db *, struct row *, int64_t until, const char *reason, int64_t now, struct err *);
int pause_resume(struct db *, const struct row *, int64_t now, struct err *);

/* Ends the pauses whose end has come. *more: there are further ones. */
int pause_expire(struct db *, int64_t now, bool *more, struct err *);

/* The same for queues; there are few of them. */
int pause_expire_queues(struct db *, int64_t now, struct err *);

/* Whether this instant fell into a pause of the job, of its queue or of everything. */
int pause_held(struct db *, const struct row *, int64_t at, bool *held, struct err *);

/* The earliest ready_at of all that waits, pauses left aside; INSTANT_NONE. */
int pause_ready(struct db *, int64_t *when, struct err *);

/* The same as columns of a statement, and what they say; the first of them is a row's `first`. */
#define PAUSE_HEAD(rank) \
	"(SELECT min(ready_at) FROM occurrences WHERE state = 0 AND rank = " #rank ")"
#define PAUSE_HEADS                                                                  \
	PAUSE_HEAD(0) ", " PAUSE_HEAD(1) ", " PAUSE_HEAD(2) ", " PAUSE_HEAD(3)       \
	    ", " PAUSE_HEAD(4) ", " PAUSE_HEAD(5) ", " PAUSE_HEAD(6) ", " PAUSE_HEAD( \
		7) ", " PAUSE_HEAD(8) ", " PAUSE_HEAD(9)
int64_t pause_earliest(struct cursor *, int first);

#endif
