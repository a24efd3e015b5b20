/*
 * calendar: a list of days. Printed as ranges of dates, it is the same list.
 */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "fuzz.h"
#include "time/calendar.h"
#include "time/duration.h"
#include "time/zone.h"

static void
add_date(struct buf *b, int64_t day)
{
	struct civil c;

	civil_from_seconds(day * 86400, &c);
	buf_addf(b, "%04d-%02d-%02d", c.year, c.month, c.day);
}

static void
check_printed(const struct calendar *c)
{
	struct buf b = { 0 };
	struct calendar again;
	int line, column;
	struct err e;

	for (size_t i = 0; i < c->n; i++) {
		add_date(&b, c->ranges[i].first);
		buf_addstr(&b, "..");
		add_date(&b, c->ranges[i].last);
		buf_addc(&b, '\n');
	}
	HOLDS(calendar_parse(&again, b.data, b.len, &line, &column, &e) == 0);
	HOLDS(again.n == c->n);
	HOLDS(c->n == 0 || memcmp(again.ranges, c->ranges, c->n * sizeof(*c->ranges)) == 0);
	calendar_release(&again);
	buf_release(&b);
}

static void
check_change(const struct calendar *c, const struct zone *zone)
{
	struct civil now, then;
	int64_t at = calendar_change(c, zone, FUZZ_NOW, FUZZ_NOW + 1000 * DAY_US);

	if (at == INT64_MAX)
		return;
	HOLDS(at > FUZZ_NOW && at <= FUZZ_NOW + 1000 * DAY_US && at % USEC == 0);
	zone_civil(zone, FUZZ_NOW / USEC, &now, NULL);
	zone_civil(zone, at / USEC, &then, NULL);
	HOLDS(calendar_has(c, &now) != calendar_has(c, &then));
	zone_civil(zone, at / USEC - 1, &then, NULL);
	HOLDS(calendar_has(c, &now) == calendar_has(c, &then));
}

int
fuzz_calendar(const uint8_t *data, size_t len)
{
	struct calendar c;
	int line = 0, column = 0, rc;
	struct err e;

	rc = calendar_parse(&c, (const char *)data, len, &line, &column, &e);
	if (rc < 0) {
		fuzz_refused(rc, &e);
		HOLDS(line >= 1 && column >= 1 && c.n == 0);
		return 0;
	}
	for (size_t i = 0; i < c.n; i++)
		HOLDS(c.ranges[i].first <= c.ranges[i].last &&
		    (i == 0 || c.ranges[i - 1].last + 1 < c.ranges[i].first));
	check_printed(&c);
	check_change(&c, fuzz_zone((unsigned)len));
	calendar_release(&c);
	return 0;
}
