/*
 * notices: tells people of ends: by mail, and by the command of on_failure.
 *
 * The intent is in the store since the commit of the end, and stays there until the mailer has
 * exited with 0: so a kill at any time loses none, and may tell one twice. A few run at once, the
 * rest wait in the store; what fails is tried again, then given up, with the problem kept in the
 * attempt.
 */
#ifndef DAEMON_NOTICES_H
#define DAEMON_NOTICES_H

#include <stdbool.h>

struct conf;
struct event_base;
struct notices;
struct store;

#define NOTICES_AT_ONCE 8
#define NOTICES_TRIES 3 /* a minute after the first, ten after the second */

struct notices_setup {
	struct event_base *base;
	struct store *store;
	const struct conf *conf; /* as it is at the time */
	const char *node, *user;
};

struct notices *notices_new(const struct notices_setup *);

/*
 * Waits a moment for those that are about to end; others go on by themselves, and are told again.
 */
void notices_free(struct notices *);

/* There may be something new: looks soon, from the loop. */
void notices_look(struct notices *);

/* Whether nothing is being told, nor about to be. */
bool notices_idle(const struct notices *);

#endif
