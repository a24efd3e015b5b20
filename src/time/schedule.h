/*
 * schedule: when a job is due: a cron expression, an interval, @reboot, or one instant.
 */
#ifndef TIME_SCHEDULE_H
#define TIME_SCHEDULE_H

#include <stdint.h>

#include "time/cron.h"
#include "time/instant.h"

enum schedule_kind {
	SCHEDULE_ONCE,	 /* one instant; its text is RFC 3339 UTC as instant_json writes it */
	SCHEDULE_CRON,	 /* five fields or a nickname */
	SCHEDULE_EVERY,	 /* "@every DURATION" */
	SCHEDULE_REBOOT, /* "@reboot": once per boot id */
};

struct schedule {
	enum schedule_kind kind;
	struct cron cron;
	int64_t every; /* µs, for SCHEDULE_EVERY; at least one second */
	int64_t at;    /* instant, for SCHEDULE_ONCE */
	enum dst_gap gap;
	enum dst_repeat repeat;
};

/*
 * Parses what a tab's time fields and the `schedule` column hold: cron text, a
 * nickname in any case, "@every DURATION", "@reboot", or an RFC 3339 instant.
 * column as in cron_parse. E_INPUT on failure.
 */
int schedule_parse(struct schedule *, const char *text, uint64_t seed, int *column,
    struct err *);

/*
 * The first scheduled time strictly after `after` (µs), INSTANT_NONE if none follows.
 * ONCE: `at` if after < at. EVERY: after + every. REBOOT: none.
 */
int64_t schedule_next(const struct schedule *, const struct zone *, int64_t after);

/*
 * How many times schedule_next would find from `after` to `until` inclusive (µs, up to the year
 * 2400), and the latest of them in *last if there are any. Its cost grows with the months between,
 * not with the times.
 */
int64_t schedule_count(const struct schedule *, const struct zone *, int64_t after, int64_t until,
    int64_t *last);

#endif
