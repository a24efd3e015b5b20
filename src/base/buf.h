/*
 * buf: a growing run of bytes.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

/* All zero is empty. */
struct buf {
	char *data;
	size_t len, cap;
};

void buf_add(struct buf *, const void *data, size_t len);
void buf_addstr(struct buf *, const char *);
void buf_addf(struct buf *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_addn(struct buf *, int64_t); /* in decimal digits */
void buf_addc(struct buf *, char c);
char *buf_room(struct buf *, size_t n); /* where n more bytes may be written; then add n to len */
void buf_drop(struct buf *, size_t n);	/* removes the first n bytes */
char *buf_string(struct buf *); /* the text, NUL-terminated, the caller's; empties the buf */
void buf_clear(struct buf *);	/* len 0, keeps the memory */
void buf_reuse(struct buf *);	/* len 0, keeps the memory if it is not much */
void buf_release(struct buf *);

#endif
