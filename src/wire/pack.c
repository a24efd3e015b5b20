/*
 * pack: see pack.h. An int is 8 bytes. A string is a length of 4 bytes and its bytes, NULL the
 * length 0xffffffff. Words are a count of 4 bytes and that many strings.
 */
#include "wire/pack.h"

#include <assert.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strv.h"

#define NO_STRING UINT32_MAX

static void
pack_fixed(struct buf *b, uint64_t n, size_t size)
{
	char *p = buf_room(b, size);

	for (size_t i = 0; i < size; i++)
		p[i] = (char)(n >> (8 * i) & 0xff);
	b->len += size;
}

void
pack_int(struct buf *b, int64_t n)
{
	pack_fixed(b, (uint64_t)n, 8);
}

void
pack_bytes(struct buf *b, const void *data, size_t len)
{
	assert(len < NO_STRING);
	pack_fixed(b, len, 4);
	buf_add(b, data, len);
}

void
pack_str(struct buf *b, const char *s)
{
	if (s != NULL)
		pack_bytes(b, s, strlen(s));
	else
		pack_fixed(b, NO_STRING, 4);
}

void
pack_words(struct buf *b, const struct strv *words)
{
	pack_fixed(b, words->n, 4);
	for (size_t i = 0; i < words->n; i++)
		pack_str(b, words->v[i]);
}

void
unpack_init(struct unpack *u, const void *data, size_t len)
{
	u->p = data;
	u->end = u->p != NULL ? u->p + len : NULL;
	u->bad = false;
}

static size_t
rest(const struct unpack *u)
{
	return u->bad ? 0 : (size_t)(u->end - u->p);
}

/* False if the field is missing altogether or, then bad, in part. */
static bool
unpack_fixed(struct unpack *u, uint64_t *n, size_t size)
{
	*n = 0;
	if (rest(u) < size) {
		if (rest(u) > 0)
			u->bad = true;
		return false;
	}
	for (size_t i = 0; i < size; i++)
		*n |= (uint64_t)u->p[i] << (8 * i);
	u->p += size;
	return true;
}

int64_t
unpack_int(struct unpack *u)
{
	uint64_t n;

	unpack_fixed(u, &n, 8);
	return (int64_t)n;
}

/* A borrowed run of bytes; NULL if it is missing, NULL was packed, or it is broken. */
static const uint8_t *
unpack_run(struct unpack *u, size_t *len)
{
	const uint8_t *p;
	uint64_t n;

	*len = 0;
	if (!unpack_fixed(u, &n, 4) || n == NO_STRING)
		return NULL;
	if (n > rest(u)) {
		u->bad = true;
		return NULL;
	}
	p = u->p;
	u->p += n;
	*len = (size_t)n;
	return p;
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
	return xstrndup((const char *)p, len);
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
	uint64_t n;
	char *word;

	if (!unpack_fixed(u, &n, 4))
		return;
	/* No word takes less than 4 bytes: a count beyond that is a lie, found before any work. */
	if (n > rest(u) / 4)
		u->bad = true;
	for (uint64_t i = 0; i < n && !u->bad; i++) {
		if ((word = unpack_str(u)) == NULL)
			u->bad = true;
		else
			strv_take(words, word);
	}
}
