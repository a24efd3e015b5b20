/*
 * t_memory: what SQLite gets its memory from gives pieces that are as large as was asked for, lie
 * apart, and keep what is in them: of each size, over and over, and beyond the end of the region.
 */
#include <sqlite3.h>

#include "base/mem.h"
#include "store/sqlite/memory.h"
#include "tap.h"

#define LARGEST 70000 /* more than is ever taken from the region */
#define SLOTS 600
#define STEPS 100000

struct piece {
	unsigned char *p;
	size_t size;
	unsigned char mark;
};

static uint32_t state = 1;

static uint32_t
below(uint32_t n)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % n;
}

/* Most are small. */
static size_t
some_size(void)
{
	uint32_t n = below(100);

	return 1 + below(n < 80 ? 300 : n < 98 ? 5000 : LARGEST);
}

static bool
holds(const unsigned char *p, size_t n, unsigned char mark)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != mark)
			return false;
	return true;
}

static bool
is_right(const unsigned char *p, size_t size)
{
	return p != NULL && (uintptr_t)p % 8 == 0 && sqlite3_msize((void *)(uintptr_t)p) >= size;
}

static void
fill(struct piece *k)
{
	k->mark = (unsigned char)below(256);
	memset(k->p, k->mark, k->size);
}

/* Two of each size at a time: they must not touch. */
static void
test_sizes(void)
{
	size_t wrong = 0;

	for (size_t size = 1; size <= LARGEST; size += size < 4200 ? 1 : 61) {
		unsigned char *a = sqlite3_malloc64(size), *b = sqlite3_malloc64(size);

		if (!is_right(a, size) || !is_right(b, size)) {
			wrong++;
			continue;
		}
		memset(a, 1, size);
		memset(b, 2, size);
		wrong += !holds(a, size, 1);
		sqlite3_free(a);
		wrong += !holds(b, size, 2);
		sqlite3_free(b);
	}
	tap_is_int((int64_t)wrong, 0, "pieces of every size are as large, and apart");
}

static void
step(struct piece *k, size_t *wrong)
{
	size_t size = some_size();

	if (k->p == NULL) {
		*k = (struct piece){sqlite3_malloc64(size), size, 0};
	} else if (below(3) == 0) {
		*wrong += !holds(k->p, k->size, k->mark);
		k->p = sqlite3_realloc64(k->p, size);
		*wrong += !holds(k->p, size < k->size ? size : k->size, k->mark);
		k->size = size;
	} else {
		*wrong += !holds(k->p, k->size, k->mark);
		sqlite3_free(k->p);
		*k = (struct piece){NULL, 0, 0};
		return;
	}
	*wrong += !is_right(k->p, k->size);
	fill(k);
}

static void
test_many(void)
{
	static struct piece v[SLOTS];
	size_t wrong = 0;

	for (int i = 0; i < STEPS; i++)
		step(&v[below(SLOTS)], &wrong);
	for (int i = 0; i < SLOTS; i++) {
		wrong += !holds(v[i].p, v[i].size, v[i].mark);
		sqlite3_free(v[i].p);
	}
	tap_is_int((int64_t)wrong, 0, "pieces that come, change and go keep what is in them");
}

int
main(void)
{
	memory_configure();
	memory_configure();
	test_sizes();
	test_many();
	test_sizes();
	return tap_done();
}
