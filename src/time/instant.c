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

/* So many digits and what stands behind them; returns where to go on. */
static char *
put(char *p, int n, int digits, char then)
{
	for (int i = digits - 1; i >= 0; i--, n /= 10)
		p[i] = (char)('0' + n % 10);
	p[digits] = then;
	return p + digits + 1;
}

/* snprintf would be an eighth of what a job costs that is submitted in bulk. */
static void
write_json(const struct civil *c, int ms, char *p)
{
	p = put(p, c->year, 4, '-');
	p = put(p, c->month, 2, '-');
	p = put(p, c->day, 2, 'T');
	p = put(p, c->hour, 2, ':');
	p = put(p, c->minute, 2, ':');
	p = put(p, c->second, 2, '.');
	p = put(p, ms, 3, 'Z');
	*p = '\0';
}

void
instant_json(int64_t us, char *buf, size_t size)
{
	int ms = (int)(floor_mod(us, USEC) / 1000);
	struct civil c;

	civil_from_seconds(floor_seconds(us), &c);
	if (c.year >= 0 && c.year <= 9999 && size >= sizeof("2026-03-01T10:00:00.000Z")) {
		write_json(&c, ms, buf);
		return;
	}
	snprintf(buf, size, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year, c.month, c.day, c.hour,
	    c.minute, c.second, ms);
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
	if (n + sizeof("000Z") <= size)
		*put(buf + n, rest, 3, 'Z') = '\0';
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
