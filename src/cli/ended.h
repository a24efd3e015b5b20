/*
 * ended: waiting for what a job does now, or next, to have ended, retries included.
 */
#ifndef CLI_ENDED_H
#define CLI_ENDED_H

#include <stdbool.h>
#include <stdint.h>

#include "job/attempt.h"

struct cli;

struct ended {
	int64_t id;
	bool periodic;
	int64_t occurrence; /* waited for, of a periodic job; INSTANT_NONE: none is to come */
};

/* Statuses of jobs that have none of their own. */
enum { ENDED_UNKNOWN = 125, ENDED_NEVER_RAN = 126 };

/* Settles what is waited for: of a periodic job its running occurrence, else its next one. */
int ended_init(struct cli *, struct ended *, int64_t id);

/*
 * Waits. *status: the exit status, 128 + signal, ENDED_NEVER_RAN, or ENDED_UNKNOWN for an attempt
 * that was lost. Looks at the store often at first, then once a second.
 */
int ended_wait(struct cli *, struct ended *, int *status);

/*
 * Waits for the end of one attempt of the job; of one that is in the ledger no more *outcome is
 * OUTCOME_RUNNING.
 */
int ended_wait_attempt(struct cli *, int64_t id, int64_t fence, enum outcome *outcome);

#endif
