/*
 * spawn: starts a jobsched-runner and gives back the socket to talk to it.
 */
#ifndef DAEMON_SPAWN_H
#define DAEMON_SPAWN_H

#include <stdbool.h>
#include <stdint.h>

struct err;

struct spawn {
	const char *program; /* path of jobsched-runner */
	const char *node, *journal, *socket, *locks;
	int64_t id, patience; /* the second in µs */
	bool cgroups; /* its jobs may have some */
};

/*
 * Blocks until the runner has made its journal and its socket and has detached (some
 * milliseconds), but no longer than patience: then it is killed. Returns a connected,
 * close-on-exec descriptor, or E_FAIL with what the runner said.
 */
int spawn_runner(const struct spawn *, struct err *);

#endif
