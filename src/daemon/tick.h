/*
 * tick: one pass of the daemon: claims until nothing is ready or no slot is free, hands over,
 * and sets the alarm for the next.
 */
#ifndef DAEMON_TICK_H
#define DAEMON_TICK_H

#include <stdbool.h>
#include <stdint.h>

struct daemon;

/*
 * Claims and hands over one batch at a time; if more is ready, another tick is made due at
 * once.
 */
void tick_run(struct daemon *);

/* What is done on each full minute: tabs, calendars, cancels; when it is calm, the heartbeat. */
void tick_minute(struct daemon *, int64_t now);

/* What can wait until the jobs that were due are on their way: the heartbeat, and store_tidy. */
void tick_calm(struct daemon *);

/* Ends the running attempts that somebody has cancelled. */
void tick_cancels(struct daemon *);

/* Has a tick from the event loop soon. */
void tick_soon(struct daemon *);

#endif
