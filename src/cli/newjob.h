/*
 * newjob: a job that this caller submits: what is given for nothing (user, directory, defaults),
 * and what he may.
 */
#ifndef CLI_NEWJOB_H
#define CLI_NEWJOB_H

#include "cli/who.h"

struct cli;
struct draft;
struct job;

struct newjob {
	struct cli *cli;
	char *cwd;  /* NULL: it cannot be told, for the reason no_cwd (an errno) */
	int no_cwd;
	struct who who;
};

int newjob_init(struct newjob *, struct cli *);
void newjob_release(struct newjob *);

/* A draft with the config's defaults, the caller's user and directory. */
void newjob_draft(const struct newjob *, struct draft *);

/* Makes the job, and checks that it may run as its user. The draft is released in any case. */
int newjob_finish(struct newjob *, struct draft *, struct job *);

#endif
