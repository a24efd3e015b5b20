/*
 * An alarm for tests, on the clock of tests/fake/clock.c: it looks every few milliseconds
 * whether the instant has come, or the wall clock moved against the boot clock, which is what a
 * step looks like.
 */
#include "daemon/alarm.h"

#include <event2/event.h>

#include "base/clock.h"
#include "base/mem.h"

#define LOOK_US 5000
#define STEP_US 500000

struct alarm_clock {
	struct event *look;
	void (*ring)(void *, bool);
	void *arg;
	int64_t at, drift; /* drift: wall clock minus boot clock when it was set */
	bool set;
};

static void
on_look(evutil_socket_t fd, short what, void *arg)
{
	struct alarm_clock *a = arg;
	int64_t wall = clock_wall(), moved = wall - clock_boot() - a->drift;
	bool stepped = moved > STEP_US || moved < -STEP_US;

	(void)fd, (void)what;
	if (!a->set || (wall < a->at && !stepped))
		return;
	a->set = false;
	a->ring(a->arg, stepped);
}

int
alarm_new(struct alarm_clock **out, struct event_base *base, void (*ring)(void *, bool),
    void *arg, struct err *e)
{
	struct timeval tv = { 0, LOOK_US };
	struct alarm_clock *a = xcalloc(1, sizeof(*a));

	(void)e;
	a->ring = ring;
	a->arg = arg;
	a->look = event_new(base, -1, EV_PERSIST, on_look, a);
	event_add(a->look, &tv);
	*out = a;
	return 0;
}

void
alarm_free(struct alarm_clock *a)
{
	if (a == NULL)
		return;
	event_free(a->look);
	free(a);
}

void
alarm_set(struct alarm_clock *a, int64_t at)
{
	a->at = at;
	a->drift = clock_wall() - clock_boot();
	a->set = true;
}
