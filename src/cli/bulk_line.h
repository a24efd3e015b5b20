/*
 * bulk_line: one line of `submit --file`: a JSON object with the names of options as keys, made
 * into a job.
 */
#ifndef CLI_BULK_LINE_H
#define CLI_BULK_LINE_H

#include <stddef.h>

struct draft;
struct err;

/* Applies the line to a draft that has its defaults. E_INPUT. */
int bulk_line_apply(struct draft *, const char *text, size_t len, struct err *);

#endif
