/*
 * tabhints: what is right in a tab and may still surprise: entries that a DST change in the next
 * year moves, drops or repeats, pairs of day fields that most people misread, and calendars that
 * are not there.
 */
#ifndef CLI_TABHINTS_H
#define CLI_TABHINTS_H

#include <stddef.h>

struct cli;
struct tab;
struct tab_note;

struct tabhints {
	struct tab_note *v;
	size_t n, cap;
	size_t further; /* beyond a hundred */
};

void tabhints_find(struct cli *, const struct tab *, struct tabhints *);
void tabhints_release(struct tabhints *);

#endif
