/*
 * A clock for tests: the real one, moved by what a file says. Linked into the test builds of
 * the programs in place of src/base/clock.c; the shipped programs have no such thing.
 *
 * JOBSCHED_TEST_CLOCK names the file. It holds numbers, in microseconds: what is added to the wall
 * clock, what is added to the boot clock, and, if it is there, when by the real wall clock that was
 * written: ten seconds after it both clocks slow down, to a tenth of their pace. A test replaces
 * the file by rename.
 */
#include "base/clock.h"

#include <inttypes.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

static bool following;
static int64_t followed;

#define FULL_PACE_US INT64_C(10000000)

static int64_t
real(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) == -1)
		abort();
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void
offsets(int64_t *wall, int64_t *boot)
{
	const char *path = getenv("JOBSCHED_TEST_CLOCK");
	int64_t put, slow;
	char text[96];
	ssize_t n;
	int fd, found;

	*wall = *boot = 0;
	if (path == NULL || (fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return;
	text[n] = '\0';
	if ((found = sscanf(text, "%" SCNd64 " %" SCNd64 " %" SCNd64, wall, boot, &put)) < 2)
		abort();
	if (found == 3 && (slow = real(CLOCK_REALTIME) - put - FULL_PACE_US) > 0) {
		*wall -= slow / 10 * 9;
		*boot -= slow / 10 * 9;
	}
}

int64_t
clock_wall(void)
{
	int64_t wall, boot;

	if (following)
		return clock_boot() + followed;
	offsets(&wall, &boot);
	return real(CLOCK_REALTIME) + wall;
}

int64_t
clock_boot(void)
{
	int64_t wall, boot;

	offsets(&wall, &boot);
	return real(CLOCK_BOOTTIME) + boot;
}

int64_t
clock_kernel(void)
{
	return real(CLOCK_BOOTTIME);
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
	return wall;
}
