/*
 * kin: all processes of one job, found and signalled together.
 *
 * Who belongs to a job: all in its control group, where it has one; its session and process group,
 * all descendants, and who was given its JOBSCHED_FENCE and has lost its parent. What was found
 * once stays the job's, also when it wanders off later. Each process is signalled by identity,
 * never by a bare pid.
 */
#ifndef BASE_KIN_H
#define BASE_KIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct tree_proc;

struct kin_member {
	pid_t pid;
	uint64_t start; /* as in struct proc_id */
};

struct kin {
	int64_t fence;
	pid_t main; /* leads session and group; 0 once the number may be somebody else's */
	uint64_t main_start;
	char *cgroup; /* the folder of its own control group; NULL: it has none */
	struct kin_member *members; /* found so far and alive at the last look */
	size_t n, cap;
};

struct kin_search {
	pid_t self; /* who searches: neither it nor what it has started besides is of the kin */
	/* Whose environment is looked at, if nothing else says whose it is. */
	bool (*stray)(void *arg, const struct tree_proc *);
	void *arg;
	const char *database; /* JOBSCHED_DB must be this, too; NULL: whatever it is */
};

/*
 * Fills the members of each anew with who lives now, at one look; sorts v. False, and nothing is
 * changed, if /proc cannot be read.
 */
bool kin_look(struct kin **v, size_t n, const struct kin_search *);

void kin_remember(struct kin *, pid_t, uint64_t start);

/* Whether any member lives, of those that are known. */
bool kin_alive(const struct kin *);

/* To all, or to all but the main process. */
void kin_signal(const struct kin *, int sig);
void kin_signal_others(const struct kin *, int sig);

void kin_release(struct kin *);

#endif
