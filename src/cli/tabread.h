/*
 * tabread: a tab file read as the daemon would read it, for `tab check`, `tab show` and `forecast`.
 */
#ifndef CLI_TABREAD_H
#define CLI_TABREAD_H

#include <stdbool.h>

struct cli;
struct err;
struct tab;

struct tabread {
	bool user_field;  /* read it as one of root's: with a user field */
	const char *rule; /* why the daemon would not even look at this file; NULL if it would */
	char text[480];	  /* where rule may lie */
};

/*
 * Reads and parses path; errors and warnings of the text are in *tab, to be released by the caller.
 * A file that is there but breaks the rules of name, owner or mode is read all the same: see rule.
 * Negative with err set if it cannot be read.
 */
int tabread_file(struct cli *, const char *path, struct tabread *, struct tab *);

#endif
