/*
 * mem: see mem.h.
 */
#include "base/mem.h"

#include <err.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdint.h>

void *
mem_need(void *p)
{
	if (p == NULL)
		err(1, "out of memory");
	return p;
}

void *
xmalloc(size_t size)
{
	return mem_need(malloc(size > 0 ? size : 1));
}

void *
xcalloc(size_t n, size_t size)
{
	return mem_need(calloc(n > 0 ? n : 1, size > 0 ? size : 1));
}

void *
xrealloc(void *p, size_t size)
{
	return mem_need(realloc(p, size > 0 ? size : 1));
}

void *
xreallocarray(void *p, size_t n, size_t size)
{
	return mem_need(reallocarray(p, n > 0 ? n : 1, size > 0 ? size : 1));
}

char *
xstrdup(const char *s)
{
	return s != NULL ? mem_need(strdup(s)) : NULL;
}

char *
xstrndup(const char *s, size_t n)
{
	return mem_need(strndup(s, n));
}

void *
xmemdup(const void *p, size_t n)
{
	return n > 0 ? memcpy(xmalloc(n), p, n) : NULL;
}

char *
xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	return s;
}

char *
xvasprintf(const char *fmt, va_list ap)
{
	char *s;

	return mem_need(vasprintf(&s, fmt, ap) != -1 ? s : NULL);
}

char *
mem_join(const char *a, size_t n, char c, const char *b)
{
	size_t rest = strlen(b) + 1;
	char *s = xmalloc(n + 1 + rest);

	memcpy(s, a, n);
	s[n] = c;
	memcpy(s + n + 1, b, rest);
	return s;
}

void *
mem_grow(void *p, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return p;
	*cap = *cap > 0 ? *cap * 2 : 8;
	return xreallocarray(p, *cap, size);
}

void
mem_trim(void)
{
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}
