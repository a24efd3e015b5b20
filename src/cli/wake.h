/*
 * wake: tells the live daemons of a store that something changed in it.
 */
#ifndef CLI_WAKE_H
#define CLI_WAKE_H

struct store;

/* No failure is told: a daemon that missed it looks at its next tick. */
void wake_daemons(struct store *);

#endif
