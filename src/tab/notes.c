/*
 * notes: see notes.h.
 */
#include "tab/notes.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "tab/tab.h"

static void put(struct tab_note **, size_t *n, int line, int column, const char *fmt, va_list)
    __attribute__((format(printf, 5, 0)));

static void
put(struct tab_note **notes, size_t *n, int line, int column, const char *fmt, va_list ap)
{
	struct buf shown = { 0 };
	char *message;

	/* One more for the note of notes_close. */
	if (*notes == NULL)
		*notes = xcalloc(TAB_ERRORS_MAX + 1, sizeof(**notes));
	message = xvasprintf(fmt, ap);
	utf8_escape(&shown, message, strlen(message), false);
	free(message);
	(*notes)[(*n)++] = (struct tab_note){ line, column, buf_string(&shown) };
}

void
tab_verror(struct tab *t, int line, int column, const char *fmt, va_list ap)
{
	if (t->nerrors < TAB_ERRORS_MAX)
		put(&t->errors, &t->nerrors, line, column, fmt, ap);
	else
		t->further_errors++;
}

void
tab_error(struct tab *t, int line, int column, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tab_verror(t, line, column, fmt, ap);
	va_end(ap);
}

void
tab_warn(struct tab *t, int line, int column, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (t->nwarnings < TAB_ERRORS_MAX)
		put(&t->warnings, &t->nwarnings, line, column, fmt, ap);
	else
		t->further_warnings++;
	va_end(ap);
}

static void
close_one(struct tab_note *notes, size_t *n, size_t further, const char *what)
{
	if (further == 0)
		return;
	notes[*n] = notes[*n - 1];
	notes[*n].message = xasprintf("and %zu more %s", further, what);
	*n += 1;
}

void
notes_close(struct tab *t)
{
	close_one(t->errors, &t->nerrors, t->further_errors, "errors");
	close_one(t->warnings, &t->nwarnings, t->further_warnings, "warnings");
}
