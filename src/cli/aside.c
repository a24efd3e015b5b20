/*
 * aside: see aside.h.
 */
#include "cli/aside.h"

#include <unistd.h>

#include "base/clock.h"

/* As long as who waits for the database sleeps between two looks, at most. */
#define LONGEST_US 25000

/* A fifth of the time at most: short transactions leave the database free often enough. */
void
aside_step(int64_t began)
{
	int64_t took = clock_boot() - began, us = took / 4;

	if (us > LONGEST_US)
		us = LONGEST_US;
	if (us > 0)
		usleep((useconds_t)us);
}
