/*
 * t_plan: what becomes of occurrences that are due, in every combination of policy and mishap. What
 * calendars do is in t_plan_days.
 */
#include "plan_case.h"
#include "tap.h"
#include "time/duration.h"
#include "time/zone.h"

static const struct due dues[] = {
    /* On time. */
    {"on time", "0 * * * *", "10:00", "10:00", 0, 0, "run 10:00, next 11:00"},
    {"a little late", "0 * * * *", "10:00", "10:20", 0, 0, "run 10:00, next 11:00"},
    {"at the limit of lateness both run, one after the other", "* * * * *", "10:00", "10:01", 0, 0,
	"run 10:00, next 10:01"},

    /* --missed=once: the latest runs. */
    {"once: the latest of four", "0 * * * *", "07:00", "10:20", 0, 0,
	"run 10:00, next 11:00; missed 07:00-09:00 x3"},
    {"once: two are due", "0 * * * *", "09:00", "10:20", 0, 0,
	"run 10:00, next 11:00; missed 09:00 x1"},
    {"once: the latest is on time", "0 * * * *", "09:00", "10:00", 0, 0,
	"run 10:00, next 11:00; missed 09:00 x1"},
    {"once: after a pause", "0 * * * *", "07:00", "10:20", PAUSED, 0,
	"run 10:00, next 11:00; paused 07:00-09:00 x3"},
    {"once: over two days", "30 22 * * *", "01/22:30", "03/23:00", 0, 0,
	"run 03/22:30, next 04/22:30; missed 01/22:30-22:30 x2"},

    /* --missed=skip: nothing late runs. */
    {"skip: on time", "0 * * * *|missed=skip", "10:00", "10:01", 0, 0, "run 10:00, next 11:00"},
    {"skip: late", "0 * * * *|missed=skip", "10:00", "10:01:01", 0, 0,
	"skip, next 11:00; missed 10:00 x1"},
    {"skip: all are late", "0 * * * *|missed=skip", "07:00", "10:20", 0, 0,
	"skip, next 11:00; missed 07:00-10:00 x4"},
    {"skip: the latest is on time", "0 * * * *|missed=skip", "07:00", "10:00:30", 0, 0,
	"run 10:00, next 11:00; missed 07:00-09:00 x3"},
    {"skip: after a pause", "0 * * * *|missed=skip", "07:00", "10:20", PAUSED, 0,
	"skip, next 11:00; paused 07:00-10:00 x4"},

    /* --missed=all: one after the other. */
    {"all: the oldest first", "0 * * * *|missed=all", "07:00", "10:20", 0, 0,
	"run 07:00, next 08:00 held"},
    {"all: the next is held while it runs", "0 * * * *|missed=all", "08:00", "10:20", BUSY, 0,
	"hold 08:00, next 08:00"},
    {"all: and then runs", "0 * * * *|missed=all", "08:00", "10:21", HELD, 0,
	"run 08:00, next 09:00 held"},
    {"all: the last of them", "0 * * * *|missed=all", "10:00", "10:22", HELD, 0,
	"run 10:00, next 11:00"},
    {"all: with a bound", "0 * * * *|missed=all:2", "05:00", "10:20", 0, 0,
	"run 09:00, next 10:00 held; missed 05:00-08:00 x4"},
    {"all: a bound of as many as there are", "0 * * * *|missed=all:6", "05:00", "10:20", 0, 0,
	"run 05:00, next 06:00 held"},
    {"all: a bound of one", "0 * * * *|missed=all:1", "05:00", "10:20", 0, 0,
	"run 10:00, next 11:00; missed 05:00-09:00 x5"},
    {"all: the bound while it is busy", "0 * * * *|missed=all:2", "05:00", "10:20", BUSY, 0,
	"hold 09:00, next 09:00; missed 05:00-08:00 x4"},
    {"all: the default bound", "* * * * *|missed=all", "03:00", "10:00", 0, 0,
	"run 08:21, next 08:22 held; missed 03:00-08:20 x321"},
    {"all: on time and busy is an overlap", "0 * * * *|missed=all", "10:00", "10:00:20", BUSY, 0,
	"skip, next 11:00; overlap 10:00 x1"},
    {"all: the newest missed may be on time", "0 * * * *|missed=all", "09:00", "10:00:20", HELD, 0,
	"run 09:00, next 10:00 held"},
    {"all: it is caught up as well", "0 * * * *|missed=all", "10:00", "10:00:20", BUSY | HELD, 0,
	"hold 10:00, next 10:00"},
    {"all: after a pause", "0 * * * *|missed=all:2", "05:00", "10:20", PAUSED, 0,
	"run 09:00, next 10:00 held; paused 05:00-08:00 x4"},

    /* --deadline. */
    {"deadline: in time", "0 * * * *|deadline=20m", "10:00", "10:20", 0, 0,
	"run 10:00, next 11:00"},
    {"deadline: too late", "0 * * * *|deadline=20m", "10:00", "10:20:01", 0, 0,
	"skip, next 11:00; deadline 10:00 x1"},
    {"deadline: the latest is in time", "0 * * * *|deadline=30m", "07:00", "10:20", 0, 0,
	"run 10:00, next 11:00; deadline 07:00-09:00 x3"},
    {"deadline: some are superseded, some too late", "0 * * * *|deadline=90m", "07:00", "10:20", 0,
	0, "run 10:00, next 11:00; deadline 07:00-08:00 x2; missed 09:00 x1"},
    {"deadline: nothing is in time", "0 * * * *|deadline=10m", "07:00", "10:20", 0, 0,
	"skip, next 11:00; deadline 07:00-10:00 x4"},
    {"deadline: with skip", "0 * * * *|deadline=90m|missed=skip", "07:00", "10:20", 0, 0,
	"skip, next 11:00; deadline 07:00-08:00 x2; missed 09:00-10:00 x2"},
    {"deadline: with all", "0 * * * *|deadline=90m|missed=all", "07:00", "10:20", 0, 0,
	"run 09:00, next 10:00 held; deadline 07:00-08:00 x2"},
    {"deadline: with all and a bound below it", "0 * * * *|deadline=150m|missed=all:1", "07:00",
	"10:20", 0, 0, "run 10:00, next 11:00; deadline 07:00 x1; missed 08:00-09:00 x2"},

    /* --overlap=skip. */
    {"overlap skip: busy", "*/5 * * * *", "10:05", "10:05", BUSY, 0,
	"skip, next 10:10; overlap 10:05 x1"},
    {"overlap skip: a stretch", "*/5 * * * *", "10:05", "10:17", BUSY, 0,
	"skip, next 10:20; overlap 10:05-10:15 x3"},
    {"overlap skip: even past its deadline", "*/5 * * * *|deadline=1m", "10:05", "10:17", BUSY, 0,
	"skip, next 10:20; overlap 10:05-10:15 x3"},

    /* --overlap=wait. */
    {"overlap wait: held", "*/5 * * * *|overlap=wait", "10:05", "10:05", BUSY, 0,
	"hold 10:05, next 10:05"},
    {"overlap wait: still held, later ones wait for its turn", "*/5 * * * *|overlap=wait", "10:05",
	"10:17", BUSY | HELD, 0, "hold 10:05, next 10:05"},
    {"overlap wait: runs at last, the later ones overlapped", "*/5 * * * *|overlap=wait", "10:05",
	"10:17", HELD, 0, "run 10:05, next 10:20; overlap 10:10-10:15 x2"},
    {"overlap wait: runs before another is due", "*/5 * * * *|overlap=wait", "10:05", "10:08", HELD,
	0, "run 10:05, next 10:10"},
    {"overlap wait: what waited is not missed", "*/5 * * * *|overlap=wait|missed=skip", "10:05",
	"10:08", HELD, 0, "run 10:05, next 10:10"},
    {"overlap wait: but may be past its deadline", "*/5 * * * *|overlap=wait|deadline=3m", "10:05",
	"10:12", HELD, 0, "run 10:10, next 10:15; deadline 10:05 x1"},
    {"overlap wait: after a downtime in which it ran on", "0 * * * *|overlap=wait", "07:00",
	"10:20", BUSY, 0, "hold 10:00, next 10:00; missed 07:00-09:00 x3"},
    {"overlap wait: with all, every one has its turn", "*/5 * * * *|overlap=wait|missed=all",
	"10:05", "10:17", HELD, 0, "run 10:05, next 10:10 held"},
    {"overlap wait: the last that count allows", "*/5 * * * *|overlap=wait|count=2", "10:05",
	"10:17", HELD, 1, "run 10:05, next none"},

    /* --overlap=replace. */
    {"overlap replace: busy", "*/5 * * * *|overlap=replace", "10:05", "10:05", BUSY, 0,
	"replace 10:05, next 10:05"},
    {"overlap replace: the newest takes its place", "*/5 * * * *|overlap=replace", "10:05", "10:11",
	BUSY | HELD, 0, "replace 10:10, next 10:10; overlap 10:05 x1"},
    {"overlap replace: runs when the other has ended", "*/5 * * * *|overlap=replace", "10:05",
	"10:06", HELD, 0, "run 10:05, next 10:10"},
    {"overlap replace: the newest runs", "*/5 * * * *|overlap=replace", "10:05", "10:17", HELD, 0,
	"run 10:15, next 10:20; overlap 10:05-10:10 x2"},
    {"overlap replace: what is caught up is not replaced", "0 * * * *|overlap=replace|missed=all",
	"08:00", "10:20", BUSY, 0, "hold 08:00, next 08:00"},

    /* --until and --count. */
    {"until: the last one", "0 * * * *|until=2026-03-02T10:30:00Z", "10:00", "10:00", 0, 0,
	"run 10:00, next none"},
    {"until: is inclusive", "0 * * * *|until=2026-03-02T11:00:00Z", "10:00", "10:00", 0, 0,
	"run 10:00, next 11:00"},
    {"until: nothing is missed after it", "0 * * * *|until=2026-03-02T09:00:00Z", "07:00", "12:20",
	0, 0, "run 09:00, next none; missed 07:00-08:00 x2"},
    {"until: skipped up to it", "0 * * * *|until=2026-03-02T09:00:00Z|missed=skip", "07:00",
	"12:20", 0, 0, "skip, next none; missed 07:00-09:00 x3"},
    {"until: passed already", "0 * * * *|until=2026-03-02T06:00:00Z", "07:00", "12:20", 0, 0,
	"skip, next none"},
    {"count: one more", "0 * * * *|count=3", "10:00", "10:00", 0, 1, "run 10:00, next 11:00"},
    {"count: the last", "0 * * * *|count=3", "10:00", "10:00", 0, 2, "run 10:00, next none"},
    {"count: only starts count", "0 * * * *|count=3|missed=skip", "10:00", "10:20", 0, 2,
	"skip, next 11:00; missed 10:00 x1"},
    {"count: with all", "0 * * * *|count=2|missed=all", "07:00", "10:20", 0, 1,
	"run 07:00, next none"},

    /* @every. */
    {"every: on time", "@every 15m", "10:00", "10:00", 0, 0, "run 10:00, next 10:15"},
    {"every: late, and the interval is kept", "@every 15m", "10:00", "10:04", 0, 0,
	"run 10:00 (10:04), next 10:19"},
    {"every: several intervals are one late run", "@every 15m", "10:00", "12:01", 0, 0,
	"run 10:00 (12:01), next 12:16"},
    {"every: all is the same", "@every 15m|missed=all", "10:00", "12:01", 0, 0,
	"run 10:00 (12:01), next 12:16"},
    {"every: skip, late", "@every 15m|missed=skip", "10:00", "10:04", 0, 0,
	"skip, next 10:15; missed 10:00 x1"},
    {"every: skip, several", "@every 15m|missed=skip", "10:00", "10:34", 0, 0,
	"skip, next 10:45; missed 10:00-10:30 x3"},
    {"every: skip, the latest is on time", "@every 15m|missed=skip", "10:00", "10:30:30", 0, 0,
	"run 10:30 (10:30:30), next 10:45:30; missed 10:00-10:15 x2"},
    {"every: skip, after a pause", "@every 15m|missed=skip", "10:00", "10:34", PAUSED, 0,
	"skip, next 10:45; paused 10:00-10:30 x3"},
    {"every: deadline", "@every 15m|deadline=3m", "10:00", "10:34", 0, 0,
	"skip, next 10:45; deadline 10:00-10:30 x3"},
    {"every: deadline, the latest is in time", "@every 15m|deadline=3m", "10:00", "10:32", 0, 0,
	"run 10:30 (10:32), next 10:47; deadline 10:00-10:15 x2"},
    {"every: overlap", "@every 15m", "10:00", "10:00", BUSY, 0,
	"skip, next 10:15; overlap 10:00 x1"},
    {"every: overlap for long", "@every 15m", "10:00", "10:34", BUSY, 0,
	"skip, next 10:45; overlap 10:00-10:30 x3"},
    {"every: overlap wait", "@every 15m|overlap=wait", "10:00", "10:34", BUSY, 0,
	"hold 10:00, next 10:00"},
    {"every: overlap wait, its turn", "@every 15m|overlap=wait|missed=skip", "10:00", "10:34", HELD,
	0, "run 10:00 (10:34), next 10:49"},
    {"every: overlap replace", "@every 15m|overlap=replace", "10:00", "10:00", BUSY, 0,
	"replace 10:00, next 10:00"},
    {"every: until", "@every 15m|until=2026-03-02T10:10:00Z", "10:00", "10:00", 0, 0,
	"run 10:00, next none"},
    {"every: skipped up to until", "@every 15m|missed=skip|until=2026-03-02T10:20:00Z", "10:00",
	"12:00", 0, 0, "skip, next none; missed 10:00-10:15 x2"},
    {"every: count", "@every 15m|count=1", "10:00", "10:00", 0, 0, "run 10:00, next none"},

    /* @reboot: one occurrence a boot. */
    {"reboot", "@reboot", "10:00", "10:00", 0, 0, "run 10:00, next none"},
    {"reboot: late", "@reboot", "10:00", "12:00", 0, 0, "run 10:00, next none"},
    {"reboot: late, all", "@reboot|missed=all", "10:00", "12:00", 0, 0, "run 10:00, next none"},
    {"reboot: late, skip", "@reboot|missed=skip", "10:00", "12:00", 0, 0,
	"skip, next none; missed 10:00 x1"},
    {"reboot: busy", "@reboot", "10:00", "10:00", BUSY, 0, "skip, next none; overlap 10:00 x1"},
};

static void
test_due(void)
{
	for (size_t i = 0; i < COUNT(dues); i++)
		check_due(&dues[i], zone_utc(), NULL);
}

/* A one-time job waits for its turn, whatever the policy; lateness and deadline count for it too.
 */
static void
test_once(void)
{
	static const struct {
		const char *why, *now;
		bool busy;
		enum missed missed;
		int64_t deadline;
		const char *plan;
	} cases[] = {
	    {"once: late", "12:00", false, MISSED_ONCE, 0, "run 10:00, next none"},
	    {"once: busy", "12:00", true, MISSED_ONCE, 0, "hold 10:00, next 10:00"},
	    {"once: late, skip", "12:00", false, MISSED_SKIP, 0,
		"skip, next none; missed 10:00 x1"},
	    {"once: late, all", "12:00", false, MISSED_ALL, 0, "run 10:00, next none"},
	    {"once: past its deadline", "12:00", false, MISSED_ONCE, HOUR_US,
		"skip, next none; deadline 10:00 x1"},
	};
	struct schedule s = {.kind = SCHEDULE_ONCE, .at = at("10:00")};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct plan_input in = {.schedule = &s, .zone = zone_utc(), .scheduled_for = s.at};
		struct job job;
		struct plan p;
		char *text;

		job_init(&job);
		job.missed = cases[i].missed;
		job.deadline = cases[i].deadline;
		in.job = &job;
		in.now = at(cases[i].now);
		in.busy = cases[i].busy;
		plan_due(&in, &p);
		text = told(&p);
		tap_is_str(text, cases[i].plan, "%s", cases[i].why);
		free(text);
		job_release(&job);
	}
}

/* The delay is the job's own, so the cases are counted from what it is. */
static void
test_jitter(void)
{
	struct schedule s;
	struct job job;
	struct plan p;
	int64_t delay;
	struct plan_input in = {.job = &job, .schedule = &s, .zone = zone_utc()};

	make("* * * * *|jitter=30m", &job, &s);
	delay = plan_ready_at(&job, 0);
	tap_ok(delay > 2 * MINUTE_US && delay <= 30 * MINUTE_US, "the delay is within the jitter");
	tap_is_int(plan_ready_at(&job, DAY), DAY + delay, "and the same for every time");
	in.scheduled_for = at("10:00");
	in.now = in.scheduled_for + delay;
	plan_due(&in, &p);
	tap_ok(p.action == PLAN_RUN && p.run_for == in.scheduled_for && p.nskips == 0 &&
		   p.next == at("10:01"),
	    "what is not ready yet has not superseded anything");
	in.now += 5 * MINUTE_US;
	plan_due(&in, &p);
	tap_ok(p.run_for == at("10:04") && p.skips[0].count == 4,
	    "lateness counts from when it was ready");
	job_release(&job);

	make("@every 1h|jitter=30m", &job, &s);
	delay = plan_ready_at(&job, 0);
	in.scheduled_for = at("10:00");
	in.now = in.scheduled_for + delay;
	plan_due(&in, &p);
	tap_is_int(plan_ready_at(&job, p.next), in.now + HOUR_US,
	    "jitter does not make an interval longer");
	tap_is_int(
	    plan_ready_at(&job, plan_first(&job, &s, zone_utc(), in.now, p.last_scheduled, false)),
	    in.now + HOUR_US, "nor does it after a restart");
	job_release(&job);

	make("@every 1m|jitter=10h", &job, &s);
	in.now = in.scheduled_for + plan_ready_at(&job, 0);
	plan_due(&in, &p);
	tap_ok(p.next > in.now, "a jitter above the interval never makes a time twice");
	job_release(&job);
	make("0 * * * *|jitter=30m", &job, &s);
	job.jitter = 0;
	tap_is_int(plan_ready_at(&job, DAY), DAY, "without jitter there is no delay");
	job_release(&job);
}

static void
test_first(void)
{
	static const struct {
		const char *why, *job, *now, *last;
		bool boot_seen;
		const char *first;
	} cases[] = {
	    {"cron: the first match after now", "0 * * * *", "10:20", NULL, false, "11:00"},
	    {"cron: now itself is past", "0 * * * *", "10:00", NULL, false, "11:00"},
	    {"cron: what it was scheduled for before does not matter", "0 * * * *", "10:20",
		"05:00", false, "11:00"},
	    {"cron: the clock was set back a little: not twice", "0 * * * *", "10:20", "12:00",
		false, "13:00"},
	    {"cron: the clock was set back by much: a new clock", "0 * * * *", "10:20", "14:00",
		false, "11:00"},
	    {"cron: none before its end", "0 0 1 1 *|until=2026-06-01T00:00:00Z", "10:20", NULL,
		false, NULL},
	    {"every: at once", "@every 15m", "10:20", NULL, false, "10:20"},
	    {"every: never closer than the interval", "@every 15m", "10:20", "10:10", false,
		"10:25"},
	    {"every: due since long", "@every 15m", "10:20", "08:00", false, "08:15"},
	    {"every: the clock was set back", "@every 15m", "10:20", "23:00", false, "10:35"},
	    {"every: its end has passed", "@every 15m|until=2026-03-02T10:00:00Z", "10:20", NULL,
		false, NULL},
	    {"reboot: not seen", "@reboot", "10:20", NULL, false, "10:20"},
	    {"reboot: seen", "@reboot", "10:20", "10:00", true, NULL},
	};
	struct schedule once = {.kind = SCHEDULE_ONCE, .at = at("08:00")};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct schedule s;
		struct job job;

		make(cases[i].job, &job, &s);
		tap_is_int(plan_first(&job, &s, zone_utc(), at(cases[i].now),
			       cases[i].last != NULL ? at(cases[i].last) : INSTANT_NONE,
			       cases[i].boot_seen),
		    cases[i].first != NULL ? at(cases[i].first) : INSTANT_NONE, "%s", cases[i].why);
		if (i == 0)
			tap_is_int(
			    plan_first(&job, &once, zone_utc(), at("10:00"), INSTANT_NONE, false),
			    at("08:00"), "once: its instant, even if it is past");
		job_release(&job);
	}
}

static void
test_backoff(void)
{
	struct job job;
	int64_t before = 0;
	bool grows = true, half = true;

	job_init(&job);
	tap_is_int(plan_backoff(&job, 1, 0), 5 * USEC, "by default at least half of 10 s");
	for (int64_t n = 1; n < 100; n++) {
		int64_t low = plan_backoff(&job, n, 0), high = low;

		for (uint64_t entropy = 1; entropy < 1000; entropy++) {
			int64_t t = plan_backoff(&job, n, entropy * UINT64_C(0x9e3779b97f4a7c15));

			high = t > high ? t : high;
			half = half && t >= low && t <= 2 * low;
		}
		grows = grows && low >= before && high > low;
		before = low;
	}
	tap_ok(grows, "the wait never gets shorter");
	tap_ok(half, "half of it is certain, the rest is spread");
	tap_is_int(before, HOUR_US / 2, "up to an hour");
	tap_is_int(
	    plan_backoff(&job, 3, 20 * USEC), 40 * USEC, "the third is at most four times 10 s");
	job.backoff = 3 * USEC;
	job.backoff_max = 10 * USEC;
	tap_is_int(plan_backoff(&job, 2, 0), 3 * USEC, "its own beginning");
	tap_is_int(plan_backoff(&job, 3, 0), 5 * USEC, "its own end, if that is no power of two");
	tap_is_int(plan_backoff(&job, INT64_MAX, UINT64_MAX),
	    5 * USEC + (int64_t)(UINT64_MAX % (5 * USEC + 1)), "however many there were");
	job.backoff_max = 0;
	job.backoff = DURATION_MAX;
	tap_ok(
	    plan_backoff(&job, 1000, UINT64_MAX) <= DURATION_MAX, "the longest does not overflow");
	job.backoff = 1;
	tap_ok(plan_backoff(&job, 1, 12345) <= 1, "the shortest is at once");
	job_release(&job);
}

/* Each occurrence of a year is either run or in a stretch, exactly once, whatever the policy. */
static void
test_complete(void)
{
	static const char *const jobs[] = {"*/7 * * * *", "*/7 * * * *|missed=skip",
	    "*/7 * * * *|missed=all:9", "*/7 * * * *|missed=all:9|overlap=wait",
	    "*/7 * * * *|overlap=wait", "*/7 * * * *|overlap=replace|deadline=20m",
	    "*/7 * * * *|missed=all:50|deadline=5h"};
	uint64_t state = 1;

	for (size_t i = 0; i < COUNT(jobs); i++) {
		struct schedule s;
		struct job job;
		struct plan p = {.next = at("00:00")};
		int64_t now = p.next, runs = 0, skipped = 0, last;
		bool in_order = true;
		struct plan_input in = {.job = &job, .schedule = &s, .zone = zone_utc()};
		int64_t expected = p.next;

		make(jobs[i], &job, &s);
		for (int k = 0; k < 2000; k++) {
			state =
			    state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
			now += (int64_t)(state >> 20) % (k % 50 == 0 ? 3 * DAY_US : 10 * MINUTE_US);
			in.scheduled_for = p.next;
			in.now = now;
			in.busy = (state >> 40) % 3 == 0;
			in.held = p.action == PLAN_HOLD || p.action == PLAN_REPLACE;
			if (p.next > now)
				continue;
			plan_due(&in, &p);
			for (int n = 0; n < p.nskips; n++) {
				skipped += p.skips[n].count;
				in_order = in_order && p.skips[n].count > 0 &&
					   p.skips[n].first >= in.scheduled_for &&
					   p.skips[n].last >= p.skips[n].first;
			}
			runs += p.action == PLAN_RUN;
			in_order = in_order &&
				   (p.action == PLAN_SKIP || p.run_for >= in.scheduled_for) &&
				   p.next >= in.scheduled_for;
		}
		tap_is_int(runs + skipped,
		    schedule_count(&s, zone_utc(), expected - 1, p.next - 1, &last),
		    "the ledger of '%s' is complete", jobs[i]);
		tap_ok(in_order && runs > 100 && skipped > 0, "and in order");
		job_release(&job);
	}
}

int
main(void)
{
	test_due();
	test_once();
	test_jitter();
	test_first();
	test_backoff();
	test_complete();
	zone_cache_free();
	return tap_done();
}
