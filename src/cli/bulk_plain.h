/*
 * bulk_plain: a line of `submit --file` such as most are, read without a tree of values: an object
 * of plain ASCII texts, whole numbers, lists of texts, true, false and null, each key once.
 */
#ifndef CLI_BULK_PLAIN_H
#define CLI_BULK_PLAIN_H

#include <stddef.h>

struct draft;
struct err;
struct strv;

/*
 * Applies the line to a draft that has its defaults: 1, or E_INPUT. 0: it is another sort of line,
 * or there is something wrong with it, and the draft is as it was.
 */
int bulk_plain_apply(struct draft *, const char *text, size_t len, struct err *);

/* The words become the draft's command, by what its "shell" says; they are taken, or freed. */
int bulk_command(struct draft *, struct strv *words, struct err *);

#endif
