/*
 * launch: one claimed occurrence on its way to a runner, and the other message bodies.
 */
#ifndef WIRE_LAUNCH_H
#define WIRE_LAUNCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/proc.h"
#include "base/strv.h"
#include "job/attempt.h"

struct buf;

/* Everything a runner needs to run one attempt; it looks up nothing but the user. */
struct launch {
	int64_t fence, job_id, scheduled_for, attempt;
	int64_t claim_wall, claim_boot; /* the claim's clock and the boot clock then, µs */
	char *user;	  /* NULL or the runner's own: no switch */
	char *command;	  /* shell text, or NULL and then argv */
	struct strv argv;
	char *cwd;	  /* NULL: HOME */
	struct strv env;  /* NAME=VALUE: over HOME LOGNAME USER SHELL PATH */
	struct strv vars; /* NAME=VALUE: JOBSCHED_*, over everything */
	char *stdin_text; /* NULL: /dev/null */
	char *lock;	  /* file name of the job's lock within the runner's lock folder */
	bool lock_tree;	  /* --lock-scope=tree */
	/* A lock held by others is tried again later (one-time jobs, retries); else: overlap. */
	bool wait_lock;
	bool die_with_runner; /* parent-death signal KILL */
	int64_t timeout, grace; /* µs; timeout 0: none */
	int64_t output;	  /* cap, bytes */
	int64_t nice;
	struct strv limits;
	char *texts; /* of one that was received: all strings so far; NULL: each is its own */
	char *checkpoint; /* of an attempt before it; NULL: none */
	int64_t checkpoint_len;
	bool once; /* no other time of the job is to come: its lock's file goes when it is over */
};

void launch_init(struct launch *);
void launch_release(struct launch *);
void launch_pack(struct buf *, const struct launch *);
int launch_unpack(const void *, size_t, struct launch *); /* 0, or -1: broken; initialises */

/* In the journal before a spawn: what it takes to find and end the job without its runner. */
struct start {
	int64_t fence, job_id;
	int64_t claim_wall, claim_boot;
	int64_t started_boot;		/* boot clock just before the spawn */
	int64_t timeout, grace;
	char *lock;			/* path of the lock file, which names the main process */
	char boot[BOOT_ID_SIZE];
	char *cgroup;	   /* the folder of its own control group; NULL: it has none */
	int64_t lock_file; /* inode of the lock file; 0: not told. Another file says nothing */
};

void start_release(struct start *);
void start_pack(struct buf *, const struct start *);
int start_unpack(const void *, size_t, struct start *);

struct started {
	int64_t fence;
	int64_t started_at; /* as in struct result */
	int64_t pid;
};

void started_pack(struct buf *, const struct started *);
int started_unpack(const void *, size_t, struct started *);

/* The body of FRAME_ENDED and FRAME_END. */
void ended_pack(struct buf *, int64_t seq, const struct result *);
int ended_unpack(const void *, size_t, int64_t *seq, struct result *);

/* What a job puts by for its next attempt is at most so long. */
#define CHECKPOINT_MAX (1024 * 1024)

enum checkpoint_answer {
	CHECKPOINT_OK,	    /* kept, or here it is */
	CHECKPOINT_NONE,    /* nothing is there */
	CHECKPOINT_FOREIGN, /* no such token, or it is not this user's */
	CHECKPOINT_FAILED,  /* could not be kept: with the sentence why */
};

/* A checkpoint on its way into the store. */
struct kept {
	int64_t fence;
	int64_t serial; /* grows with each of an attempt */
	char *data;	/* NULL: none any more */
	int64_t len;
};

void kept_release(struct kept *);
void kept_pack(struct buf *, const struct kept *);
int kept_unpack(const void *, size_t, struct kept *);

struct welcome {
	int64_t version, runner;
	struct proc_id proc;
	int64_t *fences; /* launches taken and not acknowledged: others were never handed over */
	int64_t nfences;
	char *cells; /* where each of its jobs has a control group; NULL: they have none */
};

void welcome_release(struct welcome *);
void welcome_pack(struct buf *, const struct welcome *);
int welcome_unpack(const void *, size_t, struct welcome *);

#endif
