/*
 * t_zone: offsets, their changes, readings and back, and which zone a name means.
 *
 * What the zones of the world say is compared with the C library in t_zone_libc.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "tap.h"
#include "time/zone.h"

static const struct zone *
zone(const char *name)
{
	struct err e = { 0 };
	const struct zone *z = zone_get(name, &e);

	if (z == NULL)
		tap_ok(false, "%s", e.text);
	return z != NULL ? z : zone_utc();
}

static int64_t
utc(int year, int month, int day, int hour, int minute)
{
	struct civil c = { .year = year, .month = month, .day = day };

	c.hour = hour;
	c.minute = minute;
	return civil_to_seconds(&c);
}

static void
test_calendar(void)
{
	static const struct {
		struct civil c;
		int64_t t;
	} known[] = {
		{ { 1970, 1, 1, 0, 0, 0, 4 }, 0 },
		{ { 1969, 12, 31, 23, 59, 59, 3 }, -1 },
		{ { 2000, 2, 29, 12, 0, 0, 2 }, 951825600 },
		{ { 2038, 1, 19, 3, 14, 8, 2 }, INT64_C(1) << 31 },
		{ { 2100, 3, 1, 0, 0, 0, 1 }, 4107542400 },
		{ { 1600, 2, 29, 0, 0, 0, 2 }, -11670998400 },
	};
	static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	struct civil c;
	int64_t next = utc(1599, 12, 31, 0, 0);
	bool linear = true, back = true;
	int wday = 5;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		tap_is_int(civil_to_seconds(&known[i].c), known[i].t, "seconds of %d-%02d-%02d",
		    known[i].c.year, known[i].c.month, known[i].c.day);
		civil_from_seconds(known[i].t, &c);
		tap_ok(memcmp(&c, &known[i].c, sizeof(c)) == 0, "and back");
	}
	for (int year = 1600; year < 2401; year++)
		for (int month = 1; month <= 12; month++)
			for (int day = 1; day <= 31; day++) {
				bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

				if (day > length[month - 1] + (month == 2 && leap))
					break;
				next += 86400;
				wday = (wday + 1) % 7;
				linear = linear && utc(year, month, day, 0, 0) == next;
				civil_from_seconds(next + 86399, &c);
				back = back && c.year == year && c.month == month && c.day == day &&
				    c.hour == 23 && c.minute == 59 && c.second == 59 &&
				    c.wday == wday;
			}
	tap_ok(linear, "every day of 800 years follows the one before");
	tap_ok(back, "and is read back with its weekday");
}

/* The changes that the schedules' tests rely on, from the tz database's own comments. */
static const struct {
	const char *zone;
	int64_t from, at; /* UTC */
	int before, after; /* minutes */
} changes[] = {
	{ "Europe/Berlin", 1767225600 /* 2026-01-01 */, 1774746000 /* 29 March, 01:00 */, 60, 120 },
	{ "Europe/Berlin", 1774746000, 1792890000 /* 25 October, 01:00 */, 120, 60 },
	{ "Europe/Dublin", 1767225600, 1774746000, 0, 60 },
	{ "America/New_York", 1767225600, 1772953200 /* 8 March, 07:00 */, -300, -240 },
	{ "Australia/Lord_Howe", 1767225600, 1775314800 /* 5 April, half an hour */, 660, 630 },
	{ "Antarctica/Troll", 1767225600, 1774746000 /* two hours */, 0, 120 },
	{ "Africa/Casablanca", 1767225600, 1771120800 /* Ramadan, 15 Feb */, 60, 0 },
	{ "Pacific/Apia", 1325000000, 1325239200 /* 30 December 2011 was lost */, -600, 840 },
	{ "America/Nuuk", 1767225600, 1774746000 /* 22:00 local, UTC-2 since 2023 */, -120, -60 },
	{ "Antarctica/Casey", 1500000000, 1520701200 /* three hours back */, 660, 480 },
	{ "Africa/Monrovia", 0, 63593070 /* until 1972 with seconds */, 0, 0 },
};

static void
test_changes(void)
{
	int64_t at;
	int32_t before, after;

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		const struct zone *z = zone(changes[i].zone);
		bool found = zone_next_change(z, changes[i].from, &at, &before, &after);

		if (!tap_ok(found && at == changes[i].at, "%s changes at %" PRId64, changes[i].zone,
			changes[i].at))
			tap_note("got %" PRId64, found ? at : -1);
		if (i == 10) {
			tap_is_int(before, -2670, "Monrovia was 44 minutes and a half behind");
			continue;
		}
		tap_is_int(before, changes[i].before * 60, "offset before");
		tap_is_int(after, changes[i].after * 60, "offset after");
		tap_is_int(zone_offset(z, at - 1), before, "in force a second before");
		tap_is_int(zone_offset(z, at), after, "in force at the change");
	}
}

static void
test_no_change(void)
{
	const struct zone *tokyo = zone("Asia/Tokyo"), *berlin = zone("Europe/Berlin");
	int64_t at, far = utc(2399, 12, 31, 0, 0), t = 0;
	int32_t before, after;
	int n;

	tap_ok(!zone_next_change(tokyo, 0, &at, &before, &after), "Tokyo does not change any more");
	tap_is_int(zone_offset(tokyo, far), 9 * 3600, "and keeps its offset");
	tap_ok(!zone_next_change(zone_utc(), 0, &at, &before, &after), "UTC never changes");
	tap_ok(zone_next_change(berlin, far, &at, &before, &after) && at == utc(2400, 3, 26, 1, 0),
	    "Berlin's rule goes on in 2400");
	tap_ok(zone_next_change(berlin, utc(9000, 1, 1, 0, 0), &at, &before, &after) &&
		at == utc(9000, 3, 30, 1, 0),
	    "and in 9000");
	for (n = 0; n < 1000 && zone_next_change(berlin, t, &at, &before, &after); n++)
		t = at;
	tap_ok(n == 1000 && t > utc(2400, 1, 1, 0, 0), "changes can be followed for ever");
}

static void
test_resolve(void)
{
	static const struct {
		const char *zone;
		struct civil c;
		int count;
		int64_t first, second;
		const char *why;
	} cases[] = {
		{ "Europe/Berlin", { .year = 2026, .month = 3, .day = 29, .hour = 1, .minute = 59 }, 1,
		    1774745940, 0, "just before a gap" },
		{ "Europe/Berlin", { .year = 2026, .month = 3, .day = 29, .hour = 2 }, 0, 1774746000, 0,
		    "the first reading of a gap" },
		{ "Europe/Berlin",
		    { .year = 2026, .month = 3, .day = 29, .hour = 2, .minute = 59, .second = 59 },
		    0, 1774746000, 0, "the last reading of a gap" },
		{ "Europe/Berlin", { .year = 2026, .month = 3, .day = 29, .hour = 3 }, 1, 1774746000, 0,
		    "the first after it" },
		{ "Europe/Berlin", { .year = 2026, .month = 10, .day = 25, .hour = 2 }, 2, 1792886400,
		    1792890000, "the first repeated reading" },
		{ "Europe/Berlin",
		    { .year = 2026, .month = 10, .day = 25, .hour = 2, .minute = 59, .second = 59 },
		    2, 1792889999, 1792893599, "the last repeated reading" },
		{ "Europe/Berlin", { .year = 2026, .month = 10, .day = 25, .hour = 3 }, 1, 1792893600, 0,
		    "the first after the repeat" },
		{ "Pacific/Apia", { .year = 2011, .month = 12, .day = 30, .hour = 12 }, 0, 1325239200, 0,
		    "the day that Apia lost" },
		{ "Pacific/Kwajalein", { .year = 1993, .month = 8, .day = 21, .hour = 12 }, 0, 745934400,
		    0, "the day that Kwajalein lost" },
		{ "Asia/Kathmandu", { .year = 2026, .month = 1, .day = 1, .hour = 5, .minute = 45 }, 1,
		    1767225600, 0, "an offset with minutes" },
		{ "UTC", { .year = 2026, .month = 1, .day = 1 }, 1, 1767225600, 0, "UTC" },
	};
	int64_t t[2];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tap_is_int(zone_resolve(zone(cases[i].zone), &cases[i].c, t), cases[i].count,
		    "%s: how often it is read: %s", cases[i].zone, cases[i].why);
		tap_is_int(t[0], cases[i].first, "when first");
		if (cases[i].count == 2)
			tap_is_int(t[1], cases[i].second, "when again");
	}
}

/* Every minute around some changes: resolve must find what civil reads, and nothing else. */
static void
test_resolve_inverts_civil(void)
{
	static const char *const names[] = { "Europe/Berlin", "Australia/Lord_Howe",
		"Antarctica/Troll", "America/Nuuk", "Africa/Casablanca", "Pacific/Apia" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct zone *z = zone(names[i]);
		int64_t change = INT64_C(1300000000), t[2];
		int32_t before, after;
		bool held = true;

		for (int k = 0; k < 4; k++) {
			held = held && zone_next_change(z, change, &change, &before, &after);
			for (int64_t at = change - 100000; at < change + 100000; at += 60) {
				struct civil c;
				int n;

				zone_civil(z, at, &c, NULL);
				n = zone_resolve(z, &c, t);
				held = held && n >= 1 && (t[0] == at || (n == 2 && t[1] == at));
			}
		}
		tap_ok(held, "%s: what is read can be found again", names[i]);
	}
}

static void
test_names(void)
{
	static const char *const refused[] = { "Europe/Nowhere", "Europe", "../etc/passwd",
		"Europe/../UTC", "/etc/localtime", "Europe//Berlin", "Europe/Berlin/", "-UTC", "zone.tab",
		"tzdata.zi", "leapseconds", "EST5EDT,M3.2.0,M11.1.0", "Europe/Berlin ", " ", "Europe Berlin",
		"right/Europe/Berlin", "Europe/Berlin\n" };
	char overlong[5000];
	struct err e;

	memset(overlong, 'a', sizeof(overlong) - 1);
	overlong[sizeof(overlong) - 1] = '\0';
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		e.code = 0;
		tap_ok(zone_get(refused[i], &e) == NULL && e.code == E_INPUT, "'%s' is refused",
		    refused[i]);
	}
	tap_ok(zone_get(overlong, &e) == NULL && strlen(e.text) < 160, "an overlong name is refused");
	tap_ok(zone_get("right/Europe/Berlin", &e) == NULL && strstr(e.text, "leap") != NULL,
	    "a zone that counts leap seconds is refused as such");
	tap_ok(zone("Europe/Berlin") == zone("Europe/Berlin"), "a zone is loaded once");
	tap_is_str(zone_name(zone("Europe/Berlin")), "Europe/Berlin", "it knows its name");
	tap_is_str(zone_name(zone_utc()), "UTC", "so does UTC");
	tap_ok(zone("UTC") == zone_utc(), "UTC needs no database");
	tap_is_int(zone_offset(zone("Etc/GMT-14"), 0), 14 * 3600, "signs and digits in a name");
}

static void
test_system_zone(void)
{
	static const struct {
		const char *tz;
		int64_t winter, summer;
		const char *why;
	} cases[] = {
		{ "Europe/Berlin", 3600, 7200, "a name" },
		{ ":Europe/Berlin", 3600, 7200, "a name after a colon" },
		{ "/usr/share/zoneinfo/Europe/Berlin", 3600, 7200, "a path" },
		{ ":/usr/share/zoneinfo/Asia/Tokyo", 32400, 32400, "a path after a colon" },
		{ "EST5", -18000, -18000, "a POSIX string without DST" },
		{ "AAA-3BBB,M3.5.0,M10.5.0/3", 10800, 14400, "a POSIX string with a rule" },
		{ "PST8PDT", -28800, -25200, "a POSIX name that the database has too" },
		{ "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", -10800, -7200, "quoted names, negative times" },
		{ "XXX3EDT4,0/0,J365/23", -14400, -14400, "DST all year, by the example of RFC 8536" },
		{ "", 0, 0, "empty: UTC, as the C library has it" },
	};
	const int64_t winter = 1768000000, summer = 1783000000;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		zone_cache_free();
		setenv("TZ", cases[i].tz, 1);
		tap_is_int(zone_offset(zone(NULL), winter), cases[i].winter, "TZ='%s': %s",
		    cases[i].tz, cases[i].why);
		tap_is_int(zone_offset(zone(""), summer), cases[i].summer, "and in summer");
	}
	zone_cache_free();
	setenv("TZ", "EST5", 1);
	zone(NULL);
	tap_ok(zone_get("EST5", &(struct err){ 0 }) == NULL,
	    "a POSIX string in TZ does not become a name that jobs could use");
	zone_cache_free();
	unsetenv("TZ");
	tap_ok(zone(NULL) != NULL, "without TZ there is a zone too");
	zone_cache_free();
	setenv("TZ", "Nowhere/City", 1);
	tap_ok(zone(NULL) != NULL, "a TZ that names no zone counts as none");
	unsetenv("TZ");
	zone_cache_free();
}

int
main(void)
{
	unsetenv("TZDIR");
	test_calendar();
	test_changes();
	test_no_change();
	test_resolve();
	test_resolve_inverts_civil();
	test_names();
	test_system_zone();
	zone_cache_free();
	return tap_done();
}
