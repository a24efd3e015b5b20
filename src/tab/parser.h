/*
 * parser: what the rooms of this floor share while one tab is read (private to this floor).
 */
#ifndef TAB_PARSER_H
#define TAB_PARSER_H

#include "base/buf.h"
#include "job/job.h"
#include "tab/account.h"
#include "tab/seen.h"

struct line;
struct tab;
struct tab_context;

struct parser {
	const struct tab_context *ctx;
	const char *path, *name;
	struct tab *tab;
	struct job base; /* defaults and the settings in force: every entry starts as its copy */
	struct accounts accounts;
	struct seen names, texts;  /* of entries: index of the job + 1; how many */
	struct buf schedule, word; /* scratch */
};

/*
 * Whether the line sets a variable, for the entries after it; if so it is done, errors told. See
 * setting.c.
 */
bool setting_parse(struct parser *, const struct line *);

/* Takes the line as an entry: a job more in the tab, or errors. */
void entry_parse(struct parser *, const struct line *);

#endif
