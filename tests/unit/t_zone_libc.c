/*
 * t_zone_libc: every zone of the system's database against the C library's own conversion.
 *
 * Compiled without base/ban.h, because what it bans is here the witness.
 */
#include <fts.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "tap.h"
#include "time/zone.h"

#define DATABASE "/usr/share/zoneinfo"
#define YEAR_1970 INT64_C(0)
#define YEAR_2200 INT64_C(7258118400)

static uint64_t state = 20260301;

static uint64_t
random_below(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

static bool
same_at(const struct zone *z, const char *name, int64_t t)
{
	time_t when = t;
	struct tm tm;
	struct civil c;
	int32_t off;

	localtime_r(&when, &tm);
	zone_civil(z, t, &c, &off);
	if (off == tm.tm_gmtoff && c.year == tm.tm_year + 1900 && c.month == tm.tm_mon + 1 &&
	    c.day == tm.tm_mday && c.hour == tm.tm_hour && c.minute == tm.tm_min &&
	    c.second == tm.tm_sec && c.wday == tm.tm_wday)
		return true;
	tap_note("%s at %jd: %d, the C library has %ld", name, (intmax_t)t, off, tm.tm_gmtoff);
	return false;
}

static bool
same_zone(const struct zone *z, const char *name)
{
	int64_t t, at;
	int32_t before, after;

	setenv("TZ", name, 1);
	tzset();
	for (int i = 0; i < 400; i++)
		if (!same_at(z, name, YEAR_1970 + (int64_t)random_below(YEAR_2200)))
			return false;
	for (t = YEAR_1970; t < YEAR_2200 && zone_next_change(z, t, &at, &before, &after); t = at)
		if (!same_at(z, name, at - 1) || !same_at(z, name, at))
			return false;
	return true;
}

/* Names below the database's folder; posix/ repeats them all, right/ counts leap seconds. */
static void
test_database(void)
{
	char *roots[] = { (char *)DATABASE, NULL };
	FTS *walk = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	FTSENT *f;
	int zones = 0, wrong = 0;
	struct err e;

	while (walk != NULL && (f = fts_read(walk)) != NULL) {
		const char *name = f->fts_path + strlen(DATABASE) + 1;
		const struct zone *z;

		if (f->fts_info == FTS_D && f->fts_level == 1 &&
		    (strcmp(f->fts_name, "posix") == 0 || strcmp(f->fts_name, "right") == 0))
			fts_set(walk, f, FTS_SKIP);
		if (f->fts_info != FTS_F || strchr(f->fts_name, '.') != NULL ||
		    strcmp(f->fts_name, "leapseconds") == 0)
			continue;
		z = zone_get(name, &e);
		if (z == NULL)
			tap_note("%s", e.text);
		zones++;
		wrong += z == NULL || !same_zone(z, name);
	}
	fts_close(walk);
	tap_note("%d zones", zones);
	tap_ok(zones > 300, "the database has its zones");
	tap_is_int(wrong, 0, "all agree with the C library from 1970 to 2200, at random times and at "
			     "each change");
}

static void
test_posix_strings(void)
{
	static const char *const strings[] = { "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,J60,J300",
		"EST5EDT,59,299/1", "IST-2IDT,M3.4.4/26,M10.5.0",
		"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "AEST-10AEDT,M10.1.0,M4.1.0/3", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
		"EST5", "AAA-23:59:59", "IST-1GMT0,M10.5.0,M3.5.0/1" };
	struct err e;

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		zone_cache_free();
		setenv("TZ", strings[i], 1);
		tap_ok(same_zone(zone_get(NULL, &e), strings[i]), "%s", strings[i]);
	}
}

int
main(void)
{
	unsetenv("TZDIR");
	test_database();
	test_posix_strings();
	zone_cache_free();
	return tap_done();
}
