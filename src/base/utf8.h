/*
 * utf8: what may stand in a name, and what may be shown on a terminal.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF). */
bool utf8_valid(const char *s, size_t len);

/* As utf8_valid, without C0, DEL and C1 control characters. */
bool utf8_printable(const char *s, size_t len);

/* Appends s, control characters and bytes that are not UTF-8 as \xHH; keeps \n and \t if asked. */
void utf8_escape(struct buf *, const char *s, size_t len, bool keep_newlines);

#endif
