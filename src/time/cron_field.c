/*
 * cron_field: see cron_field.h. The language is that of jobsched.tab(5), "Schedules": Vixie
 * cron's lists, ranges, steps and names; Quartz's L, W and #; OpenBSD's random ~.
 */
#include "time/cron_field.h"

#include <stdbool.h>

#include "base/err.h"
#include "time/civil.h"
#include "time/cron.h"
#include "time/cron_token.h"

/* v, v-w, v~w, * and what goes with them, before it becomes bits. */
struct range {
	int lo, hi;
	int step;	   /* 0 if none is written */
	bool random, open; /* open: no end is written */
};

/*
 * What follows the first value: -w, ~w, an open ~, or the step of v/s, which goes up to the
 * field's last value. In day of week a range that ends in Sunday ends in 7, even if that is
 * written 0 or sun; but from Sunday to Sunday is one day, not eight.
 */
static int
read_end(struct cron_reader *r, const char *start, struct range *g)
{
	int top = cron_fields[r->field].top, next = cron_peek(r);

	g->random = next == '~';
	g->open = next == '/';
	if (next == '-' || next == '~') {
		r->p++;
		g->open = g->random && (cron_peek(r) == '\0' || cron_peek(r) == '/');
	} else if (next != '/') {
		g->hi = g->lo;
		return 0;
	}
	if (g->open) {
		g->hi = top > g->lo ? top : g->lo;
		return 0;
	}
	if (cron_value(r, &g->hi) < 0)
		return E_INPUT;
	if (r->field == FIELD_DOW && g->hi == 0 && g->lo != 0)
		g->hi = 7;
	return g->lo <= g->hi ? 0 : cron_fail(r, start, "the range is reversed");
}

static int
read_step(struct cron_reader *r, struct range *g)
{
	const char *start;

	if (!cron_take(r, '/'))
		return 0;
	start = r->p;
	if (cron_number(r, 0, 9999, &g->step) < 0)
		return E_INPUT;
	return g->step > 0 ? 0 : cron_fail(r, start, "a step is at least 1");
}

/* A number below n that the entry's seed and the item's place decide. */
static int
draw(const struct cron_reader *r, int n)
{
	const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
	uint64_t x = r->seed + (uint64_t)(r->field * 256 + r->item + 1) * odd;

	/* Two rounds, so that seeds which differ in one bit give unlike numbers. */
	x = (x ^ x >> 32) * odd;
	x = (x ^ x >> 29) * odd;
	return (int)((x ^ x >> 32) % (uint64_t)n);
}

/*
 * Random days of month are drawn from days that there are: up to an end that is written, cut to
 * the longest of the months selected; else up to a day that all of them have.
 */
static void
limit_random_days(const struct cron *c, struct range *g)
{
	int shortest = 31, longest = 0, length;

	for (int month = 1; month <= 12; month++)
		if (c->month >> month & 1) {
			length = month_length(1999, month);
			shortest = length < shortest ? length : shortest;
			length += month == 2; /* in a leap year */
			longest = length > longest ? length : longest;
		}
	if (g->open && g->lo <= shortest)
		g->hi = shortest;
	else if (g->hi > longest && g->lo <= longest)
		g->hi = longest;
}

/* A random value; with a step, a random start within the first step. */
static void
settle(const struct cron_reader *r, struct range *g)
{
	int n;

	if (r->field == FIELD_DOM)
		limit_random_days(r->cron, g);
	n = g->hi - g->lo + 1;
	g->lo += draw(r, g->step > 0 && g->step < n ? g->step : n);
	if (g->step == 0)
		g->hi = g->lo;
}

static uint64_t
range_bits(const struct cron_reader *r, const struct range *g)
{
	uint64_t bits = 0;

	if (g->step == 0 && r->field != FIELD_DOW)
		return ((UINT64_C(2) << (g->hi - g->lo)) - 1) << g->lo;
	for (int v = g->lo; v <= g->hi; v += g->step > 0 ? g->step : 1)
		bits |= UINT64_C(1) << (v == 7 && r->field == FIELD_DOW ? 0 : v);
	return bits;
}

static void
add_bits(struct cron *c, enum cron_field field, uint64_t bits)
{
	switch (field) {
	case FIELD_MINUTE:
		c->minute |= bits;
		break;
	case FIELD_HOUR:
		c->hour |= (uint32_t)bits;
		break;
	case FIELD_DOM:
		c->dom |= (uint32_t)bits;
		break;
	case FIELD_MONTH:
		c->month |= (uint16_t)bits;
		break;
	case FIELD_DOW:
		c->dow |= (uint8_t)bits;
		break;
	case CRON_FIELDS:
		break;
	}
}

/* After the L that an item of day of month may begin with: L, L-k, LW. */
static int
read_last_day(struct cron_reader *r)
{
	int k = 0;

	if (cron_take(r, 'w')) {
		r->cron->dom_last_week = true;
		return 0;
	}
	if (cron_take(r, '-') && cron_number(r, 1, 30, &k) < 0)
		return E_INPUT;
	r->cron->dom_last |= UINT32_C(1) << k;
	return 0;
}

/* After a day of week: v#1 to v#5, v#L, vL. */
static int
read_nth(struct cron_reader *r, int weekday)
{
	int n = 0;

	if (!cron_take(r, 'l')) {
		cron_take(r, '#');
		if (!cron_take(r, 'l') && cron_number(r, 1, 5, &n) < 0)
			return E_INPUT;
	}
	r->cron->dow_nth[n] |= (uint8_t)(1 << weekday % 7);
	return 0;
}

static int
read_range(struct cron_reader *r, const char *start, struct range *g)
{
	if (read_end(r, start, g) < 0 || read_step(r, g) < 0)
		return E_INPUT;
	if (g->random)
		settle(r, g);
	add_bits(r->cron, r->field, range_bits(r, g));
	return 0;
}

static int
read_item(struct cron_reader *r)
{
	const struct cron_field_form *form = &cron_fields[r->field];
	const bool days = r->field == FIELD_DOM || r->field == FIELD_DOW;
	const char *start = r->p;
	struct range g = {.lo = form->min, .hi = form->top};

	if (cron_peek(r) == '\0')
		return cron_fail(r, start, "an item of the list is empty");
	if (cron_take(r, '*') || (days && cron_take(r, '?'))) {
		if (read_step(r, &g) < 0)
			return E_INPUT;
		add_bits(r->cron, r->field, range_bits(r, &g));
		return 0;
	}
	if (r->field == FIELD_DOM && cron_take(r, 'l'))
		return read_last_day(r);
	if (cron_peek(r) != '~' && cron_value(r, &g.lo) < 0)
		return E_INPUT;
	if (r->field == FIELD_DOM && r->p > start && cron_take(r, 'w')) {
		r->cron->dom_near |= UINT32_C(1) << g.lo;
		return 0;
	}
	if (r->field == FIELD_DOW && (cron_peek(r) == '#' || cron_peek(r) == 'l'))
		return read_nth(r, g.lo);
	return read_range(r, start, &g);
}

int
cron_field_read(struct cron_reader *r)
{
	for (r->item = 0;; r->item++, r->p++) {
		if (read_item(r) < 0 || cron_item_end(r) < 0)
			return E_INPUT;
		if (r->p == r->end)
			return 0;
	}
}
