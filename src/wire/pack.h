/*
 * pack: numbers and strings in a run of bytes, little-endian. A message only ever gets
 * new fields at its end: a reader gives zero for what an older writer left out, and passes
 * over what a newer one added. So a scheduler and a runner of different releases understand each
 * other.
 */
#ifndef WIRE_PACK_H
#define WIRE_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct strv;

void pack_int(struct buf *, int64_t);
void pack_str(struct buf *, const char *);		/* NULL stays NULL */
void pack_bytes(struct buf *, const void *, size_t len);
void pack_words(struct buf *, const struct strv *);

struct unpack {
	const uint8_t *p, *end;
	bool bad; /* a field ran over the end: broken (fields missing altogether are not) */
	char *room; /* of unpack_into; NULL: none */
};

void unpack_init(struct unpack *, const void *data, size_t len);

/*
 * From here on strings and words are put there, one behind another, and are not the caller's each.
 * What is left of the message is as much room as they can take.
 */
void unpack_into(struct unpack *, char *room);

int64_t unpack_int(struct unpack *);
char *unpack_str(struct unpack *);		   /* the caller's, or NULL; a NUL in it is bad */
char *unpack_bytes(struct unpack *, int64_t *len); /* the caller's, or NULL if len is 0 */
void unpack_words(struct unpack *, struct strv *); /* to one that is empty */

#endif
