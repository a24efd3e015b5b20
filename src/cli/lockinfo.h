/*
 * lockinfo: who holds a job's lock file, found without touching the lock: a look that took it, even
 * shared and for a moment, could make a claim fail.
 */
#ifndef CLI_LOCKINFO_H
#define CLI_LOCKINFO_H

#include <stdbool.h>
#include <sys/types.h>

#include "wire/joblock.h"

struct lockinfo {
	bool exists, held;
	pid_t holder; /* who took the flock; 0: not visible from here (another pid namespace) */
	bool named;		/* the file names who ran last: */
	struct joblock last;
	bool last_alive;	/* and that process still lives */
};

void lockinfo_read(const char *path, struct lockinfo *);

#endif
