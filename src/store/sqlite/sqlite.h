/*
 * sqlite: the backend for one machine: a file, no server, no root.
 */
#ifndef STORE_SQLITE_SQLITE_H
#define STORE_SQLITE_SQLITE_H

#include "store/ops.h"

extern const struct store_ops sqlite_ops;

/* As the slot `open`, with another bound than 10 s on the wait for a lock: for tests. */
int sqlite_open_bounded(
    struct store **, const char *locator, enum store_mode, int busy_ms, struct err *);

#endif
