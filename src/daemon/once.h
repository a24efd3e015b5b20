/*
 * once: `jobschedd --once`, one tick for an existing crontab.
 */
#ifndef DAEMON_ONCE_H
#define DAEMON_ONCE_H

struct daemon;

/*
 * Takes in what runners have to tell, loads the tabs, claims, hands over, and returns the exit
 * status.
 */
int once_run(struct daemon *);

#endif
