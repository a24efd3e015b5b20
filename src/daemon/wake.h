/*
 * wake: the datagram socket that others poke after they changed the store. What a datagram says
 * does not matter.
 */
#ifndef DAEMON_WAKE_H
#define DAEMON_WAKE_H

struct err;
struct event_base;
struct wake;

int wake_new(struct wake **, struct event_base *, const char *path, void (*woken)(void *),
    void *arg, struct err *);
/* Binds it again where its name was taken away. On failure it is as it was. */
int wake_renew(struct wake *, struct err *);

/* Closes it and removes the socket. */
void wake_free(struct wake *);

#endif
