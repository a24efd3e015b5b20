/*
 * place: which daemons had this state folder before, on a store that hosts share. What such a one
 * has left running goes on here; what another place's has, even of a host of the same name, must
 * have ended first. The store tells them apart by processes, and the state folder keeps which ones
 * were this place's, over a kill and a boot.
 */
#ifndef DAEMON_PLACE_H
#define DAEMON_PLACE_H

struct daemon;
struct err;

/*
 * Registers the node. Where the one that has its name may be gone, that waits until its lease has
 * run out; E_CONFLICT if it is heard of meanwhile.
 */
int place_take(struct daemon *, struct err *);

#endif
