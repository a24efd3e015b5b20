/*
 * zone_table: see zone_table.h.
 */
#include "time/zone_table.h"

#include <stdlib.h>

#include "base/mem.h"
#include "time/civil.h"
#include "time/posixtz.h"

void
zone_table_init(struct zone *z, int32_t off)
{
	z->at = NULL;
	z->off = xmalloc(sizeof(*z->off));
	z->off[0] = off;
	z->n = z->cap = 0;
	z->cyclic = false;
}

void
zone_table_add(struct zone *z, int64_t at, int32_t off)
{
	if (z->n > 0 && z->at[z->n - 1] == at)
		z->n--; /* at one instant the last word counts */
	if (z->off[z->n] == off)
		return;
	if (z->n == z->cap) {
		z->cap = z->cap > 0 ? 2 * z->cap : 64;
		z->at = xreallocarray(z->at, z->cap, sizeof(*z->at));
		z->off = xreallocarray(z->off, z->cap + 1, sizeof(*z->off));
	}
	z->at[z->n++] = at;
	z->off[z->n] = off;
}

struct event {
	int64_t at;
	int32_t off;
};

/*
 * By time; at one instant the start of DST comes last, so that a rule whose end is the next
 * year's start means DST all year (RFC 8536, section 3.3.1).
 */
static int
later(const struct event *a, const struct event *b, int32_t dst)
{
	if (a->at != b->at)
		return a->at > b->at;
	return a->off == dst && b->off != dst;
}

/* The rule is written out for 400 years, after which it repeats itself. */
void
zone_table_follow(struct zone *z, int64_t from, const struct posixtz *tz)
{
	enum { YEARS = 404 };
	const int64_t year_1900 = INT64_C(-2208988800);
	struct event events[2 * YEARS];
	size_t n = 0, i;
	int64_t year;

	if (!tz->has_dst)
		return;
	if (from < year_1900)
		from = year_1900;
	year = date_of_day(floor_div(from, DAY_SECONDS)).year - 1;
	for (int k = 0; k < YEARS; k++, year++) {
		struct event pair[2] = {
		    {posixtz_start(tz, year), tz->dst},
		    {posixtz_end(tz, year), tz->std},
		};

		for (int j = 0; j < 2; j++) { /* nearly in order already */
			for (i = n; i > 0 && later(&events[i - 1], &pair[j], tz->dst); i--)
				events[i] = events[i - 1];
			events[i] = pair[j];
			n++;
		}
	}
	for (i = 0; i < n; i++)
		if (events[i].at > from)
			zone_table_add(z, events[i].at, events[i].off);
	z->cyclic = z->n > 0 && z->at[z->n - 1] > from + CYCLE_SECONDS;
}

void
zone_table_release(struct zone *z)
{
	free(z->at);
	free(z->off);
	z->at = NULL;
	z->off = NULL;
	z->n = z->cap = 0;
}
