/*
 * start: makes a process that stands on its own, and a runner in it.
 */
#ifndef RUNNER_START_H
#define RUNNER_START_H

struct err;
struct runner;

/*
 * Closes what was inherited above stderr but the channel, which becomes descriptor 3; -1 stays -1.
 */
int start_keep_only(int channel);

/*
 * Continues in a child of its own; returns there the descriptor that start_ready needs. The first
 * process waits for that and exits: 0 if the runner is ready, else 1; if it is killed before, so is
 * the child. -1 if there can be no child.
 */
int start_fork(struct err *);
/* -1: the first process has been killed, and nobody knows of us. */
int start_ready(int fd);

/*
 * From here on this is a process without terminal, folder or parent that it depends on. 0 or
 * E_FAIL.
 */
int start_detach(struct runner *, struct err *);

/* Journal, socket, events: the runner's id, node and paths are set. 0 or E_FAIL. */
int start_open(struct runner *, int channel, struct err *);

/* Gives everything back. Journal and lock stay if a result is owed to the next scheduler. */
void start_close(struct runner *);

#endif
