/*
 * detach: becoming a daemon, such that the command that started it tells whether it works.
 */
#ifndef DAEMON_DETACH_H
#define DAEMON_DETACH_H

struct detach {
	int report; /* a pipe to the process that waits; -1: not detached, stderr is the place */
};

/*
 * Forks; the parent stays until the child says that it is ready or has failed, and exits with 0
 * or the child's status. The child goes on in a session of its own, in "/", with log lines to
 * syslog; its stdio goes to /dev/null once it is ready.
 */
void detach_begin(struct detach *);
void detach_ready(struct detach *);

/* Prints the sentence where the person sees it. */
void detach_failed(struct detach *, const char *sentence);

#endif
