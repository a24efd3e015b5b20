/*
 * tap: see tap.h.
 */
#include "tap.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int tests, failures;

static bool __attribute__((format(printf, 2, 0)))
report(bool held, const char *fmt, va_list ap)
{
	tests++;
	if (!held)
		failures++;
	printf("%sok %d - ", held ? "" : "not ", tests);
	vprintf(fmt, ap);
	putchar('\n');
	fflush(stdout);
	return held;
}

bool
tap_ok(bool held, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report(held, fmt, ap);
	va_end(ap);
	return held;
}

bool
tap_is_int(int64_t got, int64_t want, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report(got == want, fmt, ap);
	va_end(ap);
	if (got != want)
		printf("#  got %" PRId64 "\n# want %" PRId64 "\n", got, want);
	return got == want;
}

bool
tap_is_str(const char *got, const char *want, const char *fmt, ...)
{
	bool same = got != NULL && want != NULL ? strcmp(got, want) == 0 : got == want;
	va_list ap;

	va_start(ap, fmt);
	report(same, fmt, ap);
	va_end(ap);
	if (!same)
		printf("#  got '%s'\n# want '%s'\n", got ? got : "(null)", want ? want : "(null)");
	return same;
}

void
tap_skip(const char *name, const char *why)
{
	printf("ok %d - %s # SKIP %s\n", ++tests, name, why);
}

void
tap_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("# ", stdout);
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
}

int
tap_done(void)
{
	printf("1..%d\n", tests);
	return failures == 0 && tests > 0 ? 0 : 1;
}
