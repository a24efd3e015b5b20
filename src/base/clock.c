/*
 * clock: see clock.h.
 */
#include "base/clock.h"

#include <stdbool.h>

static bool following;
static int64_t followed; /* what the followed clock is ahead of the boot clock */

static int64_t
read_clock(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) == -1)
		abort();
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
clock_wall(void)
{
	return following ? clock_boot() + followed : read_clock(CLOCK_REALTIME);
}

int64_t
clock_boot(void)
{
	return clock_kernel();
}

int64_t
clock_kernel(void)
{
#ifdef CLOCK_BOOTTIME
	return read_clock(CLOCK_BOOTTIME);
#else
	return read_clock(CLOCK_MONOTONIC);
#endif
}

void
clock_follow(int64_t wall, int64_t asked, int64_t answered)
{
	int64_t least = wall - answered, most = wall - asked;

	if (!following || followed < least || followed > most)
		followed = least;
	following = true;
}

int64_t
clock_of_host(int64_t wall)
{
	return following ? read_clock(CLOCK_REALTIME) + (wall - clock_wall()) : wall;
}
