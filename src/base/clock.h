/*
 * clock: the only place where time is read. Everything that computes takes `now`
 * as a parameter. The test build links another file with the same functions.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* The wall clock: microseconds since the epoch, UTC. */
int64_t clock_wall(void);

/* The boot clock: microseconds since boot, suspend included; never steps. */
int64_t clock_boot(void);

#endif
