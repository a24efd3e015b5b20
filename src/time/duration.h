/*
 * duration: lengths of time as people write them.
 *
 * `90`, `90s`, `1h30m`, `2d`, `1w`: a bare number is seconds; units are w d h m
 * s ms, each at most once and in falling order. Durations are microseconds.
 */
#ifndef TIME_DURATION_H
#define TIME_DURATION_H

#include <stddef.h>
#include <stdint.h>

struct err;

#define USEC INT64_C(1000000)
#define MINUTE_US (60 * USEC)
#define HOUR_US (60 * MINUTE_US)
#define DAY_US (24 * HOUR_US)

/* The longest duration accepted: 100 years of 365.25 days. */
#define DURATION_MAX (INT64_C(36525) * DAY_US)

/* Parses the whole of text into *us (0..DURATION_MAX). 0 or E_INPUT. */
int duration_parse(const char *text, int64_t *us, struct err *);

/* Writes the shortest form that duration_parse reads back: "1h30m", "0s". */
void duration_format(int64_t us, char *buf, size_t size);

#endif
