/*
 * once: see once.h. Each step waits until every runner has dealt with what it was sent; the
 * loop is left when all have.
 */
#include "daemon/once.h"

#include <event2/event.h>
#include <signal.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "daemon/daemon.h"
#include "daemon/notices.h"
#include "daemon/results.h"
#include "daemon/runners.h"
#include "daemon/tick.h"
#include "daemon/work.h"
#include "store/store.h"
#include "time/duration.h"

/* A runner that does not answer for so long (it may be stopped) is left for the next tick. */
#define PATIENCE_S 20

/* The next tick goes on with a tab for which this is not enough. */
#define WORK_S 600

static void
settle(struct daemon *d)
{
	struct timeval patience = { PATIENCE_S, 0 };

	runners_sync(d->runners);
	if (runners_syncing(d->runners)) {
		event_base_loopexit(d->base, &patience);
		event_base_dispatch(d->base);
	}
	/* What dead runners had begun to end, and is over or due. */
	event_base_loop(d->base, EVLOOP_NONBLOCK);
	results_flush(d->results);
	runners_settle(d->runners);
}

/* The mailers that this tick has started end before it does, unless they take long. */
static void
tell(struct daemon *d)
{
	const struct timespec moment = { 0, 20000000 };
	int64_t end = clock_boot() + PATIENCE_S * USEC;

	while (!notices_idle(d->notices) && clock_boot() < end) {
		event_base_loop(d->base, EVLOOP_NONBLOCK);
		nanosleep(&moment, NULL);
	}
}

static bool
anything_ready(struct daemon *d, int64_t now)
{
	int64_t when = INSTANT_NONE;
	struct err e;

	if (store_next_ready(d->store, &when, &e) < 0) {
		log_error("cannot look for the next job: %s", e.text);
		return false;
	}
	return when != INSTANT_NONE && when <= now;
}

int
once_run(struct daemon *d)
{
	int64_t now = clock_wall();
	struct err e;

	signal(SIGPIPE, SIG_IGN);
	if (daemon_attach(d, &e) < 0) {
		log_error("%s", e.text);
		return -e.code;
	}
	settle(d);
	tick_minute(d, now);
	tick_calm(d);
	work_run(d, WORK_S * USEC);
	if (!anything_ready(d, now)) {
		settle(d);
		tell(d);
		return -d->failure;
	}
	if (runners_freshen(d->runners, &e) < 0) {
		log_error("%s", e.text);
		return -e.code;
	}
	settle(d);
	do
		tick_run(d);
	while (d->claim_more && d->running < d->conf.max_running);
	settle(d);
	tell(d);
	return -d->failure;
}
