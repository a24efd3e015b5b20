/*
 * seen: a number for each hash that was met: how often, or where (private to this floor).
 *
 * Hashes of 64 bits are taken for what they were made of; the caller that cannot afford a collision
 * compares.
 */
#ifndef TAB_SEEN_H
#define TAB_SEEN_H

#include <stddef.h>
#include <stdint.h>

struct seen_slot {
	uint64_t hash;
	size_t value; /* 0: free */
};

/* All zero is empty. */
struct seen {
	struct seen_slot *slots; /* open addressing; cap is 0 or a power of two */
	size_t n, cap;
};

/*
 * The number of this hash: 0 if it is new, and then the caller sets another. Valid until the next
 * call.
 */
size_t *seen_at(struct seen *, uint64_t hash);
void seen_release(struct seen *);

#endif
