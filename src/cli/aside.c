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
