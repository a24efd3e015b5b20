/*
 * step: whether the wall clock was set between two readings of both clocks, and how far. Pure.
 */
#ifndef TIME_STEP_H
#define TIME_STEP_H

#include <stdint.h>

/* Both clocks at one moment (µs), and in which boot. */
struct moment {
	const char *boot; /* boot id */
	int64_t boot_clock, wall_clock;
};

enum step {
	STEP_NONE,	   /* no step, or less than a clock that is being slewed drifts */
	STEP_FORWARD,	   /* by up to three hours: what was jumped over is as in a gap */
	STEP_BACKWARD,	   /* by up to three hours: nothing is run again */
	STEP_NEW_CLOCK,	   /* further, either way: all is planned anew */
};

/*
 * Steps up to this size are treated as a DST change is: cron(8) of Debian draws the line there
 * too.
 */
#define STEP_SMALL (3 * INT64_C(3600000000))

/*
 * Less than this is no step: it costs nothing to be late by it, and slewing may add up to it.
 */
#define STEP_NOISE INT64_C(1000000)

/*
 * Compares two moments, `then` before `now`. *by is how far the wall clock moved beyond what
 * elapsed (0 for STEP_NONE). Over a reboot nothing is known of elapsed time: the wall clock
 * counts, there is no step.
 */
enum step step_between(const struct moment *then, const struct moment *now, int64_t *by);

#endif
