/*
 * t_store_periodic: schedules as the store carries them out. What is to happen is decided and
 * tested elsewhere (plan); here, that it does happen.
 */
#include "t_store.h"
#include "tap.h"
#include "time/calendar.h"

static void
test_cron(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_periodic("0 * * * *"));
	struct job_view v;

	tap_is_int(fx_next(fx), T0 + HOUR_US, "a new job waits for its first time after now");
	fx->now = T0 + HOUR_US;
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	v = fx_view(fx, id);
	tap_is_int(v.state, JOB_PENDING, "after a run it is pending");
	tap_is_int(v.next_run_at, T0 + 2 * HOUR_US, "for its next time");
	tap_is_int(v.last_scheduled_at, T0 + HOUR_US, "and knows its last");
	tap_is_int(v.started, 1, "one occurrence has started");
	tap_is_int(v.last_outcome, OUTCOME_OK, "and was ok");
	job_view_release(&v);
}

static void
test_next_while_running(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_periodic("0 * * * *"));
	struct job_view v;

	fx->now = T0 + HOUR_US;
	fx_claim_one(fx);
	v = fx_view(fx, id);
	tap_is_int(v.state, JOB_RUNNING, "while it runs");
	tap_is_int(v.next_run_at, T0 + 2 * HOUR_US, "the next occurrence waits already");
	job_view_release(&v);
}

static void
test_every(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_periodic("@every 10m"));

	tap_is_int(fx_next(fx), T0, "@every runs at once");
	fx->now = T0 + 3 * USEC;
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	tap_is_int(fx_next(fx), T0 + 3 * USEC + 10 * MINUTE_US, "then an interval after its start");
	fx->now += HOUR_US;
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	tap_is_int(fx_next(fx), fx->now + 10 * MINUTE_US, "never closer, however late it was");
	fx_ledger_is(fx, id, "ok:1 ok:1", "and nothing was missed");
}

/* Its claim came to nothing, and what follows it is due by the time it is claimed again. */
static void
test_every_claimed_late(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_periodic("@every 10m")), fence = fx_claim_one(fx);
	struct job_view v;

	fx->now = T0 + 9 * MINUTE_US;
	fx_undo(fx, fence, WHY_UNDONE);
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	tap_is_int(fx_next(fx), fx->now + 10 * MINUTE_US, "an interval after the claim that ran");
	fence = fx_claim_one(fx);
	tap_is_int(fence, 0, "and nothing before");
	fx->now += 10 * MINUTE_US;
	fence = fx_claim_one(fx);
	fx->now += HOUR_US;
	fx_undo(fx, fence, WHY_UNDONE);
	tap_is_int(fx_claim_count(fx), 1, "nor if both are due at a time");
	v = fx_view(fx, id);
	tap_is_int(v.last_scheduled_at, fx->now, "the start is counted from there");
	job_view_release(&v);
	fx_ledger_is(fx, id, "running:1 ok:1", "and nothing was skipped");
}

static void
test_overlap_skip(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_periodic("0 * * * *")), fence;

	fx->now = T0 + HOUR_US;
	fence = fx_claim_one(fx);
	for (int i = 2; i <= 4; i++) {
		fx->now = T0 + i * HOUR_US;
		tap_is_int(fx_claim_one(fx), 0, "it does not run beside itself");
	}
	fx_ledger_is(fx, id, "skipped(overlap x3) running:1",
	    "what came due meanwhile is one row with its number");
	fx_end(fx, fence, OUTCOME_OK);
	fx->now = T0 + 5 * HOUR_US;
	fence = fx_claim_one(fx);
	fx->now = T0 + 6 * HOUR_US;
	fx_claim_one(fx);
	fx_end(fx, fence, OUTCOME_OK);
	fx_ledger_is(fx, id, "skipped(overlap x1) ok:1 skipped(overlap x3) ok:1",
	    "an attempt between begins another row");
}

static void
test_overlap_wait(struct fx *fx)
{
	struct job job = fx_periodic("0 * * * *");
	int64_t id, fence;

	job.overlap = OVERLAP_WAIT;
	id = fx_submit(fx, job);
	fx->now = T0 + HOUR_US;
	fence = fx_claim_one(fx);
	fx->now = T0 + 2 * HOUR_US;
	tap_is_int(fx_claim_one(fx), 0, "--overlap=wait does not run beside itself either");
	tap_is_int(fx_next(fx), INSTANT_NONE, "it waits for the end, not for a time");
	fx->now = T0 + 3 * HOUR_US + MINUTE_US;
	fx_end(fx, fence, OUTCOME_OK);
	fence = fx_claim_one(fx);
	tap_ok(fence > 0, "then what waited runs");
	fx_end(fx, fence, OUTCOME_OK);
	fx_ledger_is(fx, id, "ok:1 skipped(overlap x1) ok:1", "one is kept waiting, no more");
	tap_is_int(fx_next(fx), T0 + 4 * HOUR_US, "and the schedule goes on");
}

static int
count_cancel(void *arg, const struct open_attempt *o)
{
	*(int64_t *)arg = o->cancel_wanted ? o->fence : -1;
	return 0;
}

static void
test_overlap_replace(struct fx *fx)
{
	struct job job = fx_periodic("0 * * * *");
	int64_t id, fence, wanted = 0;
	struct claims c;

	job.overlap = OVERLAP_REPLACE;
	id = fx_submit(fx, job);
	fx->now = T0 + HOUR_US;
	fence = fx_claim_one(fx);
	fx->now = T0 + 2 * HOUR_US;
	c = fx_claim(fx, 10);
	tap_ok(c.n == 0 && c.nreplace == 1 && c.replace[0] == fence,
	    "--overlap=replace names the attempt that is to end");
	claims_release(&c);
	fx_need(fx, store_cancels_wanted(fx->s, NODE, count_cancel, &wanted, &fx->e), "cancels");
	tap_is_int(wanted, fence, "and the store remembers that");
	fx_end(fx, fence, OUTCOME_CANCELLED);
	fence = fx_claim_one(fx);
	tap_ok(fence > 0, "when it has ended the new one runs");
	fx_end(fx, fence, OUTCOME_OK);
	fx_ledger_is(fx, id, "ok:1 cancelled:1", "both are in the ledger");
}

/* Both are due in one claim, which reads them before it takes the first. */
static void
test_overlap_replaces_retry(struct fx *fx)
{
	struct job job = fx_periodic("0 * * * *");
	struct claims c;
	int64_t fence;

	job.overlap = OVERLAP_REPLACE;
	job.retries = 1;
	job.backoff = 90 * MINUTE_US;
	fx_submit(fx, job);
	fx->now = T0 + HOUR_US;
	fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	fx->now += 2 * HOUR_US;
	c = fx_claim(fx, 100);
	tap_ok(c.n == 1 && c.v[0].attempt == 1, "a newer occurrence replaces a retry that waits");
	fence = c.n > 0 ? c.v[0].fence : 0;
	claims_release(&c);
	fx_end(fx, fence, OUTCOME_OK);
	tap_is_int(fx_claim_count(fx), 0, "and nothing is left of that");
}

static void
test_retry_overlaps(struct fx *fx)
{
	struct job job = fx_periodic("0 * * * *");
	int64_t id;
	struct finished done;

	job.retries = 1;
	job.backoff = 2 * HOUR_US;
	job.backoff_max = 2 * HOUR_US;
	id = fx_submit(fx, job);
	fx->now = T0 + HOUR_US;
	done = fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	fx->now = T0 + 2 * HOUR_US;
	tap_is_int(fx_claim_one(fx), 0, "while a retry waits, its job's next time overlaps");
	fx_ledger_is(fx, id, "skipped(overlap x1) failed:1", "and is recorded as that");
	fx->now = done.retry_at;
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_is(fx, id, JOB_PENDING, "the retry runs at its own time");
}

static void
test_missed(struct fx *fx)
{
	struct job job = fx_periodic("0 * * * *");
	int64_t once = fx_submit(fx, fx_periodic("0 * * * *")), skip;
	struct claims c;

	job.missed = MISSED_SKIP;
	skip = fx_submit(fx, job);
	fx->now = T0 + 5 * HOUR_US + 30 * MINUTE_US;
	c = fx_claim(fx, 10);
	tap_ok(c.n == 1 && c.v[0].job_id == once && c.v[0].scheduled_for == T0 + 5 * HOUR_US,
	    "after a long time the latest missed occurrence runs");
	tap_is_int(c.skipped, 9, "the others are skipped");
	fx_end(fx, c.v[0].fence, OUTCOME_OK);
	claims_release(&c);
	fx_ledger_is(fx, once, "ok:1 skipped(missed x4)", "and recorded");
	fx_ledger_is(fx, skip, "skipped(missed x5)", "all of them with --missed=skip");
	tap_is_int(fx_next(fx), T0 + 6 * HOUR_US, "the schedule goes on");
}

static void
test_missed_all(struct fx *fx)
{
	struct job job = fx_periodic("0 * * * *");
	int64_t id, ran = 0, fence;

	job.missed = MISSED_ALL;
	id = fx_submit(fx, job);
	fx->now = T0 + 5 * HOUR_US + 30 * MINUTE_US;
	while (ran < 10 && (fence = fx_claim_one(fx)) > 0) {
		fx_end(fx, fence, OUTCOME_OK);
		ran++;
	}
	tap_is_int(ran, 5, "--missed=all runs each, one after the other");
	fx_ledger_is(fx, id, "ok:1 ok:1 ok:1 ok:1 ok:1", "and skips none");
	tap_is_int(fx_next(fx), T0 + 6 * HOUR_US, "then the schedule goes on");
}

static void
test_missed_once_only(struct fx *fx)
{
	struct job job = fx_once(T0);
	int64_t id;

	job.missed = MISSED_SKIP;
	id = fx_submit(fx, job);
	fx->now = T0 + HOUR_US;
	tap_is_int(fx_claim_one(fx), 0, "a one-time job with --missed=skip does not run late");
	fx_is(fx, id, JOB_DONE, "it is over");
	fx_ledger_is(fx, id, "skipped(missed x1)", "and the ledger says why");
}

static void
test_deadline(struct fx *fx)
{
	struct job once = fx_once(T0), cron = fx_periodic("0 * * * *");
	int64_t a, b;

	once.deadline = cron.deadline = 10 * MINUTE_US;
	a = fx_submit(fx, once);
	b = fx_submit(fx, cron);
	fx->now = T0 + HOUR_US + 11 * MINUTE_US;
	tap_is_int(fx_claim_count(fx), 0, "nothing starts after its deadline");
	fx_ledger_is(fx, a, "skipped(deadline x1)", "a one-time job is skipped");
	fx_is(fx, a, JOB_DONE, "and over");
	fx_ledger_is(fx, b, "skipped(deadline x1)", "an occurrence is skipped");
	fx_is(fx, b, JOB_PENDING, "and its job goes on");
}

static void
test_count(struct fx *fx)
{
	struct job job = fx_periodic("0 * * * *");
	int64_t id;

	job.count = 2;
	id = fx_submit(fx, job);
	for (int i = 1; i <= 2; i++) {
		fx->now = T0 + i * HOUR_US;
		fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	}
	fx_is(fx, id, JOB_DONE, "--count ends the job after so many starts");
	tap_is_int(fx_next(fx), INSTANT_NONE, "nothing waits");
}

static void
test_until(struct fx *fx)
{
	struct job job = fx_periodic("0 * * * *");
	int64_t id, fence;

	job.until = T0 + HOUR_US;
	id = fx_submit(fx, job);
	fx->now = T0 + HOUR_US;
	fence = fx_claim_one(fx);
	fx_is(fx, id, JOB_RUNNING, "the last occurrence runs");
	fx_end(fx, fence, OUTCOME_OK);
	fx_is(fx, id, JOB_DONE, "and --until has ended the job");
}

static void
node_up(struct fx *fx, const char *boot)
{
	struct node n = {.id = xstrdup(NODE), .capacity = 1, .proc = {.pid = 1, .start = 1}};

	strlcpy(n.proc.boot, boot, sizeof(n.proc.boot));
	fx_need(fx, store_node_up(fx->s, &n, fx->now, &fx->e), "node up");
	node_release(&n);
}

static void
test_reboot(struct fx *fx)
{
	int64_t id;

	node_up(fx, "boot-1");
	id = fx_submit(fx, fx_periodic("@reboot"));
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_is(fx, id, JOB_PENDING, "an @reboot job that ran waits for the next boot");
	tap_is_int(fx_next(fx), INSTANT_NONE, "not for a time");
	node_up(fx, "boot-1");
	tap_is_int(fx_claim_one(fx), 0, "a restart of the daemon is no boot");
	fx->now += HOUR_US;
	node_up(fx, "boot-2");
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	node_up(fx, "boot-2");
	tap_is_int(fx_claim_one(fx), 0, "and it runs once in each");
	fx_ledger_is(fx, id, "ok:1 ok:1", "twice in two boots");
}

static void
test_clock_set_back(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_periodic("0 * * * *"));
	struct job job;

	fx->now = T0 + HOUR_US;
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	/* The same hour again, as the schedule of a changed entry may have it. */
	job = fx_periodic("0 * * * *");
	job.name = xstrdup("x");
	fx->now = T0;
	fx_submit(fx, job);
	fx->now = T0 + HOUR_US;
	fx_claim_one(fx);
	fx_ledger_is(fx, id, "ok:1", "an occurrence that has run does not run again");
}

static const struct calendar *
find_calendar(void *arg, const char *name)
{
	return strcmp(name, "holidays") == 0 ? arg : NULL;
}

static int64_t
claim_with(struct fx *fx, struct calendar *holidays)
{
	struct claim_request q = {.node = NODE,
	    .runner = fx->runner,
	    .now = fx->now,
	    .limit = 10,
	    .zone = zone_utc(),
	    .calendar = find_calendar,
	    .calendar_arg = holidays};
	struct claims c = {0};
	int64_t n;

	fx_need(fx, store_claim_ready(fx->s, &q, &c, &fx->e), "claim");
	n = (int64_t)c.n;
	claims_release(&c);
	return n;
}

static int
see_detail(void *arg, const struct ledger_row *r)
{
	*(char **)arg = xstrdup(r->detail);
	return 1;
}

static void
test_calendar(struct fx *fx)
{
	static const char text[] = "2026-03-02\n";
	struct job job = fx_periodic("0 12 * * *");
	struct calendar holidays;
	struct ledger_filter f;
	int64_t id, other;
	char *detail = NULL;
	int line, column;

	fx_need(
	    fx, calendar_parse(&holidays, text, strlen(text), &line, &column, &fx->e), "calendar");
	job.not_on = xstrdup("holidays");
	id = fx_submit(fx, job);
	job = fx_periodic("0 12 * * *");
	job.only_on = xstrdup("nosuch");
	other = fx_submit(fx, job);
	fx->now = T0 + 2 * HOUR_US;
	tap_is_int(claim_with(fx, &holidays), 1, "on another day a job runs");
	fx_end(fx, 1, OUTCOME_OK);
	fx->now += DAY_US;
	tap_is_int(claim_with(fx, &holidays), 0, "on a day that its calendar closes it does not");
	fx_ledger_is(fx, id, "skipped(calendar x1) ok:1", "the ledger says why");
	ledger_filter_init(&f);
	f.job_id = id;
	fx_need(fx, store_ledger(fx->s, &f, see_detail, &detail, &fx->e), "ledger");
	tap_is_str(detail, "holidays", "and which calendar it was");
	free(detail);
	f.job_id = other;
	fx_need(fx, store_ledger(fx->s, &f, see_detail, &detail, &fx->e), "ledger");
	tap_is_str(detail, "nosuch (missing)", "or which one nobody has");
	free(detail);
	calendar_release(&holidays);
}

static void
test_bad_zone(struct fx *fx)
{
	struct job job = fx_periodic("0 * * * *");
	int64_t id = 0;

	job.tz = xstrdup("Nowhere/Town");
	fx_refused(fx, fx_try_submit(fx, job, SUBMIT_NEW, &id), E_INPUT, NULL,
	    "a zone that is not there is refused");
}

const struct test periodic_tests[] = {
    {"cron", test_cron},
    {"next while running", test_next_while_running},
    {"every", test_every},
    {"every, claimed late", test_every_claimed_late},
    {"overlap skip", test_overlap_skip},
    {"overlap wait", test_overlap_wait},
    {"overlap replace", test_overlap_replace},
    {"overlap replaces a retry", test_overlap_replaces_retry},
    {"a retry overlaps", test_retry_overlaps},
    {"missed", test_missed},
    {"missed all", test_missed_all},
    {"missed, one-time", test_missed_once_only},
    {"deadline", test_deadline},
    {"count", test_count},
    {"until", test_until},
    {"reboot", test_reboot},
    {"clock set back", test_clock_set_back},
    {"calendar", test_calendar},
    {"bad zone", test_bad_zone},
    {NULL, NULL},
};
