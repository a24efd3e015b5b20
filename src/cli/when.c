/*
 * when: see when.h.
 */
#include "cli/when.h"

#include "time/duration.h"
#include "time/instant.h"
#include "time/zone.h"

void
when_init(struct when *w, const struct zone *zone, int64_t from, int64_t end)
{
	int32_t before, after;
	int64_t at;

	w->zone = zone;
	w->offsets =
	    zone_next_change(zone, from / USEC, &at, &before, &after) && at <= end / USEC;
}

void
when_text(const struct when *w, int64_t us, char *buf, size_t size)
{
	if (w->offsets)
		instant_rfc3339(us, w->zone, buf, size);
	else
		instant_human(us, w->zone, buf, size);
}
