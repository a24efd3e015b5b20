/*
 * environment: what a job sees in its environment, and which files its command may be.
 */
#ifndef RUNNER_ENVIRONMENT_H
#define RUNNER_ENVIRONMENT_H

#include <stddef.h>
#include <stdint.h>

struct launch;
struct strv;
struct user;

/* All zero is empty. No setting is copied: they are those of whatever it was made from. */
struct environment {
	char **v; /* NAME=VALUE, and NULL at the end, for exec */
	size_t n;
	uint32_t *marks; /* of each name */
	char *fence;	 /* the one that is its own */
};

/* What every job of the user begins with: HOME LOGNAME USER SHELL PATH as in crontab(5). */
void environment_of_user(struct user *);

/*
 * The user's settings, then the job's, which may change all but LOGNAME and USER, then what is said
 * about the occurrence, and JOBSCHED_FENCE in any case: by it the job's processes are found again.
 * What PAM has granted comes after the first, and told, what only this attempt knows, at the end;
 * both may be NULL. All of them must outlive it.
 */
void environment_make(struct environment *, const struct launch *, const struct user *,
    const struct strv *granted, const struct strv *told);
void environment_release(struct environment *);

/* A value, borrowed, or NULL. */
char *environment_get(const struct environment *, const char *name);

/*
 * The paths to try for a command, in order: in each folder of PATH, an empty one being the current
 * folder (execvp(3)). None for one that holds a slash, or nothing: that is tried as it is.
 */
void environment_search(struct strv *paths, const struct environment *, const char *command);

#endif
