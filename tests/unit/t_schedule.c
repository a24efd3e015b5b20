/*
 * t_schedule: the forms a schedule may have, and when each is due next.
 */
#include <string.h>

#include "base/err.h"
#include "tap.h"
#include "time/duration.h"
#include "time/schedule.h"
#include "time/zone.h"

#define NOW (INT64_C(1775044800) * USEC) /* 2026-04-01T12:00:00Z */

static const struct {
	const char *text;
	enum schedule_kind kind;
	int64_t value; /* every or at */
	const char *why;
} good[] = {
	{ "*/5 * * * *", SCHEDULE_CRON, 0, "five fields" },
	{ "@daily", SCHEDULE_CRON, 0, "a nickname" },
	{ "@Hourly", SCHEDULE_CRON, 0, "in any case" },
	{ "@every 15m", SCHEDULE_EVERY, 15 * MINUTE_US, "an interval" },
	{ "@every 15m  ", SCHEDULE_EVERY, 15 * MINUTE_US, "an interval with blanks behind it" },
	{ "@EVERY 1h30m", SCHEDULE_EVERY, 90 * MINUTE_US, "in any case" },
	{ "@every\t 90", SCHEDULE_EVERY, 90 * USEC, "blanks before the duration" },
	{ " @every 1s", SCHEDULE_EVERY, USEC, "the shortest interval" },
	{ "@every 1500ms", SCHEDULE_EVERY, 1500000, "not in whole seconds" },
	{ "@reboot", SCHEDULE_REBOOT, 0, "at boot" },
	{ "@ReBoot ", SCHEDULE_REBOOT, 0, "in any case" },
	{ "2026-04-01T12:00:00.000Z", SCHEDULE_ONCE, NOW, "an instant" },
	{ "2026-04-01T14:00:00+02:00", SCHEDULE_ONCE, NOW, "with an offset" },
};

static const struct {
	const char *text;
	int column;
	const char *part, *why;
} bad[] = {
	{ "", 1, "five fields", "nothing" },
	{ "61 * * * *", 1, "minute: ", "a bad field" },
	{ "0 0 30 2 *", 5, "never run", "a date that never comes" },
	{ "0 0 * * * *", 11, "no seconds", "six fields" },
	{ "@every", 7, "'' is not a duration", "no duration" },
	{ "@every ", 8, "'' is not a duration", "a blank and no duration" },
	{ "@every 5x", 8, "'5x' is not a duration", "a bad duration" },
	{ "  @every 5x", 10, "'5x' is not a duration", "with its column" },
	{ "@every -5m", 8, "'-5m' is not a duration", "a negative duration" },
	{ "@every 0", 8, "one second", "no time at all" },
	{ "@every 999ms", 8, "one second", "less than a second" },
	{ "@everyday", 1, "@everyday", "more than the word" },
	{ "@reboot now", 9, "follow", "something after @reboot" },
	{ "@rebooted", 1, "@rebooted", "more than the word" },
	{ "2026-04-01 12:00", 1, "RFC 3339", "a reading without an offset" },
	{ "2026-02-30T12:00:00Z", 1, "RFC 3339", "a day that is not there" },
	{ "now", 4, "five fields", "what TIME has and a schedule has not" },
};

static void
test_reading(void)
{
	struct schedule s;
	struct err e;
	int column;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		int rc = schedule_parse(&s, good[i].text, 0, &column, &e);

		tap_ok(rc == 0 && s.kind == good[i].kind &&
			(s.kind != SCHEDULE_EVERY || s.every == good[i].value) &&
			(s.kind != SCHEDULE_ONCE || s.at == good[i].value),
		    "'%s': %s", good[i].text, good[i].why);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int rc = schedule_parse(&s, bad[i].text, 0, &column, &e);

		if (!tap_ok(rc == E_INPUT && column == bad[i].column &&
			    strstr(e.text, bad[i].part) != NULL,
			"'%s' is refused at column %d: %s", bad[i].text, bad[i].column, bad[i].why))
			tap_note("got %d, column %d, '%s'", rc, column, e.text);
	}
	tap_ok(schedule_parse(&s, "@every 5x", 0, NULL, &e) == E_INPUT, "nobody need ask for the column");
}

static struct schedule
schedule(const char *text)
{
	struct schedule s;
	struct err e;

	if (schedule_parse(&s, text, 0, NULL, &e) < 0)
		tap_ok(false, "%s", e.text);
	return s;
}

static int64_t
next_of(const char *text, int64_t after)
{
	struct schedule s = schedule(text);

	return schedule_next(&s, zone_utc(), after);
}

static void
test_next(void)
{
	const char *at = "2026-04-01T12:00:00.000Z";

	tap_is_int(next_of(at, NOW - 1), NOW, "once: its instant, from a microsecond before");
	tap_is_int(next_of(at, NOW), INSTANT_NONE, "once: nothing from the instant on");
	tap_is_int(next_of("@every 15m", NOW + 7), NOW + 7 + 15 * MINUTE_US, "every: exactly so much later");
	tap_is_int(next_of("@every 15m", INT64_MAX - 5), INSTANT_NONE, "every: not over the end of time");
	tap_is_int(next_of("@reboot", NOW), INSTANT_NONE, "reboot: never by the clock");
	tap_is_int(next_of("* * * * *", NOW), NOW + MINUTE_US, "cron: strictly after a whole minute");
	tap_is_int(next_of("* * * * *", NOW - 1), NOW, "cron: a microsecond before, that minute");
	tap_is_int(next_of("* * * * *", NOW + 1), NOW + MINUTE_US, "cron: a microsecond after, the next");
	tap_is_int(next_of("* * * * *", -1), 0, "cron: fractions before the epoch are rounded down");
	tap_is_int(next_of("* * * * *", INT64_MAX), INSTANT_NONE, "cron: none at the end of time");
}

static void
test_options(void)
{
	const struct zone *berlin = zone_get("Europe/Berlin", &(struct err){ 0 });
	const int64_t spring = INT64_C(1774740000) * USEC, autumn = INT64_C(1792887300) * USEC;
	struct schedule s = schedule("30 2 * * *");

	tap_is_int(schedule_next(&s, berlin, spring), INT64_C(1774746000) * USEC,
	    "a gap is made up for");
	s.gap = DST_GAP_SKIP;
	tap_is_int(schedule_next(&s, berlin, spring), INT64_C(1774830600) * USEC,
	    "unless the schedule says skip");
	tap_is_int(schedule_next(&s, berlin, autumn), INT64_C(1792888200) * USEC, "a repeated hour");
	tap_is_int(schedule_next(&s, berlin, INT64_C(1792888200) * USEC),
	    INT64_C(1792978200) * USEC, "runs once");
	s.repeat = DST_REPEAT_BOTH;
	tap_is_int(schedule_next(&s, berlin, INT64_C(1792888200) * USEC),
	    INT64_C(1792891800) * USEC, "unless the schedule says both");
}

int
main(void)
{
	test_reading();
	test_next();
	test_options();
	zone_cache_free();
	return tap_done();
}
