/*
 * wake: tells the live daemons of a store that something changed in it.
 */
#ifndef CLI_WAKE_H
#define CLI_WAKE_H

#include <stdbool.h>

struct store;

/*
 * No failure is told: a daemon that missed it looks at its next tick. True if one on this host was
 * there, and so has the store open.
 */
bool wake_daemons(struct store *);

#endif
