/*
 * lock: a job's flock. The name of who runs is written into its file by the lock's own descriptor;
 * but one that the job inherits (--lock-scope=tree) is open for reading only, so that the job
 * cannot write into the file, and another one, for writing, is there from the spawn to the exec.
 *
 * A flock belongs to the open file, which all copies of a descriptor share: it holds until the last
 * copy is closed or one of them is unlocked. Scope main: the runner has the only copy once the
 * child has exec'd, and unlocks it at the reap. Scope tree: the runner closes its copy at the reap
 * and the lock lives as long as a descendant has one.
 */
#ifndef RUNNER_LOCK_H
#define RUNNER_LOCK_H

#include <stdbool.h>
#include <stdint.h>

struct err;

enum lock_answer { LOCK_TAKEN, LOCK_HELD, LOCK_FAILED };

/*
 * Takes the lock: *fd is it, and *file its inode. LOCK_HELD if another process has it, or if the
 * file names a process that lives: the job of a killed runner, whose lock died with that. The
 * sentence says who, or what failed, errno why. A folder of locks that has gone is made again.
 */
enum lock_answer lock_take(
    const char *path, bool tree, int *fd, int64_t *file, struct err *);

/* The file of a tree's lock, whatever its name points to by now; close-on-exec. -1 with errno. */
int lock_open_for_writing(int fd);

/* Gives up the runner's hold, and for scope main anybody's. *fd becomes -1. */
void lock_drop(int *fd, bool tree);

/* The same for scope main, and the file stays open: lock_remove need not look for it. */
void lock_let_go(int fd);

/*
 * Removes the file of a job's lock, if nobody has it and the last that had it was this attempt: of
 * millions of jobs that are over there is not to be a file each. Else it stays. *fd is what
 * lock_let_go has left open, or -1, and -1 then.
 */
void lock_remove(const char *path, int64_t fence, int *fd);

#endif
