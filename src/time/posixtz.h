/*
 * posixtz: the TZ strings of POSIX, such as CET-1CEST,M3.5.0,M10.5.0/3 (private to this floor).
 *
 * With what RFC 8536, section 3.3.1, adds: times of a rule from -167 to 167 hours.
 */
#ifndef TIME_POSIXTZ_H
#define TIME_POSIXTZ_H

#include <stdbool.h>
#include <stdint.h>

struct posixtz_rule {
	enum { RULE_JULIAN, RULE_DAY, RULE_WEEKDAY } kind;
	int day;	 /* Jn: 1..365; n: 0..365; Mm.w.d: the weekday, 0..6 */
	int week, month; /* Mm.w.d */
	int32_t time;	 /* seconds of wall clock after midnight */
};

struct posixtz {
	int32_t std, dst; /* seconds east of UTC; the same if there is no DST */
	bool has_dst;
	struct posixtz_rule start, end;
};

/* Whether the whole text is such a string; fills *tz. */
bool posixtz_parse(const char *text, struct posixtz *tz);

/* When DST starts and ends in a year: seconds since the epoch. */
int64_t posixtz_start(const struct posixtz *, int64_t year);
int64_t posixtz_end(const struct posixtz *, int64_t year);

#endif
