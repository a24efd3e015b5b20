/*
 * page: see page.h.
 */
#include "cli/page.h"

#include <stdarg.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

static void print(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

static void
print(const char *fmt, va_list ap)
{
	struct buf b = { 0 };
	char *text = xvasprintf(fmt, ap);

	utf8_escape(&b, text, strlen(text), false);
	buf_addc(&b, '\n');
	fwrite(b.data, 1, b.len, stdout);
	buf_release(&b);
	free(text);
}

void
page_line(const char *head, const char *fmt, ...)
{
	va_list ap;

	printf("%-12s  ", head);
	va_start(ap, fmt);
	print(fmt, ap);
	va_end(ap);
}

void
page_text(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(fmt, ap);
	va_end(ap);
}
