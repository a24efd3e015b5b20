/*
 * zones: notices that the system's time zone data has changed, and has the next times of what
 * follows the zones concerned worked out anew, a batch at a time.
 *
 * What each zone said is kept in the store, so that a change is found as well that came while no
 * daemon ran, or whose work was cut short.
 */
#ifndef DAEMON_ZONES_H
#define DAEMON_ZONES_H

#include <stdbool.h>

struct daemon;
struct err;
struct zones;

/* What the store knows, of the daemon's store. */
int zones_new(struct zones **, struct daemon *, struct err *);
void zones_free(struct zones *);

/*
 * At a full minute, and when tabs have been loaded: looks every some minutes, when a zone came into
 * use, or `now`. daemon.zone may become another.
 */
void zones_look(struct zones *, bool now);

/* Whether there is work to do; one batch of it. False: the store failed. */
bool zones_busy(const struct zones *);
bool zones_step(struct zones *);

#endif
