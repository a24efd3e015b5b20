/*
 * fault: an operation of the store has failed. Most are told in the log, with what they were for.
 *
 * While the database of several hosts is out of reach, all of them fail, some several times a
 * second: that is told once, and a reminder follows each minute; and then that it is back. One that
 * is busy, or full, is told of once in a minute, whatever was to be done.
 */
#ifndef DAEMON_FAULT_H
#define DAEMON_FAULT_H

#include <stdbool.h>

struct err;
struct store;

/* The line is WHAT: WHY. False if it was not told as such, but as an outage. */
bool fault(struct store *, const struct err *, const char *what, ...)
    __attribute__((format(printf, 3, 4)));

/* Now and then: if it is back, that is told. */
void fault_over(struct store *);

#endif
