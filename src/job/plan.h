/*
 * plan: what becomes of a periodic job's waiting occurrence that is due. Pure: no clock, no store.
 */
#ifndef JOB_PLAN_H
#define JOB_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "job/attempt.h"
#include "job/job.h"
#include "time/step.h"

struct calendar;

struct plan_input {
	const struct job *job;
	const struct schedule *schedule;
	const struct zone *zone;
	int64_t scheduled_for; /* of the waiting occurrence; <= now */
	int64_t now;
	bool busy;	 /* an attempt of the job runs, or a retry of it waits */
	bool was_paused; /* it fell into a pause: SKIP_PAUSED takes the place of SKIP_MISSED */
	bool held;	 /* an earlier plan said HOLD or REPLACE for it: it waited its turn */
	int64_t started; /* occurrences started so far, for --count */
	/*
	 * What the job's not_on and only_on name; NULL: none. calendar_missing: where it names one
	 * and there is none, nobody has it, and it closes all days (see time/calendar.h).
	 */
	const struct calendar *not_on, *only_on;
	bool calendar_missing;
};

/* Looks for what the job names. A NULL function: there are no calendars, and all days are open. */
void plan_find_calendars(
    struct plan_input *, const struct calendar *(*find)(void *arg, const char *name), void *arg);

struct plan_skip {
	enum skip_reason reason;
	int64_t first, last, count;
	const char *calendar; /* for SKIP_CALENDAR: which one; borrowed from the job */
	bool missing;	      /* nobody has that calendar */
};

enum plan_action {
	PLAN_RUN,  /* claim run_for now */
	PLAN_SKIP, /* nothing runs now; skips[] say why, next waits: it may be due, plan it too */
	PLAN_HOLD, /* keep it waiting until the running attempt ends (--overlap=wait, catch-up) */
	PLAN_REPLACE, /* end the running attempt, then run this one: hold it meanwhile */
};

#define PLAN_SKIPS_MAX 3

struct plan {
	enum plan_action action;
	int64_t run_for;	/* scheduled_for that is run or held */
	int64_t last_scheduled; /* what last_scheduled_at becomes (INSTANT_NONE: leave it) */
	/*
	 * scheduled_for of what waits from now on: run_for itself for HOLD and REPLACE;
	 * INSTANT_NONE: the schedule is over (@reboot: until the next boot).
	 */
	int64_t next;
	/*
	 * --missed=all, and `next` is due now: it is to be caught up after what runs. It has to be
	 * planned as held then, even if it is not late.
	 */
	bool next_held;
	struct plan_skip skips[PLAN_SKIPS_MAX];
	int nskips;
};

/*
 * An occurrence counts as missed when it is due by more than this, and a later one is due as well
 * or --missed=skip says so.
 */
#define PLAN_LATE (60 * INT64_C(1000000))

/* --missed=all without a number, and the highest number. */
#define PLAN_MISSED_DEFAULT 100
#define PLAN_MISSED_MAX 10000

/* --backoff where the job has none. */
#define PLAN_BACKOFF (10 * INT64_C(1000000))
#define PLAN_BACKOFF_MAX (3600 * INT64_C(1000000))

void plan_due(const struct plan_input *, struct plan *);

struct plan_stepped {
	int64_t scheduled_for; /* of what waits from then on; INSTANT_NONE: the schedule is over */
	bool moved;	       /* by the step: it follows elapsed time */
	bool late;	       /* its time was jumped over: it is to run, and is not missed */
	struct plan_skip skip; /* count 0: none */
};

/*
 * What becomes of an occurrence that waits when the wall clock is set: `by` µs further than what
 * elapsed, to in->now. in->scheduled_for may be later than that.
 */
void plan_stepped(
    const struct plan_input *, enum step kind, int64_t by, struct plan_stepped *);

/*
 * scheduled_for of the first occurrence of a job stored at now. cron: first match after now
 * (--missed does not apply to the time before), and after last_scheduled where the clock was set
 * back a little; @every: last + interval if it was scheduled before, else now; once: its instant;
 * @reboot: now if this boot has not seen it. INSTANT_NONE if there is none before --until.
 */
int64_t plan_first(const struct job *, const struct schedule *, const struct zone *, int64_t now,
    int64_t last_scheduled, bool boot_seen);

/* When an occurrence may start: scheduled_for plus the job's jitter, the same for all of them. */
int64_t plan_ready_at(const struct job *, int64_t scheduled_for);

/* µs to wait before retry number n (1 is the first): exponential, capped, spread by `entropy`. */
int64_t plan_backoff(const struct job *, int64_t n, uint64_t entropy);

#endif
