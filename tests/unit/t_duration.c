/*
 * t_duration: lengths of time, read and written.
 */
#include <inttypes.h>
#include <string.h>

#include "base/err.h"
#include "tap.h"
#include "time/duration.h"

static const struct {
	const char *text;
	int64_t us;
	const char *why;
} good[] = {
	{ "90", 90 * USEC, "a bare number is seconds" },
	{ "0", 0, "nothing is a duration too" },
	{ "007", 7 * USEC, "leading zeros do not matter" },
	{ "90s", 90 * USEC, "seconds" },
	{ "250ms", 250000, "milliseconds" },
	{ "5m", 5 * MINUTE_US, "m is minutes, not milliseconds" },
	{ "1h30m", 90 * MINUTE_US, "two units" },
	{ "2d", 2 * DAY_US, "days" },
	{ "1w", 7 * DAY_US, "weeks" },
	{ "1w2d3h4m5s6ms", 9 * DAY_US + 3 * HOUR_US + 4 * MINUTE_US + 5 * USEC + 6000, "all units" },
	{ "1w5ms", 7 * DAY_US + 5000, "units may be left out" },
	{ "100h", 100 * HOUR_US, "a unit may exceed the next one up" },
	{ "0h5m", 5 * MINUTE_US, "a unit may be zero" },
	{ "36525d", DURATION_MAX, "the longest" },
};

static const struct {
	const char *text, *why;
} bad[] = {
	{ "", "empty" },
	{ "-5", "negative" },
	{ "+5", "a sign" },
	{ "1h-30m", "a sign further on" },
	{ " 5", "a leading blank" },
	{ "5 ", "a trailing blank" },
	{ "1h 30m", "a blank within" },
	{ "5 m", "a blank before the unit" },
	{ "5y", "an unknown unit" },
	{ "5H", "a unit in capitals" },
	{ "5min", "a unit that only begins like one" },
	{ "m", "no number" },
	{ "h5", "the unit first" },
	{ "1.5h", "a fraction" },
	{ "1h30", "no unit after the first" },
	{ "30m1h", "units out of order" },
	{ "5ms1s", "milliseconds before seconds" },
	{ "1h2h", "a unit twice" },
	{ "36526d", "too long" },
	{ "36525d1ms", "too long by the last unit" },
	{ "99999999999999999999999", "overflow of a number" },
	{ "99999999999999999999999w", "overflow of a product" },
	{ "5218w9223372036854775807s", "overflow of a sum" },
	{ "0x10", "hexadecimal" },
	{ "1e3", "an exponent" },
};

static const struct {
	int64_t us;
	const char *text;
} written[] = {
	{ 0, "0s" },
	{ 90 * USEC, "1m30s" },
	{ 90 * MINUTE_US, "1h30m" },
	{ 7 * DAY_US, "1w" },
	{ 10 * DAY_US, "10d" },
	{ 250000, "250ms" },
	{ 1500000, "1s500ms" },
	{ 1999, "1ms" }, /* truncated */
	{ 999, "0s" },
	{ DURATION_MAX, "36525d" },
	{ -90 * USEC, "-1m30s" },
	{ -1, "0s" },
};

static void
test_reading(void)
{
	struct err e;
	int64_t us;
	int rc;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		us = -1;
		rc = duration_parse(good[i].text, &us, &e);
		tap_is_int(rc == 0 ? us : rc, good[i].us, "'%s': %s", good[i].text, good[i].why);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		us = 42;
		rc = duration_parse(bad[i].text, &us, &e);
		tap_ok(rc == E_INPUT && us == 42, "'%s' is refused: %s", bad[i].text, bad[i].why);
	}
}

static void
test_error_text(void)
{
	struct err e;
	char text[4000];
	int64_t us;

	memset(text, '9', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	duration_parse(text, &us, &e);
	tap_ok(strlen(e.text) < 160, "an overlong duration is not repeated whole");
	duration_parse("5\033[2J", &us, &e);
	tap_is_str(e.text, "'5?[2J' is not a duration, such as 90s, 1h30m or 2d",
	    "control characters are not repeated");
}

static void
test_writing(void)
{
	char buf[40], small[4];
	struct err e;
	int64_t us;

	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
		duration_format(written[i].us, buf, sizeof(buf));
		tap_is_str(buf, written[i].text, "%" PRId64 " us is %s", written[i].us,
		    written[i].text);
	}
	for (us = 0; us < DURATION_MAX / 7; us = us * 7 + 123456000) {
		int64_t back = -1;

		duration_format(us, buf, sizeof(buf));
		duration_parse(buf, &back, &e);
		tap_is_int(back, us, "%s reads back as it was", buf);
	}
	duration_format(INT64_MIN, buf, sizeof(buf));
	tap_ok(buf[0] == '-', "the smallest number does not overflow");
	duration_format(90 * MINUTE_US + USEC, small, sizeof(small));
	tap_is_str(small, "1h3", "a small buffer is not overrun");
}

int
main(void)
{
	test_reading();
	test_error_text();
	test_writing();
	return tap_done();
}
