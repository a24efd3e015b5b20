/*
 * hash: see hash.h.
 */
#include "base/hash.h"

#include <endian.h>

#define PRIME UINT64_C(0x100000001b3)

uint64_t
hash_bytes(uint64_t h, const void *data, size_t len)
{
	const unsigned char *p = data;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * PRIME;
	return h;
}

/* Eight bytes at a time; what is below moves up with the multiplication, and is folded back. */
static uint64_t
mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 32;
}

uint64_t
hash_fast(uint64_t h, const void *data, size_t len)
{
	const unsigned char *p = data;
	uint64_t word;

	h = mix(h, len);
	for (; len >= sizeof(word); p += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		h = mix(h, le64toh(word));
	}
	word = 0;
	memcpy(&word, p, len);
	return mix(h, le64toh(word));
}

uint64_t
hash_number(uint64_t h, int64_t n)
{
	const uint64_t p = PRIME, p4 = p * p * p * p;

	/* Most numbers are 0, of which all bytes change nothing before they are multiplied. */
	return n == 0 ? h * (p4 * p4) : hash_bytes(h, &n, sizeof(n));
}

uint64_t
hash_string(uint64_t h, const char *s)
{
	return s != NULL ? hash_bytes(h, s, strlen(s) + 1) : hash_bytes(h, "\xff", 1);
}
