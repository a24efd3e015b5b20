/*
 * t_cron_next: when expressions are due, above all where the clock is changed.
 *
 * Each case gives the zone, a start, and the next times in order. Times are written with their
 * offset, so that both passes of a repeated hour can be told apart.
 */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "tap.h"
#include "time/cron.h"
#include "time/duration.h"
#include "time/instant.h"
#include "time/zone.h"

#define NONE "none"

struct test {
	const char *expr, *zone, *from, *next[5], *why;
};

static int64_t
seconds(const char *text)
{
	struct err e = { 0 };
	int64_t us = 0;

	if (instant_parse_rfc3339(text, &us, &e) < 0)
		tap_ok(false, "%s", e.text);
	return us / USEC;
}

static void
run(const struct test *test, enum dst_gap gap, enum dst_repeat repeat)
{
	struct cron c;
	struct err e = { 0 };
	const struct zone *zone = zone_get(test->zone, &e);
	int64_t t = seconds(test->from);
	char got[INSTANT_TEXT];

	if (zone == NULL || cron_parse(&c, test->expr, 0, NULL, &e) < 0) {
		tap_ok(false, "%s", e.text);
		return;
	}
	for (int i = 0; i < 5 && test->next[i] != NULL; i++) {
		t = cron_next(&c, zone, t, gap, repeat);
		if (t == INT64_MAX)
			strlcpy(got, NONE, sizeof(got));
		else
			instant_rfc3339(t * USEC, zone, got, sizeof(got));
		if (!tap_is_str(got, test->next[i], "%s in %s (%d): %s", test->expr, test->zone, i + 1,
			test->why))
			return;
	}
}

static const struct test plain[] = {
	{ "*/5 * * * *", "UTC", "2026-03-01T10:00:00Z",
	    { "2026-03-01T10:05:00+00:00", "2026-03-01T10:10:00+00:00" }, "strictly after the start" },
	{ "*/5 * * * *", "UTC", "2026-03-01T10:04:59Z", { "2026-03-01T10:05:00+00:00" },
	    "a second before" },
	{ "59 23 31 12 *", "UTC", "2026-12-31T23:58:59Z",
	    { "2026-12-31T23:59:00+00:00", "2027-12-31T23:59:00+00:00" }, "the year's last minute" },
	{ "0 9 * * 1-5", "Europe/Berlin", "2026-06-05T12:00:00Z" /* a Friday */,
	    { "2026-06-08T09:00:00+02:00", "2026-06-09T09:00:00+02:00" }, "over the weekend" },
	{ "0 0 29 2 *", "UTC", "2026-03-01T00:00:00Z",
	    { "2028-02-29T00:00:00+00:00", "2032-02-29T00:00:00+00:00" }, "leap days" },
	{ "0 0 29 2 *", "UTC", "2096-02-29T00:00:00Z", { "2104-02-29T00:00:00+00:00" },
	    "2100 is no leap year" },
	{ "0 0 29 2 *", "UTC", "1999-03-01T00:00:00Z", { "2000-02-29T00:00:00+00:00" }, "2000 is one" },
	{ "0 0 29 2 ?", "UTC", "2399-01-01T00:00:00Z", { "2400-02-29T00:00:00+00:00" }, "so is 2400" },
	/* Both fields by a * in day of week that selects one day: a Sunday, 40 years away. */
	{ "0 0 29 2 */7", "UTC", "2088-03-01T00:00:00Z", { "2128-02-29T00:00:00+00:00" },
	    "29 February on a given weekday across 2100 is 40 years away" },
	{ "0 0 ? 2 1#5", "UTC", "2072-03-01T00:00:00Z", { "2112-02-29T00:00:00+00:00" },
	    "a fifth Monday of February is a leap day" },
	{ "0 12 13 * 5", "UTC", "2026-02-01T00:00:00Z",
	    { "2026-02-06T12:00:00+00:00", "2026-02-13T12:00:00+00:00", "2026-02-20T12:00:00+00:00" },
	    "two day fields without *: either" },
	{ "0 12 13 * */5", "UTC", "2026-02-01T00:00:00Z",
	    { "2026-02-13T12:00:00+00:00", "2026-03-13T12:00:00+00:00" },
	    "with *: both (Friday 13, and never a Sunday)" },
	{ "0 12 */13 * 5", "UTC", "2026-02-01T00:00:00Z", { "2026-02-27T12:00:00+00:00" },
	    "both also if day of month has the * (1, 14 and 27)" },
	{ "0 0 31 * *", "UTC", "2026-01-31T00:00:00Z",
	    { "2026-03-31T00:00:00+00:00", "2026-05-31T00:00:00+00:00" }, "months without the day" },
	{ "0 0 L * *", "UTC", "2028-01-31T00:00:00Z",
	    { "2028-02-29T00:00:00+00:00", "2028-03-31T00:00:00+00:00", "2028-04-30T00:00:00+00:00" },
	    "the last day" },
	{ "0 0 L-1 * *", "UTC", "2026-01-31T00:00:00Z",
	    { "2026-02-27T00:00:00+00:00", "2026-03-30T00:00:00+00:00" }, "the last but one" },
	{ "0 0 L-30 * *", "UTC", "2026-01-01T00:00:00Z", { "2026-03-01T00:00:00+00:00" },
	    "L-30 is the 1st of a month of 31 days" },
	{ "0 0 LW * *", "UTC", "2026-01-01T00:00:00Z",
	    { "2026-01-30T00:00:00+00:00", "2026-02-27T00:00:00+00:00", "2026-03-31T00:00:00+00:00" },
	    "the last weekday: 31 January and 28 February 2026 are Saturdays" },
	{ "0 0 LW 5 *", "UTC", "2026-01-01T00:00:00Z", { "2026-05-29T00:00:00+00:00" },
	    "31 May 2026 is a Sunday: Friday before" },
	{ "0 0 15W * *", "UTC", "2026-02-01T00:00:00Z",
	    { "2026-02-16T00:00:00+00:00", "2026-03-16T00:00:00+00:00", "2026-04-15T00:00:00+00:00" },
	    "a Sunday goes to Monday" },
	{ "0 0 15W 8 *", "UTC", "2026-01-01T00:00:00Z", { "2026-08-14T00:00:00+00:00" },
	    "a Saturday goes to Friday" },
	{ "0 0 1W 8 *", "UTC", "2026-01-01T00:00:00Z", { "2026-08-03T00:00:00+00:00" },
	    "Saturday the 1st stays in its month: Monday the 3rd" },
	{ "0 0 2W 5 *", "UTC", "2026-01-01T00:00:00Z", { "2026-05-01T00:00:00+00:00" },
	    "Saturday the 2nd goes to Friday the 1st" },
	{ "0 0 30W 5 *", "UTC", "2027-01-01T00:00:00Z", { "2027-05-31T00:00:00+00:00" },
	    "Sunday the 30th goes to Monday the 31st" },
	{ "0 0 31W 5 *", "UTC", "2026-01-01T00:00:00Z", { "2026-05-29T00:00:00+00:00" },
	    "Sunday the 31st stays in its month: Friday the 29th" },
	{ "0 0 30W 2,11 *", "UTC", "2026-01-01T00:00:00Z", { "2026-11-30T00:00:00+00:00" },
	    "a month without the day has no nearest weekday" },
	{ "0 0 ? * 5#2", "UTC", "2026-05-01T00:00:00Z",
	    { "2026-05-08T00:00:00+00:00", "2026-06-12T00:00:00+00:00" }, "the second Friday" },
	{ "0 0 ? * 5#1", "UTC", "2026-04-30T00:00:00Z", { "2026-05-01T00:00:00+00:00" },
	    "the first Friday on the 1st" },
	{ "0 0 ? * 5#5", "UTC", "2026-05-01T00:00:00Z",
	    { "2026-05-29T00:00:00+00:00", "2026-07-31T00:00:00+00:00" }, "months with five Fridays" },
	{ "0 0 ? * sunL", "UTC", "2026-02-01T00:00:00Z",
	    { "2026-02-22T00:00:00+00:00", "2026-03-29T00:00:00+00:00", "2026-04-26T00:00:00+00:00" },
	    "the last Sunday" },
	{ "0 0 10 * mon#1", "UTC", "2026-02-01T00:00:00Z",
	    { "2026-02-02T00:00:00+00:00", "2026-02-10T00:00:00+00:00" }, "either, with #" },
	{ "0 0 1,L * ?", "UTC", "2026-02-01T00:00:00Z",
	    { "2026-02-28T00:00:00+00:00", "2026-03-01T00:00:00+00:00" }, "L in a list" },
	{ "30 12 1 1 *", "Asia/Kathmandu", "2026-01-01T06:00:00Z", { "2026-01-01T12:30:00+05:45" },
	    "an offset of quarters of an hour" },
	{ "0 0 * * *", "Africa/Monrovia", "1970-06-01T12:00:00Z", { "1970-06-02T00:00:30-00:44" },
	    "an offset with seconds (-00:44:30), which RFC 3339 cannot write: 00:44:30 UTC" },
};

/* Europe/Berlin: 2026-03-29 02:00 to 03:00 is skipped, 2026-10-25 02:00 to 03:00 repeated. */
static const struct test fixed[] = {
	{ "30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z",
	    { "2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00" },
	    "skipped: once, in the first minute after the gap" },
	{ "0 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", { "2026-03-29T03:00:00+02:00" },
	    "the gap's first reading is skipped" },
	{ "59 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", { "2026-03-29T03:00:00+02:00" },
	    "so is its last" },
	{ "59 1 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z",
	    { "2026-03-29T01:59:00+01:00", "2026-03-30T01:59:00+02:00" }, "just before is not" },
	{ "0 3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z",
	    { "2026-03-29T03:00:00+02:00", "2026-03-30T03:00:00+02:00" }, "nor is just after" },
	{ "0 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z",
	    { "2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00" },
	    "made up for in a minute in which it is due anyway: one run" },
	{ "0,20,40 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z",
	    { "2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00" },
	    "three skipped readings give one run" },
	{ "30 2 29 3 *", "Europe/Berlin", "2026-03-28T12:00:00Z",
	    { "2026-03-29T03:00:00+02:00", "2027-03-29T02:30:00+02:00" }, "the date is the reading's" },
	{ "30 2 28 3 *", "Europe/Berlin", "2026-03-28T12:00:00Z", { "2027-03-28T03:00:00+02:00" },
	    "another date is not made up for" },
	{ "30 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", { "2026-03-30T02:30:00+02:00" },
	    "from the change on, the gap lies behind" },
	{ "30 2 * * *", "Europe/Berlin", "2026-03-29T00:59:59Z", { "2026-03-29T03:00:00+02:00" },
	    "a second earlier it lies ahead" },
	{ "30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z",
	    { "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00" },
	    "repeated: in the first pass only" },
	{ "0 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z",
	    { "2026-10-25T02:00:00+02:00", "2026-10-26T02:00:00+01:00" }, "its first reading" },
	{ "59 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z",
	    { "2026-10-25T02:59:00+02:00", "2026-10-26T02:59:00+01:00" }, "its last reading" },
	{ "0 3 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z",
	    { "2026-10-25T03:00:00+01:00", "2026-10-26T03:00:00+01:00" }, "just after" },
	{ "30 2 * * *", "Europe/Berlin", "2026-10-25T01:00:00Z", { "2026-10-26T02:30:00+01:00" },
	    "asked in the second pass: it has been" },
	{ "0,30 0-22 * * *", "Europe/Berlin", "2026-10-24T23:30:00Z",
	    { "2026-10-25T02:00:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-25T03:00:00+01:00" },
	    "a fixed entry rests for the whole second pass" },
	{ "15 1 * * *", "Europe/Dublin", "2026-03-28T12:00:00Z", { "2026-03-29T02:00:00+01:00" },
	    "Dublin, where winter has the flag: the gap" },
	{ "15 1 * * *", "Europe/Dublin", "2026-10-24T12:00:00Z",
	    { "2026-10-25T01:15:00+01:00", "2026-10-26T01:15:00+00:00" }, "and the repeat" },
	{ "15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z" /* 02:00 to 02:30 */,
	    { "2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00" },
	    "Lord Howe: a gap of half an hour" },
	{ "45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z" /* 02:00 to 01:30 */,
	    { "2026-04-05T01:45:00+11:00", "2026-04-06T01:45:00+10:30" }, "and half an hour repeated" },
	{ "15 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z",
	    { "2026-04-05T01:15:00+11:00", "2026-04-06T01:15:00+10:30" }, "the half before it is not" },
	{ "30 1 * * *", "Antarctica/Troll", "2026-03-28T12:00:00Z" /* 01:00 to 03:00 */,
	    { "2026-03-29T03:00:00+02:00", "2026-03-30T01:30:00+02:00" }, "Troll: a gap of two hours" },
	{ "30 1,2 * * *", "Antarctica/Troll", "2026-10-24T12:00:00Z" /* 03:00 to 01:00 */,
	    { "2026-10-25T01:30:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-26T01:30:00+00:00" },
	    "and two hours repeated" },
	{ "30 2 * * *", "Africa/Casablanca", "2026-02-14T12:00:00Z" /* 15 Feb 03:00 to 02:00 */,
	    { "2026-02-15T02:30:00+01:00", "2026-02-16T02:30:00+00:00" },
	    "Casablanca: back at the start of Ramadan" },
	{ "30 2 * * *", "Africa/Casablanca", "2026-03-21T12:00:00Z" /* 22 March 02:00 to 03:00 */,
	    { "2026-03-22T03:00:00+01:00", "2026-03-23T02:30:00+01:00" }, "and forward at its end" },
	{ "30 23 * * *", "America/Nuuk", "2026-03-28T12:00:00Z" /* 28 March 23:00 to 24:00 */,
	    { "2026-03-29T00:00:00-01:00", "2026-03-29T23:30:00-01:00" },
	    "Nuuk: the gap ends at midnight, on another date" },
	{ "30 23 28 3 *", "America/Nuuk", "2026-03-28T12:00:00Z", { "2026-03-29T00:00:00-01:00" },
	    "the skipped reading's own date counts" },
	{ "0 0 * * *", "America/Nuuk", "2026-03-28T12:00:00Z",
	    { "2026-03-29T00:00:00-01:00", "2026-03-30T00:00:00-01:00" }, "midnight there is once" },
	{ "30 0 * * *", "America/Havana", "2026-03-07T12:00:00Z" /* 8 March 00:00 to 01:00 */,
	    { "2026-03-08T01:00:00-04:00", "2026-03-09T00:30:00-04:00" },
	    "Havana: the day begins with a gap" },
	{ "0 0 8 3 *", "America/Havana", "2026-03-07T12:00:00Z", { "2026-03-08T01:00:00-04:00" },
	    "a date's own midnight is made up for on that date" },
	{ "0 12 * * *", "Pacific/Apia", "2011-12-29T12:00:00Z",
	    { "2011-12-29T12:00:00-10:00", "2011-12-31T12:00:00+14:00" },
	    "Apia lost 30 December 2011: a new clock, nothing is made up for" },
	{ "0 12 30 12 *", "Pacific/Apia", "2011-12-29T12:00:00Z", { "2012-12-30T12:00:00+14:00" },
	    "nor is the date alone" },
	{ "0 0 * * *", "Pacific/Apia", "2011-12-29T12:00:00Z",
	    { "2011-12-31T00:00:00+14:00", "2012-01-01T00:00:00+14:00" },
	    "the new clock's first reading is due" },
	{ "0 12 * * *", "Pacific/Kwajalein", "1993-08-20T00:00:00Z",
	    { "1993-08-20T12:00:00-12:00", "1993-08-22T12:00:00+12:00" },
	    "Kwajalein lost 21 August 1993" },
	{ "30 1 * * *", "Antarctica/Casey", "2018-03-10T00:00:00Z" /* 04:00 to 01:00 */,
	    { "2018-03-11T01:30:00+11:00", "2018-03-12T01:30:00+08:00" },
	    "Casey: three hours back is still a repeat" },
	{ "30 1 * * *", "Antarctica/Casey", "2020-10-03T00:00:00Z" /* 4 Oct 00:01 to 03:01 */,
	    { "2020-10-04T03:01:00+11:00", "2020-10-05T01:30:00+11:00" },
	    "and three hours forward still a gap" },
	{ "0 3 * * *", "Antarctica/Casey", "2020-10-02T12:00:00Z",
	    { "2020-10-03T03:00:00+08:00", "2020-10-04T03:01:00+11:00", "2020-10-05T03:00:00+11:00" },
	    "a gap that ends at a minute past the hour" },
	{ "0 12 * * *", "Africa/Monrovia", "1972-01-06T00:00:00Z",
	    { "1972-01-06T12:00:30-00:44", "1972-01-07T12:00:00+00:00" }, "an offset loses its seconds" },
	{ "30 0 * * *", "Africa/Monrovia", "1972-01-06T02:00:00Z",
	    { "1972-01-07T00:44:30+00:00", "1972-01-08T00:30:00+00:00" },
	    "a gap that ends in the middle of a minute: at once" },
	{ "44 0 * * *", "Africa/Monrovia", "1972-01-06T02:00:00Z",
	    { "1972-01-07T00:44:30+00:00", "1972-01-08T00:44:00+00:00" },
	    "a minute of which the end is shown is not skipped, and is one run" },
};

static const struct test wild[] = {
	{ "*/20 * * * *", "Europe/Berlin", "2026-03-29T00:30:00Z",
	    { "2026-03-29T01:40:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-29T03:20:00+02:00" },
	    "the gap does not exist" },
	{ "*/20 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", { "2026-03-30T02:00:00+02:00" },
	    "though the hour is in it: wild by its minute" },
	{ "30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z",
	    { "2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00" }, "wild by its hour" },
	{ "30 0-23 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z",
	    { "2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00" }, "wild by all 24 hours" },
	{ "*/30 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z",
	    { "2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T02:30:00+01:00",
		"2026-10-25T03:00:00+01:00" },
	    "both passes of a repeated hour" },
	{ "30 */2 * * *", "Europe/Berlin", "2026-10-24T23:00:00Z",
	    { "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-25T04:30:00+01:00" },
	    "also with a step in the hour" },
	{ "*/10 * * * *", "Australia/Lord_Howe", "2026-04-04T14:49:00Z",
	    { "2026-04-05T01:50:00+11:00", "2026-04-05T01:30:00+10:30", "2026-04-05T01:40:00+10:30" },
	    "half an hour repeated" },
	{ "0 * * * *", "Pacific/Apia", "2011-12-30T09:00:00Z",
	    { "2011-12-31T00:00:00+14:00", "2011-12-31T01:00:00+14:00" }, "a lost day does not exist" },
	{ "* * * * *", "Africa/Monrovia", "1972-01-07T00:43:30Z",
	    { "1972-01-07T00:44:30+00:00", "1972-01-07T00:45:00+00:00" }, "half a minute after a gap" },
};

static const struct test gap_skip[] = {
	{ "30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", { "2026-03-30T02:30:00+02:00" },
	    "skip: nothing is made up for" },
	{ "0 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z",
	    { "2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00" },
	    "skip: what is due after the gap is due" },
	{ "30 2 31 3 */7", "Europe/Berlin", "2026-01-01T00:00:00Z", { NONE },
	    "skip: a Sunday 31 March in a zone whose gap is on it never comes, and the search ends" },
	{ "30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z",
	    { "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00" },
	    "skip: a repeated hour is as ever" },
	{ "*/20 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", { "2026-03-30T02:00:00+02:00" },
	    "skip: wild entries are as ever" },
};

static const struct test repeat_both[] = {
	{ "30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z",
	    { "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-26T02:30:00+01:00" },
	    "both: a fixed entry runs in both passes" },
	{ "30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z",
	    { "2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00" }, "both: a gap is as ever" },
};

/* For wild entries neither option changes anything: they follow elapsed time by their nature. */
static const struct test wild_options[] = {
	{ "*/30 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z",
	    { "2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00" },
	    "once: a wild entry still runs in both passes" },
	{ "*/20 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", { "2026-03-30T02:00:00+02:00" },
	    "after: nothing is made up for a wild entry" },
};

static void
test_bounds(void)
{
	const struct zone *berlin = zone_get("Europe/Berlin", &(struct err){ 0 });
	struct cron c;
	struct err e;

	cron_parse(&c, "0 9 * * *", 0, NULL, &e);
	tap_is_int(cron_next(&c, berlin, INT64_MAX, 0, 0), INT64_MAX, "no end of time is overrun");
	tap_is_int(cron_next(&c, berlin, INT64_MAX - 1, 0, 0), INT64_MAX, "nor nearly");
	tap_ok(cron_next(&c, berlin, INT64_MIN, 0, 0) < 0, "nor its beginning");
	tap_is_int(cron_next(&c, berlin, -1, 0, 0), 8 * 3600, "1 January 1970, 09:00 in Berlin");
	tap_is_int(cron_next(&c, zone_utc(), -86400 * 365, 0, 0), -86400 * 365 + 9 * 3600,
	    "before the epoch");
}

/* After every answer, nothing may be found between the start and the answer. */
static void
test_monotonic(void)
{
	static const char *const exprs[] = { "30 2 * * *", "*/7 * * * *", "0 0 L * *", "15 2 ? * 0#5" };
	static const char *const zones[] = { "Europe/Berlin", "Antarctica/Troll", "Africa/Casablanca" };
	struct cron c;
	struct err e;

	for (size_t i = 0; i < 12; i++) {
		const struct zone *z = zone_get(zones[i % 3], &e);
		int64_t t = 1774000000, next;
		bool held;

		held = z != NULL && cron_parse(&c, exprs[i / 3], 0, NULL, &e) == 0;
		for (int k = 0; held && k < 300; k++, t = next) {
			next = cron_next(&c, z, t, 0, 0);
			held = held && next > t;
			for (int64_t mid = t; mid < next; mid += (next - t) / 50 + 1)
				held = held && cron_next(&c, z, mid, 0, 0) == next;
			held = held && cron_next(&c, z, next - 1, 0, 0) == next;
		}
		tap_ok(held, "%s in %s: the answer is the same from any time before it", exprs[i / 3],
		    zones[i % 3]);
	}
}

#define RUN(table, gap, repeat)                                                                    \
	do {                                                                                       \
		for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)                      \
			run(&table[i], gap, repeat);                                               \
	} while (0)

int
main(void)
{
	RUN(plain, DST_GAP_DEFAULT, DST_REPEAT_DEFAULT);
	RUN(fixed, DST_GAP_DEFAULT, DST_REPEAT_DEFAULT);
	RUN(fixed, DST_GAP_AFTER, DST_REPEAT_ONCE);
	RUN(wild, DST_GAP_DEFAULT, DST_REPEAT_DEFAULT);
	RUN(gap_skip, DST_GAP_SKIP, DST_REPEAT_DEFAULT);
	RUN(repeat_both, DST_GAP_DEFAULT, DST_REPEAT_BOTH);
	RUN(wild, DST_GAP_SKIP, DST_REPEAT_BOTH);
	RUN(wild_options, DST_GAP_AFTER, DST_REPEAT_ONCE);
	test_bounds();
	test_monotonic();
	zone_cache_free();
	return tap_done();
}
