/*
 * ramp: how many occurrences the next claim takes, so that the first of many that are due together
 * start at once. A claim takes the longer the more it takes, and nothing of it starts before all of
 * it is durable: so after a rest the first is of a few, which keep the runner busy while the next,
 * larger one is under way. Under load claims follow each other, and are of as many as there may be.
 */
#ifndef DAEMON_RAMP_H
#define DAEMON_RAMP_H

#include <stdint.h>

#define RAMP_FIRST 4
#define RAMP_GROWTH 8
#define RAMP_REST_US 100000

/* All zero: at rest. */
struct ramp {
	int64_t size; /* of the last claim */
	int64_t end;  /* its end, boot clock */
};

/* The most that a claim which begins now is to take, of max at most. */
int64_t ramp_begin(struct ramp *, int64_t boot, int64_t max);

/* That claim is over. */
void ramp_end(struct ramp *, int64_t boot);

#endif
