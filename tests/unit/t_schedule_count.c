/*
 * t_schedule_count: counting gives what stepping from one time to the next gives, around every kind
 * of change of the clock.
 */
#include <inttypes.h>

#include "base/err.h"
#include "tap.h"
#include "time/duration.h"
#include "time/schedule.h"
#include "time/zone.h"

static const char *const zones[] = {"UTC", "Europe/Berlin", "America/New_York",
    "Australia/Lord_Howe", /* half an hour */
    "Antarctica/Troll",	   /* two hours */
    "Africa/Casablanca",   /* four changes a year */
    "Europe/Dublin", "Pacific/Apia", "America/Nuuk", "Asia/Kolkata", "Africa/Monrovia"};

static const char *const exprs[] = {"* * * * *", "*/7 * * * *", "30 2 * * *", "0 0 * * *",
    "59 23 31 12 *", "15,45 1-3 * * *", "0 */6 * * *", "* * 29 2 *", "0 9 * * 1-5", "5 4 1,15 * 3",
    "0 3 L * *", "0 2 * * sun#1", "* 1-2 * 3,10 0", "0 0 1 1 *", "0-29 * * * *", "30 23 * * *",
    "0 12 */2 * *", "10 0-23 * * *"};

/* Instants around which something happens to one of the zones; UTC. */
static const char *const around[] = {"2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z",
    "2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z", "2026-04-04T15:00:00Z",
    "2011-12-30T10:00:00Z", /* Apia loses a day */
    "2024-03-31T01:00:00Z", "1972-01-07T00:44:30Z", "2026-02-15T02:00:00Z", "2026-01-01T00:00:00Z",
    "2024-02-29T00:00:00Z"};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static uint64_t state = 20260301;

static int64_t
random_below(int64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (int64_t)(state >> 1) % n;
}

static int64_t
step(const struct schedule *s, const struct zone *z, int64_t after, int64_t until, int64_t *last)
{
	int64_t n = 0, t = after;

	while ((t = schedule_next(s, z, t)) != INSTANT_NONE && t <= until) {
		n++;
		*last = t;
	}
	return n;
}

static bool
same(const struct schedule *s, const char *text, const struct zone *z, int64_t after, int64_t until)
{
	int64_t want_last = -1, last = -1, want = step(s, z, after, until, &want_last);
	int64_t n = schedule_count(s, z, after, until, &last);

	if (n == want && last == want_last)
		return true;
	tap_note("'%s' in %s from %" PRId64 " to %" PRId64 ": %" PRId64 " up to %" PRId64
		 ", stepped %" PRId64 " up to %" PRId64,
	    text, zone_name(z), after, until, n, last, want, want_last);
	return false;
}

/* Ranges of up to three days whose ends fall into every corner of the hours around `middle`. */
static bool
same_around(const struct schedule *s, const char *text, const struct zone *z, int64_t middle)
{
	for (int i = 0; i < 12; i++) {
		int64_t after = middle + random_below(2 * DAY_US) - DAY_US - DAY_US / 2;
		int64_t until = after + random_below(3 * DAY_US);

		/* Half of them on the minute, where being off by one shows. */
		if (i % 2 == 0) {
			after -= after % MINUTE_US;
			until -= until % MINUTE_US;
		}
		if (!same(s, text, z, after, until))
			return false;
	}
	return true;
}

static void
test_expr(const char *text, enum dst_gap gap, enum dst_repeat repeat)
{
	struct schedule s;
	struct err e;
	bool ok = true;

	if (schedule_parse(&s, text, 0, NULL, &e) < 0)
		tap_ok(false, "'%s' is parsed: %s", text, e.text);
	s.gap = gap;
	s.repeat = repeat;
	for (size_t z = 0; ok && z < COUNT(zones); z++) {
		const struct zone *zone = zone_get(zones[z], &e);
		int64_t middle;

		for (size_t i = 0; ok && zone != NULL && i < COUNT(around); i++)
			ok = instant_parse(around[i], zone_utc(), 0, &middle, &e) == 0 &&
			     same_around(&s, text, zone, middle);
		ok = ok && zone != NULL;
	}
	tap_ok(ok, "'%s' (gap %d, repeat %d) is counted as it is stepped", text, (int)gap,
	    (int)repeat);
}

static void
test_years(void)
{
	struct schedule s;
	struct err e;
	int64_t from, to, n, last = 0;

	instant_parse("2000-01-01T00:00:00Z", zone_utc(), 0, &from, &e);
	instant_parse("2400-01-01T00:00:00Z", zone_utc(), 0, &to, &e);
	schedule_parse(&s, "* * * * *", 0, NULL, &e);
	n = schedule_count(&s, zone_utc(), from, to, &last);
	tap_is_int(n, INT64_C(146097) * 24 * 60, "every minute of 400 years");
	tap_is_int(last, to, "the last of them included");
	schedule_parse(&s, "0 12 29 2 *", 0, NULL, &e);
	tap_is_int(
	    schedule_count(&s, zone_utc(), from, to, &last), 97, "97 leap days in 400 years");
	for (size_t z = 0; z < COUNT(zones); z++)
		for (size_t i = 1; i < COUNT(exprs); i++) {
			const struct zone *zone = zone_get(zones[z], &e);

			schedule_parse(&s, exprs[i], 0, NULL, &e);
			if (!same(&s, exprs[i], zone, from, from + 500 * DAY_US))
				tap_ok(false, "500 days of '%s' in %s", exprs[i], zones[z]);
		}
}

static void
test_other_kinds(void)
{
	struct schedule s = {.kind = SCHEDULE_EVERY, .every = 90 * USEC};
	const struct zone *utc = zone_utc();
	int64_t last = 7;

	tap_is_int(schedule_count(&s, utc, 0, 89 * USEC, &last), 0, "the interval is not over");
	tap_is_int(last, 7, "without a time the latest is left alone");
	tap_is_int(schedule_count(&s, utc, 0, 270 * USEC, &last), 3, "three intervals");
	tap_is_int(last, 270 * USEC, "the last ends at the end");
	s = (struct schedule){.kind = SCHEDULE_ONCE, .at = 100};
	tap_is_int(schedule_count(&s, utc, 99, 100, &last), 1, "the instant at the end counts");
	tap_is_int(last, 100, "and is the latest");
	tap_is_int(schedule_count(&s, utc, 100, 200, &last), 0, "at the beginning it does not");
	tap_is_int(schedule_count(&s, utc, 200, 100, &last), 0, "an empty range has none");
	s = (struct schedule){.kind = SCHEDULE_REBOOT};
	tap_is_int(schedule_count(&s, utc, 0, 200, &last), 0, "a boot is not a time");
}

int
main(void)
{
	test_other_kinds();
	for (size_t i = 0; i < COUNT(exprs); i++) {
		test_expr(exprs[i], DST_GAP_DEFAULT, DST_REPEAT_DEFAULT);
		test_expr(exprs[i], DST_GAP_SKIP, DST_REPEAT_BOTH);
		test_expr(exprs[i], DST_GAP_AFTER, DST_REPEAT_ONCE);
	}
	test_years();
	zone_cache_free();
	return tap_done();
}
