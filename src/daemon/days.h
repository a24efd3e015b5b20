/*
 * days: the calendars of this daemon: where they are, and what the log has to say of them.
 */
#ifndef DAEMON_DAYS_H
#define DAEMON_DAYS_H

struct calendars;
struct conf;

/* Those of the config's folder. Copies of what is good are kept in its state folder. */
struct calendars *days_new(const struct conf *);

#endif
