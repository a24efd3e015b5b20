/*
 * civil: the proleptic Gregorian calendar in days (private to this floor). See zone.h for
 * struct civil and for seconds.
 */
#ifndef TIME_CIVIL_H
#define TIME_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

#define DAY_SECONDS INT64_C(86400)

/* After 400 years the calendar repeats itself, weekdays included: 146097 days are 20871 weeks. */
#define CYCLE_DAYS INT64_C(146097)
#define CYCLE_SECONDS (CYCLE_DAYS * DAY_SECONDS)

static inline int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static inline int64_t
floor_mod(int64_t a, int64_t b)
{
	int64_t r = a % b;

	return r < 0 ? r + b : r;
}

/* Days since 1970-01-01. The month is 1..12, the day may be outside its month. */
int64_t civil_day(int64_t year, int month, int day);

struct date {
	int64_t year;
	int month, day;
};
struct date date_of_day(int64_t day);

/* 0..6, Sunday 0. */
int weekday_of_day(int64_t day);

bool is_leap_year(int64_t year);
int month_length(int64_t year, int month);

#endif
