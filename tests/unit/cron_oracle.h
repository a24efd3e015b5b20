/*
 * cron_oracle: the slow and obvious answer to when an expression is due: look at every minute.
 *
 * It shares nothing with cron_parse and cron_next. It is given an expression in pieces, as the
 * generator made it, and uses of a zone nothing but its offset at a time (which t_zone_libc
 * compares with the C library).
 */
#ifndef CRON_ORACLE_H
#define CRON_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "time/cron.h"

struct zone;

enum item_kind {
	ITEM_ALL,	   /* * or ?, with step */
	ITEM_RANGE,	   /* a-b, with step; a alone is a-a */
	ITEM_FROM,	   /* a/step */
	ITEM_LAST,	   /* L-a; a is 0 for L */
	ITEM_LAST_WEEKDAY, /* LW */
	ITEM_NEAREST,	   /* aW */
	ITEM_NTH,	   /* a#b */
	ITEM_NTH_LAST,	   /* aL */
};

struct item {
	enum item_kind kind;
	int a, b, step; /* a step of at least 1 */
};

enum { ORACLE_MINUTE, ORACLE_HOUR, ORACLE_DOM, ORACLE_MONTH, ORACLE_DOW, ORACLE_FIELDS };

struct oracle_field {
	struct item items[4];
	int n;
	char first; /* the first character of its text */
};

struct oracle_expr {
	struct oracle_field field[ORACLE_FIELDS];
};

/* Whether a date matches: days since 1970-01-01. */
bool oracle_day(const struct oracle_expr *, int64_t day);

struct oracle_times {
	int64_t *t;
	size_t n, cap;
	int made_up;	/* how many of them stand for readings that a gap skipped */
	int suppressed; /* how many were left out because the reading had been */
};

/*
 * Appends every time in (from, to] at which the expression is due, in order. All changes of the
 * zone's offset must be at multiples of `step` seconds, which is 60 or a part of it.
 */
void oracle_scan(const struct oracle_expr *, const struct zone *, int64_t from, int64_t to,
    int step, enum dst_gap, enum dst_repeat, struct oracle_times *);

#endif
