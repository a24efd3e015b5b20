/*
 * instant: points in time as text, see instant.h.
 */
#include "time/instant.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "time/civil.h"
#include "time/duration.h"
#include "time/zone.h"

static int64_t
floor_seconds(int64_t us)
{
	return floor_div(us, USEC);
}

void
instant_json(int64_t us, char *buf, size_t size)
{
	struct civil c;

	civil_from_seconds(floor_seconds(us), &c);
	snprintf(buf, size, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year, c.month, c.day, c.hour,
	    c.minute, c.second, (int)(floor_mod(us, USEC) / 1000));
}

void
instant_exact(int64_t us, char *buf, size_t size)
{
	int rest = (int)floor_mod(us, 1000);
	size_t n;

	instant_json(us, buf, size);
	if (rest == 0)
		return;
	n = strlen(buf) - 1;
	snprintf(buf + n, size - n, "%03dZ", rest);
}

/*
 * Offsets of RFC 3339 are whole minutes. Where a zone's had seconds (Monrovia's until 1972), the
 * reading is that of the next whole offset towards UTC, so that the text still is the instant.
 */
void
instant_rfc3339(int64_t us, const struct zone *zone, char *buf, size_t size)
{
	int64_t t = floor_seconds(us);
	int minutes = zone_offset(zone, t) / 60, size_of = minutes < 0 ? -minutes : minutes;
	struct civil c;

	civil_from_seconds(t + minutes * 60, &c);
	snprintf(buf, size, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", c.year, c.month, c.day,
	    c.hour, c.minute, c.second, minutes < 0 ? '-' : '+', size_of / 60, size_of % 60);
}

void
instant_human(int64_t us, const struct zone *zone, char *buf, size_t size)
{
	struct civil c;

	if (us == INSTANT_NONE) {
		strlcpy(buf, "-", size);
		return;
	}
	zone_civil(zone, floor_seconds(us), &c, NULL);
	snprintf(buf, size, "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month, c.day, c.hour,
	    c.minute, c.second);
}
