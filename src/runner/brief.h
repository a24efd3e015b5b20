/*
 * brief: what jobsched-session is told, and what becomes of it, in a nameless file that it and the
 * runner have open. As long as the brief is in there, the job does not run; then the file is empty,
 * or says what failed. The job itself never has it.
 */
#ifndef RUNNER_BRIEF_H
#define RUNNER_BRIEF_H

#include <sys/types.h>

#include "base/strv.h"
#include "runner/users.h"
#include "wire/launch.h"

struct err;

struct brief {
	struct launch launch; /* but for its texts for standard input and checkpoint */
	struct user user;
	struct strv told; /* see environment.h */
	pid_t runner;
	int tree; /* as in struct become */
};

/* The file, close-on-exec; below 0: E_FAIL. folder: where files may be made. */
int brief_write(const struct brief *, const char *folder, struct err *);

/* 0, or E_FAIL if there is no brief in it. */
int brief_read(int fd, struct brief *, struct err *);
void brief_release(struct brief *);

/* Replaces it: the sentence that says what failed; NULL: the job runs. */
void brief_answer(int fd, const char *failure);

/*
 * For the runner, when jobsched-session has ended with this status: 0 if the job had run, which the
 * status then is of; else E_FAIL and why it had not.
 */
int brief_judge(int fd, int status, struct err *);

#endif
