/*
 * t_store_clock: the store when the wall clock is set. What is to happen to one occurrence is
 * tested elsewhere (plan_stepped); here, that it does happen, to each once, over crashes as well.
 */
#include "store/change.h"
#include "store/clock.h"
#include "t_store.h"
#include "tap.h"

/* The daemon's heartbeat; boot time and wall clock go together up to here. */
static void
beat(struct fx *fx)
{
	const struct moment now = {"boot-1", fx->now - T0, fx->now};
	struct node n = {.id = xstrdup(NODE), .proc = {.boot = "boot-1", .pid = 7, .start = 8}};

	fx_need(fx, store_node_up(fx->s, &n, fx->now, &fx->e), "up");
	fx_need(fx, store_node_beat(fx->s, NODE, &now, &fx->e), "beat");
	node_release(&n);
}

static enum step
kind_of(int64_t by)
{
	return by > STEP_SMALL || by < -STEP_SMALL ? STEP_NEW_CLOCK
	       : by > 0				   ? STEP_FORWARD
						   : STEP_BACKWARD;
}

/* One batch of a step that came just now. */
static struct clock_stepped
step_once(struct fx *fx, int64_t by)
{
	struct clock_step step = {.kind = kind_of(by),
	    .by = by,
	    .now = {"boot-1", fx->now - by - T0, fx->now},
	    .zone = zone_utc()};
	struct clock_stepped done = {0};

	fx_need(fx, store_clock_step(fx->s, &step, &done, &fx->e), "step");
	return done;
}

static struct clock_stepped
set_clock(struct fx *fx, int64_t by)
{
	fx->now += by;
	return step_once(fx, by);
}

static struct job
in(struct fx *fx, int64_t wait)
{
	struct job job = fx_once(fx->now + wait);

	job.elapsed = true;
	return job;
}

static void
test_mark(struct fx *fx)
{
	struct clock_mark mark;

	fx_need(fx, store_clock_mark(fx->s, &mark, &fx->e), "mark");
	tap_is_str(mark.boot, "", "before the first heartbeat no clock is known");
	beat(fx);
	fx_need(fx, store_clock_mark(fx->s, &mark, &fx->e), "mark");
	tap_ok(strcmp(mark.boot, "boot-1") == 0 && mark.boot_clock == 0 && mark.wall_clock == T0,
	    "a heartbeat keeps both clocks");
	set_clock(fx, HOUR_US);
	fx_need(fx, store_clock_mark(fx->s, &mark, &fx->e), "mark");
	tap_is_int(mark.wall_clock, T0 + HOUR_US, "and so does a step");
}

static void
test_in(struct fx *fx)
{
	int64_t id = fx_submit(fx, in(fx, 10 * MINUTE_US));
	struct clock_stepped done;
	struct job_view v;

	beat(fx);
	done = set_clock(fx, -DAY_US);
	tap_ok(done.moved == 1 && !done.more, "one job moved, and that was all");
	v = fx_view(fx, id);
	tap_is_int(v.next_run_at, T0 - DAY_US + 10 * MINUTE_US, "--in is as far away as before");
	tap_is_str(v.job.schedule, "2026-02-28T10:10:00.000Z", "and is told so");
	job_view_release(&v);
	fx->now += 10 * MINUTE_US;
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	set_clock(fx, 2 * DAY_US);
	tap_is_int(fx_claim_count(fx), 0, "what has run does not come again");
	fx_ledger_is(fx, id, "ok:1", "it ran once");
}

static void
test_at(struct fx *fx)
{
	fx_submit(fx, fx_once(T0 + HOUR_US));
	beat(fx);
	tap_is_int(set_clock(fx, -DAY_US).moved, 0, "--at is not moved");
	tap_is_int(fx_next(fx), T0 + HOUR_US, "it waits for its reading");
	set_clock(fx, 2 * DAY_US);
	tap_is_int(fx_claim_count(fx), 1, "and is due once that has passed");
}

static void
test_every(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_periodic("@every 10m"));
	struct job_view v;

	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	beat(fx);
	set_clock(fx, 2 * HOUR_US);
	tap_is_int(fx_claim_count(fx), 0, "an interval is not over because the clock was set");
	v = fx_view(fx, id);
	tap_is_int(v.next_run_at, fx->now + 10 * MINUTE_US, "it is as far away as before");
	tap_is_int(v.last_scheduled_at, fx->now, "and so is the last start");
	job_view_release(&v);
}

/* A schedule is kept as it was written. */
static void
test_every_as_written(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_periodic(" \t@Every 10m"));
	struct job_view v;

	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	beat(fx);
	set_clock(fx, 5 * MINUTE_US);
	v = fx_view(fx, id);
	tap_is_int(v.next_run_at, fx->now + 10 * MINUTE_US,
	    "an interval with blanks before it and in other letters is one as well");
	job_view_release(&v);
}

static void
test_retry(struct fx *fx)
{
	struct job job = fx_once(T0);
	int64_t retry_at;

	job.retries = 1;
	fx_submit(fx, job);
	retry_at = fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED).retry_at;
	beat(fx);
	set_clock(fx, -DAY_US);
	tap_is_int(fx_next(fx), retry_at - DAY_US, "a backoff is elapsed time");
}

static void
test_forward(struct fx *fx)
{
	int64_t wild = fx_submit(fx, fx_periodic("*/10 * * * *"));
	int64_t fixed = fx_submit(fx, fx_periodic("0 11,12 * * *"));
	struct clock_stepped done;

	beat(fx);
	fx->now += USEC;
	done = set_clock(fx, 2 * HOUR_US);
	tap_ok(done.late == 1 && done.anew == 1 && done.skipped == 13, "each gets what it is due");
	fx_ledger_is(fx, wild, "skipped(clock x12)", "a wild one goes on from now");
	fx_ledger_is(fx, fixed, "skipped(clock x1)", "a fixed one is to run once …");
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_ledger_is(fx, fixed, "ok:1 skipped(clock x1)", "… and does");
	tap_is_int(fx_next(fx), T0 + 2 * HOUR_US + 10 * MINUTE_US, "then all goes on");
}

static void
test_forward_refused(struct fx *fx)
{
	struct job job = fx_periodic("0 11 * * *");

	job.missed = MISSED_SKIP;
	fx_submit(fx, job);
	beat(fx);
	set_clock(fx, 2 * HOUR_US);
	tap_ok(fx_claim_one(fx) > 0, "what was jumped over is not missed");
}

static void
test_back(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_periodic("*/10 * * * *"));

	fx->now = T0 + 10 * MINUTE_US;
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	beat(fx);
	tap_is_int(set_clock(fx, -HOUR_US).anew, 0, "back by a little changes nothing");
	fx->now += HOUR_US;
	tap_is_int(fx_claim_count(fx), 0, "what has run is not run again");
	fx->now = T0 + 20 * MINUTE_US;
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_ledger_is(fx, id, "ok:1 ok:1", "each time once");
}

static void
test_new_clock(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_periodic("0 * * * *"));

	fx->now = T0 + HOUR_US;
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	beat(fx);
	set_clock(fx, -DAY_US);
	tap_is_int(fx_next(fx), T0 + 2 * HOUR_US - DAY_US, "back by a day: the next time from now");
	set_clock(fx, DAY_US - 30 * MINUTE_US);
	tap_is_int(fx_next(fx), T0 + 2 * HOUR_US, "but never one that has had an attempt");
	set_clock(fx, 365 * DAY_US);
	fx_ledger_is(fx, id, "skipped(clock x8782) ok:1",
	    "a year ahead: in one row with what was skipped before, and nothing runs");
	tap_is_int(fx_claim_count(fx), 0, "nothing is caught up");
}

static void
test_over(struct fx *fx)
{
	struct job job = fx_periodic("0 * * * *");
	int64_t id;

	job.until = T0 + DAY_US;
	id = fx_submit(fx, job);
	beat(fx);
	set_clock(fx, 30 * DAY_US);
	fx_is(fx, id, JOB_DONE, "a schedule whose end was jumped over is done");
	fx_ledger_is(fx, id, "skipped(clock x24)", "and what it left out is told");
}

static void
test_submitted_after(struct fx *fx)
{
	int64_t old = fx_submit(fx, in(fx, HOUR_US)), new;
	struct job_view v;

	beat(fx);
	fx->now = T0 + 365 * DAY_US;
	new = fx_submit(fx, in(fx, HOUR_US));
	step_once(fx, 365 * DAY_US);
	v = fx_view(fx, new);
	tap_is_int(v.next_run_at, fx->now + HOUR_US,
	    "a job that was submitted under the new clock keeps its time");
	job_view_release(&v);
	v = fx_view(fx, old);
	tap_is_int(v.next_run_at, fx->now + HOUR_US, "one from before is moved");
	job_view_release(&v);
}

static void
test_paused(struct fx *fx)
{
	int64_t id = fx_submit(fx, in(fx, HOUR_US));

	fx_need(fx, store_job_pause(fx->s, id, INSTANT_NONE, NULL, fx->now, &fx->e), "pause");
	beat(fx);
	set_clock(fx, -DAY_US);
	fx_need(fx, store_job_resume(fx->s, id, fx->now, &fx->e), "resume");
	tap_is_int(fx_next(fx), T0 + HOUR_US - DAY_US, "a paused job is moved as well");
}

static void
test_batches(struct fx *fx)
{
	enum { JOBS = 2500 };
	const struct clock_step none = {.zone = zone_utc()};
	struct clock_stepped done = {0};
	int64_t first, early = 0, calls = 1;

	for (int i = 0; i < JOBS; i++)
		fx_submit(fx, in(fx, HOUR_US));
	beat(fx);
	done = set_clock(fx, DAY_US);
	first = done.moved;
	tap_ok(done.more && first > 0 && first < JOBS, "many jobs take several transactions");
	/* Whoever did that is killed, and the next finishes. */
	for (; done.more; calls++)
		fx_need(fx, store_clock_step(fx->s, &none, &done, &fx->e), "the rest");
	tap_is_int(first + done.moved, JOBS + first, "each is moved once");
	tap_ok(calls > 2, "in small steps");
	fx_need(fx, store_next_ready(fx->s, &early, &fx->e), "next");
	tap_is_int(early, fx->now + HOUR_US, "none is early");
	fx->now += HOUR_US;
	tap_ok(fx_claim_count(fx) > 0, "and all are due at their time");
	done = (struct clock_stepped){0};
	fx_need(fx, store_clock_step(fx->s, &none, &done, &fx->e), "none");
	tap_ok(done.moved == 0 && !done.more, "then nothing is left to finish");
}

static int64_t
next_of(struct fx *fx, int64_t id)
{
	struct job_view v = fx_view(fx, id);
	int64_t at = v.next_run_at;

	job_view_release(&v);
	return at;
}

static void
test_zones(struct fx *fx)
{
	struct strv same = {0};
	struct job same_zone = fx_periodic("0 12 * * *"), other_zone = fx_periodic("0 12 * * *");
	int64_t none = fx_submit(fx, fx_periodic("0 12 * * *")), every, same_id, other_id;
	struct zone_change change = {.same = &same, .now = fx->now};
	struct zone_changed done = {0};

	strv_push(&same, "Etc/GMT-5");
	change.zone = zone_get("Etc/GMT-9", &fx->e);
	same_zone.tz = xstrdup("Etc/GMT-5");
	other_zone.tz = xstrdup("Etc/GMT-3");
	same_id = fx_submit(fx, same_zone);
	other_id = fx_submit(fx, other_zone);
	every = fx_submit(fx, fx_periodic("@every 1h"));
	fx_need(fx, store_zone_change(fx->s, &change, &done, &fx->e), "change");
	tap_ok(done.moved == 0 && !done.more, "what was planned by the same rules stays");
	change.unnamed = true;
	done = (struct zone_changed){0};
	fx_need(fx, store_zone_change(fx->s, &change, &done, &fx->e), "change");
	tap_is_int(done.moved, 1, "a job without a zone follows another one");
	tap_is_int(next_of(fx, none) % DAY_US, 3 * HOUR_US, "at the reading of its clock");
	tap_is_int(next_of(fx, same_id) % DAY_US, 7 * HOUR_US, "one of a zone does not");
	tap_is_int(next_of(fx, other_id) % DAY_US, 9 * HOUR_US, "nor one of a further zone");
	tap_is_int(next_of(fx, every), fx->now, "an interval has no zone");
	strv_clear(&same);
}

static void
test_zones_cancelled(struct fx *fx)
{
	struct job job = fx_periodic("0 12 * * *");
	struct strv none = {0};
	struct zone_change change = {.same = &none, .now = fx->now, .zone = zone_utc()};
	struct zone_changed done = {0};
	struct job_change cancel = {.act = ACT_CANCEL_OCCURRENCE,
	    .state = -1,
	    .zone = zone_utc(),
	    .now = fx->now};
	int64_t id, next, n;

	job.tz = xstrdup("Etc/GMT-5");
	id = fx_submit(fx, job);
	next = next_of(fx, id);
	fx_need(fx, store_job_change(fx->s, &cancel, &id, 1, &n, &fx->e), "cancel");
	fx_need(fx, store_zone_change(fx->s, &change, &done, &fx->e), "change");
	tap_is_int(done.moved, 0, "a time that was cancelled is not planned again");
	tap_is_int(next_of(fx, id), next + DAY_US, "and the one after it waits");
}

const struct test clock_tests[] = {
    {"the mark", test_mark},
    {"rules of zones that change", test_zones},
    {"rules that change, and a cancel", test_zones_cancelled},
    {"--in", test_in},
    {"--at", test_at},
    {"@every", test_every},
    {"@every, as written", test_every_as_written},
    {"a retry", test_retry},
    {"forward by a little", test_forward},
    {"forward with --missed=skip", test_forward_refused},
    {"back by a little", test_back},
    {"a new clock", test_new_clock},
    {"a new clock after the end", test_over},
    {"submitted after the step", test_submitted_after},
    {"paused", test_paused},
    {"batches", test_batches},
    {NULL, NULL},
};
