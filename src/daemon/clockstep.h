/*
 * clockstep: notices that the wall clock was set, whether a daemon ran then or not, and has the
 * store move what follows elapsed time.
 */
#ifndef DAEMON_CLOCKSTEP_H
#define DAEMON_CLOCKSTEP_H

struct daemon;
struct err;
struct moment;

/* Both clocks at one time: else who is stopped between two readings takes the time for a step. */
void clockstep_read(struct moment *);

/*
 * At the start, when nothing else has to be done: finishes a step that was begun, and deals with
 * one since the newest heartbeat.
 */
int clockstep_open(struct daemon *, struct err *);

enum clock_look {
	CLOCK_STEADY,
	CLOCK_BUSY,   /* it was set, and not all that waits has followed yet */
	CLOCK_FAILED, /* the same, and the store failed: to be tried again */
};

/*
 * Whether the clock was set since it was looked at last (daemon.seen). Unless it is steady nothing
 * may be claimed, and no result stored, by the new clock: what waits would be early, or moved
 * twice.
 */
enum clock_look clockstep_look(struct daemon *);

/* While it is busy: one batch more of what waits follows. */
enum clock_look clockstep_go_on(struct daemon *);

#endif
