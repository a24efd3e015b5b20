/*
 * tabwatch: the tab files of a node that does not lead, beside those in force. It writes no jobs:
 * it tells the store where a file differs, for people who bring a new version to all hosts.
 */
#ifndef DAEMON_TABWATCH_H
#define DAEMON_TABWATCH_H

#include <stdint.h>

struct conf;
struct store;
struct strv;
struct tabwatch;

/* The node must outlive it. */
struct tabwatch *tabwatch_new(struct store *, const char *node);
void tabwatch_free(struct tabwatch *);

/* Reads what has changed, and tells what differs if that is news. */
void tabwatch_look(
    struct tabwatch *, const struct conf *, const struct strv *folders, int64_t now);

/* The node has come up anew, and with that the store has forgotten what it was told. */
void tabwatch_anew(struct tabwatch *);

/* The node leads: what it has is in force. */
void tabwatch_clear(struct tabwatch *, int64_t now);

#endif
