/*
 * shown: text from outside as it may stand in an error sentence (private to this floor).
 */
#ifndef TIME_SHOWN_H
#define TIME_SHOWN_H

#include <stddef.h>

struct shown {
	char text[64];
};

/* The first bytes of s, "..." for the rest, '?' for whatever is not printable ASCII. */
struct shown shown(const char *s);
struct shown shown_part(const char *s, size_t len);

#endif
