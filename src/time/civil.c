/*
 * civil: see civil.h. Years are counted from 1 March, so that the leap day is the last of its
 * year and months before it do not depend on it.
 */
#include "time/civil.h"

#include "time/zone.h"

/* Days from 0000-03-01 to 1970-01-01. */
#define EPOCH_DAY INT64_C(719468)

/* Days of the year before the month, March 0: months go 31 30 31 30 31, 31 30 31 30 31, 31. */
static int
days_before_month(int march_month)
{
	return (153 * march_month + 2) / 5;
}

int64_t
civil_day(int64_t year, int month, int day)
{
	int m = month >= 3 ? month - 3 : month + 9;
	int64_t y = month >= 3 ? year : year - 1;

	return y * 365 + floor_div(y, 4) - floor_div(y, 100) + floor_div(y, 400) +
	       days_before_month(m) + day - 1 - EPOCH_DAY;
}

struct date
date_of_day(int64_t day)
{
	int64_t since = day + EPOCH_DAY, cycle = floor_div(since, CYCLE_DAYS);
	int left = (int)(since - cycle * CYCLE_DAYS);
	int centuries, fours, years, m;
	struct date d;

	/* The last century of the cycle and the last year of four have a day more. */
	centuries = left / 36524 < 3 ? left / 36524 : 3;
	left -= centuries * 36524;
	fours = left / 1461;
	left -= fours * 1461;
	years = left / 365 < 3 ? left / 365 : 3;
	left -= years * 365;

	m = (5 * left + 2) / 153;
	d.day = left - days_before_month(m) + 1;
	d.month = m < 10 ? m + 3 : m - 9;
	d.year = cycle * 400 + centuries * 100 + fours * 4 + years + (m >= 10);
	return d;
}

int
weekday_of_day(int64_t day)
{
	return (int)floor_mod(day + 4, 7); /* 1970-01-01 was a Thursday */
}

bool
is_leap_year(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int
month_length(int64_t year, int month)
{
	static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return length[month - 1] + (month == 2 && is_leap_year(year));
}

int64_t
civil_to_seconds(const struct civil *c)
{
	return civil_day(c->year, c->month, c->day) * DAY_SECONDS + c->hour * 3600 +
	       c->minute * 60 + c->second;
}

void
civil_from_seconds(int64_t t, struct civil *c)
{
	int64_t day = floor_div(t, DAY_SECONDS);
	int left = (int)(t - day * DAY_SECONDS);
	struct date d = date_of_day(day);

	*c = (struct civil){
	    .year = (int)d.year,
	    .month = d.month,
	    .day = d.day,
	    .hour = left / 3600,
	    .minute = left / 60 % 60,
	    .second = left % 60,
	    .wday = weekday_of_day(day),
	};
}
