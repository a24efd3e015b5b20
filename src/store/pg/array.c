/*
 * array: see array.h. The binary form: five words of four bytes (dimensions, whether there are
 * NULLs, the members' type, how many, from which number on), and of each member its length and its
 * bytes.
 */
#include "store/pg/array.h"

#include <endian.h>
#include <string.h>

#include "base/buf.h"
#include "store/pg/handle.h"

#define HEAD 20
#define LENGTH 4 /* bytes before each member */

static void
put(char *to, uint32_t n)
{
	n = htobe32(n);
	memcpy(to, &n, sizeof(n));
}

static void
add(struct buf *b, const void *member, size_t size)
{
	char *to;

	if (b->len == 0) {
		buf_room(b, HEAD);
		b->len = HEAD;
	}
	to = buf_room(b, LENGTH + size);
	put(to, (uint32_t)size);
	memcpy(to + LENGTH, member, size);
	b->len += LENGTH + size;
}

void
array_add(struct buf *b, int64_t n)
{
	uint64_t bytes = htobe64((uint64_t)n);

	add(b, &bytes, sizeof(bytes));
}

void
array_add_place(struct buf *b, const struct pg_place *p)
{
	add(b, p->bytes, sizeof(p->bytes));
}

static struct val
value(struct buf *b, int kind, uint32_t type, size_t size)
{
	uint32_t n = b->len == 0 ? 0 : (uint32_t)((b->len - HEAD) / (LENGTH + size));
	const uint32_t head[] = {n > 0 /* dimensions */, 0, type, n, 1};
	size_t words = n > 0 ? 5 : 3;

	if (b->len == 0)
		buf_room(b, HEAD);
	for (size_t i = 0; i < words; i++)
		put(b->data + 4 * i, head[i]);
	return (struct val){kind, false, n > 0 ? (int64_t)b->len : 12, b->data};
}

struct val
array_numbers(struct buf *b)
{
	return value(b, VAL_ARRAY, PG_OID_INT8, sizeof(int64_t));
}

struct val
array_places(struct buf *b)
{
	return value(b, VAL_PLACES, PG_OID_TID, sizeof(struct pg_place));
}

/* ---- rows ---- */

/* The i-th member; NULL if there are not so many, or they have another size. */
static const char *
member(struct cursor *c, int column, size_t i, size_t size)
{
	int64_t len;
	const char *p = col_blob(c, column, &len);
	size_t at = HEAD + i * (LENGTH + size);

	return p != NULL && at + LENGTH + size <= (size_t)len ? p + at + LENGTH : NULL;
}

size_t
array_count(struct cursor *c, int column)
{
	int64_t len;
	const char *p = col_is_null(c, column) ? NULL : col_blob(c, column, &len);
	uint32_t n;

	if (p == NULL || len < HEAD)
		return 0;
	memcpy(&n, p + 12, sizeof(n));
	return be32toh(n);
}

int64_t
array_number(struct cursor *c, int column, size_t i)
{
	const char *p = member(c, column, i, sizeof(uint64_t));
	uint64_t n = 0;

	if (p != NULL)
		memcpy(&n, p, sizeof(n));
	return (int64_t)be64toh(n);
}

struct pg_place
array_place(struct cursor *c, int column, size_t i)
{
	struct pg_place place = {{0}};
	const char *p = member(c, column, i, sizeof(place.bytes));

	if (p != NULL)
		memcpy(place.bytes, p, sizeof(place.bytes));
	return place;
}

struct pg_place
col_place(struct cursor *c, int column)
{
	struct pg_place place = {{0}};
	int64_t len;
	const void *p = col_blob(c, column, &len);

	if (p != NULL && len == sizeof(place.bytes))
		memcpy(place.bytes, p, sizeof(place.bytes));
	return place;
}
