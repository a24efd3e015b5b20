/*
 * A clock for tests: the real one, moved by what a file says. Linked into the test builds of
 * the programs in place of src/base/clock.c; the shipped programs have no such thing.
 *
 * JOBSCHED_TEST_CLOCK names the file. It holds two numbers, in microseconds: what is added to
 * the wall clock, and what is added to the boot clock. A test replaces the file by rename.
 */
#include "base/clock.h"

#include <inttypes.h>
#include <fcntl.h>
#include <unistd.h>

static void
offsets(int64_t *wall, int64_t *boot)
{
	const char *path = getenv("JOBSCHED_TEST_CLOCK");
	char text[64];
	ssize_t n;
	int fd;

	*wall = *boot = 0;
	if (path == NULL || (fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return;
	text[n] = '\0';
	if (sscanf(text, "%" SCNd64 " %" SCNd64, wall, boot) != 2)
		abort();
}

static int64_t
real(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) == -1)
		abort();
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
clock_wall(void)
{
	int64_t wall, boot;

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
