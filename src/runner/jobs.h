/*
 * jobs: the attempts that this runner has taken, found by fence and by pid, and listed by state.
 * Only the table: what an attempt does is in the other rooms.
 */
#ifndef RUNNER_JOBS_H
#define RUNNER_JOBS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/tree.h>
#include <sys/types.h>

#include "base/buf.h"

struct capture;
struct ending;
struct launch;

#define TOKEN_SIZE 64

enum attempt_state {
	ATTEMPT_FRESH,	 /* received, not looked at yet */
	ATTEMPT_WAITING, /* for its lock, or for descriptors */
	ATTEMPT_RUNNING, /* spawned, not reaped */
	ATTEMPT_ENDED,	 /* its result is not acknowledged yet; in the order of seq */
	ATTEMPT_STATES
};

struct attempt {
	RB_ENTRY(attempt) by_fence, by_pid, by_due;
	TAILQ_ENTRY(attempt) link;
	enum attempt_state state;

	/* Of the launch: these stay, the rest goes after the spawn. */
	struct launch *launch;
	int64_t fence, job_id, claim_wall, claim_boot, timeout, grace;
	char *lock; /* path; NULL: none */
	bool lock_tree, once;

	int cell;			/* its control group; 0: none */
	int lock_fd;			/* -1: not held */
	int lock_left;			/* of one that has ended, its file to be removed; or -1 */
	int64_t lock_file;		/* its inode; 0: none, or not known */
	int64_t retry_at, retry_delay;	/* waiting: boot clock, µs */
	bool for_room;			/* it waits for descriptors */

	int64_t started_boot;
	pid_t pid;
	uint64_t start;		/* of the process, as in struct proc_id */
	struct capture *capture;
	int brief;		/* of its jobsched-session: brief.h; -1: it has none */
	int64_t due;		/* timeout, on the boot clock; 0: none */
	struct ending *ending;	/* NULL: nobody asked for its end */
	int outcome;		/* enum outcome that an end by us shall have; 0: none */

	/* What its job has put by: checkpoint.h. */
	char token[TOKEN_SIZE];
	uid_t uid; /* whose its process is */
	struct buf checkpoint;
	int64_t kept, sent, stored; /* serials: the newest, the last told, the last stored */

	int64_t seq;
	struct buf body; /* of its FRAME_ENDED */
};

TAILQ_HEAD(attempt_list, attempt);
RB_HEAD(attempts_by_fence, attempt);
RB_HEAD(attempts_by_pid, attempt);
RB_HEAD(attempts_by_due, attempt);

struct jobs {
	struct attempts_by_fence by_fence;
	struct attempts_by_pid by_pid;
	struct attempts_by_due by_due;
	struct attempt_list list[ATTEMPT_STATES];
	int64_t count[ATTEMPT_STATES];
};

void jobs_init(struct jobs *);
void jobs_release(struct jobs *);

/*
 * A new attempt in state FRESH; the launch becomes its. NULL, and nothing taken, if the fence is
 * known.
 */
struct attempt *jobs_add(struct jobs *, struct launch *);

struct attempt *jobs_by_fence(struct jobs *, int64_t fence);
struct attempt *jobs_by_pid(struct jobs *, pid_t);
struct attempt *jobs_first_due(struct jobs *);
int64_t jobs_known(const struct jobs *); /* in all states */

/* To the end of another state's list. */
void jobs_move(struct jobs *, struct attempt *, enum attempt_state);

/* Puts it under its pid; 0 takes it away again. */
void jobs_set_pid(struct jobs *, struct attempt *, pid_t);

/* When its time is up; 0: never. */
void jobs_set_due(struct jobs *, struct attempt *, int64_t due);

/* Frees what only a launch needs. */
void jobs_shed(struct attempt *);

/* Takes it out and frees it; its lock and capture must be gone. */
void jobs_forget(struct jobs *, struct attempt *);

#endif
