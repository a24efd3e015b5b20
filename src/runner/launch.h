/*
 * launch: from a launch received to a process: in batches, so that many starts are one write to the
 * journal, and a START record is in the file before its job runs.
 */
#ifndef RUNNER_LAUNCH_H
#define RUNNER_LAUNCH_H

#include <stdint.h>

struct attempt;
struct launch;
struct runner;

/* Queues it, and empties *launch; one whose fence is known is passed over. */
void launch_accept(struct runner *, struct launch *);

/* Gives back one that has not been started, no attempt is spent. now is the boot clock. */
void launch_undo(struct runner *, struct attempt *, const char *reason, int64_t now);

/* Works on what is queued: a batch of it, the rest next time. now is the boot clock. */
void launch_turn(struct runner *, int64_t now);

/* Whoever waits for this lock (a path, or NULL) shall try again at the next turn. */
void launch_retry(struct runner *, const char *lock);

/* A job has ended: one that waits for descriptors may have its. */
void launch_room(struct runner *);

/* When the next turn is due, boot clock; 0: nothing is. In the past: at once. */
int64_t launch_next(const struct runner *);

#endif
