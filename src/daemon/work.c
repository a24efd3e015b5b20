/*
 * work: see work.h. The clock comes first: nothing else may be stored by one that was set before
 * what waits has followed it.
 */
#include "daemon/work.h"

#include <event2/event.h>

#include "base/clock.h"
#include "daemon/clockstep.h"
#include "daemon/daemon.h"
#include "daemon/tabs.h"
#include "daemon/zones.h"

/*
 * Before a piece that holds the store others write, who look every few milliseconds whether they
 * can: without it they would hardly ever find it free, and be refused in the end. What only reads
 * and compares is no hindrance to them, and waits for nothing but a turn of the loop.
 */
static const struct timeval breath = { 0, 5000 }, turn = { 0, 0 };

/* The store failed. */
static void
try_later(struct daemon *d)
{
	static const struct timeval second = { 1, 0 };

	event_add(d->work, &second);
}

/* False: nothing is left, or nothing that can be done now. */
static bool
piece(struct daemon *d)
{
	enum clock_look clock = clockstep_look(d);

	if (clock == CLOCK_BUSY)
		clock = clockstep_go_on(d);
	if (clock == CLOCK_FAILED)
		try_later(d);
	if (clock != CLOCK_STEADY || d->failure != 0)
		return clock == CLOCK_BUSY;
	if (tabs_busy(d->tabs)) {
		if (!tabs_step(d->tabs, clock_wall()))
			daemon_loaded(d);
		return true;
	}
	/* Behind the tabs, whose entries may still have been planned by the zone as it was. */
	if (zones_busy(d->zones) && !zones_step(d->zones)) {
		try_later(d);
		return false;
	}
	return zones_busy(d->zones);
}

static bool
is_left(const struct daemon *d)
{
	return d->stepping || tabs_busy(d->tabs) || zones_busy(d->zones);
}

/* In the order of piece(). */
static bool
holds_store(const struct daemon *d)
{
	return d->stepping || !tabs_busy(d->tabs) || tabs_writes(d->tabs);
}

bool
work_run(struct daemon *d, int64_t us)
{
	int64_t end = clock_boot() + us;

	if (!is_left(d))
		return true;
	while (piece(d) && clock_boot() < end)
		continue;
	return !is_left(d);
}

void
work_soon(struct daemon *d)
{
	if (is_left(d) && !event_pending(d->work, EV_TIMEOUT, NULL))
		event_add(d->work, holds_store(d) ? &breath : &turn);
}
