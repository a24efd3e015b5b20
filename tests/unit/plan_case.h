/*
 * plan_case: cases of plan_due, written as text. All times are UTC on Monday 2026-03-02, written
 * HH:MM[:SS], other days as DD/HH:MM.
 */
#ifndef PLAN_CASE_H
#define PLAN_CASE_H

#include "job/plan.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DAY INT64_C(1772409600000000) /* 2026-03-02T00:00:00Z */

enum { BUSY = 1, HELD = 2, PAUSED = 4 };

struct due {
	const char *why, *job, *scheduled_for, *now;
	unsigned how;
	int started;
	const char *plan;
};

/* µs */
int64_t at(const char *text);

/*
 * "run 10:00 (10:04), next 11:00; missed 07:00-09:00 x3": last_scheduled where it is another;
 * "next 11:00 held" for next_held.
 * Behind a calendar's name is a '?' if there is none. The caller's.
 */
char *told(const struct plan *);

/* A job from words like "0 * * * * | missed=all:3 | count=2". */
void make(const char *text, struct job *, struct schedule *);

/* find: see plan_find_calendars. */
void check_due(
    const struct due *, const struct zone *, const struct calendar *(*find)(void *, const char *));

#endif
