/*
 * change: what a person asks, done to many jobs at a time. The rules of store.h hold.
 */
#ifndef STORE_CHANGE_H
#define STORE_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct store;
struct zone;

#define JOB_CHANGE_MAX 1000 /* in one transaction, so that it stays short */

enum job_act {
	ACT_CANCEL, /* as store_job_cancel, and the others alike */
	/*
	 * Of a periodic job what runs, else what waits to be tried again, else the next of its
	 * schedule; the job goes on. A one-time job is cancelled.
	 */
	ACT_CANCEL_OCCURRENCE,
	ACT_PAUSE,
	ACT_RESUME,
	ACT_RETRY,
};

struct job_change {
	enum job_act act;
	int state; /* only jobs that are in this state, enum job_state; -1: any */
	bool kill; /* ACT_CANCEL */
	int64_t until; /* ACT_PAUSE */
	const char *reason;
	const struct zone *zone; /* ACT_CANCEL_OCCURRENCE: for jobs without one */
	int64_t now;
};

/*
 * Does it to up to JOB_CHANGE_MAX jobs in one transaction; *done is to how many. Those that are not
 * there (any more), or whose state refuses it, are left as they are.
 */
int store_job_change(struct store *, const struct job_change *, const int64_t *ids, size_t n,
    int64_t *done, struct err *);

#endif
