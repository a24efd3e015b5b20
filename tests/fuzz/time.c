/*
 * time: durations, points in time and schedules as people write them. The last byte is the zone.
 */
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "fuzz.h"
#include "time/duration.h"
#include "time/instant.h"
#include "time/schedule.h"
#include "time/zone.h"

#define YEAR_2401 (INT64_C(13601088000) * USEC)

static void
check_duration(const char *text)
{
	int64_t us, again;
	char shown[64], twice[64];
	struct err e;
	int rc = duration_parse(text, &us, &e);

	if (rc < 0) {
		fuzz_refused(rc, &e);
		return;
	}
	HOLDS(us >= 0 && us <= DURATION_MAX);
	duration_format(us, shown, sizeof(shown));
	HOLDS(duration_parse(shown, &again, &e) == 0 && again == us);
	duration_format(again, twice, sizeof(twice));
	HOLDS(strcmp(shown, twice) == 0);
}

/* Every way of printing it, read back. */
static void
check_forms(int64_t at, const struct zone *zone)
{
	char text[INSTANT_TEXT];
	int64_t again;
	struct err e;

	HOLDS(at >= 0 && at < YEAR_2401);
	instant_exact(at, text, sizeof(text));
	HOLDS(instant_parse_rfc3339(text, &again, &e) == 0 && again == at);
	HOLDS(instant_parse(text, zone, FUZZ_NOW, &again, &e) == 0 && again == at);
	instant_json(at, text, sizeof(text));
	HOLDS(instant_parse_rfc3339(text, &again, &e) == 0 && again == at - at % 1000);
	/* The first hours and the last of the years allowed are in others elsewhere. */
	if (at < DAY_US || at >= YEAR_2401 - DAY_US)
		return;
	instant_rfc3339(at, zone, text, sizeof(text));
	HOLDS(instant_parse_rfc3339(text, &again, &e) == 0 && again == at - at % USEC);
	instant_human(at, zone, text, sizeof(text));
	HOLDS(instant_parse(text, zone, FUZZ_NOW, &again, &e) == 0);
	/* Where a reading came twice, the earlier is meant. */
	HOLDS(again == at - at % USEC || again < at);
}

static void
check_instant(const char *text, const struct zone *zone)
{
	int64_t at, strict;
	struct err e;
	int rc = instant_parse(text, zone, FUZZ_NOW, &at, &e);

	if (rc == 0)
		check_forms(at, zone);
	else
		fuzz_refused(rc, &e);
	if ((rc = instant_parse_rfc3339(text, &strict, &e)) == 0)
		HOLDS(instant_parse(text, zone, FUZZ_NOW, &at, &e) == 0 && at == strict);
	else
		fuzz_refused(rc, &e);
}

static void
check_schedule(const char *text, const struct zone *zone)
{
	struct schedule s;
	int64_t next, last;
	struct err e;
	int column = 0, rc = schedule_parse(&s, text, 1, &column, &e);

	if (rc < 0) {
		fuzz_refused(rc, &e);
		HOLDS(column >= 1 && (size_t)column <= strlen(text) + 1);
		return;
	}
	next = schedule_next(&s, zone, FUZZ_NOW);
	if (next == INSTANT_NONE)
		return;
	HOLDS(next > FUZZ_NOW);
	if (next < YEAR_2401 - 400 * DAY_US)
		HOLDS(schedule_count(&s, zone, FUZZ_NOW, next, &last) == 1 && last == next);
	HOLDS(schedule_count(&s, zone, FUZZ_NOW, next - 1, &last) == 0);
}

int
fuzz_time(const uint8_t *data, size_t len)
{
	struct fuzz_input in = { data, len };
	const struct zone *zone = fuzz_zone(fuzz_byte(&in));
	char *text = fuzz_text(in.data, in.len);

	check_duration(text);
	check_instant(text, zone);
	check_schedule(text, zone);
	free(text);
	return 0;
}
