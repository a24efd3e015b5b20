/*
 * lines: see lines.h.
 */
#include "tab/lines.h"

#include "tab/notes.h"
#include "tab/tab.h"

void
lines_init(struct lines *l, struct tab *t, const char *text, size_t len)
{
	static const char bom[] = "\xef\xbb\xbf";

	/* An empty text may be NULL. */
	*l = (struct lines){ .next = text, .end = len > 0 ? text + len : text };
	if (len >= strlen(bom) && memcmp(text, bom, strlen(bom)) == 0) {
		l->next += strlen(bom);
		tab_warn(t, 1, 1, "the file begins with a byte order mark");
	}
}

void
lines_release(struct lines *l)
{
	buf_release(&l->text);
}

/* Whether the line may be used; len is without its line end. */
static bool
usable(const struct lines *l, struct tab *t, const char *text, size_t len)
{
	const char *nul;

	if (len > TAB_LINE_MAX) {
		tab_error(t, l->number, TAB_LINE_MAX + 1, "the line is longer than %d bytes",
		    TAB_LINE_MAX);
		return false;
	}
	if ((nul = memchr(text, '\0', len)) != NULL) {
		tab_error(t, l->number, (int)(nul - text) + 1, "the line holds a NUL byte");
		return false;
	}
	return true;
}

bool
lines_next(struct lines *l, struct tab *t, struct line *line)
{
	const char *text, *newline;
	size_t len;

	do {
		if (l->next == l->end)
			return false;
		text = l->next;
		newline = memchr(text, '\n', (size_t)(l->end - text));
		len = (size_t)((newline != NULL ? newline : l->end) - text);
		l->next = newline != NULL ? newline + 1 : l->end;
		l->number++;
		if (len > 0 && text[len - 1] == '\r') {
			len--;
			if (!l->cr_told)
				tab_warn(
				    t, l->number, (int)len + 1, "lines end in CR: it is dropped");
			l->cr_told = true;
		}
	} while (!usable(l, t, text, len));

	buf_clear(&l->text);
	buf_add(&l->text, text, len);
	buf_addc(&l->text, '\0');
	*line = (struct line){ l->text.data, len, l->number };
	return true;
}
