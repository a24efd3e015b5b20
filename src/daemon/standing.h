/*
 * standing: where this node stands among those that share its store: how long it may run jobs, and
 * whether it leads (see store/lease.h). The only daemon of a store stands for all, without end.
 *
 * The lease is counted on the boot clock from before it was asked for, so that it ends here before
 * it ends in the store, and the runners are told an end that leaves time for killing.
 */
#ifndef DAEMON_STANDING_H
#define DAEMON_STANDING_H

#include <stdbool.h>

struct daemon;
struct err;
struct standing;

/* Once the node has come up. Takes the first lease; from then on it is renewed by the loop. */
int standing_new(struct standing **, struct daemon *, struct err *);
void standing_free(struct standing *);

/* Whether it may take and run jobs. */
bool standing_holds(const struct standing *);

/* Whether what is done once for all nodes is for this one to do. */
bool standing_leads(const struct standing *);

#endif
