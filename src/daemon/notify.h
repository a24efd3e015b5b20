/*
 * notify: tells the service manager how we are, by the datagram protocol of sd_notify(3).
 * Without NOTIFY_SOCKET in the environment, nothing happens.
 */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

/* state: "READY=1", "STOPPING=1", … */
void notify_state(const char *state);

#endif
