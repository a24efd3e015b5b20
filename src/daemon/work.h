/*
 * work: what takes long (a huge tab, a clock that was set, new rules for zones) done a piece at a
 * time, with turns of the loop in between, so that it keeps nothing else waiting for more than some
 * tens of milliseconds.
 */
#ifndef DAEMON_WORK_H
#define DAEMON_WORK_H

#include <stdbool.h>
#include <stdint.h>

struct daemon;

/* One piece, and as many more as begin within so many µs. False: there is more to do. */
bool work_run(struct daemon *, int64_t us);

/* Has the rest done from the event loop, if there is any. */
void work_soon(struct daemon *);

#endif
