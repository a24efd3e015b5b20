/*
 * aside: see aside.h.
 */
#include "cli/aside.h"

#include <unistd.h>

#include "base/clock.h"

/* As long as who waits for the database sleeps between two looks, at most. */
#define LONGEST_US 25000
/* Shorter transactions leave the database free often enough. */
#define SHORT_US 40000
/* Between the first looks of who has just come, and as long as one of them may take to write. */
#define GAP_US 8000

/* A fifth of the time at most. */
void
aside_step(int64_t began)
{
	int64_t took = clock_boot() - began, us = took / 4;

	if (us > LONGEST_US)
		us = LONGEST_US;
	if (took >= SHORT_US)
		usleep((useconds_t)us);
}

/* Half of the time at least. */
void
aside_pause(int64_t began)
{
	int64_t us = clock_boot() - began;

	if (us < GAP_US)
		us = GAP_US;
	usleep((useconds_t)(us < LONGEST_US ? us : LONGEST_US));
}
