/*
 * guard: hostile bytes for parsers, placed so that one byte read past their end is a fault, in
 * every build.
 */
#ifndef GUARD_H
#define GUARD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

struct guard {
	char *map, *edge; /* edge: the first byte that may not be touched */
	size_t size;
};

static inline void
guard_init(struct guard *g, size_t max)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	g->size = (max / page + 2) * page;
	g->map = mmap(NULL, g->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (g->map == MAP_FAILED)
		abort();
	g->edge = g->map + g->size - page;
	if (mprotect(g->edge, page, PROT_NONE) == -1)
		abort();
}

/* A copy of data that ends at the edge; good until the next call. */
static inline char *
guard_copy(struct guard *g, const void *data, size_t len)
{
	return len > 0 ? memcpy(g->edge - len, data, len) : g->edge;
}

static inline void
guard_release(struct guard *g)
{
	munmap(g->map, g->size);
}

/* The same numbers in each run, so that a failure can be had again. */
static inline uint32_t
guard_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint32_t)(*state >> 32);
}

#endif
