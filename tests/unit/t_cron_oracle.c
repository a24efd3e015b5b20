/*
 * t_cron_oracle: cron_parse and cron_next against the oracle, for thousands of random
 * expressions in many zones, mostly around changes of the clock from 1970 to 2199.
 *
 * The seed is fixed. ORACLE_ROUNDS=N in the environment makes more (or fewer) rounds.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "cron_oracle.h"
#include "tap.h"
#include "time/cron.h"
#include "time/duration.h"
#include "time/instant.h"
#include "time/zone.h"

#define ROUNDS 4000
#define MAX_WRONG 10
#define YEAR_2200 INT64_C(7258118400)
#define DAY INT64_C(86400)

static const char *const zones[] = { "Africa/Cairo", "Africa/Casablanca", "Africa/El_Aaiun",
	"Africa/Monrovia", "America/Asuncion", "America/Caracas", "America/Havana", "America/Metlakatla",
	"America/New_York", "America/Nuuk", "America/Santiago", "America/Sao_Paulo",
	"America/Scoresbysund", "America/St_Johns", "Antarctica/Casey", "Antarctica/Davis",
	"Antarctica/Troll", "Antarctica/Vostok", "Asia/Amman", "Asia/Beirut", "Asia/Gaza",
	"Asia/Jerusalem", "Asia/Kathmandu", "Asia/Pyongyang", "Asia/Tehran", "Asia/Tokyo",
	"Atlantic/Azores", "Australia/Lord_Howe", "Australia/Sydney", "Europe/Berlin", "Europe/Dublin",
	"Europe/Istanbul", "Europe/Lisbon", "Europe/London", "Europe/Moscow", "Europe/Simferopol",
	"Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Easter", "Pacific/Fiji",
	"Pacific/Kanton", "Pacific/Kiritimati", "Pacific/Kwajalein", "Pacific/Norfolk", "UTC" };
enum { ZONES = sizeof(zones) / sizeof(zones[0]) };

static uint64_t state = UINT64_C(0x6a6f627363686564);

/* 0 to n - 1 */
static int
below(int n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (int)(state % (uint64_t)n);
}

static int64_t
below64(int64_t n)
{
	below(1);
	return (int64_t)(state % (uint64_t)n);
}

static bool
chance(int percent)
{
	return below(100) < percent;
}

struct text {
	char s[500];
	size_t n;
};

static void __attribute__((format(printf, 2, 3)))
put(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	t->n += (size_t)vsnprintf(t->s + t->n, sizeof(t->s) - t->n, fmt, ap);
	va_end(ap);
}

static const int lowest[] = { 0, 0, 1, 1, 0 }, highest[] = { 59, 23, 31, 12, 7 };

static void
put_value(struct text *t, int field, int v)
{
	static const char *const months[] = { "jan", "feb", "Mar", "apr", "may", "JUN", "jul", "aug",
		"sep", "oct", "nov", "dEc" };
	static const char *const days[] = { "sun", "mon", "Tue", "wed", "thu", "FRI", "sat" };

	if (field == ORACLE_MONTH && chance(30))
		put(t, "%s", months[v - 1]);
	else if (field == ORACLE_DOW && v < 7 && chance(30))
		put(t, "%s", days[v]);
	else
		put(t, chance(5) ? "%03d" : "%d", v);
}

static void
put_step(struct text *t, struct item *i, int most)
{
	i->step = 1;
	if (!chance(30))
		return;
	i->step = 1 + below(most);
	put(t, "/%d", i->step);
}

/* The hour at which the clock of this round is changed: most expressions are to be due near it. */
static int hour_of_change;

static int
any_value(int field)
{
	if (field == ORACLE_HOUR && chance(70))
		return (hour_of_change + 22 + below(4)) % 24;
	return lowest[field] + below(highest[field] - lowest[field] + 1);
}

static struct item
make_range(struct text *t, int field)
{
	struct item i = { .kind = ITEM_RANGE, .a = any_value(field), .step = 1 };

	put_value(t, field, i.a);
	i.b = i.a;
	switch (below(4)) {
	case 0: { /* a range; to Sunday it may be written as 0 */
		bool to_zero = field == ORACLE_DOW && i.a > 0 && chance(20);

		i.b = to_zero ? 7 : i.a + below(highest[field] - i.a + 1);
		put(t, "-");
		put_value(t, field, to_zero ? 0 : i.b);
		put_step(t, &i, 9);
		break;
	}
	case 1:
		if (chance(50)) {
			i.kind = ITEM_FROM;
			i.step = 1 + below(20);
			put(t, "/%d", i.step);
		}
		break;
	default:
		break;
	}
	return i;
}

static struct item
make_dom_special(struct text *t)
{
	struct item i = { .kind = ITEM_LAST, .step = 1 };

	switch (below(4)) {
	case 0:
		put(t, "L");
		break;
	case 1:
		i.a = 1 + below(chance(80) ? 5 : 30);
		put(t, "l-%d", i.a);
		break;
	case 2:
		i.kind = ITEM_LAST_WEEKDAY;
		put(t, "Lw");
		break;
	default:
		i.kind = ITEM_NEAREST;
		i.a = 1 + below(31);
		put(t, "%dW", i.a);
		break;
	}
	return i;
}

static struct item
make_dow_special(struct text *t)
{
	struct item i = { .kind = ITEM_NTH, .a = below(8), .b = 1 + below(5), .step = 1 };

	put_value(t, ORACLE_DOW, i.a);
	if (chance(30)) {
		i.kind = ITEM_NTH_LAST;
		put(t, chance(50) ? "L" : "#l");
	} else {
		put(t, "#%d", i.b);
	}
	return i;
}

static struct item
make_item(struct text *t, int field, int all_percent)
{
	bool days = field == ORACLE_DOM || field == ORACLE_DOW;
	struct item i = { .kind = ITEM_ALL, .step = 1 };

	if (chance(all_percent)) {
		put(t, days && chance(20) ? "?" : "*");
		put_step(t, &i, days ? 4 : 30);
		return i;
	}
	if (field == ORACLE_DOM && chance(25))
		return make_dom_special(t);
	if (field == ORACLE_DOW && chance(25))
		return make_dow_special(t);
	return make_range(t, field);
}

static void
make_expr(struct oracle_expr *x, struct text *t)
{
	static const int all_percent[] = { 15, 15, 75, 90, 75 };

	t->n = 0;
	for (int field = 0; field < ORACLE_FIELDS; field++) {
		struct oracle_field *f = &x->field[field];
		size_t start;

		put(t, field > 0 ? (chance(5) ? "\t " : " ") : "");
		start = t->n;
		f->n = chance(75) ? 1 : 2 + below(3);
		for (int i = 0; i < f->n; i++) {
			put(t, i > 0 ? "," : "");
			f->items[i] = make_item(t, field, i == 0 ? all_percent[field] : 3);
		}
		f->first = t->s[start];
	}
}

struct round {
	struct oracle_expr expr;
	struct text text;
	struct cron cron;
	const char *zone_name;
	const struct zone *zone;
	int64_t from, to;
	enum dst_gap gap;
	enum dst_repeat repeat;
};

static struct totals {
	int64_t times, made_up, suppressed, refused;
	int wrong;
} totals;

static void
report(const struct round *r, int64_t after, int64_t got, int64_t want)
{
	char a[INSTANT_TEXT], g[INSTANT_TEXT] = "none", w[INSTANT_TEXT] = "none";

	totals.wrong++;
	instant_rfc3339(after * USEC, r->zone, a, sizeof(a));
	if (got != INT64_MAX)
		instant_rfc3339(got * USEC, r->zone, g, sizeof(g));
	if (want != INT64_MAX)
		instant_rfc3339(want * USEC, r->zone, w, sizeof(w));
	tap_note("'%s' in %s (gap %d, repeat %d) after %s: %s, the oracle says %s", r->text.s,
	    r->zone_name, r->gap, r->repeat, a, g, w);
}

/* What is refused must have no date in any year: the calendar repeats after 400. */
static void
check_refused(const struct round *r, const struct err *e)
{
	totals.refused++;
	for (int64_t day = 0; day < 146097; day++)
		if (oracle_day(&r->expr, day)) {
			totals.wrong++;
			tap_note("'%s' is refused (%s), but matches day %" PRId64, r->text.s, e->text, day);
			return;
		}
}

/* One step of the answer: beyond the window there must be nothing before its end. */
static bool
same(const struct round *r, int64_t after, int64_t want)
{
	int64_t got = cron_next(&r->cron, r->zone, after, r->gap, r->repeat);

	if (got == want || (want == INT64_MAX && got > r->to))
		return true;
	report(r, after, got, want);
	return false;
}

static void
check_times(const struct round *r, const struct oracle_times *times)
{
	int64_t after = r->from;

	for (size_t i = 0; i < times->n; i++) {
		if (!same(r, after, times->t[i]))
			return;
		after = times->t[i];
	}
	if (!same(r, after, INT64_MAX))
		return;
	for (int probe = 0; probe < 20; probe++) {
		size_t i = 0;

		after = r->from + below64(r->to - r->from);
		while (i < times->n && times->t[i] <= after)
			i++;
		if (!same(r, after, i < times->n ? times->t[i] : INT64_MAX))
			return;
	}
}

/* Mostly a few days around a change; sometimes longer, for rare dates. */
static void
choose_window(struct round *r)
{
	int64_t change, length = 3 * DAY;
	int32_t before, after;

	if (chance(10))
		length = chance(15) ? 800 * DAY : 40 * DAY;
	r->from = below64(YEAR_2200 - length);
	hour_of_change = 0;
	if (zone_next_change(r->zone, r->from, &change, &before, &after) && change < YEAR_2200) {
		r->from = change - below64(2 * DAY);
		hour_of_change = (int)((change + after) % DAY / 3600);
	}
	if (r->from < 0)
		r->from = 0;
	r->to = r->from + length;
}

static void
run_round(int number)
{
	struct round r = { .zone_name = zones[number % ZONES] };
	struct oracle_times times = { 0 };
	struct err e;
	int step;

	r.zone = zone_get(r.zone_name, &e);
	choose_window(&r);
	make_expr(&r.expr, &r.text);
	r.gap = chance(70) ? DST_GAP_DEFAULT : chance(50) ? DST_GAP_AFTER : DST_GAP_SKIP;
	r.repeat = chance(70) ? DST_REPEAT_DEFAULT : chance(50) ? DST_REPEAT_ONCE : DST_REPEAT_BOTH;
	if (cron_parse(&r.cron, r.text.s, 0, NULL, &e) < 0) {
		check_refused(&r, &e);
		return;
	}
	/* Only Monrovia, until 1972, has an offset that is not in whole minutes. */
	step = strcmp(r.zone_name, "Africa/Monrovia") == 0 ? 30 : 60;
	oracle_scan(&r.expr, r.zone, r.from, r.to, step, r.gap, r.repeat, &times);
	check_times(&r, &times);
	totals.times += (int64_t)times.n;
	totals.made_up += times.made_up;
	totals.suppressed += times.suppressed;
	free(times.t);
}

/* The oracle sees time in steps: no change of the clock may fall between two of them. */
static void
check_zones(void)
{
	int32_t before, after;
	struct err e;
	int64_t t;
	int missing = 0, uneven = 0;

	for (int i = 0; i < ZONES; i++) {
		const struct zone *z = zone_get(zones[i], &e);
		int step = strcmp(zones[i], "Africa/Monrovia") == 0 ? 30 : 60;

		missing += z == NULL;
		t = 0;
		while (z != NULL && t < YEAR_2200 && zone_next_change(z, t, &t, &before, &after))
			uneven += t % step != 0;
	}
	tap_is_int(missing, 0, "all %d zones are there", ZONES);
	tap_is_int(uneven, 0, "their changes fall on the oracle's steps");
}

int
main(void)
{
	const char *env = getenv("ORACLE_ROUNDS"), *bad = NULL;
	int rounds = env != NULL ? (int)strtonum(env, 1, 100000000, &bad) : ROUNDS;

	if (bad != NULL)
		rounds = ROUNDS;
	check_zones();
	for (int i = 0; i < rounds && totals.wrong < MAX_WRONG; i++)
		run_round(i);
	tap_is_int(totals.wrong, 0, "%d random expressions are due when the oracle says", rounds);
	tap_note("%" PRId64 " times compared, %" PRId64 " of them made up for a gap, %" PRId64
		 " left out in a second pass, %" PRId64 " expressions refused", totals.times, totals.made_up,
	    totals.suppressed, totals.refused);
	tap_ok(totals.times > 10 * rounds && totals.made_up * 100 > rounds &&
		totals.suppressed * 20 > rounds,
	    "the rounds met gaps and repeated hours often enough to say something");
	zone_cache_free();
	return tap_done();
}
