/*
 * memory: see memory.h.
 */
#include "store/sqlite/memory.h"

#include <sqlite3.h>
#include <stdint.h>
#include <sys/mman.h>

#include "base/mem.h"

/*
 * Sanitizers see what is wrong with a piece only if it is one of the C library, and so does
 * valgrind, for which this is defined by hand.
 */
#ifdef __SANITIZE_ADDRESS__
#define MEMORY_PLAIN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MEMORY_PLAIN
#endif
#endif
#ifdef MEMORY_PLAIN
static const bool plain = true;
#else
static const bool plain;
#endif

/* As much as a submission needs: the kernel clears all of it, so more would not be free. */
#define REGION_SIZE (224 * 1024)

/* Sizes of pieces: in steps of 16 up to 512, then four to each power of two, up to the largest. */
#define STEP 16
#define FINE_MAX 512
#define NFINE (FINE_MAX / STEP)
#define LARGEST 65536
#define NCLASSES (NFINE + 4 * 7)

/* SQLite's own size, and a quarter of its number. */
#define LOOKASIDE_SIZE 1200
#define LOOKASIDE_PIECES 10

/* Before each piece. */
struct head {
	uint32_t size; /* of what follows: that of its class */
	uint32_t class;
};

/* In a piece that is free. */
struct free_piece {
	struct free_piece *next;
};

static struct {
	char *begin, *next, *end;
	struct free_piece *free[NCLASSES];
} region;

static sqlite3_mem_methods libc;

/* size: set to that of the class. */
static unsigned
class_of(uint32_t *size)
{
	unsigned shift;

	if (*size <= FINE_MAX) {
		unsigned class = *size == 0 ? 0 : (*size - 1) / STEP;

		*size = (class + 1) * STEP;
		return class;
	}
	/* 2^shift is a quarter of the power of two below it. */
	shift = 29 - (unsigned)__builtin_clz(*size - 1);
	*size = ((*size - 1) >> shift) + 1;
	*size <<= shift;
	return NFINE + (shift - 7) * 4 + (((*size - 1) >> shift) & 3);
}

static bool
is_ours(const void *p)
{
	return (const char *)p >= region.begin && (const char *)p < region.end;
}

static struct head *
head_of(void *p)
{
	return (struct head *)p - 1;
}

/* NULL: there is no room in the region. */
static void *
take(uint32_t size)
{
	unsigned class = class_of(&size);
	struct free_piece *p = region.free[class];
	struct head *h;

	if (p != NULL) {
		region.free[class] = p->next;
		return p;
	}
	if ((size_t)(region.end - region.next) < sizeof(*h) + size)
		return NULL;
	h = (struct head *)(void *)region.next;
	*h = (struct head){size, class};
	region.next += sizeof(*h) + size;
	return h + 1;
}

static void *
need(int size)
{
	void *p = size <= LARGEST ? take((uint32_t)size) : NULL;

	return p != NULL ? p : mem_need(libc.xMalloc(size));
}

static void
give_back(void *p)
{
	struct free_piece *piece = p;
	unsigned class;

	if (!is_ours(p)) {
		libc.xFree(p);
		return;
	}
	class = head_of(p)->class;
	piece->next = region.free[class];
	region.free[class] = piece;
}

static int
size_of(void *p)
{
	return is_ours(p) ? (int)head_of(p)->size : libc.xSize(p);
}

static void *
need_other(void *p, int size)
{
	void *other;

	if (!is_ours(p))
		return mem_need(libc.xRealloc(p, size));
	if (size <= (int)head_of(p)->size)
		return p;
	other = need(size);
	memcpy(other, p, head_of(p)->size);
	give_back(p);
	return other;
}

static void
make_region(void)
{
	void *p;

	if (plain)
		return;
	p = mmap(NULL, REGION_SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	/* Without one all is as it would be once it is full. */
	if (p == MAP_FAILED)
		return;
	region.begin = region.next = p;
	region.end = region.begin + REGION_SIZE;
}

bool
memory_is_watched(void)
{
	return plain;
}

void
memory_configure(void)
{
	sqlite3_mem_methods ours;

	if (libc.xMalloc != NULL)
		return;
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &libc);
	/* What SQLite would set aside by itself lies in the region as it is needed; all but a few
	 * pieces for what a statement has while it runs, which come and go with each. */
	sqlite3_config(SQLITE_CONFIG_LOOKASIDE, LOOKASIDE_SIZE, plain ? 0 : LOOKASIDE_PIECES);
	sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
	make_region();
	ours = libc;
	ours.xMalloc = need;
	ours.xFree = give_back;
	ours.xRealloc = need_other;
	ours.xSize = size_of;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &ours);
}
