/*
 * tree: who is there: one look at /proc, for finding all processes of a job.
 */
#ifndef BASE_TREE_H
#define BASE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct tree_proc {
	pid_t pid, parent, group, session;
	uint64_t start; /* as in struct proc_id */
	void *owner;	/* for the caller: whose it is */
};

/* All processes that live (zombies do not), by pid. */
struct tree {
	struct tree_proc *procs;
	size_t n, cap;
};

/* False if /proc cannot be read. */
bool tree_read(struct tree *);
void tree_release(struct tree *);

struct tree_proc *tree_find(const struct tree *, pid_t); /* NULL if it is not there */

/* Hands each owner down: whoever has none gets that of the nearest ancestor that has one. */
void tree_inherit(struct tree *);

/*
 * JOBSCHED_FENCE of the environment that a process was given; 0: none, or its JOBSCHED_DB is not
 * this one (NULL: it may be any).
 */
int64_t tree_fence(pid_t, const char *database);

#endif
