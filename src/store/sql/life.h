/*
 * life: the state of a job, and its changes. The state of an active job is not stored: it follows
 * from its occurrences, so that the claim and the end of most attempts need not touch table jobs.
 */
#ifndef STORE_SQL_LIFE_H
#define STORE_SQL_LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "job/state.h"
#include "store/sql/count.h"

struct db;
struct err;
struct row;

/* What the state follows from. */
struct life {
	bool running, open; /* open: an occurrence waits or is held */
};

enum job_state life_state(const struct row *, const struct life *);
enum rest life_rest(enum job_state);

/* Looks up what life_state needs. */
int life_get(struct db *, const struct row *, enum job_state *, struct err *);

/*
 * For what a person asks: the job's state into *state if the event is allowed there, else
 * E_CONFLICT "job 12 is done: it cannot be cancelled".
 */
int life_allow(struct db *, const struct row *, enum job_event, enum job_state *, struct err *);

/*
 * The job came from one state to another: stores what is stored of that, here and in *r, and tells
 * those that come after it. well: its occurrence succeeded.
 */
int life_move(struct db *, struct row *, enum job_state from, enum job_state to, bool well,
    int64_t now, struct err *);

/* Nothing may be left of the job: stores that it is done. */
int life_expire(struct db *, struct row *, int64_t now, struct err *);

#endif
