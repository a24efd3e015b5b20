/*
 * instant: points in time as people write them and as JSON prints them.
 *
 * An instant is an int64_t: microseconds since the epoch, UTC.
 */
#ifndef TIME_INSTANT_H
#define TIME_INSTANT_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct zone;

#define INSTANT_NONE INT64_MIN

/* Years outside 1970..2400 are refused. Big enough for every form below. */
#define INSTANT_TEXT 40

/*
 * TIME of the commands: RFC 3339 ("2026-03-01T10:00:00Z", "…+01:00", fraction allowed),
 * "YYYY-MM-DD HH:MM[:SS]" (with a blank or a T), "HH:MM" (today, if past: tomorrow), "now",
 * "now+DURATION", "tomorrow HH:MM", "@EPOCH" (seconds, fraction allowed). Readings without an
 * offset are in zone; one in a gap means the first instant after it, a repeated one the earlier.
 * 0 or E_INPUT.
 */
int instant_parse(const char *text, const struct zone *, int64_t now, int64_t *us,
    struct err *);

/* RFC 3339 only: a full date and time with Z or an offset. 0 or E_INPUT. */
int instant_parse_rfc3339(const char *text, int64_t *us, struct err *);

/* RFC 3339 UTC with milliseconds and Z, as in JSON: "2026-03-01T10:00:00.000Z". Truncates. */
void instant_json(int64_t us, char *buf, size_t size);

/* The same with microseconds where there are some: what a schedule of one instant is stored as. */
void instant_exact(int64_t us, char *buf, size_t size);

/* RFC 3339 with seconds and the zone's offset: "2026-03-29T03:00:00+02:00", "+00:00" for UTC. */
void instant_rfc3339(int64_t us, const struct zone *, char *buf, size_t size);

/* For people: "2026-03-29 03:00:00" in zone, "-" for INSTANT_NONE. */
void instant_human(int64_t us, const struct zone *, char *buf, size_t size);

#endif
