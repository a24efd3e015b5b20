/*
 * helper: a program that the daemon has started to tell somebody of something: a mailer, the
 * command of on_failure. It never makes the loop wait.
 */
#ifndef DAEMON_HELPER_H
#define DAEMON_HELPER_H

#include <stdbool.h>

struct err;
struct event_base;
struct helper;

#define HELPER_PATIENCE_S 300 /* then it gets KILL, with all of its process group */

struct helper_setup {
	const char *program;
	char *const *argv, *const *env;
	int input; /* its standard input; -1: /dev/null */
};

/*
 * It runs in a session of its own, in the root folder. ended is called from the loop when it has
 * ended; problem is NULL if its exit status was 0, else what it was, with the first line that it
 * wrote; the helper may be freed then and there. NULL with err set if it could not be started.
 */
struct helper *helper_start(struct event_base *, const struct helper_setup *,
    void (*ended)(void *arg, const char *problem), void *arg, struct err *);

/* Lets go of it; if it still runs, it goes on. */
void helper_free(struct helper *);

/* Looks whether it has ended by now, and calls `ended` if so. */
void helper_look(struct helper *);

#endif
