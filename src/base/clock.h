/*
 * clock: the only place where time is read. Everything that computes takes `now`
 * as a parameter. The test build links another file with the same functions.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* The wall clock: microseconds since the epoch, UTC. This host's, unless another is followed. */
int64_t clock_wall(void);

/* The boot clock: microseconds since boot, suspend included; never steps. */
int64_t clock_boot(void);

/* The boot clock as the kernel keeps it, also in tests: when it says that a process began. */
int64_t clock_kernel(void);

/*
 * Another clock is the wall clock from now on, for the rest of this process: it showed `wall` at an
 * instant between `asked` and `answered` of this host's boot clock. So what is told by it is late
 * by no more than the time between, and never early. Called again and again, it follows: an answer
 * that took long leaves what a prompt one told, as long as that can be true.
 */
void clock_follow(int64_t wall, int64_t asked, int64_t answered);

/* What this host's own clock shows when the wall clock shows `wall`. */
int64_t clock_of_host(int64_t wall);

#endif
