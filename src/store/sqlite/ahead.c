/*
 * ahead: has the kernel read rows of table jobs before SQLite asks for them; see driver.h.
 *
 * The jobs of a claim lie anywhere in their table, and where the kernel has not got them each would
 * be waited for in turn: so the disk is told of all of them first, and has many to read at a time.
 * Which pages they are on is found in the file itself, by the tree of the table (SQLite's "Database
 * File Format", 1.6): rows of whoever has it open at this moment may be missing there, or lie
 * elsewhere by now. So nothing comes of it but what the kernel reads.
 *
 * The file stays open as long as the handle: a close takes away the locks that SQLite has on it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/sqlite/handle.h"

#define PROBES 8    /* looked at to tell whether the kernel has them */
#define DEPTH_MAX 8 /* of a tree; SQLite's own bound is 20, of a table that no disk holds */
#define INTERIOR 5
#define HEADER 12 /* of an interior page */

struct ahead {
	int fd;
	int64_t page_size, root;
	int depth; /* levels above the leaves */
	struct level {
		int64_t page; /* that is in data; 0: none */
		unsigned char *data;
	} levels[DEPTH_MAX];
};

/* ---- pages ---- */

static int64_t
number(const unsigned char *p, int bytes)
{
	int64_t n = 0;

	while (bytes-- > 0)
		n = n << 8 | *p++;
	return n;
}

/* At most nine bytes, of which the last is a whole one. */
static int64_t
varint(const unsigned char *p, const unsigned char *end)
{
	uint64_t n = 0;
	int i = 0;

	for (; i < 8 && p < end && *p >= 0x80; i++)
		n = n << 7 | (*p++ & 0x7f);
	if (p < end)
		n = i == 8 ? n << 8 | *p : n << 7 | *p;
	return (int64_t)n;
}

static const unsigned char *
read_page(struct ahead *a, int level, int64_t page)
{
	struct level *l = &a->levels[level];

	if (l->page == page)
		return l->data;
	if (l->data == NULL)
		l->data = xmalloc((size_t)a->page_size);
	l->page = 0;
	if (page <= 1 || pread(a->fd, l->data, (size_t)a->page_size, (page - 1) * a->page_size) !=
	    a->page_size)
		return NULL;
	l->page = page;
	return l->data;
}

/* Where a row is, below this interior page; 0: the page makes no sense. */
static int64_t
child(const struct ahead *a, const unsigned char *p, int64_t id)
{
	const unsigned char *end = p + a->page_size, *cell;
	int64_t low = 0, high = number(p + 3, 2), mid;

	if (p[0] != INTERIOR || HEADER + 2 * high > a->page_size)
		return 0;
	while (low < high) {
		mid = (low + high) / 2;
		cell = p + number(p + HEADER + 2 * mid, 2);
		if (end - cell < 5)
			return 0;
		if (varint(cell + 4, end) < id)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == number(p + 3, 2))
		return number(p + 8, 4);
	cell = p + number(p + HEADER + 2 * low, 2);
	return end - cell < 5 ? 0 : number(cell, 4);
}

/* The page of a row so many levels down. */
static int64_t
page_of(struct ahead *a, int64_t id, int levels)
{
	int64_t page = a->root;
	const unsigned char *p;

	for (int i = 0; i < levels && page != 0; i++) {
		p = read_page(a, i, page);
		page = p != NULL ? child(a, p, id) : 0;
	}
	return page;
}

/* ---- what the kernel has ---- */

static bool
is_there(struct ahead *a, int64_t page)
{
	unsigned char byte;
	struct iovec v = {&byte, 1};

	return page == 0 ||
	    preadv2(a->fd, &v, 1, (page - 1) * a->page_size, RWF_NOWAIT) != -1 || errno != EAGAIN;
}

static bool
all_there(struct ahead *a, const int64_t *ids, size_t n)
{
	size_t i = 0;

	while (i < PROBES && is_there(a, page_of(a, ids[i * n / PROBES], a->depth)))
		i++;
	return i == PROBES;
}

/* The ids are in order: those on one page follow each other. */
static void
ask(struct ahead *a, const int64_t *ids, size_t n, int levels)
{
	int64_t page, last = 0;

	for (size_t i = 0; i < n; i++, last = page) {
		page = page_of(a, ids[i], levels);
		if (page != 0 && page != last)
			posix_fadvise(a->fd, (page - 1) * a->page_size, a->page_size,
			    POSIX_FADV_WILLNEED);
	}
}

/* ---- the handle's ---- */

static int
compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static struct ahead *
open_ahead(struct sqlite_db *s)
{
	struct ahead *a = xcalloc(1, sizeof(*a));
	struct err unused;

	a->fd = open(s->db.name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (a->fd == -1 ||
	    db_number(&s->db, &unused, &a->page_size, 0, "PRAGMA page_size", NOBIND) < 0 ||
	    db_number(&s->db, &unused, &a->root, 0,
		"SELECT rootpage FROM sqlite_schema WHERE name = 'jobs'", NOBIND) < 0)
		a->root = 0;
	return a;
}

/* The tree grows at its root: what was read of it is not kept from call to call. */
static void
forget(struct ahead *a)
{
	const unsigned char *p;
	int64_t page = a->root;

	for (int i = 0; i < DEPTH_MAX; i++)
		a->levels[i].page = 0;
	for (a->depth = 0; a->depth < DEPTH_MAX - 1; a->depth++) {
		p = read_page(a, a->depth, page);
		if (p == NULL || p[0] != INTERIOR)
			break;
		page = number(p + 8, 4);
	}
}

void
sqlite_ahead(struct db *db, int64_t *jobs, size_t n)
{
	struct sqlite_db *s = (struct sqlite_db *)db;

	if (s->ahead == NULL)
		s->ahead = open_ahead(s);
	if (s->ahead->root == 0 || n < PROBES)
		return;
	qsort(jobs, n, sizeof(*jobs), compare);
	forget(s->ahead);
	if (s->ahead->depth == 0 || all_there(s->ahead, jobs, n))
		return;
	if (s->ahead->depth > 1)
		ask(s->ahead, jobs, n, s->ahead->depth - 1);
	ask(s->ahead, jobs, n, s->ahead->depth);
}

void
sqlite_ahead_end(struct sqlite_db *s)
{
	if (s->ahead == NULL)
		return;
	for (int i = 0; i < DEPTH_MAX; i++)
		free(s->ahead->levels[i].data);
	if (s->ahead->fd != -1)
		close(s->ahead->fd);
	free(s->ahead);
}
