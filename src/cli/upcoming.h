/*
 * upcoming: the occurrences of a job that are still to come, one after the other, as `status`,
 * `forecast` and `tab show` list them. Days that a calendar closes are left out. What running
 * attempts may do to them (overlap) is not known here.
 */
#ifndef CLI_UPCOMING_H
#define CLI_UPCOMING_H

#include <stdbool.h>
#include <stdint.h>

#include "time/schedule.h"

struct calendar;
struct err;
struct job;
struct job_view;
struct zone;

/* What a job does not say itself. */
struct upcoming_context {
	const struct zone *zone; /* the daemon's */
	const struct calendar *(*calendar)(void *arg, const char *name); /* NULL: there are none */
	void *arg;
};

struct upcoming {
	struct schedule schedule;
	const struct zone *zone;
	const struct calendar *not_on, *only_on;
	bool closed;   /* it names a calendar that nobody has */
	int64_t next;  /* scheduled_for; INSTANT_NONE: no more */
	int64_t until; /* INSTANT_NONE: no end */
	int64_t left;  /* how many --count allows from next on; -1: any number */
};

/* Of a stored job. */
int upcoming_stored(struct upcoming *, const struct job_view *, const struct upcoming_context *,
    struct err *);

/* Of a job that would be stored now. */
int upcoming_new(struct upcoming *, const struct job *, const struct upcoming_context *,
    int64_t now, struct err *);

/* On to the one after next; on to the first at or after from. */
void upcoming_step(struct upcoming *);
void upcoming_skip(struct upcoming *, int64_t from);

#endif
