/*
 * hash: FNV-1a, 64 bits, and hash_fast: stable over releases and machines. Not for hostile input.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_SEED UINT64_C(0xcbf29ce484222325)

uint64_t hash_bytes(uint64_t h, const void *data, size_t len);
/* Another one, of many bytes in a fraction of the time. */
uint64_t hash_fast(uint64_t h, const void *data, size_t len);
/* As hash_bytes of the number. */
uint64_t hash_number(uint64_t h, int64_t n);
/* With its NUL, so that ("a","bc") != ("ab","c"); NULL is a mark of its own. */
uint64_t hash_string(uint64_t h, const char *s);

#endif
