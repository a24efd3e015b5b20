/*
 * frame: see frame.h. The checksum is there to tell a torn or damaged record from a whole one, not
 * to keep out a forger: half of a fast hash of type and body.
 */
#include "wire/frame.h"

#include <assert.h>

#include "base/buf.h"
#include "base/hash.h"

static void
put32(unsigned char *p, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		p[i] = n >> (8 * i) & 0xff;
}

static uint32_t
get32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* type: its 4 bytes as they stand in the header. */
static uint32_t
checksum(const unsigned char *type, const void *body, size_t len)
{
	return (uint32_t)hash_fast(HASH_SEED ^ get32(type), body, len);
}

void
frame_add(struct buf *b, enum frame_type type, const struct buf *body)
{
	unsigned char header[FRAME_HEADER] = { 0 };
	size_t len = body != NULL ? body->len : 0;

	assert(len <= FRAME_BODY_MAX);
	put32(header, (uint32_t)len);
	put32(header + 8, type);
	put32(header + 4, checksum(header + 8, len > 0 ? body->data : "", len));
	buf_add(b, header, sizeof(header));
	if (len > 0)
		buf_add(b, body->data, len);
}

ssize_t
frame_peek(const void *data, size_t len, enum frame_type *type, const void **body,
    size_t *body_len)
{
	const unsigned char *p = data;
	uint32_t size, kind;

	if (len < FRAME_HEADER)
		return 0;
	size = get32(p);
	kind = get32(p + 8);
	if (size > FRAME_BODY_MAX || kind == 0 || kind >= FRAME_TYPES || get32(p + 12) != 0)
		return -1;
	if (len - FRAME_HEADER < size)
		return 0;
	if (checksum(p + 8, p + FRAME_HEADER, size) != get32(p + 4))
		return -1;
	*type = (enum frame_type)kind;
	*body = p + FRAME_HEADER;
	*body_len = size;
	return (ssize_t)(FRAME_HEADER + size);
}
