/*
 * instant_parse: the reading half of instant.h.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "time/civil.h"
#include "time/duration.h"
#include "time/instant.h"
#include "time/shown.h"
#include "time/zone.h"

#define FIRST_YEAR 1970
#define LAST_YEAR 2400

struct stamp {
	struct civil c;
	int us;		 /* of the second */
	bool has_seconds;
	bool has_offset; /* then the reading is east of UTC by this: */
	int offset;	 /* seconds */
};

/* Exactly `digits` digits, from lo to hi. */
static bool
read_digits(const char **p, int digits, int lo, int hi, int *out)
{
	int n = 0;

	for (int i = 0; i < digits; i++, (*p)++) {
		if (!isdigit((unsigned char)**p))
			return false;
		n = n * 10 + (**p - '0');
	}
	*out = n;
	return n >= lo && n <= hi;
}

static bool
skip(const char **p, char ch)
{
	if (**p != ch)
		return false;
	(*p)++;
	return true;
}

/* ".5": digits beyond the microsecond are read and dropped. */
static bool
read_fraction(const char **p, int *us)
{
	int unit = 100000;

	*us = 0;
	if (!skip(p, '.'))
		return true;
	if (!isdigit((unsigned char)**p))
		return false;
	for (; isdigit((unsigned char)**p); (*p)++, unit /= 10)
		*us += (**p - '0') * unit;
	return true;
}

/* HH:MM[:SS[.fraction]] */
static bool
read_clock(const char **p, struct stamp *s)
{
	if (!read_digits(p, 2, 0, 23, &s->c.hour) || !skip(p, ':') ||
	    !read_digits(p, 2, 0, 59, &s->c.minute))
		return false;
	s->has_seconds = skip(p, ':');
	return !s->has_seconds ||
	       (read_digits(p, 2, 0, 59, &s->c.second) && read_fraction(p, &s->us));
}

static bool
read_date(const char **p, struct stamp *s)
{
	return read_digits(p, 4, 0, 9999, &s->c.year) && skip(p, '-') &&
	       read_digits(p, 2, 1, 12, &s->c.month) && skip(p, '-') &&
	       read_digits(p, 2, 1, month_length(s->c.year, s->c.month), &s->c.day);
}

/* Z or +hh:mm, if there is one. */
static bool
read_offset(const char **p, struct stamp *s)
{
	int hours, minutes, sign = **p == '-' ? -1 : 1;

	if (**p == '\0')
		return true;
	s->has_offset = true;
	if (skip(p, 'Z') || skip(p, 'z'))
		return true;
	if ((!skip(p, '+') && !skip(p, '-')) || !read_digits(p, 2, 0, 23, &hours) ||
	    !skip(p, ':') || !read_digits(p, 2, 0, 59, &minutes))
		return false;
	s->offset = sign * (hours * 3600 + minutes * 60);
	return true;
}

/* A date, then T or a blank, a clock, and perhaps an offset; and nothing more. */
static bool
read_stamp(const char *p, struct stamp *s)
{
	*s = (struct stamp){0};
	return read_date(&p, s) && (skip(&p, 'T') || skip(&p, 't') || skip(&p, ' ')) &&
	       read_clock(&p, s) && read_offset(&p, s) && *p == '\0';
}

static bool
in_range(int64_t us)
{
	return us >= 0 && us < civil_day(LAST_YEAR + 1, 1, 1) * DAY_US;
}

static int
accept(const char *text, int64_t value, int64_t *us, struct err *e)
{
	if (!in_range(value))
		return err_set(e, E_INPUT, "'%s' is out of range: years are %d to %d",
		    shown(text).text, FIRST_YEAR, LAST_YEAR);
	*us = value;
	return 0;
}

/* The instant of a reading in zone; the first after the gap, or the earlier of two. */
static int64_t
instant_of(const struct stamp *s, const struct zone *zone)
{
	int64_t t[2];

	/* The first instant after a gap is a whole one, whatever fraction was asked for. */
	if (!s->has_offset)
		return zone_resolve(zone, &s->c, t) > 0 ? t[0] * USEC + s->us : t[0] * USEC;
	return (civil_to_seconds(&s->c) - s->offset) * USEC + s->us;
}

static int
not_a_time(const char *text, struct err *e)
{
	return err_set(e, E_INPUT,
	    "'%s' is not a time, such as 2026-03-01T10:00:00Z, "
	    "'2026-03-01 10:00', 10:00, now+5m or @1772359200",
	    shown(text).text);
}

/* HH:MM on the day that is `days` after today in zone. */
static int64_t
at_clock(const struct stamp *clock, const struct zone *zone, int64_t now, int days)
{
	struct stamp s = *clock;
	struct civil today;
	struct date d;

	zone_civil(zone, floor_div(now, USEC), &today, NULL);
	d = date_of_day(civil_day(today.year, today.month, today.day) + days);
	s.c.year = (int)d.year;
	s.c.month = d.month;
	s.c.day = d.day;
	return instant_of(&s, zone);
}

static int
parse_epoch(const char *text, int64_t *us, struct err *e)
{
	const char *p = text + 1;
	int64_t seconds = 0;
	int fraction;

	if (!isdigit((unsigned char)*p))
		return not_a_time(text, e);
	for (; isdigit((unsigned char)*p); p++)
		if (in_range(seconds * USEC)) /* beyond it only the digits matter */
			seconds = seconds * 10 + (*p - '0');
	if (!read_fraction(&p, &fraction) || *p != '\0')
		return not_a_time(text, e);
	return accept(text, seconds * USEC + fraction, us, e);
}

static int
parse_now(const char *text, int64_t now, int64_t *us, struct err *e)
{
	int64_t later = 0;

	if (text[3] == '+') {
		if (duration_parse(text + 4, &later, e) < 0)
			return err_prefix(e, "now+");
	} else if (text[3] != '\0') {
		return not_a_time(text, e);
	}
	return accept(text, now + later, us, e);
}

int
instant_parse(const char *text, const struct zone *zone, int64_t now, int64_t *us, struct err *e)
{
	static const char tomorrow[] = "tomorrow ";
	const size_t len = sizeof(tomorrow) - 1;
	const char *p = text;
	struct stamp s = {0};
	int64_t at;

	if (*text == '@')
		return parse_epoch(text, us, e);
	if (strncasecmp(text, "now", 3) == 0)
		return parse_now(text, now, us, e);
	if (strncasecmp(text, tomorrow, len) == 0) {
		p += len;
		if (!read_clock(&p, &s) || *p != '\0')
			return not_a_time(text, e);
		return accept(text, at_clock(&s, zone, now, 1), us, e);
	}
	if (read_clock(&p, &s) && *p == '\0') {
		at = at_clock(&s, zone, now, 0);
		return accept(text, at >= now ? at : at_clock(&s, zone, now, 1), us, e);
	}
	if (!read_stamp(text, &s))
		return not_a_time(text, e);
	return accept(text, instant_of(&s, zone), us, e);
}

int
instant_parse_rfc3339(const char *text, int64_t *us, struct err *e)
{
	struct stamp s;

	if (!read_stamp(text, &s) || !s.has_seconds || !s.has_offset)
		return err_set(e, E_INPUT,
		    "'%s' is not a time of RFC 3339, such as 2026-03-01T10:00:00Z",
		    shown(text).text);
	return accept(text, instant_of(&s, NULL), us, e);
}
