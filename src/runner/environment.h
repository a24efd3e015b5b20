/*
 * environment: what a job sees in its environment, and which files its command may be.
 */
#ifndef RUNNER_ENVIRONMENT_H
#define RUNNER_ENVIRONMENT_H

struct launch;
struct strv;
struct user;

/*
 * HOME LOGNAME USER SHELL PATH as crontab(5) sets them, then the job's settings, which may change
 * all but LOGNAME and USER, then what is said about the occurrence, and JOBSCHED_FENCE in any case:
 * by it the job's processes are found again. What PAM has granted comes after the first, and told,
 * what only this attempt knows, at the end; both may be NULL.
 */
void environment_make(struct strv *env, const struct launch *, const struct user *,
    const struct strv *granted, const struct strv *told);

/*
 * The paths to try for a command, in order: as it is if it holds a slash, else in each folder of
 * PATH, an empty one being the current folder (execvp(3)).
 */
void environment_search(struct strv *paths, const struct strv *env, const char *command);

#endif
