/*
 * t_plan_days: what calendars make of occurrences that are due.
 */
#include "base/err.h"
#include "plan_case.h"
#include "tap.h"
#include "time/calendar.h"
#include "time/duration.h"
#include "time/zone.h"

/* Monday 2 March is the day of all times. */
static const struct {
	const char *name, *text;
} calendar_texts[] = {
    {"freeze", "2026-03-03..2026-03-04"},
    {"work", "2026-03-02\n2026-03-05\n2026-03-09..2026-03-13\n"},
    {"odd", "2026-03-03\n2026-03-05"},
    {"quarters", "01-01..01-07\n04-01..04-07\n07-01..07-07\n10-01..10-07"},
};
static struct calendar calendars[COUNT(calendar_texts)];

static const struct calendar *
find_calendar(void *arg, const char *name)
{
	(void)arg;
	for (size_t i = 0; i < COUNT(calendar_texts); i++)
		if (strcmp(calendar_texts[i].name, name) == 0)
			return &calendars[i];
	return NULL;
}

static void
read_calendars(void)
{
	struct err e;
	int line, column;

	for (size_t i = 0; i < COUNT(calendar_texts); i++)
		if (calendar_parse(&calendars[i], calendar_texts[i].text,
			strlen(calendar_texts[i].text), &line, &column, &e) < 0)
			abort();
}

static const struct due closed_days[] = {
    {"not-on: an open day", "0 * * * *|not-on=freeze", "10:00", "10:00", 0, 0,
	"run 10:00, next 11:00"},
    {"not-on: a closed day", "0 * * * *|not-on=freeze", "03/10:00", "03/10:00", 0, 0,
	"skip, next 03/11:00; calendar freeze 03/10:00 x1"},
    {"not-on: from its first minute on", "0 0 * * *|not-on=freeze", "03/00:00", "03/00:00", 0, 0,
	"skip, next 04/00:00; calendar freeze 03/00:00 x1"},
    {"not-on: the calendar comes before the overlap", "0 * * * *|not-on=freeze", "03/10:00",
	"03/10:00", BUSY, 0, "skip, next 03/11:00; calendar freeze 03/10:00 x1"},
    {"not-on: and before the deadline", "0 * * * *|not-on=freeze|deadline=1m", "03/07:00",
	"03/10:20", 0, 0, "skip, next 03/11:00; calendar freeze 03/07:00-03/10:00 x4"},
    {"not-on: and before a pause", "0 * * * *|not-on=freeze", "03/07:00", "03/10:20", PAUSED, 0,
	"skip, next 03/11:00; calendar freeze 03/07:00-03/10:00 x4"},
    {"not-on: two days with one plan", "0 * * * *|not-on=freeze", "03/00:00", "04/23:30", 0, 0,
	"skip, next 05/00:00; calendar freeze 03/00:00-04/23:00 x48"},
    {"not-on: what is open after it is the next plan's", "0 * * * *|not-on=freeze", "04/22:00",
	"05/01:30", 0, 0, "skip, next 05/00:00; calendar freeze 04/22:00-04/23:00 x2"},
    {"not-on: days apart are one stretch if no time lies between", "0 12 * * 2,4|not-on=odd",
	"03/12:00", "05/13:00", 0, 0, "skip, next 10/12:00; calendar odd 03/12:00-05/12:00 x2"},
    {"not-on: until", "0 * * * *|not-on=freeze|until=2026-03-03T11:30:00Z", "03/10:00", "04/10:00",
	0, 0, "skip, next none; calendar freeze 03/10:00-03/11:00 x2"},
    {"not-on: what waited is skipped if its day has been closed since",
	"0 * * * *|not-on=freeze|overlap=wait", "03/10:00", "03/10:20", HELD, 0,
	"skip, next 03/11:00; calendar freeze 03/10:00 x1"},
    {"not-on: what waited on an open day has its turn", "*/10 * * * *|not-on=freeze|overlap=wait",
	"23:40", "03/00:25", HELD, 0, "run 23:40, next 03/00:00; overlap 23:50 x1"},

    /* --missed=once over days of both kinds, plan by plan. */
    {"not-on, once: missed before the closed days", "0 * * * *|not-on=freeze", "22:00", "05/02:20",
	0, 0, "skip, next 03/00:00; missed 22:00-23:00 x2"},
    {"not-on, once: the closed days", "0 * * * *|not-on=freeze", "03/00:00", "05/02:20", 0, 0,
	"skip, next 05/00:00; calendar freeze 03/00:00-04/23:00 x48"},
    {"not-on, once: the latest runs", "0 * * * *|not-on=freeze", "05/00:00", "05/02:20", 0, 0,
	"run 05/02:00, next 05/03:00; missed 05/00:00-05/01:00 x2"},
    {"not-on, once: busy on both sides", "0 * * * *|not-on=freeze", "22:00", "05/02:20", BUSY, 0,
	"skip, next 03/00:00; overlap 22:00-23:00 x2"},
    {"not-on, once: the latest open one is long ago", "0 12 * * *|only-on=work", "02/12:00",
	"04/13:00", 0, 0, "run 12:00, next 03/12:00"},

    /* Nothing is made up for on a day that --not-on names. */
    {"not-on, once: not made up for today", "0 * * * *|not-on=freeze", "22:00", "03/01:20", 0, 0,
	"skip, next 03/00:00; calendar freeze 22:00-23:00 x2"},
    {"not-on, all: not made up for today", "0 * * * *|not-on=freeze|missed=all", "22:00",
	"03/01:20", HELD, 0, "skip, next 03/00:00 held; calendar freeze 22:00-23:00 x2"},
    {"not-on, skip: missed as ever", "0 * * * *|not-on=freeze|missed=skip", "22:00", "03/01:20", 0,
	0, "skip, next 03/00:00; missed 22:00-23:00 x2"},
    {"not-on: a pause is told as such", "0 * * * *|not-on=freeze", "22:00", "03/01:20", PAUSED, 0,
	"skip, next 03/00:00; paused 22:00-23:00 x2"},
    {"not-on: what is only just late runs", "59 23 * * *|not-on=freeze", "23:59", "03/00:00", 0, 0,
	"run 23:59, next 03/23:59"},

    /* --missed=all counts open ones. */
    {"not-on, all: the bound", "0 12 * * *|not-on=freeze|missed=all:2", "12:00", "06/13:00", 0, 0,
	"skip, next 03/12:00 held; missed 12:00 x1"},
    {"not-on, all: the closed days", "0 12 * * *|not-on=freeze|missed=all:2", "03/12:00",
	"06/13:00", 0, 0, "skip, next 05/12:00 held; calendar freeze 03/12:00-04/12:00 x2"},
    {"not-on, all: and then one by one", "0 12 * * *|not-on=freeze|missed=all:2", "05/12:00",
	"06/13:00", 0, 0, "run 05/12:00, next 06/12:00 held"},
    {"not-on, all: a bound beyond the closed days", "0 12 * * *|not-on=freeze|missed=all:3",
	"12:00", "06/13:00", 0, 0, "run 12:00, next 03/12:00 held"},

    {"only-on: an open day", "0 * * * *|only-on=work", "10:00", "10:00", 0, 0,
	"run 10:00, next 11:00"},
    {"only-on: a closed day", "0 * * * *|only-on=work", "03/10:00", "03/10:00", 0, 0,
	"skip, next 03/11:00; calendar work 03/10:00 x1"},
    {"only-on: after its last day nothing runs", "0 * * * *|only-on=work", "20/10:00", "21/10:00",
	0, 0, "skip, next 21/11:00; calendar work 20/10:00-21/10:00 x25"},
    {"only-on: is made up for on any day", "0 * * * *|only-on=work", "23:00", "03/08:20", 0, 0,
	"run 23:00, next 03/00:00"},
    {"both: closed by the one", "0 * * * *|not-on=freeze|only-on=work", "04/22:00", "06/02:10", 0,
	0, "skip, next 05/00:00; calendar freeze 04/22:00-04/23:00 x2"},
    {"both: open", "0 * * * *|not-on=freeze|only-on=work", "05/23:00", "05/23:00", 0, 0,
	"run 05/23:00, next 06/00:00"},
    {"both: closed by the other", "0 * * * *|not-on=freeze|only-on=work", "06/00:00", "06/02:10", 0,
	0, "skip, next 06/03:00; calendar work 06/00:00-06/02:00 x3"},
    {"both: the one after the other", "0 * * * *|not-on=odd|only-on=work", "03/22:00", "04/01:10",
	0, 0, "skip, next 04/00:00; calendar odd 03/22:00-03/23:00 x2"},

    /* Nobody has it: all days are closed. */
    {"not-on: a calendar that is missing", "0 * * * *|not-on=gone", "10:00", "12:20", 0, 0,
	"skip, next 13:00; calendar gone? 10:00-12:00 x3"},
    {"only-on: a calendar that is missing", "0 * * * *|only-on=gone", "10:00", "10:00", 0, 0,
	"skip, next 11:00; calendar gone? 10:00 x1"},
    {"both: the one that is there comes first", "0 * * * *|not-on=freeze|only-on=gone", "03/10:00",
	"03/10:00", 0, 0, "skip, next 03/11:00; calendar freeze 03/10:00 x1"},
    {"both: and else the one that is missing", "0 * * * *|not-on=freeze|only-on=gone", "10:00",
	"10:00", 0, 0, "skip, next 11:00; calendar gone? 10:00 x1"},

    {"every: a closed day", "@every 6h|not-on=freeze", "03/01:00", "03/01:00", 0, 0,
	"skip, next 03/07:00; calendar freeze 03/01:00 x1"},
    {"every: the row goes on over closed days", "@every 6h|not-on=freeze", "03/01:00", "05/02:00",
	0, 0, "skip, next 05/01:00; calendar freeze 03/01:00-04/19:00 x8"},
    {"every: and the first open one runs", "@every 6h|not-on=freeze", "05/01:00", "05/02:00", 0, 0,
	"run 05/01:00 (05/02:00), next 05/08:00"},
    {"every: the calendar comes before the overlap", "@every 6h|not-on=freeze", "03/01:00",
	"03/01:00", BUSY, 0, "skip, next 03/07:00; calendar freeze 03/01:00 x1"},
    {"every: an overlap ends with the open days", "@every 6h|not-on=freeze", "13:00", "03/09:00",
	BUSY, 0, "skip, next 03/01:00; overlap 13:00-19:00 x2"},
    {"every: not made up for today", "@every 6h|not-on=freeze", "13:00", "03/09:00", 0, 0,
	"skip, next 03/01:00; calendar freeze 13:00-19:00 x2"},
    {"every: longer than a closed day", "@every 3d|only-on=work", "03/01:00", "12/02:00", 0, 0,
	"skip, next 09/01:00; calendar work 03/01:00-06/01:00 x2"},
    {"every: a calendar that is missing", "@every 6h|only-on=gone", "01:00", "08:00", 0, 0,
	"skip, next 13:00; calendar gone? 01:00-07:00 x2"},

    {"reboot: a closed day", "@reboot|not-on=freeze", "03/10:00", "03/10:00", 0, 0,
	"skip, next none; calendar freeze 03/10:00 x1"},
};

static void
test_calendars(void)
{
	static const struct due tokyo = {"the days are those of the zone",
	    "30 * * * *|not-on=freeze", "15:30", "15:30", 0, 0,
	    "skip, next 16:30; calendar freeze 15:30 x1"};
	static const struct due before = {"where nobody knows calendars, all days are open",
	    "0 * * * *|not-on=freeze|only-on=gone", "03/10:00", "03/10:00", 0, 0,
	    "run 03/10:00, next 03/11:00"};
	struct err e;

	for (size_t i = 0; i < COUNT(closed_days); i++)
		check_due(&closed_days[i], zone_utc(), find_calendar);
	check_due(&tokyo, zone_get("Asia/Tokyo", &e), find_calendar);
	check_due(&before, zone_utc(), NULL);
}

/* What is known of a job's life so far. */
struct life {
	struct plan_input in;
	struct plan plan;
	int64_t told;	 /* the latest occurrence whose fate is known */
	int64_t n, runs; /* occurrences whose fate is known, those that ran */
	int64_t closed;	 /* those that a calendar kept from running */
	bool right;
};

static bool
has(const struct calendar *c, int64_t t)
{
	struct civil day;

	civil_from_seconds(t / USEC, &day);
	return c != NULL && calendar_has(c, &day);
}

static bool
is_open(const struct plan_input *in, int64_t t)
{
	return !has(in->not_on, t) && (in->only_on == NULL || has(in->only_on, t));
}

static void
judge_skip(struct life *l, const struct plan_skip *skip)
{
	const struct plan_input *in = &l->in;
	int64_t n = 0, t;

	l->right = l->right && schedule_next(in->schedule, in->zone, l->told) == skip->first;
	for (t = skip->first; t <= skip->last; t = schedule_next(in->schedule, in->zone, t)) {
		if (skip->reason == SKIP_CALENDAR)
			l->right = l->right && (!is_open(in, t) || has(in->not_on, in->now));
		else
			l->right = l->right && is_open(in, t);
		n++;
	}
	l->right = l->right && n == skip->count;
	l->closed += skip->reason == SKIP_CALENDAR ? n : 0;
	l->told = skip->last;
	l->n += n;
}

static void
judge(struct life *l)
{
	const struct plan_input *in = &l->in;

	for (int i = 0; i < l->plan.nskips; i++)
		if (l->plan.skips[i].first < l->plan.run_for || l->plan.action != PLAN_RUN)
			judge_skip(l, &l->plan.skips[i]);
	if (l->plan.action == PLAN_RUN) {
		l->right = l->right && is_open(in, l->plan.run_for) &&
			   schedule_next(in->schedule, in->zone, l->told) == l->plan.run_for;
		l->told = l->plan.run_for;
		l->n++;
		l->runs++;
	}
	for (int i = 0; i < l->plan.nskips; i++)
		if (l->plan.skips[i].first > l->told)
			judge_skip(l, &l->plan.skips[i]);
}

/* Each occurrence has one fate, in order, and a calendar is the reason where it must be. */
static void
test_complete(void)
{
	static const char *const jobs[] = {"*/40 * * * *|not-on=quarters",
	    "50 3,4 * * *|only-on=quarters", "*/40 * * * *|not-on=quarters|missed=skip",
	    "0 */5 * * *|not-on=quarters|missed=all:9",
	    "*/40 * * * *|only-on=quarters|missed=all:9|overlap=wait",
	    "*/40 * * * *|not-on=quarters|overlap=wait|deadline=3d",
	    "0 */5 * * *|not-on=quarters|overlap=replace"};
	uint64_t state = 7;

	for (size_t i = 0; i < COUNT(jobs); i++) {
		struct life l = {.right = true, .plan = {.next = at("00:00")}};
		struct schedule s;
		struct job job;
		int64_t now = l.plan.next, last = 0;

		make(jobs[i], &job, &s);
		l.in = (struct plan_input){.job = &job, .schedule = &s, .zone = zone_utc()};
		plan_find_calendars(&l.in, find_calendar, NULL);
		l.plan.next = schedule_next(&s, zone_utc(), now);
		l.told = l.plan.next - 1;
		for (int k = 0; k < 4000; k++) {
			state =
			    state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
			now += (int64_t)(state >> 20) % (k % 20 == 0 ? 20 * DAY_US : 2 * HOUR_US);
			l.in.now = now;
			while (l.plan.next <= now) {
				l.in.scheduled_for = l.plan.next;
				l.in.busy = (state >> 40) % 3 == 0;
				l.in.held =
				    l.plan.action == PLAN_HOLD || l.plan.action == PLAN_REPLACE;
				plan_due(&l.in, &l.plan);
				judge(&l);
				if (l.plan.action != PLAN_SKIP)
					break;
			}
		}
		tap_ok(l.right && l.runs > 30 && l.closed > 1000 && l.n > l.runs + l.closed,
		    "calendars leave the ledger of '%s' complete", jobs[i]);
		tap_is_int(l.n, schedule_count(&s, zone_utc(), at("00:00"), l.plan.next - 1, &last),
		    "which has every time once");
		job_release(&job);
	}
}

/* After a hundred years there is no more to plan than there are borders. */
static void
test_bounded(void)
{
	struct schedule s;
	struct job job;
	struct plan p = {.next = at("00:00")};
	struct plan_input in = {.job = &job, .schedule = &s, .zone = zone_utc()};
	int plans = 0;

	make("* * * * *|not-on=quarters", &job, &s);
	plan_find_calendars(&in, find_calendar, NULL);
	in.now = p.next + 100 * 365 * DAY_US;
	do {
		in.scheduled_for = p.next;
		plan_due(&in, &p);
		plans++;
	} while (p.action == PLAN_SKIP && p.next <= in.now);
	tap_ok(p.action == PLAN_RUN && p.run_for >= in.now - PLAN_LATE,
	    "the latest of a hundred years runs");
	tap_is_int(plans, 801, "after a plan for each stretch of open and of closed days");
	job_release(&job);
}

int
main(void)
{
	read_calendars();
	test_calendars();
	test_complete();
	test_bounded();
	for (size_t i = 0; i < COUNT(calendars); i++)
		calendar_release(&calendars[i]);
	zone_cache_free();
	return tap_done();
}
