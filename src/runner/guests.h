/*
 * guests: connections of others than the scheduler: jobs that put by a checkpoint or ask for one,
 * and people who watch an output as it comes. None of them can hold up a job or this program: what
 * they do not read is not kept for them, and there are only so many.
 *
 * Jobs reach us by a name that is in no folder (an abstract socket), random and in their
 * environment only: the runtime folder is closed to other users, and an inherited descriptor would
 * not survive shells and sudo. Who connects there must be root or a user who has a job running, and
 * needs the token of that job. Who watches comes by the scheduler's socket, and is our user or
 * root.
 */
#ifndef RUNNER_GUESTS_H
#define RUNNER_GUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/usock.h"

struct attempt;
struct err;
struct event;
struct guest;
struct runner;

#define GUESTS_MAX 64	   /* more are turned away */
#define GUEST_PATIENCE_S 30 /* for a whole question, and for the reading of its answer */

TAILQ_HEAD(guest_list, guest);

struct guests {
	struct runner *runner;
	struct event *door;
	int fd;
	char *setting; /* JOBSCHED_SOCKET=NAME, for jobs */
	struct guest_list list;
	size_t n;
};

int guests_open(struct guests *, struct runner *, struct err *);
void guests_close(struct guests *);

/* Takes the socket of one who has said data so far. */
void guests_adopt(struct guests *, int fd, const void *data, size_t len);

/* The attempt's output is complete: who watches it gets the rest. */
void guests_last(struct guests *, const struct attempt *);

/* Whether somebody has not read the end of what we had to say. */
bool guests_leaving(const struct guests *);

/* The attempt is over, whatever it was: who watches it is told. */
void guests_ended(struct guests *, int64_t fence);

#endif
