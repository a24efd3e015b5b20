/*
 * draft: a job being put together from options in any order. Times and schedules are kept
 * as text until all is known (a --tz may come after --at), then made into a struct job.
 */
#ifndef JOB_DRAFT_H
#define JOB_DRAFT_H

#include <stdbool.h>
#include <stdint.h>

#include "job/job.h"

struct draft {
	struct job job; /* what is settled so far */
	char *at, *in, *cron, *every; /* at most one of them, but a tab entry's time fields */
	char *until;
	bool shell;	/* join the words and hand them to the shell */
	unsigned where; /* enum option_where of the option that is being set */
	uint64_t given; /* options given: bit = index in job_options; refuses a second time */
};

/* Starts from defaults (NULL: job_init's); the draft copies what it needs. */
void draft_init(struct draft *, const struct job *defaults);
void draft_release(struct draft *);

/*
 * The command as the words of a command line: one word with a blank in it, or `shell`: shell text
 * (joined by blanks); else an argv. Copies. E_INPUT if there are none.
 */
int draft_command(struct draft *, int argc, char *const argv[], struct err *);

/*
 * Settles times against now (µs), the job's zone else `zone`, and checks the whole. No schedule
 * given is due at once. On success *job is the caller's and the draft is empty; on failure the
 * draft is as it was. 0 or E_INPUT.
 */
int draft_finish(struct draft *, const struct zone *, int64_t now, struct job *, struct err *);

#endif
