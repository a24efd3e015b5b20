/*
 * zone: time zones from the system's tz database, any number in one process.
 *
 * Reads TZif files (RFC 8536: version 1 to 4, with the footer's POSIX TZ
 * string for times after the last transition). No setenv, no tzset. A zone is
 * immutable once loaded and is cached for the life of the cache.
 */
#ifndef TIME_ZONE_H
#define TIME_ZONE_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct zone;

/* A wall-clock reading. Fields as people write them: month 1..12, wday 0..6 (Sunday 0). */
struct civil {
	int year, month, day;
	int hour, minute, second;
	int wday;
};

/*
 * The zone named in the tz database ("Europe/Berlin", "UTC"), from the process-wide
 * cache; loaded at first use. NULL or "" is the system's zone (TZ if it names one, which may
 * also be a path or a POSIX string; else /etc/localtime, else UTC). Names with a '.', a leading '/'
 * or characters outside [A-Za-z0-9_+/-] are refused, and zones that count leap seconds. NULL with
 * err set to E_INPUT if there is no such zone. TZDIR names another database.
 * The zone is borrowed and lives until zone_cache_free.
 */
const struct zone *zone_get(const char *name, struct err *);
const struct zone *zone_utc(void);
void zone_cache_free(void);

/*
 * Looks whether the files of the zones in the cache are others than were loaded: a stat for each.
 * From then on zone_get gives what those that can be read say now; what it gave before stays valid,
 * and says what it said. False: nothing says anything else.
 */
bool zone_cache_refresh(void);

/* Calls each for the zones that zone_get was asked for by their name. */
void zone_cache_each(void (*each)(void *, const struct zone *), void *);

/* Equal for zones that say the same, whatever their names. */
uint64_t zone_hash(const struct zone *);

/* The name under which it was loaded; "UTC" for zone_utc. Borrowed. */
const char *zone_name(const struct zone *);

/* Offset east of UTC in seconds that is in force at t (seconds since the epoch). */
int32_t zone_offset(const struct zone *, int64_t t);

/*
 * The first change of offset strictly after t: *at is its time, *before and *after
 * the offsets. Changes of name or DST flag alone are not reported. False if there
 * is none. What the zone's rule says goes on for ever.
 */
bool zone_next_change(const struct zone *, int64_t t, int64_t *at, int32_t *before,
    int32_t *after);

/* The reading of the wall clock at t, and the offset if off is not NULL. */
void zone_civil(const struct zone *, int64_t t, struct civil *, int32_t *off);

/*
 * Proleptic Gregorian calendar, no zone: seconds since the epoch of a UTC reading, and back. The
 * month must be 1..12; a day or clock outside its range counts on from there. wday is not read.
 */
int64_t civil_to_seconds(const struct civil *);
void civil_from_seconds(int64_t t, struct civil *);

/*
 * All times whose reading is c: 0 (in a gap), 1, or 2 (repeated; earlier first).
 * Returns the count and fills t[]. In a gap, t[0] is the first instant after it.
 */
int zone_resolve(const struct zone *, const struct civil *, int64_t t[2]);

#endif
