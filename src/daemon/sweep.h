/*
 * sweep: lock files that nobody needs any more, each hour: of jobs that have ended, or are not in
 * the store any more. A runner removes those of its jobs that have ended; what one that was killed
 * leaves behind, and what a job's descendants held beyond its end, would stay until the next boot.
 */
#ifndef DAEMON_SWEEP_H
#define DAEMON_SWEEP_H

struct event_base;
struct store;
struct sweep;

/* locks: the folder. Both stay the caller's. The first round begins at once, in the loop. */
struct sweep *sweep_new(struct event_base *, struct store *, const char *locks);
void sweep_free(struct sweep *);

#endif
