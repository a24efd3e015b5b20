/*
 * tzif: the file format of the tz database, RFC 8536 (private to this floor).
 */
#ifndef TIME_TZIF_H
#define TIME_TZIF_H

#include <stddef.h>

struct err;
struct zone;

/*
 * Builds a zone's table from the bytes of a TZif file, version 1 to 4. They are not trusted:
 * every count, index and time is checked. E_INPUT, and no table, if one is wrong.
 */
int tzif_parse(const void *data, size_t len, struct zone *, struct err *);

#endif
