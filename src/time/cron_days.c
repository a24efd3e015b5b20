/*
 * cron_days: see cron_days.h. A month is worked out at once, as bits, and not day by day: so
 * an expression for 29 February costs no more than one for every day.
 */
#include "time/cron_days.h"

#include "time/civil.h"
#include "time/cron.h"
#include "time/zone.h"

/* Bits lo to hi, at most 31; none if lo is above hi. */
static uint32_t
days_between(int lo, int hi)
{
	if (hi > 31)
		hi = 31;
	return lo > hi ? 0 : UINT32_MAX >> (31 - hi) & UINT32_MAX << lo;
}

/* All days whose weekday is in the set. */
static uint32_t
days_of_week(uint8_t set, int first)
{
	uint32_t week = (uint32_t)(set >> first | set << (7 - first)) & 0x7f;

	return (week | week << 7 | week << 14 | week << 21 | week << 28) << 1;
}

/* The working day nearest to a day, in the same month: so Saturday the 1st means the 3rd. */
static int
nearest_weekday(int day, int length, int first)
{
	switch ((first + day - 1) % 7) {
	case 0:
		return day < length ? day + 1 : day - 2;
	case 6:
		return day > 1 ? day - 1 : day + 2;
	default:
		return day;
	}
}

/* The rare forms L, L-k, LW and kW. */
static uint32_t
special_days(const struct cron *c, int length, int first)
{
	uint32_t days = 0;

	for (int k = 0; k < length; k++)
		if (c->dom_last >> k & 1)
			days |= UINT32_C(1) << (length - k);
	for (int day = 1; day <= length; day++)
		if (c->dom_near >> day & 1)
			days |= UINT32_C(1) << nearest_weekday(day, length, first);
	if (c->dom_last_week)
		days |= UINT32_C(1) << nearest_weekday(length, length, first);
	return days;
}

uint32_t
cron_month_days(const struct cron *c, int length, int first)
{
	uint32_t dom = c->dom, dow = days_of_week(c->dow, first);

	if (c->dom_last != 0 || c->dom_near != 0 || c->dom_last_week)
		dom |= special_days(c, length, first);
	for (int n = 1; n <= 5; n++)
		if (c->dow_nth[n] != 0)
			dow |= days_of_week(c->dow_nth[n], first) & days_between(7 * n - 6, 7 * n);
	if (c->dow_nth[0] != 0)
		dow |= days_of_week(c->dow_nth[0], first) & days_between(length - 6, length);
	return (c->both_days ? dom & dow : dom | dow) & days_between(1, length);
}

bool
cron_day_matches(const struct cron *c, const struct civil *d)
{
	int first = (d->wday - d->day + 1 + 35) % 7;

	return (c->month >> d->month & 1) != 0 &&
	       (cron_month_days(c, month_length(d->year, d->month), first) >> d->day & 1) != 0;
}

/* The next month that is selected, and its first day. There is one. */
static void
next_month(const struct cron *c, struct date *d)
{
	uint32_t later = (uint32_t)c->month & UINT32_MAX << (d->month + 1);

	d->day = 1;
	d->year += later == 0;
	d->month = __builtin_ctz(later != 0 ? later : c->month);
}

int64_t
cron_next_day(const struct cron *c, int64_t day)
{
	struct date d = date_of_day(day);
	int64_t last = d.year + 400, first;
	uint32_t found;
	int length;

	if ((c->month >> d.month & 1) == 0)
		next_month(c, &d);
	for (; d.year <= last; next_month(c, &d)) {
		first = civil_day(d.year, d.month, 1);
		length = month_length(d.year, d.month);
		found = cron_month_days(c, length, weekday_of_day(first)) &
			days_between(d.day, length);
		if (found != 0)
			return first + __builtin_ctz(found) - 1;
	}
	return NEVER;
}
