/*
 * mem: allocation that does not fail. Out of memory ends the process with a line on
 * stderr: the journal and the store are built to survive that like any kill.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);
void *xreallocarray(void *p, size_t n, size_t size);
char *xstrdup(const char *s);		      /* NULL stays NULL */
char *xstrndup(const char *s, size_t n);
void *xmemdup(const void *p, size_t n);	      /* NULL if n is 0 */
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *xvasprintf(const char *fmt, va_list) __attribute__((format(printf, 1, 0)));

/* The first n bytes of a, then c, then b: where a format would take too long. */
char *mem_join(const char *a, size_t n, char c, const char *b);

/* What a library was to allocate and did not if it is NULL; returns it. */
void *mem_need(void *p);

/* Hands memory that was freed back to the system, where that can be done. */
void mem_trim(void);

/*
 * Makes room for one more in an array of n elements with capacity *cap: doubles it when full.
 * Use: v->items = mem_grow(v->items, v->n, &v->cap, sizeof(*v->items));
 */
void *mem_grow(void *p, size_t n, size_t *cap, size_t size);

#endif
