/*
 * cron_next: when an expression is due next, through every change of the clock.
 *
 * Time is cut into stretches in which the zone's offset is one. Within a stretch the wall clock
 * runs like any clock, so the next reading that matches is found by arithmetic. At the border
 * between two stretches the rules of jobsched.tab(5), "Zones and DST", apply. They compare
 * readings only; whether the database calls a stretch summer time makes no difference.
 */
#include <stdbool.h>
#include <stdint.h>

#include "time/civil.h"
#include "time/cron.h"
#include "time/cron_days.h"
#include "time/zone.h"

/* A larger shift is not a DST change but a new clock, with which nothing is made up for. */
#define LARGEST_SHIFT (3 * 3600)

/*
 * How far before `after` the stretches are followed, in order to know which readings were
 * shown before. Offsets lie within 51 hours of each other (zone_table.h): what was read
 * earlier than this is below whatever can be read now.
 */
#define LOOK_BACK (52 * 3600)

#define NO_END (INT64_MAX / 2)
#define LATEST INT64_C(1000000000000) /* seconds: beyond the year 33000 */

/* Readings are seconds of the wall clock, as civil_to_seconds counts them. */
struct stretch {
	const struct zone *zone;
	int64_t from, to; /* seconds since the epoch; `to` is not part of it */
	int32_t off, next_off;
	int64_t seen; /* readings below this were shown or passed over before */
	bool gap;     /* `from` came with a shift that skipped readings, from `seen` on */
};

static int64_t
floor_minute(int64_t reading)
{
	return floor_div(reading, 60) * 60;
}

static int64_t
ceil_minute(int64_t reading)
{
	return floor_minute(reading + 59);
}

static void
find_end(struct stretch *s, int64_t t)
{
	if (zone_next_change(s->zone, t, &s->to, &s->off, &s->next_off))
		return;
	s->to = NO_END;
	s->off = zone_offset(s->zone, t);
}

/* The stretch around t, as if nothing had been before t. */
static void
stretch_first(struct stretch *s, const struct zone *zone, int64_t t)
{
	*s = (struct stretch){.zone = zone, .from = t, .seen = INT64_MIN};
	find_end(s, t);
}

static void
stretch_next(struct stretch *s)
{
	int32_t shift = s->next_off - s->off;
	int64_t reached = s->to + s->off;

	if (shift > LARGEST_SHIFT || shift < -LARGEST_SHIFT)
		s->seen = INT64_MIN;
	else if (s->seen < reached)
		s->seen = reached;
	s->gap = shift > 0 && shift <= LARGEST_SHIFT;
	s->from = s->to;
	find_end(s, s->from);
}

/* The first minute of the day, from `minute` (0..1439) on, that matches; -1 if there is none. */
static int
next_minute(const struct cron *c, int minute)
{
	int hour = minute / 60;
	uint64_t left = c->minute >> minute % 60 << minute % 60;
	uint32_t hours;

	if ((c->hour >> hour & 1) != 0 && left != 0)
		return hour * 60 + __builtin_ctzll(left);
	hours = c->hour & UINT32_MAX << hour & ~(UINT32_C(1) << hour);
	return hours == 0 ? -1 : __builtin_ctz(hours) * 60 + __builtin_ctzll(c->minute);
}

/* The first matching reading that is not before lo, which is a whole minute. NEVER if none. */
static int64_t
next_reading(const struct cron *c, int64_t lo)
{
	int64_t today = floor_div(lo, DAY_SECONDS), day = cron_next_day(c, today);
	int minute;

	if (day == today) {
		minute = next_minute(c, (int)((lo - today * DAY_SECONDS) / 60));
		if (minute >= 0)
			return day * DAY_SECONDS + minute * 60;
		day = cron_next_day(c, today + 1);
	}
	return day == NEVER ? NEVER : day * DAY_SECONDS + next_minute(c, 0) * 60;
}

/*
 * What was found last: stretches are much shorter than the way to a rare date, and the answer
 * stays the same while the readings asked for lie between the two.
 */
struct found {
	int64_t lo, reading;
};

static int64_t
find_reading(const struct cron *c, struct found *f, int64_t lo)
{
	if (lo < f->lo || lo > f->reading) {
		f->lo = lo;
		f->reading = next_reading(c, lo);
	}
	return f->reading;
}

/* Whether a reading that the shift before this stretch has skipped was due. */
static bool
skipped_one(const struct cron *c, const struct stretch *s, struct found *f)
{
	return s->gap && find_reading(c, f, ceil_minute(s->seen)) < floor_minute(s->from + s->off);
}

/*
 * The lowest reading in the stretch whose time is after `after`: a reading's time is its first
 * second, or the stretch's where the clock was set into the middle of a minute.
 */
static int64_t
lowest_reading(const struct stretch *s, int64_t after, bool once)
{
	int64_t lo =
	    s->from > after ? floor_minute(s->from + s->off) : floor_minute(after + s->off) + 60;

	return once && s->seen > lo ? ceil_minute(s->seen) : lo;
}

/*
 * Whether nothing is to be found in the stretches between this one and those around a reading that
 * is far away; then s is where these begin to matter. Not where a clock that is set back at the end
 * of this one could show what was read before the search began.
 */
static bool
skip_to(struct stretch *s, const struct found *f)
{
	int64_t t = f->reading - s->off - 2 * LOOK_BACK;

	if (s->to + s->off - LOOK_BACK <= f->lo || t - LOOK_BACK <= s->to)
		return false;
	stretch_first(s, s->zone, t);
	return true;
}

int64_t
cron_next(const struct cron *c, const struct zone *zone, int64_t after, enum dst_gap gap,
    enum dst_repeat repeat)
{
	const bool once = !c->wild && repeat != DST_REPEAT_BOTH;
	const bool make_up = !c->wild && gap != DST_GAP_SKIP;
	struct found found = {INT64_MAX, INT64_MIN};
	struct stretch s;
	int64_t reading, t, limit;

	if (after > LATEST)
		return NEVER;
	if (after < -LATEST)
		after = -LATEST;
	limit = after + CYCLE_SECONDS;
	stretch_first(&s, zone, after - LOOK_BACK);
	while (s.from <= limit) {
		if (s.to <= after) {
			stretch_next(&s);
			continue;
		}
		if (make_up && s.from > after && skipped_one(c, &s, &found))
			return s.from;
		reading = find_reading(c, &found, lowest_reading(&s, after, once));
		if (reading == NEVER)
			return NEVER;
		t = reading - s.off > s.from ? reading - s.off : s.from;
		if (t < s.to)
			return t;
		if (!skip_to(&s, &found))
			stretch_next(&s);
	}
	return NEVER;
}
