/*
 * t_shift: which changes of the clock touch a schedule, and how. Readings are those of the zone;
 * the year is the one from 2026-01-01, in which the gap of Berlin is from 02:00 to 03:00 on 29
 * March and its repeated hour the same on 25 October.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "tap.h"
#include "time/duration.h"
#include "time/schedule.h"
#include "time/shift.h"

#define FROM (INT64_C(1767225600) * USEC) /* 2026-01-01T00:00:00Z */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *why, *zone, *schedule, *options, *want;
} cases[] = {
    {"fixed, in the gap", "Europe/Berlin", "30 2 * * *", "", "moves 03-29 02:30 x1 03:00"},
    {"several readings of one gap", "Europe/Berlin", "0,20,40 2 * * *", "",
	"moves 03-29 02:00 x3 03:00"},
    {"the reading at which the gap ends is there", "Europe/Berlin", "0 3 * * *", "", ""},
    {"before the gap", "Europe/Berlin", "59 1 * * *", "", ""},
    {"fixed, without making up", "Europe/Berlin", "30 2 * * *", "g", "drops 03-29 02:30 x1 03:00"},
    {"both passes of the repeated hour", "Europe/Berlin", "30 2 * * *", "r",
	"moves 03-29 02:30 x1 03:00, repeats 10-25 02:30 x1 02:00"},
    {"wild in one hour", "Europe/Berlin", "*/20 2 * * *", "",
	"drops 03-29 02:00 x3 03:00, repeats 10-25 02:00 x3 02:00"},
    {"wild over all hours", "Europe/Berlin", "*/20 * * * *", "", ""},
    {"all hours, once in each", "Europe/Berlin", "30 * * * *", "", ""},
    {"another day of the week", "Europe/Berlin", "30 2 * * 1-5", "", ""},
    {"that day of the week", "Europe/Berlin", "30 2 * * 0", "", "moves 03-29 02:30 x1 03:00"},
    {"another month", "Europe/Berlin", "30 2 * 4-9 *", "", ""},
    {"half an hour", "Australia/Lord_Howe", "15 2 * * *", "", "moves 10-04 02:15 x1 02:30"},
    {"half an hour, beside it", "Australia/Lord_Howe", "45 2 * * *", "", ""},
    {"a gap that ends on the next day", "America/Nuuk", "30 23 * * *", "",
	"moves 03-28 23:30 x1 00:00"},
    {"a zone without changes", "Asia/Tokyo", "30 2 * * *", "", ""},
    {"an interval has no readings", "Europe/Berlin", "@every 1h", "", ""},
    {"a boot neither", "Europe/Berlin", "@reboot", "", ""},
};

static char *
told(const struct schedule *s, const struct zone *zone, int64_t after, int64_t until)
{
	static const char *const words[] = {"moves", "drops", "repeats"};
	struct buf b = {0};
	struct shift f;

	for (; shift_next(s, zone, after, until, &f); after = f.at)
		buf_addf(&b, "%s%s %02d-%02d %02d:%02d x%d %02d:%02d", b.len > 0 ? ", " : "",
		    words[f.effect], f.reading.month, f.reading.day, f.reading.hour,
		    f.reading.minute, (int)f.count, f.then.hour, f.then.minute);
	return buf_string(&b);
}

static void
check(size_t i)
{
	const struct zone *zone;
	struct schedule s;
	struct err e;
	char *text;

	if ((zone = zone_get(cases[i].zone, &e)) == NULL ||
	    schedule_parse(&s, cases[i].schedule, 0, NULL, &e) < 0) {
		tap_ok(false, "%s: %s", cases[i].why, e.text);
		return;
	}
	if (strchr(cases[i].options, 'g') != NULL)
		s.gap = DST_GAP_SKIP;
	if (strchr(cases[i].options, 'r') != NULL)
		s.repeat = DST_REPEAT_BOTH;
	text = told(&s, zone, FROM, FROM + 365 * DAY_US);
	tap_is_str(text, cases[i].want, "%s: %s in %s", cases[i].why, cases[i].schedule,
	    cases[i].zone);
	free(text);
}

static void
test_bounds(void)
{
	const int64_t change = INT64_C(1774746000) * USEC; /* 2026-03-29T01:00:00Z */
	struct schedule s;
	struct shift f;
	struct err e;
	const struct zone *zone = zone_get("Europe/Berlin", &e);

	if (zone == NULL || schedule_parse(&s, "30 2 * * *", 0, NULL, &e) < 0)
		abort();
	tap_ok(shift_next(&s, zone, FROM, change, &f) && f.at == change, "up to its very instant");
	tap_ok(!shift_next(&s, zone, FROM, change - 1, &f), "and not before");
	tap_ok(!shift_next(&s, zone, change, change + DAY_US, &f), "and strictly after the start");
}

int
main(void)
{
	for (size_t i = 0; i < COUNT(cases); i++)
		check(i);
	test_bounds();
	return tap_done();
}
