/*
 * buf: see buf.h.
 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"

/* What is kept of a buffer that may have held much for once. */
#define REUSE_MAX 65536

char *
buf_room(struct buf *b, size_t n)
{
	size_t cap = b->cap;

	while (cap - b->len < n)
		cap = cap > 0 ? cap * 2 : 256;
	if (cap != b->cap) {
		b->data = xreallocarray(b->data, cap, 1);
		b->cap = cap;
	}
	return b->data + b->len;
}

void
buf_add(struct buf *b, const void *data, size_t len)
{
	if (len == 0)
		return;
	memcpy(buf_room(b, len), data, len);
	b->len += len;
}

void
buf_addstr(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_addc(struct buf *b, char c)
{
	*buf_room(b, 1) = c;
	b->len++;
}

#define USUAL 64 /* bytes of what is formatted */

/* Into the buffer itself; what turns out to be longer a second time. */
void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf_room(b, USUAL), USUAL, fmt, ap);
	va_end(ap);
	if (n >= USUAL) {
		va_start(ap, fmt);
		n = vsnprintf(buf_room(b, (size_t)n + 1), (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	if (n < 0)
		mem_need(NULL);
	b->len += (size_t)n;
}

void
buf_addn(struct buf *b, int64_t n)
{
	char digits[sizeof("-9223372036854775808")], *p = digits + sizeof(digits);
	uint64_t left = n < 0 ? -(uint64_t)n : (uint64_t)n;

	do
		*--p = (char)('0' + left % 10);
	while ((left /= 10) > 0);
	if (n < 0)
		*--p = '-';
	buf_add(b, p, (size_t)(digits + sizeof(digits) - p));
}

void
buf_drop(struct buf *b, size_t n)
{
	b->len -= n;
	if (n > 0)
		memmove(b->data, b->data + n, b->len);
}

char *
buf_string(struct buf *b)
{
	char *s;

	buf_addc(b, '\0');
	s = b->data;
	memset(b, 0, sizeof(*b));
	return s;
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
}

void
buf_reuse(struct buf *b)
{
	if (b->cap > REUSE_MAX)
		buf_release(b);
	b->len = 0;
}

void
buf_release(struct buf *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}
