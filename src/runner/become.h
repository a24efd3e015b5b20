/*
 * become: the last steps before a job's program: its signals, limits, user, folder, descriptors.
 * All is looked up and allocated by become_prepare; become_job runs between vfork and exec, in
 * memory that it shares with its parent: it calls only what is async-signal-safe, allocates
 * nothing, and leaves behind nothing but the last members of struct become.
 */
#ifndef RUNNER_BECOME_H
#define RUNNER_BECOME_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/strv.h"
#include "runner/environment.h"

struct err;
struct launch;
struct limit;
struct user;

/* In the order in which they are taken; those of child.c come first. */
enum step {
	STEP_NONE,
	STEP_IDENTITY, /* who am I */
	STEP_LOCK,     /* writing that into the lock file */
	STEP_SESSION,
	STEP_STDIN,
	STEP_OUTPUT,
	STEP_OOM_SCORE,
	STEP_HELPER, /* jobsched-session, which takes the rest */
	STEP_SIGNALS,
	STEP_NICE,
	STEP_LIMIT,
	STEP_GROUPS,
	STEP_GID,
	STEP_UID,
	STEP_PRIVILEGES, /* whether the switch of user holds */
	STEP_DEATH_SIGNAL,
	STEP_FOLDER,
	STEP_DESCRIPTORS,
	STEP_EXEC
};

/* Shells use descriptors of one digit for files of their own: what a job inherits goes above. */
#define INHERITED_MIN 64

/* All zero is empty. */
struct become {
	/* Set by become_prepare. */
	const struct launch *launch;
	const struct user *user;
	struct environment env;
	char *shell[4]; /* argv, where the command is shell text */
	char *const *argv;
	struct strv paths;    /* what to try to run; none: argv[0] as it is */
	struct limit *limits; /* NULL: none */
	size_t nlimits;
	const char *folder;
	bool folder_implied; /* it is just HOME: without it, the root folder will do */

	/* Set by the caller. */
	sigset_t signals; /* to be reset: those that may have a handler, or be ignored */
	int tree;	/* the lock, to be inherited by the job; -1: none */
	bool shares;	/* the table of descriptors with the parent; there is no tree then */
	pid_t die_with; /* the parent whose death is the job's; 0: none */

	/* Left behind. */
	enum step step; /* that failed */
	int error;	/* its errno */
	size_t limit;	/* which limit it was; nlimits: the runner's own */
};

/*
 * Makes environment, command and limits; all that it is given is borrowed, granted and told,
 * too: see environment.h. 0, or what is wrong with the job.
 */
int become_prepare(struct become *, const struct launch *, const struct user *,
    const struct strv *granted, const struct strv *told, struct err *);
void become_release(struct become *);

/*
 * No handler, and nothing ignored: what a program expects that is started. Of these signals only,
 * for each costs a call. 0 or -1 with errno.
 */
int become_plain(const sigset_t *);

/* Those that are not at their default now. */
void become_changed(sigset_t *);

/* close(2), and errno stays. */
void become_close(int fd);

/* Notes the step that failed, and errno. Always false. */
bool become_fail(struct become *, enum step);

/* Runs the job's program. Comes back only if a step failed. */
void become_job(struct become *);

/* The sentence for the step that failed. Returns E_FAIL. */
int become_explain(const struct become *, struct err *);

#endif
