/*
 * remains: what a dead runner leaves. Its journal is judged attempt by attempt (takein.h), and
 * what comes of that goes where it belongs: results to be recorded, processes that live on to be
 * watched, checkpoints to the store.
 */
#ifndef DAEMON_REMAINS_H
#define DAEMON_REMAINS_H

#include <stdbool.h>
#include <stddef.h>

struct kept;
struct member;
struct open_attempt;

/*
 * Judges these open attempts of a runner that is known to be dead. 0; how many cannot be judged
 * yet (again a little later: one that was judged already comes to no harm); or an error, which has
 * been told.
 */
int remains_judge(struct member *, const struct open_attempt *, size_t n);

/*
 * Stores a checkpoint that a runner, dead or alive, has kept. False if the store does not answer,
 * which has been told: it stays in the runner's journal, and comes again with a new connection or
 * with the attempt's end.
 */
bool remains_keep(struct member *, const struct kept *);

#endif
