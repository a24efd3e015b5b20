/*
 * calendar: see calendar.h. Here: what is asked of it. How it is read is in calendar_parse.c.
 */
#include "time/calendar.h"

#include <stdlib.h>
#include <string.h>

#include "time/civil.h"
#include "time/duration.h"
#include "time/zone.h"

#define NAME_FIRST "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
#define NEVER INT64_MAX

bool
calendar_name_ok(const char *name)
{
	return *name != '\0' && strchr(NAME_FIRST, *name) != NULL &&
	       name[strspn(name, NAME_FIRST "-.")] == '\0';
}

void
calendar_release(struct calendar *c)
{
	free(c->ranges);
	*c = (struct calendar){0};
}

/* The first range that does not end before the day; NULL if there is none. */
static const struct day_range *
find(const struct calendar *c, int64_t day)
{
	size_t lo = 0, n = c->n, half;

	while (n > 0) {
		half = n / 2;
		if (c->ranges[lo + half].last < day) {
			lo += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return lo < c->n ? &c->ranges[lo] : NULL;
}

static bool
has_day(const struct calendar *c, int64_t day)
{
	const struct day_range *r = find(c, day);

	return r != NULL && r->first <= day;
}

bool
calendar_has(const struct calendar *c, const struct civil *date)
{
	return has_day(c, civil_day(date->year, date->month, date->day));
}

/* The first later day of which has_day says otherwise. */
static int64_t
next_day(const struct calendar *c, int64_t day)
{
	const struct day_range *r = find(c, day);

	if (r == NULL)
		return NEVER;
	return r->first <= day ? (int64_t)r->last + 1 : r->first;
}

/*
 * Between two changes of the offset the date only goes on, so the next border is looked up. At a
 * change it may go anywhere, also back to the day before, so there the date is looked at afresh.
 */
int64_t
calendar_change(const struct calendar *c, const struct zone *zone, int64_t after, int64_t until)
{
	int64_t t = floor_div(after, USEC), end = floor_div(until, USEC), day, next, change;
	int32_t off = zone_offset(zone, t), before, then = off;
	const bool has = has_day(c, floor_div(t + off, DAY_SECONDS));

	for (; t <= end; t = change, off = then) {
		day = floor_div(t + off, DAY_SECONDS);
		if (has_day(c, day) != has)
			return t * USEC;
		next = next_day(c, day);
		if (next != NEVER)
			next = next * DAY_SECONDS - off;
		if (!zone_next_change(zone, t, &change, &before, &then) || next < change)
			return next <= end ? next * USEC : NEVER;
	}
	return NEVER;
}
