/*
 * calendar: a set of days, read from a text: holidays, change freezes, working days.
 *
 * Each line has a date or a range of dates, and after a blank whatever people want to say about it:
 *
 *	2026-12-24                       one day
 *	2026-12-24..2027-01-06  freeze   both days and all between them
 *	12-25  Christmas Day             every year
 *	12-24..01-06                     every year, over New Year
 *
 * `#` begins a comment, also at the end of a line. Every 02-29 is a day of leap years only. Years
 * go from 1970 to 2400; a day outside of them is in no calendar.
 *
 * A day is one of the wall clock: when it begins and ends depends on the zone of the job that asks.
 *
 * A calendar that a job names and that nobody has, or has ever had, closes all days to the job,
 * whether it is for --not-on or for --only-on. A run in a freeze whose list was not found cannot be
 * taken back; an occurrence that did not run is in the ledger with the name of what is missing.
 */
#ifndef TIME_CALENDAR_H
#define TIME_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct civil;
struct err;
struct zone;

/* Days since 1970-01-01; both are in it. */
struct day_range {
	int32_t first, last;
};

/* All zero is empty. The ranges are in order, with at least one day between two of them. */
struct calendar {
	struct day_range *ranges;
	size_t n, cap;
};

#define CALENDAR_SIZE_MAX (1024 * 1024) /* bytes of text */

/* Letters, digits, '_', '-' and '.'; the first is a letter, a digit or '_'. */
bool calendar_name_ok(const char *name);

/*
 * Reads the whole text. E_INPUT if it is wrong anywhere, with where (both from 1); then the
 * calendar is empty. A text without dates is a calendar without days.
 */
int calendar_parse(
    struct calendar *, const char *text, size_t len, int *line, int *column, struct err *);
void calendar_release(struct calendar *);

/* Whether the reading's date is in it. */
bool calendar_has(const struct calendar *, const struct civil *);

/*
 * The first instant after `after`, and not after `until` (µs), on whose day in zone calendar_has
 * says otherwise than at `after`; INT64_MAX if there is none. Its cost grows with the ranges and
 * the zone's changes between.
 */
int64_t calendar_change(const struct calendar *, const struct zone *, int64_t after, int64_t until);

#endif
