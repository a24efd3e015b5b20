/*
 * attempt: one execution of an occurrence, and how it ended.
 */
#ifndef JOB_ATTEMPT_H
#define JOB_ATTEMPT_H

#include <stdbool.h>
#include <stdint.h>

enum outcome {
	OUTCOME_RUNNING, /* not ended */
	OUTCOME_OK,	 /* exit status 0 */
	OUTCOME_FAILED,	 /* another exit status */
	OUTCOME_KILLED,	 /* by a signal that was not ours */
	OUTCOME_TIMEOUT,
	OUTCOME_CANCELLED,
	OUTCOME_LOST,	 /* its end is unknown */
	OUTCOME_ERROR,	 /* could not start: failing step and errno in reason */
	OUTCOME_SKIPPED, /* only in listings: a row of the table skips */
	OUTCOME_COUNT
};

const char *outcome_word(enum outcome);
int outcome_parse(const char *word); /* -1 if it is none */

enum skip_reason {
	SKIP_OVERLAP,
	SKIP_MISSED,
	SKIP_PAUSED,
	SKIP_DEADLINE,
	SKIP_CANCELLED,
	SKIP_CALENDAR,
	SKIP_PREREQUISITE, /* a job that it comes after failed */
	SKIP_CLOCK,	   /* a clock step took its time away */
	SKIP_COUNT
};

const char *skip_word(enum skip_reason);
int skip_parse(const char *word);

/* The fence of an attempt is its id in the store: it grows with every claim, never used twice. */
struct result {
	int64_t fence;
	enum outcome outcome;
	bool not_started; /* nothing was run and no attempt is spent: see why_not */
	/* Never handed over; or the job's lock is held by another. */
	enum { WHY_UNDONE, WHY_LOCKED } why_not;
	int exit_status;    /* -1: none */
	int signal;	    /* 0: none */
	int64_t started_at; /* µs, the claim's clock plus elapsed time; INSTANT_NONE: never */
	int64_t finished_at;
	int64_t user_time, system_time;	   /* µs */
	int64_t max_rss;		   /* KiB */
	int64_t output_bytes;		   /* all that it wrote */
	int64_t dropped_at, dropped_bytes; /* where in `output` bytes are missing, and how many */
	char *output;			   /* kept head and tail, output_len bytes; NULL if none */
	int64_t output_len;
	char *reason; /* one sentence, or NULL */
	/* What it put by for the next attempt, and is not in the store yet; -1: nothing new. */
	int64_t checkpoint_len;
	char *checkpoint;
};

void result_init(struct result *);
void result_release(struct result *);

#endif
