/*
 * shift: see shift.h. Readings are counted as times of UTC, whose clock shows each exactly once.
 * The rules are those of cron_next.c.
 */
#include "time/shift.h"

#include "time/civil.h"
#include "time/duration.h"
#include "time/schedule.h"

#define LARGEST_SHIFT (3 * 3600)
#define ALL_HOURS 0xffffffU

/* The matching readings from `from` to before `to` (seconds); the first in *reading. */
static int64_t
count_readings(const struct schedule *s, int64_t from, int64_t to, struct civil *reading)
{
	int64_t first = schedule_next(s, zone_utc(), from * USEC - 1), last;

	if (first == INSTANT_NONE || first >= to * USEC)
		return 0;
	civil_from_seconds(first / USEC, reading);
	return 1 + schedule_count(s, zone_utc(), first, to * USEC - 1, &last);
}

/* What comes of readings that are skipped, or come twice; false: the same as on other days. */
static bool
find_effect(const struct schedule *s, bool gap, enum shift_effect *effect)
{
	bool wild = s->cron.wild;

	if (wild && s->cron.hour == ALL_HOURS)
		return false;
	*effect = !gap				   ? SHIFT_REPEATS
	    : !wild && s->gap != DST_GAP_SKIP ? SHIFT_MOVES
						   : SHIFT_DROPS;
	return gap || wild || s->repeat == DST_REPEAT_BOTH;
}

static bool
look(const struct schedule *s, int64_t at, int32_t before, int32_t after, struct shift *f)
{
	int32_t by = after - before;
	int64_t low = at + (by > 0 ? before : after), high = at + (by > 0 ? after : before);

	if (by > LARGEST_SHIFT || by < -LARGEST_SHIFT || !find_effect(s, by > 0, &f->effect))
		return false;
	f->at = at * USEC;
	f->count = count_readings(s, low, high, &f->reading);
	civil_from_seconds(at + after, &f->then);
	return f->count > 0;
}

bool
shift_next(const struct schedule *s, const struct zone *zone, int64_t after, int64_t until,
    struct shift *f)
{
	int64_t at = floor_div(after, USEC);
	int32_t old, new;

	if (s->kind != SCHEDULE_CRON)
		return false;
	while (zone_next_change(zone, at, &at, &old, &new) && at <= floor_div(until, USEC))
		if (look(s, at, old, new, f))
			return true;
	return false;
}
