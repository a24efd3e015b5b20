/*
 * pack: see pack.h. An int is 8 bytes. A string is a length of 4 bytes and its bytes, NULL the
 * length 0xffffffff. Words are a count of 4 bytes and that many strings.
 */
#include "wire/pack.h"

#include <assert.h>
#include <endian.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strv.h"

#define NO_STRING UINT32_MAX

static void
pack_length(struct buf *b, size_t n)
{
	uint32_t little = htole32((uint32_t)n);

	buf_add(b, &little, sizeof(little));
}

void
pack_int(struct buf *b, int64_t n)
{
	uint64_t little = htole64((uint64_t)n);

	buf_add(b, &little, sizeof(little));
}

void
pack_bytes(struct buf *b, const void *data, size_t len)
{
	assert(len < NO_STRING);
	pack_length(b, len);
	buf_add(b, data, len);
}

void
pack_str(struct buf *b, const char *s)
{
	if (s != NULL)
		pack_bytes(b, s, strlen(s));
	else
		pack_length(b, NO_STRING);
}

void
pack_words(struct buf *b, const struct strv *words)
{
	pack_length(b, words->n);
	for (size_t i = 0; i < words->n; i++)
		pack_str(b, words->v[i]);
}

void
unpack_init(struct unpack *u, const void *data, size_t len)
{
	u->p = data;
	u->end = u->p != NULL ? u->p + len : NULL;
	u->bad = false;
	u->room = NULL;
}

void
unpack_into(struct unpack *u, char *room)
{
	u->room = room;
}

static size_t
rest(const struct unpack *u)
{
	return u->bad ? 0 : (size_t)(u->end - u->p);
}

/* The next size bytes; NULL if the field is missing altogether or, then bad, in part. */
static const void *
unpack_fixed(struct unpack *u, size_t size)
{
	const uint8_t *p = u->p;

	if (rest(u) < size) {
		if (rest(u) > 0)
			u->bad = true;
		return NULL;
	}
	u->p += size;
	return p;
}

/* False if it is missing. */
static bool
unpack_length(struct unpack *u, uint32_t *n)
{
	const void *p = unpack_fixed(u, 4);
	uint32_t little;

	if (p == NULL)
		return false;
	memcpy(&little, p, sizeof(little));
	*n = le32toh(little);
	return true;
}

int64_t
unpack_int(struct unpack *u)
{
	const void *p = unpack_fixed(u, 8);
	uint64_t little;

	if (p == NULL)
		return 0;
	memcpy(&little, p, sizeof(little));
	return (int64_t)le64toh(little);
}

/* A borrowed run of bytes; NULL if it is missing, NULL was packed, or it is broken. */
static const uint8_t *
unpack_run(struct unpack *u, size_t *len)
{
	const uint8_t *p;
	uint32_t n;

	*len = 0;
	if (!unpack_length(u, &n) || n == NO_STRING)
		return NULL;
	if (n > rest(u)) {
		u->bad = true;
		return NULL;
	}
	p = u->p;
	u->p += n;
	*len = n;
	return p;
}

/* A string takes less than in the message, where its length has more bytes than its NUL here. */
static char *
place(struct unpack *u, const uint8_t *p, size_t len)
{
	char *s = u->room != NULL ? u->room : xmalloc(len + 1);

	memcpy(s, p, len);
	s[len] = '\0';
	if (u->room != NULL)
		u->room += len + 1;
	return s;
}

char *
unpack_str(struct unpack *u)
{
	size_t len;
	const uint8_t *p = unpack_run(u, &len);

	if (p == NULL)
		return NULL;
	if (memchr(p, '\0', len) != NULL) {
		u->bad = true;
		return NULL;
	}
	return place(u, p, len);
}

char *
unpack_bytes(struct unpack *u, int64_t *len)
{
	size_t n;
	const uint8_t *p = unpack_run(u, &n);

	*len = (int64_t)n;
	return xmemdup(p, n);
}

void
unpack_words(struct unpack *u, struct strv *words)
{
	uint32_t n;
	char *word;

	if (!unpack_length(u, &n))
		return;
	/* No word takes less than 4 bytes: a count beyond that is a lie, found before any work. */
	if (n > rest(u) / 4)
		u->bad = true;
	if (n == 0 || u->bad)
		return;
	words->cap = (size_t)n + 1;
	words->v = xcalloc(words->cap, sizeof(*words->v));
	while (words->n < n && !u->bad)
		if ((word = unpack_str(u)) == NULL)
			u->bad = true;
		else
			words->v[words->n++] = word;
}
