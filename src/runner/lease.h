/*
 * lease: how long this runner may let jobs run.
 *
 * Where several hosts share a store, others take over the jobs of a node that is not heard of any
 * more. Before they may, its jobs must have ended, whatever has become of its scheduler and of the
 * network: so the scheduler tells how far its lease goes, and when that has passed without another
 * word, what runs is killed and what waits is given back. Without a lease jobs run as long as they
 * like.
 */
#ifndef RUNNER_LEASE_H
#define RUNNER_LEASE_H

#include <stdint.h>

struct runner;

/* It goes until then, boot clock; 0: there is none. */
void lease_set(struct runner *, int64_t until);

/* Once a turn, before anything is started: see to it that nothing runs past it. */
void lease_turn(struct runner *, int64_t now);

/* When the next turn is due, boot clock; 0: none is. */
int64_t lease_next(const struct runner *);

#endif
