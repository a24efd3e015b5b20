/*
 * takein: what a dead runner's journal says about the attempts that the store still has as
 * running on it. Pure but for reading the journal and the lock files.
 */
#ifndef DAEMON_TAKEIN_H
#define DAEMON_TAKEIN_H

#include <stddef.h>
#include <stdint.h>

#include "base/proc.h"

struct err;
struct kept;
struct open_attempt;
struct result;
struct start;

struct takein_calls {
	/*
	 * How the attempt ended, was lost, or that it never started. The callee may take the
	 * members.
	 */
	void (*result)(void *arg, struct result *);
	/*
	 * Its main process may live: 1 if it is being watched; 0 if it has gone meanwhile: it is
	 * lost then; -1: that cannot be told now.
	 */
	int (*survivor)(void *arg, const struct start *, const struct proc_id *);
	/*
	 * The newest checkpoint of one without an end, before it is judged. -1: it could not be
	 * stored, and the attempt cannot be judged yet.
	 */
	int (*checkpoint)(void *arg, const struct kept *);
};

/*
 * Judges each of the n open attempts of a runner that is known to be dead. boot is the
 * boot in which the runner was started: in an earlier one, what the journal does not know may
 * have run (the journal is not fsync'd), so it is lost; in this one it never started, unless a
 * lock file in the folder locks names it. Returns how many cannot be judged yet (call again a
 * little later; judging one twice does no harm), or E_FAIL if the journal cannot be read.
 */
int takein(const char *journal, const char *boot, const char *locks, const struct open_attempt *,
    size_t n, const struct takein_calls *, void *arg, struct err *);

#endif
