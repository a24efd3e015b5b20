/*
 * child: what runs right after the runner's vfork, and how far become.h's rules go for it: it
 * shares the runner's memory. It signs the lock, leaves the runner's session, takes its input and
 * output, and then becomes the job, or jobsched-session, which does that in its place.
 */
#ifndef RUNNER_CHILD_H
#define RUNNER_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

#include "base/proc.h"
#include "runner/become.h"

struct child {
	/* Made by the parent. */
	int64_t fence;
	int identity; /* the lock file, for writing; -1: none */
	int input;    /* -1: as the runner's: /dev/null */
	int output;
	bool clear_oom_score;
	struct rlimit nofile; /* what the runner itself was given */
	int brief;	      /* what jobsched-session is told; -1: it is not needed */
	const char *session;  /* its path */
	char **session_argv;
	int64_t begun; /* clock_kernel() before the clone */
	int64_t tick;  /* of the clock by which a process began, µs; 0: only /proc tells */
	struct become job;

	/* Left behind by the child, and the step that failed in job. */
	struct proc_id id; /* the parent has set the boot id */
};

/* Never returns: runs the job, or notes the failed step and exits. */
void child_run(struct child *) __attribute__((noreturn));

#endif
