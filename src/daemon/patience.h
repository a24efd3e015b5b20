/*
 * patience: what becomes of a runner that stands still: stopped, or stuck in a call that does not
 * come back. It is asked for a sign of life four times within the config's runner_patience. Without
 * one for half of that, new jobs go to another runner; without one for all of it, it is killed, and
 * is then a dead runner as any. One that cannot be reached, or closes its connection, does not
 * stand still; nor does anybody look while it has nothing to do.
 */
#ifndef DAEMON_PATIENCE_H
#define DAEMON_PATIENCE_H

#include <stdint.h>

struct member;

/* The number of the SYNC by which it is asked. */
#define PATIENCE_SYNC 0

void patience_init(struct member *);
void patience_release(struct member *);

/* Something was sent to it: it is asked from now on, until it has no attempts any more. */
void patience_watch(struct member *);

#endif
