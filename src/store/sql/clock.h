/*
 * clock: what is known of the clocks, and what follows when the wall clock is set (private to
 * the logic).
 */
#ifndef STORE_SQL_CLOCK_H
#define STORE_SQL_CLOCK_H

#include <stdint.h>

#include "store/clock.h"

struct db;
struct err;

/* A step on its way through the jobs, in the order of their ids. */
struct stepping {
	struct db *db;
	const struct zone *zone;
	struct clock_stepped *done;
	enum step kind;
	int64_t by, now;
	int64_t after;	  /* jobs up to this id have been dealt with */
	int64_t last_job; /* jobs up to this id were there at the mark before the step … */
	int64_t since;	  /* … which was made at this time of the old clock */
};

/* Keeps the clocks as the mark. */
int clock_keep(struct db *, const struct moment *, struct err *);

/* clock_job.c: deals with all that waits of this job. */
int clock_step_job(struct stepping *, int64_t id, struct err *);

#endif
