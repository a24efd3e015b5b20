/*
 * posixtz: see posixtz.h. The grammar is that of POSIX, "Environment Variables", TZ.
 */
#include "time/posixtz.h"

#include <ctype.h>
#include <stddef.h>

#include "time/civil.h"

/* The rule where a string names DST but not its days, as the C library has it: of the USA. */
static const struct posixtz_rule usual_start = {RULE_WEEKDAY, 0, 2, 3, 7200};
static const struct posixtz_rule usual_end = {RULE_WEEKDAY, 0, 1, 11, 7200};

static bool
skip_name(const char **p)
{
	const char *s = *p;
	size_t n = 0;

	if (*s == '<') {
		for (s++; isalnum((unsigned char)*s) || *s == '+' || *s == '-'; s++)
			n++;
		if (*s++ != '>')
			return false;
	} else {
		for (; isalpha((unsigned char)*s); s++)
			n++;
	}
	*p = s;
	return n >= 3;
}

/* One to three digits, from lo to hi. */
static bool
read_number(const char **p, int lo, int hi, int *out)
{
	int n = 0, digits = 0;

	for (; isdigit((unsigned char)**p) && digits < 4; (*p)++, digits++)
		n = n * 10 + (**p - '0');
	*out = n;
	return digits >= 1 && digits <= 3 && n >= lo && n <= hi;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool
read_time(const char **p, int max_hours, int32_t *out)
{
	int sign = 1, hours, minutes = 0, seconds = 0;

	if (**p == '-' || **p == '+')
		sign = *(*p)++ == '-' ? -1 : 1;
	if (!read_number(p, 0, max_hours, &hours))
		return false;
	if (**p == ':') {
		(*p)++;
		if (!read_number(p, 0, 59, &minutes))
			return false;
		if (**p == ':') {
			(*p)++;
			if (!read_number(p, 0, 59, &seconds))
				return false;
		}
	}
	*out = sign * (hours * 3600 + minutes * 60 + seconds);
	return true;
}

static bool
read_rule(const char **p, struct posixtz_rule *r)
{
	*r = (struct posixtz_rule){.kind = RULE_DAY, .time = 7200};
	if (*(*p)++ != ',')
		return false;
	if (**p == 'M') {
		r->kind = RULE_WEEKDAY;
		(*p)++;
		if (!read_number(p, 1, 12, &r->month) || *(*p)++ != '.' ||
		    !read_number(p, 1, 5, &r->week) || *(*p)++ != '.' ||
		    !read_number(p, 0, 6, &r->day))
			return false;
	} else if (**p == 'J') {
		r->kind = RULE_JULIAN;
		(*p)++;
		if (!read_number(p, 1, 365, &r->day))
			return false;
	} else if (!read_number(p, 0, 365, &r->day)) {
		return false;
	}
	if (**p != '/')
		return true;
	(*p)++;
	return read_time(p, 167, &r->time);
}

bool
posixtz_parse(const char *text, struct posixtz *tz)
{
	const char *p = text;
	int32_t west;

	if (!skip_name(&p) || !read_time(&p, 24, &west))
		return false;
	tz->std = tz->dst = -west;
	tz->has_dst = *p != '\0';
	if (!tz->has_dst)
		return true;
	if (!skip_name(&p))
		return false;
	tz->dst = tz->std + 3600;
	if (*p != '\0' && *p != ',') {
		if (!read_time(&p, 24, &west))
			return false;
		tz->dst = -west;
	}
	if (*p == '\0') {
		tz->start = usual_start;
		tz->end = usual_end;
		return true;
	}
	return read_rule(&p, &tz->start) && read_rule(&p, &tz->end) && *p == '\0';
}

/* The day on which the rule falls, in days since the epoch. */
static int64_t
rule_day(const struct posixtz_rule *r, int64_t year)
{
	int64_t first;
	int day;

	switch (r->kind) {
	case RULE_JULIAN: /* 29 February is never counted: day 60 is always 1 March */
		return civil_day(year, 1, 1) + r->day - 1 + (is_leap_year(year) && r->day >= 60);
	case RULE_DAY:
		return civil_day(year, 1, 1) + r->day;
	case RULE_WEEKDAY:
		break;
	}
	first = civil_day(year, r->month, 1);
	day = (r->day - weekday_of_day(first) + 7) % 7 + 7 * (r->week - 1);
	while (day >= month_length(year, r->month)) /* week 5 is the last one */
		day -= 7;
	return first + day;
}

int64_t
posixtz_start(const struct posixtz *tz, int64_t year)
{
	return rule_day(&tz->start, year) * DAY_SECONDS + tz->start.time - tz->std;
}

int64_t
posixtz_end(const struct posixtz *tz, int64_t year)
{
	return rule_day(&tz->end, year) * DAY_SECONDS + tz->end.time - tz->dst;
}
