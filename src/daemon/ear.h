/*
 * ear: what daemons and commands of other hosts say through the store they share: see
 * store/lease.h.
 */
#ifndef DAEMON_EAR_H
#define DAEMON_EAR_H

struct ear;
struct err;
struct event_base;
struct store;

/* said is called from the loop. */
int ear_new(struct ear **, struct event_base *, struct store *, void (*said)(void *), void *arg,
    struct err *);
void ear_free(struct ear *);

/*
 * To be called after the store was used: what was said meanwhile is told soon, and a connection
 * that is new is listened to.
 */
void ear_turn(struct ear *);

#endif
