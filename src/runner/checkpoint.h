/*
 * checkpoint: what a running job puts by for the next attempt of its occurrence.
 *
 * It is kept as soon as it is in the journal, which outlives this process. From there it goes to
 * the scheduler, one at a time of each attempt: while one is on its way to the store, a newer one
 * waits and replaces any before it. What has not arrived when the job ends goes with its end.
 */
#ifndef RUNNER_CHECKPOINT_H
#define RUNNER_CHECKPOINT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/strv.h"
#include "runner/jobs.h"
#include "wire/launch.h"

struct buf;
struct err;
struct result;
struct runner;

/* What the job's environment says of how it reaches us. */
struct invitation {
	struct strv told; /* these words; not to be cleared */
	char *words[3];
	char token[TOKEN_SIZE + 16];
};

/* Makes the attempt's token, and the invitation. uid is whose the job will be. */
void checkpoint_invite(struct runner *, struct attempt *, uid_t uid, struct invitation *);

/* The running attempt of this token; NULL if there is none, or this user may not speak for it. */
struct attempt *checkpoint_owner(struct runner *, const char *token, uid_t);

/* Keeps it; no bytes: takes away what is there. 0, or an error if the disk does not take it. */
int checkpoint_put(struct runner *, struct attempt *, const void *data, size_t len, struct err *);

/* The body of its FRAME_CHECKPOINT_KEPT. */
void checkpoint_pack(struct buf *, const struct attempt *);

/* A scheduler has connected: it is told anew what the store does not have. */
void checkpoint_again(struct runner *);

/* The store has that one. */
void checkpoint_stored(struct runner *, int64_t fence, int64_t serial);

/* The attempt is over: what the store does not have goes into the result. */
void checkpoint_hand_over(struct runner *, struct attempt *, struct result *);

/* Once a turn: sends what is due. */
void checkpoint_turn(struct runner *);

#endif
