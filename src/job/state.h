/*
 * state: the life of a job as one table of event and state. It is printed in jobsched(1),
 * and every cell has a test.
 */
#ifndef JOB_STATE_H
#define JOB_STATE_H

#include <stdbool.h>

enum job_state {
	JOB_PENDING, /* waits for its time, for a retry, or for what it depends on */
	JOB_RUNNING, /* an attempt runs, or is claimed */
	JOB_PAUSED,  /* would be pending */
	JOB_DONE,    /* one-time and ok, or its schedule is over */
	JOB_FAILED,  /* one-time, retries used up: a dead letter */
	JOB_CANCELLED,
	JOB_RETIRED, /* its tab entry has gone */
	JOB_NSTATES
};

enum job_event {
	EV_CLAIM,   /* a node takes its occurrence */
	EV_UNCLAIM, /* the claim is undone: nothing started */
	EV_OK,	    /* the attempt ended, and the job: one-time and ok, or its schedule is over */
	EV_NEXT,    /* the attempt ended, a further occurrence or retry waits */
	EV_DEAD,   /* one-time: the last attempt failed, or there will be none (prerequisite …) */
	EV_SKIP,   /* an occurrence is skipped, a further one waits */
	EV_EXPIRE, /* an occurrence is skipped and none follows: the schedule is over */
	EV_CANCEL,
	EV_PAUSE,
	EV_RESUME,
	EV_RETIRE,
	EV_RETURN, /* the tab entry is back */
	EV_RETRY,  /* by hand: a dead occurrence gets fresh retries */
	EV_RUN,	   /* by hand: one occurrence now */
	JOB_NEVENTS
};

const char *job_state_word(enum job_state);
int job_state_parse(const char *word); /* -1 if it is none */

/* Nothing of it waits or runs, and unless a person or a tab brings it back nothing will. */
bool job_state_is_final(enum job_state);

const char *job_event_word(enum job_event);

/*
 * The state after the event, or -1 if the event is not allowed there. For a person's events that is
 * exit status 4; for the scheduler's own it is a bug (the caller asserts).
 */
int job_state_after(enum job_state, enum job_event);

/*
 * What was asked of a running job. It stays running as long as its attempt does; the store keeps
 * the wish beside the state, and these follow when the attempt has ended.
 */
enum job_wish { WISH_CANCEL = 1, WISH_RETIRE = 2, WISH_PAUSE = 4 };

/*
 * The state of a running job after its attempt ended with EV_OK, EV_NEXT, EV_DEAD or EV_UNCLAIM,
 * and after its wishes (enum job_wish, or-ed). A wish that the end has overtaken is dropped: what
 * is done is not cancelled.
 */
enum job_state job_state_ended(enum job_event, unsigned wishes);

#endif
