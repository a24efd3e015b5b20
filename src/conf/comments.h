/*
 * comments: a config without its comments (private to this floor).
 */
#ifndef CONF_COMMENTS_H
#define CONF_COMMENTS_H

#include <stddef.h>

/* What is not closed at the end of a file. */
struct unclosed {
	const char *what; /* "brace", "comment"; NULL: nothing */
	int line;	  /* where it opens */
};

/*
 * Overwrites comments ("#" and "//" to the end of the line, C's) by blanks and leaves the line
 * ends. libconfuse up to 3.3 counts the lines of comments wrong, and takes a section without its
 * closing brace for a whole one.
 */
struct unclosed comments_blank(char *text, size_t len);

#endif
