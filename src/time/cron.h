/*
 * cron: the five fields, parsed and matched. No clock, no zone but as an argument.
 *
 * The language is that of jobsched.tab(5): Vixie cron's, extended. Rules are cited where
 * they are applied: cron_field.c, cron_days.c and cron_next.c.
 */
#ifndef TIME_CRON_H
#define TIME_CRON_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct zone;

enum dst_gap { DST_GAP_DEFAULT, DST_GAP_AFTER, DST_GAP_SKIP };
enum dst_repeat { DST_REPEAT_DEFAULT, DST_REPEAT_ONCE, DST_REPEAT_BOTH };

struct cron {
	uint64_t minute;     /* bit 0..59 */
	uint32_t hour;	     /* bit 0..23 */
	uint32_t dom;	     /* bit 1..31 */
	uint16_t month;	     /* bit 1..12 */
	uint8_t dow;	     /* bit 0..6, Sunday 0 */
	uint32_t dom_last;   /* bit k: L-k (bit 0: L) */
	bool dom_last_week;  /* LW */
	uint32_t dom_near;   /* bit k: kW, nearest weekday to the k-th */
	uint8_t dow_nth[6];  /* [n]: weekdays of which the n-th (1..5) matches; [0]: the last */
	bool both_days;	     /* day of month AND day of week, else OR */
	bool wild;	     /* follows real time through a DST change; else fixed */
};

/*
 * Parses the text of exactly five fields separated by blanks, or a nickname
 * (@yearly @annually @monthly @weekly @daily @midnight @hourly). `seed` draws the `~`
 * values (a stable hash of the entry's identity). On failure the sentence names the field, and
 * *column (from 1, in text) is where it went wrong; with column NULL the sentence tells that too.
 * E_INPUT also for what can never match.
 */
int cron_parse(struct cron *, const char *text, uint64_t seed, int *column, struct err *);

/*
 * The first time strictly after `after` (seconds since the epoch) at which c is due in
 * zone, by the rules of DST in jobsched.tab(5), or INT64_MAX if there is none within 400 years,
 * after which the calendar repeats. Pure and bounded. The last two choose for fixed entries;
 * wild ones follow elapsed time whatever they say.
 */
int64_t cron_next(const struct cron *, const struct zone *, int64_t after, enum dst_gap,
    enum dst_repeat);

/* Whether the reading's date (year, month, day, wday) matches the three day fields. */
struct civil;
bool cron_day_matches(const struct cron *, const struct civil *);

#endif
