/*
 * runner: the loop, see runner.h. A turn: wait, take in what has come, then in this order tell
 * what still runs, end what is due, start what is queued, write the journal, tell the scheduler.
 */
#include "runner/runner.h"

#include <event2/event.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "runner/checkpoint.h"
#include "runner/launch.h"
#include "runner/lease.h"
#include "runner/orders.h"
#include "runner/report.h"
#include "runner/server.h"
#include "wire/journal.h"

/* A runner to which nobody ever connects goes away after so long. */
#define LONELY_US (30 * INT64_C(1000000))

static void
earlier(int64_t *next, int64_t due)
{
	if (due != 0 && (*next == 0 || due < *next))
		*next = due;
}

static int64_t
next_due(struct runner *r)
{
	int64_t next = 0;

	earlier(&next, lease_next(r));
	earlier(&next, end_next(r));
	earlier(&next, launch_next(r));
	earlier(&next, report_next(r));
	earlier(&next, server_next(r->server));
	if (!r->attached && !server_busy(r->server))
		earlier(&next, r->started + LONELY_US);
	return next;
}

static void
set_alarm(struct runner *r, int64_t due, int64_t now)
{
	int64_t wait = due > now ? due - now : 1;
	struct itimerspec at = { 0 };

	if (due == r->alarm_at)
		return;
	if (due != 0) {
		at.it_value.tv_sec = (time_t)(wait / 1000000);
		at.it_value.tv_nsec = (long)(wait % 1000000 * 1000);
	}
	if (timerfd_settime(r->alarm_fd, 0, &at, NULL) == -1)
		abort();
	r->alarm_at = due;
}

/* Until something comes; not at all if there is something to do. */
static void
wait_for_events(struct runner *r)
{
	int64_t now = clock_boot(), due = next_due(r);
	int how = EVLOOP_ONCE;

	if ((due != 0 && due <= now) || captures_fresh(&r->captures))
		how |= EVLOOP_NONBLOCK;
	else
		set_alarm(r, due, now);
	if (event_base_loop(r->base, how) == -1)
		abort();
	captures_watch(&r->captures);
}

/*
 * Whether there is nothing left to do: see DESIGN, a runner outlives its scheduler, but not its
 * jobs.
 */
static bool
finished(const struct runner *r, int64_t now)
{
	const int64_t *count = r->jobs.count;

	if (count[ATTEMPT_FRESH] + count[ATTEMPT_WAITING] + count[ATTEMPT_RUNNING] > 0 ||
	    !end_idle(&r->endings) || guests_leaving(&r->guests))
		return false;
	if (r->retired && count[ATTEMPT_ENDED] == 0)
		return true;
	if (server_busy(r->server) || (!r->attached && now < r->started + LONELY_US))
		return false;
	/* What is not acknowledged must be in the journal for whoever comes next. */
	return count[ATTEMPT_ENDED] == 0 || !journal_dirty(r->journal);
}

void
runner_run(struct runner *r)
{
	int64_t now;

	do {
		wait_for_events(r);
		now = clock_boot();
		report_starts(r);
		lease_turn(r, now);
		end_turn(r, now);
		launch_turn(r, now);
		checkpoint_turn(r);
		report_turn(r, now);
		orders_turn(r);
		server_turn(r->server, now);
	} while (!finished(r, now));
}
