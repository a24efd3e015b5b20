/*
 * names: a set of (user, name) pairs, 24 to 48 bytes for each, kept as two independent hashes: that
 * two of a hundred million pairs have both in common is less likely than a failure of the memory
 * that holds them.
 */
#ifndef CLI_NAMES_H
#define CLI_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero is empty. */
struct names {
	struct name_mark {
		uint64_t a, b;
	} *slots;
	size_t n, size; /* size: a power of two, or 0 */
};

/* False if it was there already. */
bool names_add(struct names *, const char *user, const char *name);
bool names_has(const struct names *, const char *user, const char *name);
void names_release(struct names *);

#endif
