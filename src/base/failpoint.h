/*
 * failpoint: places at which a test lets the program die, fail or wait. Built in by
 * ./configure --enable-failpoints only: else FAILPOINT(name) is 0 and leaves nothing behind.
 *
 *   JOBSCHED_FAILPOINTS="claim.commit=kill@3,journal.write=error:ENOSPC,result.ack=delay:200"
 *
 * A point does its action the N-th time (@N; else the first) that a process comes to it: `kill`
 * is SIGKILL of the program, also from the child of a vfork, which then goes on; `error:NAME` makes
 * FAILPOINT the errno of that name (EIO if none is given); `delay:MS` waits.
 * JOBSCHED_FAILPOINTS_DIR is a folder in which each leaves a file of its name as it acts; what is
 * there acts no more, in no process.
 */
#ifndef BASE_FAILPOINT_H
#define BASE_FAILPOINT_H

#ifdef FAILPOINTS

#include <stdbool.h>

struct failpoint {
	const char *name;
	bool fails; /* whether anything can fail there */
	const char *what;
};

/* All that there are; ends with a name of NULL. */
extern const struct failpoint failpoints[];

/* 0, or an errno, which errno is then, too. Safe in the child of a vfork. */
int failpoint(const char *name);

#define FAILPOINT(name) failpoint(name)
#else
#define FAILPOINT(name) 0
#endif

#endif
