/*
 * t_instant: points in time, read as people write them and written as programs read them.
 */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "tap.h"
#include "time/duration.h"
#include "time/instant.h"
#include "time/zone.h"

/* Wednesday 2026-04-01, 12:00:00 UTC; 14:00 in Berlin. */
#define NOW (INT64_C(1775044800) * USEC)

static const struct {
	const char *text, *zone, *want; /* as JSON */
	const char *why;
} good[] = {
	{ "2026-03-01T10:00:00Z", "Europe/Berlin", "2026-03-01T10:00:00.000Z", "RFC 3339, UTC" },
	{ "2026-03-01t10:00:00z", "UTC", "2026-03-01T10:00:00.000Z", "in small letters" },
	{ "2026-03-01T10:00:00+01:00", "UTC", "2026-03-01T09:00:00.000Z", "an offset east" },
	{ "2026-03-01T10:00:00-05:30", "UTC", "2026-03-01T15:30:00.000Z", "an offset west" },
	{ "2026-03-01T10:00:00-00:00", "UTC", "2026-03-01T10:00:00.000Z", "an unknown offset is UTC" },
	{ "2026-03-01T23:30:00-01:00", "UTC", "2026-03-02T00:30:00.000Z", "into the next day" },
	{ "2026-03-01T10:00:00.250Z", "UTC", "2026-03-01T10:00:00.250Z", "a fraction" },
	{ "2026-03-01T10:00:00.123456789Z", "UTC", "2026-03-01T10:00:00.123Z", "a long fraction" },
	{ "2026-03-01 10:00:00Z", "UTC", "2026-03-01T10:00:00.000Z", "a blank for the T" },
	{ "2026-03-01 10:00", "Europe/Berlin", "2026-03-01T09:00:00.000Z", "a reading in the zone" },
	{ "2026-07-01 10:00", "Europe/Berlin", "2026-07-01T08:00:00.000Z", "in summer" },
	{ "2026-03-01 10:00:30", "UTC", "2026-03-01T10:00:30.000Z", "with seconds" },
	{ "2026-03-01T10:00", "Europe/Berlin", "2026-03-01T09:00:00.000Z", "with a T" },
	{ "2026-03-29 02:30", "Europe/Berlin", "2026-03-29T01:00:00.000Z",
	    "in a gap: the first instant after it" },
	{ "2026-10-25 02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z", "repeated: the earlier" },
	{ "2011-12-30 12:00", "Pacific/Apia", "2011-12-30T10:00:00.000Z", "on a day that was lost" },
	{ "2028-02-29 00:00", "UTC", "2028-02-29T00:00:00.000Z", "a leap day" },
	{ "15:30", "UTC", "2026-04-01T15:30:00.000Z", "later today" },
	{ "11:59", "UTC", "2026-04-02T11:59:00.000Z", "past: tomorrow" },
	{ "12:00", "UTC", "2026-04-01T12:00:00.000Z", "this very moment is not past" },
	{ "13:00", "Europe/Berlin", "2026-04-02T11:00:00.000Z", "past in the zone: tomorrow" },
	{ "13:00:05", "UTC", "2026-04-01T13:00:05.000Z", "with seconds" },
	{ "00:30", "Asia/Tokyo", "2026-04-01T15:30:00.000Z", "the zone's date counts, not UTC's" },
	{ "now", "UTC", "2026-04-01T12:00:00.000Z", "now" },
	{ "now+90s", "UTC", "2026-04-01T12:01:30.000Z", "now and a duration" },
	{ "now+1h30m", "UTC", "2026-04-01T13:30:00.000Z", "with units" },
	{ "NOW+250ms", "UTC", "2026-04-01T12:00:00.250Z", "in any case" },
	{ "tomorrow 08:15", "UTC", "2026-04-02T08:15:00.000Z", "tomorrow" },
	{ "tomorrow 08:15", "Europe/Berlin", "2026-04-02T06:15:00.000Z", "in the zone" },
	{ "Tomorrow 20:00:01", "UTC", "2026-04-02T20:00:01.000Z", "in any case, with seconds" },
	{ "@0", "UTC", "1970-01-01T00:00:00.000Z", "the epoch" },
	{ "@1775044800.5", "UTC", "2026-04-01T12:00:00.500Z", "seconds with a fraction" },
	{ "1970-01-01T00:00:00Z", "UTC", "1970-01-01T00:00:00.000Z", "the first instant" },
	{ "2400-12-31T23:59:59.999Z", "UTC", "2400-12-31T23:59:59.999Z", "the last second" },
};

static const struct {
	const char *text, *why;
} bad[] = {
	{ "", "empty" },
	{ " ", "a blank" },
	{ "2026-03-01", "a date alone" },
	{ "2026-3-1 10:00", "one digit for a month" },
	{ "2026-02-29 10:00", "a day that is not there" },
	{ "2026-04-31 10:00", "nor that" },
	{ "2026-00-10 10:00", "month 0" },
	{ "2026-13-10 10:00", "month 13" },
	{ "2026-01-00 10:00", "day 0" },
	{ "2026-01-01 24:00", "hour 24" },
	{ "2026-01-01 10:60", "minute 60" },
	{ "2026-01-01 10:00:60", "second 60: the clock has none" },
	{ "2026-01-01 10", "no minutes" },
	{ "2026-01-01  10:00", "two blanks" },
	{ "2026-01-01 10:00 ", "a trailing blank" },
	{ " 2026-01-01 10:00", "a leading blank" },
	{ "2026-01-01 10:00:00.", "a point without a fraction" },
	{ "2026-01-01T10:00:00+1:00", "one digit of an offset" },
	{ "2026-01-01T10:00:00+0100", "an offset without a colon" },
	{ "2026-01-01T10:00:00+24:00", "an offset of 24 hours" },
	{ "2026-01-01T10:00:00+01:60", "an offset with 60 minutes" },
	{ "2026-01-01T10:00:00Zx", "junk after it" },
	{ "2026-01-01T10:00:00 Europe/Berlin", "a zone's name after it" },
	{ "2026/01/01 10:00", "slashes" },
	{ "26-01-01 10:00", "a year of two digits" },
	{ "12026-01-01 10:00", "a year of five" },
	{ "1969-12-31T23:59:59Z", "before 1970" },
	{ "1970-01-01T00:30:00+01:00", "before 1970 in UTC" },
	{ "2401-01-01T00:00:00Z", "after 2400" },
	{ "9:30", "an hour of one digit" },
	{ "25:00", "hour 25" },
	{ "10:5", "a minute of one digit" },
	{ "10:30pm", "pm" },
	{ "now-5m", "the past" },
	{ "now+", "no duration" },
	{ "now +5m", "a blank" },
	{ "now+-5m", "a negative duration" },
	{ "nowhere", "a word that begins with now" },
	{ "tomorrow", "no clock" },
	{ "tomorrow 8:15", "an hour of one digit" },
	{ "tomorrow  08:15", "two blanks" },
	{ "tomorrow 08:15Z", "an offset" },
	{ "yesterday 08:15", "an unknown word" },
	{ "@", "no number" },
	{ "@-5", "a negative number" },
	{ "@1.", "a point without a fraction" },
	{ "@1e9", "an exponent" },
	{ "@99999999999999999999999", "overflow" },
	{ "@13601088000", "the first second of 2401" },
	{ "0 9 * * *", "a cron expression" },
};

static void
test_reading(void)
{
	char json[INSTANT_TEXT];
	struct err e;
	int64_t us;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (instant_parse(good[i].text, zone_get(good[i].zone, &e), NOW, &us, &e) < 0) {
			tap_ok(false, "'%s': %s: %s", good[i].text, good[i].why, e.text);
			continue;
		}
		instant_json(us, json, sizeof(json));
		tap_is_str(json, good[i].want, "'%s' in %s: %s", good[i].text, good[i].zone, good[i].why);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		us = 42;
		tap_ok(instant_parse(bad[i].text, zone_utc(), NOW, &us, &e) == E_INPUT && us == 42,
		    "'%s' is refused: %s", bad[i].text, bad[i].why);
	}
}

static void
test_error_text(void)
{
	char text[3000];
	struct err e;
	int64_t us;

	memset(text, '1', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	tap_ok(instant_parse(text, zone_utc(), NOW, &us, &e) == E_INPUT && strlen(e.text) < 250,
	    "an overlong time is refused and not repeated");
	instant_parse("2401-01-01T00:00:00Z", zone_utc(), NOW, &us, &e);
	tap_is_str(e.text, "'2401-01-01T00:00:00Z' is out of range: years are 1970 to 2400",
	    "the range is told");
}

static void
test_rfc3339_only(void)
{
	static const char *const refused[] = { "2026-03-01 10:00", "2026-03-01T10:00:00", "10:00", "now",
		"@0", "tomorrow 10:00", "2026-03-01T10:00Z", "" };
	struct err e;
	int64_t us = 0;

	tap_ok(instant_parse_rfc3339("2026-04-01T14:00:00.000+02:00", &us, &e) == 0 && us == NOW,
	    "RFC 3339 alone is read where it is asked for");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		tap_ok(instant_parse_rfc3339(refused[i], &us, &e) == E_INPUT, "'%s' is not that",
		    refused[i]);
}

static const struct {
	int64_t us;
	const char *zone, *json, *rfc3339, *human;
} written[] = {
	{ NOW, "UTC", "2026-04-01T12:00:00.000Z", "2026-04-01T12:00:00+00:00", "2026-04-01 12:00:00" },
	{ NOW + 999999, "Europe/Berlin", "2026-04-01T12:00:00.999Z", "2026-04-01T14:00:00+02:00",
	    "2026-04-01 14:00:00" },
	{ 1774746000 * USEC, "Europe/Berlin", "2026-03-29T01:00:00.000Z", "2026-03-29T03:00:00+02:00",
	    "2026-03-29 03:00:00" },
	{ 1792890000 * USEC, "Europe/Berlin", "2026-10-25T01:00:00.000Z", "2026-10-25T02:00:00+01:00",
	    "2026-10-25 02:00:00" },
	{ NOW, "Asia/Kathmandu", "2026-04-01T12:00:00.000Z", "2026-04-01T17:45:00+05:45",
	    "2026-04-01 17:45:00" },
	{ NOW, "America/St_Johns", "2026-04-01T12:00:00.000Z", "2026-04-01T09:30:00-02:30",
	    "2026-04-01 09:30:00" },
	/* -00:44:30: RFC 3339 has no seconds of an offset, so its text has another reading. */
	{ 0, "Africa/Monrovia", "1970-01-01T00:00:00.000Z", "1969-12-31T23:16:00-00:44",
	    "1969-12-31 23:15:30" },
	{ -1, "UTC", "1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59+00:00", "1969-12-31 23:59:59" },
};

static void
test_writing(void)
{
	char buf[INSTANT_TEXT];
	struct err e;

	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
		const struct zone *z = zone_get(written[i].zone, &e);

		instant_json(written[i].us, buf, sizeof(buf));
		tap_is_str(buf, written[i].json, "for JSON");
		instant_rfc3339(written[i].us, z, buf, sizeof(buf));
		tap_is_str(buf, written[i].rfc3339, "with the offset of %s", written[i].zone);
		instant_human(written[i].us, z, buf, sizeof(buf));
		tap_is_str(buf, written[i].human, "for people in %s", written[i].zone);
	}
	instant_human(INSTANT_NONE, zone_utc(), buf, sizeof(buf));
	tap_is_str(buf, "-", "no instant is a dash");
	instant_json(INT64_MAX, buf, sizeof(buf));
	instant_json(INT64_MIN, buf, sizeof(buf));
	tap_ok(strlen(buf) < sizeof(buf), "instants out of range do not overrun the buffer");
}

static void
test_round_trip(void)
{
	const struct zone *zone = zone_get("Australia/Lord_Howe", &(struct err){ 0 });
	bool json_held = true, rfc_held = true;
	char buf[INSTANT_TEXT];
	struct err e;
	int64_t back;

	for (int64_t us = 0; us < INT64_C(13000000000) * USEC; us += INT64_C(987654321000)) {
		instant_json(us, buf, sizeof(buf));
		json_held = json_held && instant_parse_rfc3339(buf, &back, &e) == 0 && back == us;
		instant_rfc3339(us, zone, buf, sizeof(buf));
		rfc_held = rfc_held && instant_parse_rfc3339(buf, &back, &e) == 0 &&
		    back == us - us % USEC;
	}
	tap_ok(json_held, "what is written for JSON reads back as it was");
	tap_ok(rfc_held, "so does what is written with an offset");
}

int
main(void)
{
	test_reading();
	test_error_text();
	test_rfc3339_only();
	test_writing();
	test_round_trip();
	zone_cache_free();
	return tap_done();
}
