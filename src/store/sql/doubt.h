/*
 * doubt: claims of which nobody could say whether they were stored, because the connection was lost
 * with the answer. Who asked has been told that there are none. Those that are there are undone
 * before the next claim, so that their jobs do not wait for the end of this scheduler.
 */
#ifndef STORE_SQL_DOUBT_H
#define STORE_SQL_DOUBT_H

#include <stdint.h>

struct claims;
struct db;
struct err;

/* The last commit was to store these, and its driver is unsure. */
void doubt_keep(struct db *, const struct claims *, int64_t runner);
int doubt_settle(struct db *, int64_t now, struct err *);

#endif
