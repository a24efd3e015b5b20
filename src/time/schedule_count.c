/*
 * schedule_count: how often a schedule is due between two instants, without a step for each time.
 *
 * Where the zone's offset stays the same, matching days are counted by the month and minutes by the
 * day. Around a change of the offset the rules of DST apply, and cron_next steps through those
 * hours.
 */
#include "time/schedule.h"

#include <stdbool.h>

#include "time/civil.h"
#include "time/cron_days.h"
#include "time/duration.h"
#include "time/zone.h"

#define DAY_MINUTES (24 * 60)

/* Larger than any shift with what its window needs besides. */
#define LOOK_BACK (3 * DAY_SECONDS)

/* A number of times, and the latest of them if there are any. */
struct tally {
	int64_t n, last;
};

static void
add(struct tally *sum, struct tally more)
{
	sum->n += more.n;
	if (more.n > 0)
		sum->last = more.last;
}

/* Matching minutes of a day from lo to hi, 0..1439; last is such a minute. */
static struct tally
minutes_between(const struct cron *c, int lo, int hi)
{
	struct tally sum = {0, 0};
	uint64_t minutes;

	for (int h = lo / 60; h <= hi / 60; h++) {
		if ((c->hour >> h & 1) == 0)
			continue;
		minutes = c->minute;
		if (h == lo / 60)
			minutes &= UINT64_MAX << lo % 60;
		if (h == hi / 60)
			minutes &= UINT64_MAX >> (63 - hi % 60);
		if (minutes == 0)
			continue;
		sum.n += __builtin_popcountll(minutes);
		sum.last = h * 60 + 63 - __builtin_clzll(minutes);
	}
	return sum;
}

/* Matching days from lo to hi, since 1970-01-01; last is such a day. */
static struct tally
days_between(const struct cron *c, int64_t lo, int64_t hi)
{
	struct tally sum = {0, 0};
	int64_t begin, end;

	for (int64_t day = lo; day <= hi; day = end) {
		struct date d = date_of_day(day);
		int length = month_length(d.year, d.month);
		uint32_t days;

		begin = day - (d.day - 1);
		end = begin + length;
		if ((c->month >> d.month & 1) == 0)
			continue;
		days = cron_month_days(c, length, weekday_of_day(begin)) & UINT32_MAX << d.day;
		if (end > hi)
			days &= UINT32_MAX >> (31 - (hi - begin + 1));
		if (days == 0)
			continue;
		sum.n += __builtin_popcount(days);
		sum.last = begin + 30 - __builtin_clz(days);
	}
	return sum;
}

/* Matching readings of one day, in minutes since 1970-01-01. */
static struct tally
readings_of_day(const struct cron *c, int64_t day, int lo, int hi)
{
	struct tally sum = {0, 0};

	if (days_between(c, day, day).n > 0)
		sum = minutes_between(c, lo, hi);
	sum.last += day * DAY_MINUTES;
	return sum;
}

/* Matching readings from lo to hi, in minutes since 1970-01-01. */
static struct tally
readings_between(const struct cron *c, int64_t lo, int64_t hi)
{
	int64_t first = floor_div(lo, DAY_MINUTES), last = floor_div(hi, DAY_MINUTES);
	int lo_minute = (int)floor_mod(lo, DAY_MINUTES),
	    hi_minute = (int)floor_mod(hi, DAY_MINUTES);
	struct tally sum = {0, 0}, days, day;

	if (lo > hi)
		return sum;
	if (first == last)
		return readings_of_day(c, first, lo_minute, hi_minute);
	add(&sum, readings_of_day(c, first, lo_minute, DAY_MINUTES - 1));
	days = days_between(c, first + 1, last - 1);
	day = minutes_between(c, 0, DAY_MINUTES - 1);
	add(&sum, (struct tally){days.n * day.n, days.last * DAY_MINUTES + day.last});
	add(&sum, readings_of_day(c, last, 0, hi_minute));
	return sum;
}

/* Times in (after, until], seconds, where the offset stays the same and no change has an effect. */
static struct tally
steady(const struct schedule *s, const struct zone *zone, int64_t after, int64_t until)
{
	int32_t off = zone_offset(zone, until);
	struct tally sum;

	sum =
	    readings_between(&s->cron, floor_div(after + off, 60) + 1, floor_div(until + off, 60));
	sum.last = sum.last * 60 - off;
	return sum;
}

static struct tally
stepped(const struct schedule *s, const struct zone *zone, int64_t after, int64_t until)
{
	struct tally sum = {0, 0};
	int64_t t = after;

	while ((t = cron_next(&s->cron, zone, t, s->gap, s->repeat)) <= until)
		add(&sum, (struct tally){1, t});
	return sum;
}

static struct tally
count_cron(const struct schedule *s, const struct zone *zone, int64_t after, int64_t until)
{
	struct tally sum = {0, 0};
	int64_t from, to, at = after - LOOK_BACK;
	int32_t before, then;

	while (after < until && zone_next_change(zone, at, &at, &before, &then)) {
		/* From the minute that it cuts to where no repeated reading is left. */
		from = at - 60;
		to = at + 2 * (int64_t)(before < then ? then - before : before - then) + 3600;
		if (from >= until)
			break;
		if (to <= after)
			continue;
		if (from > after) {
			add(&sum, steady(s, zone, after, from));
			after = from;
		}
		to = to < until ? to : until;
		add(&sum, stepped(s, zone, after, to));
		after = to;
	}
	if (after < until)
		add(&sum, steady(s, zone, after, until));
	return sum;
}

int64_t
schedule_count(
    const struct schedule *s, const struct zone *zone, int64_t after, int64_t until, int64_t *last)
{
	struct tally sum = {0, 0};

	if (after >= until)
		return 0;
	switch (s->kind) {
	case SCHEDULE_ONCE:
		sum.n = after < s->at && s->at <= until;
		sum.last = s->at;
		break;
	case SCHEDULE_EVERY:
		sum.n = (until - after) / s->every;
		sum.last = after + sum.n * s->every;
		break;
	case SCHEDULE_CRON:
		sum = count_cron(s, zone, floor_div(after, USEC), floor_div(until, USEC));
		sum.last *= USEC;
		break;
	case SCHEDULE_REBOOT:
		break;
	}
	if (sum.n > 0)
		*last = sum.last;
	return sum.n;
}
