/*
 * shift: what a change of a zone's offset does to a schedule, told before it comes. Pure.
 */
#ifndef TIME_SHIFT_H
#define TIME_SHIFT_H

#include <stdbool.h>
#include <stdint.h>

#include "time/zone.h"

struct schedule;

enum shift_effect {
	SHIFT_MOVES,   /* readings are skipped, and it runs once, after the gap */
	SHIFT_DROPS,   /* readings are skipped, and it does not run for them */
	SHIFT_REPEATS, /* readings come twice, and it runs both times */
};

struct shift {
	enum shift_effect effect;
	int64_t at;	      /* of the change, µs */
	struct civil reading; /* the first that is skipped or comes twice, and matches */
	int64_t count;	      /* how many of these there are */
	struct civil then;    /* what the clock shows after the change */
};

/*
 * The first change after `after` and not after `until` (µs) with which the schedule runs otherwise
 * than on other days; false if there is none. Not told: a wild entry with all 24 hours, which runs
 * through a change as time does; the second pass in which a fixed entry does not run; changes of
 * more than three hours.
 */
bool shift_next(const struct schedule *, const struct zone *, int64_t after, int64_t until,
    struct shift *);

#endif
