/*
 * zone: what time it is somewhere. All answers come from a table of changes of offset; where
 * the tables come from is the business of zone_cache.c.
 */
#include "time/zone.h"

#include <stddef.h>

#include "time/civil.h"
#include "time/zone_table.h"

const char *
zone_name(const struct zone *z)
{
	return z->name;
}

/*
 * Beyond the table's end a cyclic zone repeats its last 400 years: what must be taken from t
 * to come into them.
 */
static int64_t
fold(const struct zone *z, int64_t t)
{
	if (!z->cyclic || t < z->at[z->n - 1])
		return 0;
	return ((t - z->at[z->n - 1]) / CYCLE_SECONDS + 1) * CYCLE_SECONDS;
}

/* How many changes are at or before t: the index of its offset, and of the next change. */
static size_t
find(const struct zone *z, int64_t t)
{
	size_t lo = 0, n = z->n, half;

	if (n == 0 || t >= z->at[n - 1])
		return n;
	while (n > 0) {
		half = n / 2;
		if (z->at[lo + half] <= t) {
			lo += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return lo;
}

int32_t
zone_offset(const struct zone *z, int64_t t)
{
	return z->off[find(z, t - fold(z, t))];
}

bool
zone_next_change(const struct zone *z, int64_t t, int64_t *at, int32_t *before, int32_t *after)
{
	int64_t folded = fold(z, t);
	size_t i = find(z, t - folded);

	if (i == z->n)
		return false;
	*at = z->at[i] + folded;
	*before = z->off[i];
	*after = z->off[i + 1];
	return true;
}

void
zone_civil(const struct zone *z, int64_t t, struct civil *c, int32_t *off)
{
	int32_t o = zone_offset(z, t);

	civil_from_seconds(t + o, c);
	if (off != NULL)
		*off = o;
}

int
zone_resolve(const struct zone *z, const struct civil *c, int64_t t[2])
{
	const int64_t local = civil_to_seconds(c);
	int64_t from = local - OFFSET_MAX, to, gap_end = 0;
	int32_t off = zone_offset(z, from), before, after = 0;
	int n = 0;
	bool more = true;

	/* From each change to the next the offset is one; no other stretch can hold the reading. */
	while (more && from <= local - OFFSET_MIN && n < 2) {
		more = zone_next_change(z, from, &to, &before, &after);
		if (local - off >= from && (!more || local - off < to))
			t[n++] = local - off;
		if (more && gap_end == 0 && to + off <= local && local < to + after)
			gap_end = to;
		from = to;
		off = after;
	}
	if (n == 0)
		t[0] = gap_end;
	return n;
}
