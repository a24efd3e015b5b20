/*
 * lines: a text cut into lines (private to this floor).
 */
#ifndef TAB_LINES_H
#define TAB_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct tab;

struct lines {
	const char *next, *end;
	int number;
	bool cr_told;
	struct buf text; /* the line that was given out */
};

struct line {
	char *text; /* NUL-terminated, without its line end; the lines' until the next one */
	size_t len;
	int number; /* from 1 */
};

void lines_init(struct lines *, struct tab *, const char *text, size_t len);
void lines_release(struct lines *);

/*
 * The next line. Those that cannot be read (too long, a NUL byte) are errors in the tab and passed
 * over; CR line ends are dropped with one warning. False at the end.
 */
bool lines_next(struct lines *, struct tab *, struct line *);

#endif
