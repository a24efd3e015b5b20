/*
 * cron_oracle: see cron_oracle.h. Written to be checked by reading, not to be fast.
 */
#include "cron_oracle.h"

#include <stdlib.h>

#include "base/mem.h"
#include "time/zone.h"

static const int lowest[] = { 0, 0, 1, 1, 0 }, highest[] = { 59, 23, 31, 12, 6 };

static int64_t
floor_to(int64_t t, int64_t unit)
{
	int64_t rest = t % unit;

	return t - (rest < 0 ? rest + unit : rest);
}

struct day {
	int day, month, wday, length;
};

static struct day
day_of(int64_t number)
{
	struct civil today, other;
	struct day d;

	civil_from_seconds(number * 86400, &today);
	d = (struct day){ .day = today.day, .month = today.month, .wday = today.wday };
	/* The month's last day is the one before the next 1st. */
	for (int64_t next = number + 1;; next++) {
		civil_from_seconds(next * 86400, &other);
		if (other.day == 1) {
			civil_from_seconds((next - 1) * 86400, &other);
			d.length = other.day;
			return d;
		}
	}
}

static bool
is_working(const struct day *d, int day)
{
	int wday = (d->wday + day - d->day + 35) % 7;

	return wday >= 1 && wday <= 5;
}

static bool
is_nearest(const struct day *d, int k)
{
	if (k > d->length)
		return false;
	for (int distance = 0; distance < 4; distance++) {
		if (k - distance >= 1 && is_working(d, k - distance))
			return d->day == k - distance;
		if (k + distance <= d->length && is_working(d, k + distance))
			return d->day == k + distance;
	}
	return false;
}

static bool
value_matches(const struct item *i, int field, int v)
{
	switch (i->kind) {
	case ITEM_ALL:
		return v <= highest[field] && (v - lowest[field]) % i->step == 0;
	case ITEM_RANGE:
		return v >= i->a && v <= i->b && (v - i->a) % i->step == 0;
	case ITEM_FROM:
		return v == i->a || (v > i->a && v <= highest[field] && (v - i->a) % i->step == 0);
	default:
		return false;
	}
}

static bool
date_matches(const struct item *i, const struct day *d)
{
	switch (i->kind) {
	case ITEM_LAST:
		return d->day == d->length - i->a;
	case ITEM_LAST_WEEKDAY:
		for (int day = d->day + 1; day <= d->length; day++)
			if (is_working(d, day))
				return false;
		return is_working(d, d->day);
	case ITEM_NEAREST:
		return is_nearest(d, i->a);
	case ITEM_NTH:
		return d->wday == i->a % 7 && d->day > 7 * (i->b - 1) && d->day <= 7 * i->b;
	case ITEM_NTH_LAST:
		return d->wday == i->a % 7 && d->day + 7 > d->length;
	default:
		return false;
	}
}

static bool
field_matches(const struct oracle_expr *x, int field, int v)
{
	for (int i = 0; i < x->field[field].n; i++)
		if (value_matches(&x->field[field].items[i], field, v))
			return true;
	return false;
}

static bool
special_matches(const struct oracle_expr *x, int field, const struct day *d)
{
	for (int i = 0; i < x->field[field].n; i++)
		if (date_matches(&x->field[field].items[i], d))
			return true;
	return false;
}

bool
oracle_day(const struct oracle_expr *x, int64_t number)
{
	struct day d = day_of(number);
	bool dom = field_matches(x, ORACLE_DOM, d.day) || special_matches(x, ORACLE_DOM, &d);
	bool dow = field_matches(x, ORACLE_DOW, d.wday) ||
		   (d.wday == 0 && field_matches(x, ORACLE_DOW, 7)) ||
		   special_matches(x, ORACLE_DOW, &d);
	char a = x->field[ORACLE_DOM].first, b = x->field[ORACLE_DOW].first;

	if (!field_matches(x, ORACLE_MONTH, d.month))
		return false;
	return a == '*' || a == '?' || b == '*' || b == '?' ? dom && dow : dom || dow;
}

static bool
is_wild(const struct oracle_expr *x)
{
	int hours = 0;

	for (int hour = 0; hour < 24; hour++)
		hours += field_matches(x, ORACLE_HOUR, hour);
	return hours == 24 || x->field[ORACLE_MINUTE].first == '*' ||
	       x->field[ORACLE_HOUR].first == '*';
}

struct scan {
	const struct oracle_expr *expr;
	int64_t first; /* the time of off[0] */
	int step;
	int32_t *off; /* the zone's offset at first + i * step */
	int64_t known_day;
	bool day_matches; /* of known_day */
};

/* A reading is the second at which its minute starts, on the wall clock. */
static bool
reading_matches(struct scan *s, int64_t reading)
{
	int64_t day = floor_to(reading, 86400) / 86400;
	int minute = (int)((reading - day * 86400) / 60);

	if (!field_matches(s->expr, ORACLE_MINUTE, minute % 60) ||
	    !field_matches(s->expr, ORACLE_HOUR, minute / 60))
		return false;
	if (day != s->known_day) {
		s->known_day = day;
		s->day_matches = oracle_day(s->expr, day);
	}
	return s->day_matches;
}

static int64_t
reading_at(const struct scan *s, int64_t i)
{
	return floor_to(s->first + i * s->step + s->off[i], 60);
}

static bool
is_new_clock(const struct scan *s, int64_t i)
{
	return abs(s->off[i] - s->off[i - 1]) > 3 * 3600;
}

/* Whether the clock showed this reading in the hours before i, and was not set anew since. */
static bool
shown_before(const struct scan *s, int64_t i, int64_t reading)
{
	for (int64_t k = i - 1; k > 0 && k > i - 7 * 3600 / s->step; k--) {
		if (is_new_clock(s, k + 1))
			return false;
		if (reading_at(s, k) == reading)
			return true;
	}
	return false;
}

/* Whether a reading that was jumped over on the way to i matches. */
static bool
skipped_one(struct scan *s, int64_t i)
{
	int32_t shift = s->off[i] - s->off[i - 1];

	if (shift <= 0 || is_new_clock(s, i))
		return false;
	for (int64_t r = reading_at(s, i - 1) + 60; r < reading_at(s, i); r += 60)
		if (reading_matches(s, r) && !shown_before(s, i, r))
			return true;
	return false;
}

static void
add(struct oracle_times *times, int64_t t)
{
	times->t = mem_grow(times->t, times->n, &times->cap, sizeof(*times->t));
	times->t[times->n++] = t;
}

static void
visit(struct scan *s, int64_t i, bool wild, enum dst_gap gap, enum dst_repeat repeat,
    struct oracle_times *times)
{
	int64_t t = s->first + i * s->step, reading = reading_at(s, i);
	bool begins = (t + s->off[i]) % 60 == 0 || s->off[i] != s->off[i - 1];
	bool due = begins && reading_matches(s, reading);

	if (due && !wild && repeat != DST_REPEAT_BOTH && shown_before(s, i, reading)) {
		due = false;
		times->suppressed++;
	}
	if (!due && !wild && gap != DST_GAP_SKIP && skipped_one(s, i)) {
		due = true;
		times->made_up++;
	}
	if (due)
		add(times, t);
}

void
oracle_scan(const struct oracle_expr *x, const struct zone *zone, int64_t from, int64_t to,
    int step, enum dst_gap gap, enum dst_repeat repeat, struct oracle_times *times)
{
	int64_t first = floor_to(from, step) - 8 * 3600, n = (to - first) / step + 1;
	struct scan s = { .expr = x, .first = first, .step = step, .known_day = INT64_MIN };
	bool wild = is_wild(x);

	s.off = xcalloc((size_t)n, sizeof(*s.off));
	for (int64_t i = 0; i < n; i++)
		s.off[i] = zone_offset(zone, first + i * step);
	for (int64_t i = 1; i < n; i++)
		if (first + i * step > from)
			visit(&s, i, wild, gap, repeat, times);
	free(s.off);
}
