/*
 * clock: heartbeats, which keep the clocks, and what follows when the wall clock is set. Errors are
 * as in store.h.
 */
#ifndef STORE_CLOCK_H
#define STORE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/proc.h"
#include "time/step.h"

struct err;
struct store;
struct strv;
struct zone;

/* Heartbeat of a tick. */
int store_node_beat(struct store *, const char *node, const struct moment *now, struct err *);

/* Both clocks as the newest heartbeat, or the newest step, saw them. */
struct clock_mark {
	char boot[BOOT_ID_SIZE]; /* "": there was none yet */
	int64_t boot_clock, wall_clock;
};
int store_clock_mark(struct store *, struct clock_mark *, struct err *);

struct clock_step {
	enum step kind; /* STEP_NONE: only to finish one that was begun */
	int64_t by;
	struct moment now;	 /* after it */
	const struct zone *zone; /* for jobs without one */
};

struct clock_stepped {
	int64_t moved;	 /* occurrences that follow elapsed time */
	int64_t late;	 /* fixed entries that run for what was jumped over */
	int64_t anew;	 /* jobs whose next time was worked out from now */
	int64_t skipped; /* occurrences recorded as skipped */
	bool more;
};

/*
 * Moves all that waits as plan_stepped has it, with last_scheduled_at of `@every`; jobs that
 * were submitted under the new clock already are left alone. One short transaction's worth:
 * call again with the same while *done, to which it adds, says more. A step that was begun and
 * not finished, by whomever, is gone on with first, whatever is asked for.
 */
int store_clock_step(
    struct store *, const struct clock_step *, struct clock_stepped *done, struct err *);

/* The rules of time zones have changed, or which one jobs without one follow. */
struct zone_change {
	const struct strv *same; /* zones, by name, that are as they were */
	bool unnamed;		 /* that of jobs without one is another */
	const struct zone *zone; /* for jobs without one */
	int64_t now;
};

struct zone_changed {
	int64_t after; /* jobs up to this id have been dealt with */
	int64_t moved; /* occurrences that wait for another time now */
	bool more;
};

/*
 * Works out anew the next times of cron jobs that follow other zones than the same ones: those that
 * are still to come. One short transaction's worth: call again with *done, at first all zero, while
 * it says more. Doing it twice does no harm.
 */
int store_zone_change(
    struct store *, const struct zone_change *, struct zone_changed *done, struct err *);

#endif
