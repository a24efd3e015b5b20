/*
 * strv: a vector of strings, NULL-terminated, so that it can be handed to exec.
 */
#ifndef BASE_STRV_H
#define BASE_STRV_H

#include <stdbool.h>
#include <stddef.h>

/* All zero is empty. v is NULL or v[n] == NULL; the strings are the vector's. */
struct strv {
	char **v;
	size_t n, cap;
};

void strv_push(struct strv *, const char *s);	     /* copies s */
void strv_take(struct strv *, char *s);		     /* s becomes the vector's */
void strv_copy(struct strv *to, const struct strv *from); /* clears `to` first */
void strv_clear(struct strv *);			     /* frees everything; empty afterwards */
bool strv_equal(const struct strv *, const struct strv *);

/* For vectors of NAME=VALUE: the value of name (borrowed) or NULL; set replaces or adds. */
const char *strv_env(const struct strv *, const char *name);
void strv_setenv(struct strv *, const char *name, const char *value);
void strv_putenv(struct strv *, const char *setting); /* copies it; no '=': nothing is set */

/* The words joined by sep; the caller's. */
char *strv_join(const struct strv *, const char *sep);

#endif
