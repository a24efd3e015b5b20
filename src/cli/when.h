/*
 * when: how the times of a window are shown to people: as readings of the local clock, and where
 * that is set within the window, with their offsets, for then readings alone can be misread.
 */
#ifndef CLI_WHEN_H
#define CLI_WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct zone;

struct when {
	const struct zone *zone;
	bool offsets;
};

/* The window [from, end], µs. */
void when_init(struct when *, const struct zone *, int64_t from, int64_t end);

/* buf of at least INSTANT_TEXT bytes. */
void when_text(const struct when *, int64_t us, char *buf, size_t size);

#endif
