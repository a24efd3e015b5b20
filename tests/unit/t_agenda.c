/*
 * t_agenda: occurrences to come, of one job and of many in order.
 */
#include "base/err.h"
#include "base/mem.h"
#include "cli/agenda.h"
#include "job/job.h"
#include "store/store.h"
#include "tap.h"
#include "time/calendar.h"
#include "time/duration.h"
#include "time/zone.h"

#define T0 (INT64_C(1767225600) * USEC) /* 2026-01-01T00:00:00Z */

/* A stored periodic job whose next occurrence waits; released by job_release. */
static struct job_view
view_of(const char *schedule, int64_t next)
{
	struct job_view v = { .next_scheduled_for = next, .paused_until = INSTANT_NONE };

	job_init(&v.job);
	v.job.user = xstrdup("u");
	v.job.command = xstrdup("true");
	v.job.schedule = xstrdup(schedule);
	v.job.periodic = true;
	return v;
}

/* The n-th time from now on, 0 the next, in minutes after T0; -1: none. */
static int64_t
nth(const struct upcoming *u, int n)
{
	struct upcoming copy = *u;

	while (n-- > 0)
		upcoming_step(&copy);
	return copy.next == INSTANT_NONE ? -1 : (copy.next - T0) / MINUTE_US;
}

/* 2026-01-01 to 2026-01-03, and every 5 January. */
static const char holidays[] = "2026-01-01..2026-01-03\n01-05\n";

static struct calendar calendar;

static const struct calendar *
find_calendar(void *arg, const char *name)
{
	(void)arg;
	return strcmp(name, "holidays") == 0 ? &calendar : NULL;
}

static void
start(struct upcoming *u, const struct job_view *v)
{
	const struct upcoming_context ctx = { .zone = zone_utc(), .calendar = find_calendar };
	struct err e;

	if (upcoming_stored(u, v, &ctx, &e) < 0)
		tap_note("%s", e.text);
}

static void
test_stored(void)
{
	struct job_view v = view_of("*/10 * * * *", T0 + 10 * MINUTE_US);
	struct upcoming u;

	start(&u, &v);
	tap_is_int(nth(&u, 0), 10, "the waiting occurrence comes first");
	tap_is_int(nth(&u, 2), 30, "the others follow the schedule");
	v.job.until = T0 + 25 * MINUTE_US;
	start(&u, &v);
	tap_is_int(nth(&u, 1), 20, "before --until there are some");
	tap_is_int(nth(&u, 2), -1, "after --until there are none");
	v.job.until = INSTANT_NONE;
	v.job.count = 5;
	v.started = 3;
	start(&u, &v);
	tap_is_int(nth(&u, 1), 20, "as many as --count leaves");
	tap_is_int(nth(&u, 2), -1, "no more than --count leaves");
	v.job.count = 0;
	v.paused = true;
	start(&u, &v);
	tap_is_int(nth(&u, 0), -1, "a paused job has none");
	v.paused_until = T0 + 35 * MINUTE_US;
	start(&u, &v);
	tap_is_int(nth(&u, 0), 40, "a job that is paused for a while has those after it");
	job_release(&v.job);
}

static void
test_skip(void)
{
	struct job_view cron = view_of("*/10 * * * *", T0), every = view_of("@every 7m", T0);
	struct upcoming u;

	start(&u, &cron);
	upcoming_skip(&u, T0);
	tap_is_int(nth(&u, 0), 0, "what is at the time itself is not passed over");
	upcoming_skip(&u, T0 + 1);
	tap_is_int(nth(&u, 0), 10, "what is before it is");
	start(&u, &every);
	upcoming_skip(&u, T0 + 70 * MINUTE_US);
	tap_is_int(nth(&u, 0), 70, "an interval keeps its phase, exactly");
	upcoming_skip(&u, T0 + 71 * MINUTE_US);
	tap_is_int(nth(&u, 0), 77, "an interval keeps its phase, in between");
	upcoming_skip(&u, T0 + 100 * 365 * DAY_US);
	tap_ok(nth(&u, 0) % 7 == 0, "a century is passed over at once");
	job_release(&cron.job);
	job_release(&every.job);
}

static void
test_calendars(void)
{
	struct job_view daily = view_of("0 12 * * *", T0 + 12 * HOUR_US);
	struct job_view yearly = view_of("0 12 5 1 *", T0 + 4 * DAY_US + 12 * HOUR_US);
	struct upcoming u;

	daily.job.not_on = xstrdup("holidays");
	start(&u, &daily);
	tap_is_int(nth(&u, 0), (3 * 24 + 12) * 60, "days of --not-on are passed over");
	tap_is_int(nth(&u, 1), (5 * 24 + 12) * 60, "also between others");
	daily.job.only_on = daily.job.not_on;
	daily.job.not_on = NULL;
	start(&u, &daily);
	tap_is_int(nth(&u, 3), (4 * 24 + 12) * 60, "other days than those of --only-on are, too");
	daily.job.count = 2;
	start(&u, &daily);
	tap_is_int(nth(&u, 1), 36 * 60, "what is passed over does not count");
	yearly.job.not_on = xstrdup("holidays");
	start(&u, &yearly);
	tap_ok(nth(&u, 0) > INT64_C(374) * 365 * 24 * 60,
	    "a schedule with closed days only comes when calendars end, after the year 2400");
	free(yearly.job.not_on);
	yearly.job.not_on = xstrdup("nobody has it");
	start(&u, &yearly);
	tap_is_int(nth(&u, 0), -1, "a calendar that is missing closes all days");
	job_release(&daily.job);
	job_release(&yearly.job);
}

static void
test_order(void)
{
	static const char *const schedules[] = { "*/3 * * * *", "*/5 * * * *", "@every 4m", "0 * * * *" };
	struct agenda a = { 0 };
	const struct agenda_item *item;
	int64_t last = 0, last_job = 0;
	int n = 0, wrong = 0;

	for (int64_t i = 0; i < 100; i++) {
		struct job_view v = view_of(schedules[i % 4], T0 + i % 7 * MINUTE_US);
		struct upcoming u;

		start(&u, &v);
		agenda_add(&a, &u, i + 1, NULL);
		job_release(&v.job);
	}
	for (; n < 5000 && (item = agenda_first(&a)) != NULL; n++) {
		wrong += item->u.next < last || (item->u.next == last && item->job_id <= last_job);
		last = item->u.next;
		last_job = item->job_id;
		agenda_advance(&a);
	}
	tap_is_int(n, 5000, "schedules without an end go on");
	tap_is_int(wrong, 0, "by time, and at one time in the order of adding");
	agenda_release(&a);
}

static void
test_end(void)
{
	struct job_view v = view_of("*/10 * * * *", T0);
	struct agenda a = { 0 };
	struct upcoming u;

	v.job.count = 2;
	start(&u, &v);
	agenda_add(&a, &u, 1, "x");
	tap_ok(agenda_first(&a) != NULL, "the first of two");
	agenda_advance(&a);
	tap_is_str(agenda_first(&a)->name, "x", "the second of two");
	agenda_advance(&a);
	tap_ok(agenda_first(&a) == NULL, "then it is over");
	u.next = INSTANT_NONE;
	agenda_add(&a, &u, 1, "x");
	tap_ok(agenda_first(&a) == NULL, "what has none is not taken in");
	agenda_release(&a);
	job_release(&v.job);
}

int
main(void)
{
	struct err e;
	int line, column;

	calendar_parse(&calendar, holidays, strlen(holidays), &line, &column, &e);
	test_stored();
	test_calendars();
	test_skip();
	test_order();
	test_end();
	calendar_release(&calendar);
	return tap_done();
}
