/*
 * cron_next: how many next occurrences are found in a second, on one core.
 *
 * Run by hand: make tests/bench/cron_next && tests/bench/cron_next
 */
#include <err.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/err.h"
#include "time/cron.h"
#include "time/duration.h"
#include "time/zone.h"

static const struct {
	const char *expr, *zone;
} cases[] = {
    {"*/5 * * * *", "UTC"},
    {"*/5 * * * *", "Europe/Berlin"},
    {"0 9 * * 1-5", "Europe/Berlin"},
    {"0 9 * * 1-5", "Africa/Casablanca"},
    {"0 0 29 2 *", "UTC"},
    {"0 0 29 2 *", "Europe/Berlin"},
    {"0 0 29 2 */7", "America/New_York"},
    {"0 0 LW * *", "Asia/Tokyo"},
};

#define FIRST INT64_C(1767225600) /* 2026-01-01 */
#define SPAN INT64_C(3155760000)  /* 100 years */
#define EVALUATIONS 2000000

/* Starts all over the century, so that neither the cache nor the branch predictor knows the way. */
static int64_t
run(const struct cron *c, const struct zone *zone)
{
	int64_t t = FIRST, sum = 0;

	for (int i = 0; i < EVALUATIONS; i++) {
		sum += cron_next(c, zone, t, DST_GAP_DEFAULT, DST_REPEAT_DEFAULT);
		t = FIRST + (t - FIRST + INT64_C(1234567891)) % SPAN;
	}
	return sum;
}

int
main(void)
{
	struct cron c;
	struct err e;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct zone *zone = zone_get(cases[i].zone, &e);
		int64_t before, us, sum;

		if (zone == NULL || cron_parse(&c, cases[i].expr, 0, NULL, &e) < 0)
			errx(1, "%s", e.text);
		before = clock_boot();
		sum = run(&c, zone);
		us = clock_boot() - before;
		printf("%-14s %-18s %6.2f million a second (sum %jd)\n", cases[i].expr, cases[i].zone,
		    (double)EVALUATIONS / (double)us, (intmax_t)sum);
	}
	zone_cache_free();
	return 0;
}
