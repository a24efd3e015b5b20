/*
 * cron_days: which dates an expression means (private to this floor).
 */
#ifndef TIME_CRON_DAYS_H
#define TIME_CRON_DAYS_H

#include <stdint.h>

struct cron;

#define NEVER INT64_MAX

/*
 * The days of a month that match the two day fields, as bits 1..31. The month has `length`
 * days, of which the first is a `first` (0..6, Sunday 0). The month field is not looked at.
 */
uint32_t cron_month_days(const struct cron *, int length, int first);

/*
 * The first matching day (since 1970-01-01) that is not before `day`, or NEVER. All 400 years
 * of the calendar's cycle are searched: what is not found there does not exist.
 */
int64_t cron_next_day(const struct cron *, int64_t day);

#endif
