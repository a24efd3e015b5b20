/*
 * cron: an expression, and when it is due next.
 *
 * The first line is the expression; behind it, from the end: zone, DST rules, and four bytes of the
 * time from where on.
 */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "fuzz.h"
#include "time/cron.h"
#include "time/zone.h"

#define LOOK 240	 /* minutes before the next time that are looked at one by one */
#define AROUND (4 * 3600) /* seconds that a change of the offset reaches */

static void
list_values(struct buf *b, uint64_t bits, const char *before, const char *behind)
{
	for (int i = 0; i < 64; i++)
		if (bits >> i & 1)
			buf_addf(b, "%s%s%d%s", b->len > 0 && b->data[b->len - 1] != ' ' ? "," : "",
			    before, i, behind);
}

/* The same values, each written out. */
static char *
print(const struct cron *c)
{
	struct buf b = { 0 };
	char nth[4] = "#n";

	list_values(&b, c->minute, "", "");
	buf_addc(&b, ' ');
	list_values(&b, c->hour, "", "");
	buf_addc(&b, ' ');
	list_values(&b, c->dom, "", "");
	list_values(&b, c->dom_last, "L-", "");
	list_values(&b, c->dom_near, "", "W");
	if (c->dom_last_week)
		buf_addstr(&b, b.data[b.len - 1] != ' ' ? ",LW" : "LW");
	buf_addc(&b, ' ');
	list_values(&b, c->month, "", "");
	buf_addc(&b, ' ');
	list_values(&b, c->dow, "", "");
	list_values(&b, c->dow_nth[0], "", "L");
	for (int n = 1; n <= 5; n++) {
		nth[1] = (char)('0' + n);
		list_values(&b, c->dow_nth[n], "", nth);
	}
	return buf_string(&b);
}

static bool
same_values(const struct cron *a, const struct cron *b)
{
	return a->minute == b->minute && a->hour == b->hour && a->dom == b->dom &&
	    a->month == b->month && a->dow == b->dow && a->dom_last == b->dom_last &&
	    a->dom_last_week == b->dom_last_week && a->dom_near == b->dom_near &&
	    memcmp(a->dow_nth, b->dow_nth, sizeof(a->dow_nth)) == 0;
}

/* "L-0" is written L. */
static void
mend_last(char *text)
{
	char *p = strstr(text, "L-0");

	if (p != NULL)
		memmove(p + 1, p + 3, strlen(p + 3) + 1);
}

static void
check_values(const struct cron *c)
{
	char *text = print(c);
	struct cron again;
	struct err e;

	mend_last(text);
	HOLDS(c->minute != 0 && c->minute >> 60 == 0);
	HOLDS(c->hour != 0 && c->hour >> 24 == 0);
	HOLDS((c->dom & 1) == 0 && (c->dom_near & 1) == 0);
	HOLDS(c->month != 0 && (c->month & 1) == 0 && c->month >> 13 == 0);
	HOLDS(c->dow >> 7 == 0);
	HOLDS(cron_parse(&again, text, 0, NULL, &e) == 0);
	HOLDS(same_values(c, &again));
	free(text);
}

static bool
matches(const struct cron *c, const struct zone *zone, int64_t t)
{
	struct civil r;

	zone_civil(zone, t, &r, NULL);
	return r.second == 0 && (c->minute >> r.minute & 1) && (c->hour >> r.hour & 1) &&
	    cron_day_matches(c, &r);
}

/* Whether the clock runs evenly from well before `from` up to `to`. */
static bool
is_even(const struct zone *zone, int64_t from, int64_t to)
{
	int64_t at;
	int32_t before, after;

	return !zone_next_change(zone, from - 53 * 3600, &at, &before, &after) || at > to + AROUND;
}

/* The minutes before the time that was found, which are not due. */
static void
check_between(const struct cron *c, const struct zone *zone, int64_t after, int64_t next)
{
	int64_t from = next - LOOK * 60 > after ? next - LOOK * 60 : after;

	if (!is_even(zone, from, next))
		return;
	HOLDS(matches(c, zone, next));
	for (int64_t t = next - 60; t > from; t -= 60)
		HOLDS(!matches(c, zone, t));
}

static void
check_next(const struct cron *c, const struct zone *zone, int64_t after, enum dst_gap gap,
    enum dst_repeat repeat)
{
	for (int i = 0; i < 4; i++) {
		int64_t next = cron_next(c, zone, after, gap, repeat);

		/* What could never be due was not taken. */
		HOLDS(next > after && next < INT64_MAX);
		HOLDS(matches(c, zone, next) ||
		    zone_offset(zone, next) != zone_offset(zone, next - 1));
		HOLDS(cron_next(c, zone, next - 1, gap, repeat) == next);
		HOLDS(cron_next(c, zone, after + (next - after) / 2, gap, repeat) == next);
		check_between(c, zone, after, next);
		after = next;
	}
}

int
fuzz_cron(const uint8_t *data, size_t len)
{
	const uint8_t *end = len > 0 ? memchr(data, '\n', len) : NULL;
	size_t line = end != NULL ? (size_t)(end - data) : len;
	struct fuzz_input rest = { data + line, len - line };
	unsigned zone = fuzz_byte(&rest), rules = fuzz_byte(&rest);
	char *text = fuzz_text(data, line);
	struct cron c, again;
	uint32_t after = 0;
	struct err e;
	int rc, column = 0;

	for (int i = 0; i < 4; i++)
		after = after << 8 | fuzz_byte(&rest);
	if ((rc = cron_parse(&c, text, after, &column, &e)) == 0) {
		check_values(&c);
		HOLDS(cron_parse(&again, text, after, NULL, &e) == 0 && same_values(&c, &again));
		check_next(&c, fuzz_zone(zone), after, (enum dst_gap)(rules % 3),
		    (enum dst_repeat)(rules / 3 % 3));
	} else {
		fuzz_refused(rc, &e);
		HOLDS(column >= 1 && (size_t)column <= strlen(text) + 1);
	}
	free(text);
	return 0;
}
