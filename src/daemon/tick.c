/*
 * tick: see tick.h.
 */
#include "daemon/tick.h"

#include <event2/event.h>
#include <inttypes.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "conf/calendars.h"
#include "daemon/alarm.h"
#include "daemon/clockstep.h"
#include "daemon/daemon.h"
#include "daemon/ear.h"
#include "daemon/fault.h"
#include "daemon/ground.h"
#include "daemon/handover.h"
#include "daemon/runners.h"
#include "daemon/standing.h"
#include "daemon/tabs.h"
#include "daemon/tabwatch.h"
#include "daemon/work.h"
#include "daemon/zones.h"
#include "store/clock.h"
#include "store/lease.h"
#include "store/store.h"
#include "wire/launch.h"

#define AGAIN_US INT64_C(1000000)	 /* after an error */
#define PRUNE_US INT64_C(3600000000)	 /* from one pruning to the next */
#define WORK_US 20000			 /* of what takes longer, the loop does the rest */
/* Between two steps of one: so many times as long as the first of them took. */
#define PRUNE_REST 4
#define PRUNE_REST_MIN INT64_C(50000)
#define PRUNE_REST_MAX INT64_C(1000000)

/* By a timer: an event that makes itself active again would keep the loop from its descriptors. */
void
tick_soon(struct daemon *d)
{
	static const struct timeval now = { 0, 0 };

	event_add(d->tick, &now);
}

/* What was handed over is sent by the loop before it comes to this. */
static void
calm_soon(struct daemon *d)
{
	static const struct timeval now = { 0, 0 };

	if ((d->beat || store_untidy(d->store)) && !event_pending(d->calm, EV_TIMEOUT, NULL))
		event_add(d->calm, &now);
}

void
tick_calm(struct daemon *d)
{
	struct err e;

	if (d->failure != 0)
		return;
	if (d->beat && store_node_beat(d->store, d->node, &d->seen, &e) < 0)
		fault(d->store, &e, "cannot record the heartbeat");
	d->beat = false;
	if (store_untidy(d->store))
		store_tidy(d->store);
}

static void
hand_over(struct daemon *d, struct claims *claims, int64_t wall, int64_t boot)
{
	const struct handover h = { d->node, store_uri(d->store), d->own_user, wall, boot,
		store_shared(d->store) };
	struct launch launch;

	for (size_t i = 0; i < claims->n; i++) {
		handover(&h, &claims->v[i], &launch);
		runners_launch(d->runners, &launch);
		launch_release(&launch);
	}
	d->running += (int64_t)claims->n;
}

/* Whether there is a slot and a runner for one more job. */
static bool
can_take(const struct daemon *d)
{
	return !d->stopping && standing_holds(d->standing) &&
	    d->running < d->conf.max_running && runners_ready(d->runners);
}

/*
 * When the next occurrence is ready, INSTANT_NONE if none is; after an error a second from now.
 */
static int64_t
ready_at(struct daemon *d, int64_t now)
{
	int64_t when = INSTANT_NONE;
	struct err e;

	if (store_next_ready(d->store, &when, &e) == 0)
		return when;
	fault(d->store, &e, "cannot look for the next job");
	return now + AGAIN_US;
}

/* Whether jobs can be locked; told when that changes. */
static bool
has_folders(struct daemon *d)
{
	bool had = !d->folderless;
	struct err e;

	d->folderless = !d->args->once && !ground_keep_folders(d, &e);
	if (had && d->folderless)
		log_error("no job is started: %s%s", e.text, conf_is_system() ? "" :
		    " (after a logout: 'loginctl enable-linger' keeps that folder, or set "
		    "runtime_dir in the config)");
	else if (!had && !d->folderless)
		log_info("the runtime folder is there again");
	return !d->folderless;
}

/* How many the next claim takes. Nothing of a single tick starts before its loop turns anyway. */
static int64_t
claim_limit(struct daemon *d)
{
	int64_t max = d->conf.max_running - d->running;

	max = max < d->conf.batch ? max : d->conf.batch;
	return d->args->once ? max : ramp_begin(&d->ramp, clock_boot(), max);
}

/*
 * One transaction's worth of claims. False if there was no progress: the store failed, or took
 * nothing.
 */
static bool
claim(struct daemon *d, bool recall)
{
	struct moment now;
	struct claim_request request = {
		.node = d->node,
		.runner = runners_fresh_id(d->runners),
		.labels = &d->conf.labels,
		.recall = recall,
		.limit = claim_limit(d),
		.zone = d->zone,
		.calendar = calendars_get,
		.calendar_arg = d->calendars,
	};
	struct claims claims = { 0 };
	bool progress;
	struct err e;
	int rc;

	clockstep_read(&now);
	request.now = now.wall_clock;
	rc = store_claim_ready(d->store, &request, &claims, &e);
	ramp_end(&d->ramp, clock_boot());
	if (rc < 0) {
		fault(d->store, &e, "cannot claim");
		return false;
	}
	hand_over(d, &claims, now.wall_clock, now.boot_clock);
	if (claims.nreplace > 0)
		tick_cancels(d);
	d->claim_more = claims.more;
	if (recall)
		d->recall = claims.more;
	if (claims.elsewhere && store_shared(d->store))
		store_wake(d->store, NULL);
	progress = claims.n > 0 || claims.skipped > 0 || claims.more;
	if (progress)
		log_debug("claimed %zu, skipped %" PRId64, claims.n, claims.skipped);
	claims_release(&claims);
	return progress;
}

/*
 * Whether other nodes had to refuse what this one suits. (The only one of a database sees to that
 * when it comes up.)
 */
static bool
is_awaited(struct daemon *d)
{
	bool any = false;
	struct err e;

	if (!d->recall || !store_shared(d->store))
		return false;
	if (store_awaited(d->store, d->node, &d->conf.labels, &any, &e) < 0) {
		fault(d->store, &e, "cannot look for what other nodes refused");
		return false;
	}
	d->recall = any;
	return any;
}

/*
 * Who is woken is so for something that is ready, mostly: a claim says as soon whether it is as the
 * question for it, which over a network costs as much. What other nodes refused comes after it, and
 * before the next of these: who is woken all the time would never look for that.
 */
static bool
claim_at_once(struct daemon *d)
{
	bool woken = d->woken && store_shared(d->store);

	d->woken = false;
	if (!woken || d->recall_waits || !claim(d, false))
		return false;
	d->recall_waits = d->recall;
	return true;
}

static bool
is_due(int64_t ready, int64_t now)
{
	return ready != INSTANT_NONE && ready <= now;
}

/* Whether the claim asks for that too. What is ready without it does not wait for the question. */
static bool
recalls(struct daemon *d, int64_t ready, int64_t now)
{
	d->recall_waits = d->recall && !d->recall_waits && store_shared(d->store) &&
	    is_due(ready, now);
	return !d->recall_waits && is_awaited(d);
}

/*
 * When there is something to do again, if nothing wakes us before. ready: when the next occurrence
 * is; without a slot or a runner for it, INSTANT_NONE: the end of a job or the runner's welcome is
 * what wakes us.
 */
static int64_t
next_time(struct daemon *d, int64_t ready)
{
	bool prune_first = standing_leads(d->standing) && d->next_prune < d->next_minute &&
	    !tabs_busy(d->tabs);
	int64_t next = prune_first ? d->next_prune : d->next_minute;

	return ready != INSTANT_NONE && ready < next ? ready : next;
}

void
tick_cancels(struct daemon *d)
{
	struct err e;

	/* A second request for one attempt is no news to its runner. */
	if (store_cancels_wanted(d->store, d->node, runners_cancel_attempt, d->runners, &e) < 0)
		fault(d->store, &e, "cannot look for cancelled attempts");
}

/* As much of it as there is, and four fifths of the time are for others. */
static int64_t
rest_after(int64_t took)
{
	int64_t us = PRUNE_REST * took;

	us = us < PRUNE_REST_MIN ? PRUNE_REST_MIN : us;
	return us > PRUNE_REST_MAX ? PRUNE_REST_MAX : us;
}

static void
prune(struct daemon *d, int64_t now)
{
	int64_t begun = clock_boot(), took;
	struct retention keep = {
		.attempts = d->conf.keep_attempts_for,
		.jobs = d->conf.keep_jobs_for,
		.outputs = d->conf.keep_outputs_for,
		.keep_attempts = d->conf.keep_attempts,
	};
	struct pruned done = { 0 };
	struct err e;

	/* A load under way has looked at entries which have gone, and may want them again. */
	if (now < d->next_prune || tabs_busy(d->tabs) || !standing_leads(d->standing))
		return;
	if (store_prune(d->store, &keep, now, &done, &e) < 0)
		fault(d->store, &e, "cannot prune");
	took = clock_boot() - begun;
	d->next_prune = now + (done.more ? took + rest_after(took) : PRUNE_US);
}

/* The zones by which next times were worked out, and the tabs: one node sees to them for all. */
static void
tick_definitions(struct daemon *d, int64_t now)
{
	zones_look(d->zones, false);
	/* A pass that is still under way has seen what there was a minute ago. */
	if (!tabs_busy(d->tabs))
		tabs_begin(d->tabs, &d->conf, daemon_tab_folders(d), d->zone, now, false);
}

void
tick_minute(struct daemon *d, int64_t now)
{
	d->next_minute = (now / d->conf.tick + 1) * d->conf.tick;
	if (!ground_check_store(d))
		return;
	d->beat = true;
	if (standing_leads(d->standing)) {
		tick_definitions(d, now);
	} else {
		tabwatch_look(d->tabwatch, &d->conf, daemon_tab_folders(d), now);
		if (d->ready != NULL)
			daemon_loaded(d);
	}
	work_run(d, WORK_US);
	calendars_refresh(d->calendars);
	tick_cancels(d);
}

/* A clock set back makes the next minute come earlier than planned. */
static bool
minute_due(const struct daemon *d, int64_t now)
{
	return now >= d->next_minute || d->next_minute - now > d->conf.tick;
}

static void
pass(struct daemon *d)
{
	int64_t now, ready = INSTANT_NONE;
	bool stuck = false, recall, claimed = false, again = false;
	struct err e;

	now = clock_wall();
	d->claim_more = false;
	if (clockstep_look(d) != CLOCK_STEADY) {
		alarm_set(d->alarm, now + AGAIN_US);
		work_soon(d);
		return;
	}
	if (minute_due(d, now))
		tick_minute(d, now);
	if (!ground_check_version(d))
		return;
	work_soon(d);
	if (d->failure != 0 || d->stepping)
		return;
	prune(d, now);
	if (!d->stopping && !has_folders(d))
		stuck = true;
	else if (!d->stopping && runners_freshen(d->runners, &e) < 0) {
		fault(d->store, &e, "no job is started");
		stuck = true;
	}
	if (!stuck && can_take(d) && !(claimed = claim_at_once(d))) {
		ready = ready_at(d, now);
		recall = recalls(d, ready, now);
		again = d->recall_waits;
		if (recall || is_due(ready, now))
			stuck = !(claimed = claim(d, recall));
	}
	/* The runner gets what was claimed before anything else is looked for. */
	if (claimed || again) {
		tick_soon(d);
		return;
	}
	/*
	 * What is ready and cannot be taken now is no reason to spin, and without a runner nobody
	 * would wake us before the next minute.
	 */
	alarm_set(d->alarm, stuck ? now + AGAIN_US : next_time(d, ready));
}

void
tick_run(struct daemon *d)
{
	pass(d);
	calm_soon(d);
	fault_over(d->store);
	ear_turn(d->ear);
}
