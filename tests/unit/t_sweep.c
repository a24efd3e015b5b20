/*
 * t_sweep: however many lock files there are, none of the rounds holds up the loop.
 */
#include <err.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "daemon/sweep.h"
#include "scratch.h"
#include "tap.h"
#include "wire/joblock.h"

#define FILES 3000

static void
make_files(const char *folder)
{
	char name[64], *path;
	int fd;

	for (int id = 1; id <= FILES; id++) {
		joblock_name(id, name, sizeof(name));
		path = xasprintf("%s/%s", folder, name);
		if ((fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) == -1)
			err(1, "%s", path);
		close(fd);
		free(path);
	}
}

/* In how many seconds the only event is due. */
static int
note_due(const struct event_base *base, const struct event *ev, void *arg)
{
	struct timeval due, now;

	event_base_gettimeofday_cached((struct event_base *)(uintptr_t)base, &now);
	if (event_pending(ev, EV_TIMEOUT, &due))
		*(int64_t *)arg = due.tv_sec - now.tv_sec;
	return 0;
}

/* The store would be asked about none: all are in use, or were a moment ago. */
static void
test_many(void)
{
	char *folder = scratch_new("t_sweep");
	struct event_base *base = event_base_new();
	int64_t due = -1;
	struct sweep *s;

	if (base == NULL)
		err(1, "event_base_new");
	make_files(folder);
	s = sweep_new(base, NULL, folder);
	event_base_loop(base, EVLOOP_ONCE);
	event_base_foreach_event(base, note_due, &due);
	tap_ok(due >= 0 && due < 60, "of many files some are looked at, and others a moment later");
	while (due >= 0 && due < 60) {
		event_base_loop(base, EVLOOP_ONCE);
		event_base_foreach_event(base, note_due, &due);
	}
	tap_ok(due > 60 * 30, "once all have been, the next round is an hour away");
	tap_is_int(rmdir(folder), -1, "and what was written just now is still there");
	sweep_free(s);
	event_base_free(base);
	scratch_remove(folder);
	free(folder);
}

int
main(void)
{
	test_many();
	return tap_done();
}
