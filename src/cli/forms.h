/*
 * forms: the modules that know a library for people's or scripts' sake. Each is loaded by the first
 * who needs it: who submits one job and reads its id needs neither.
 */
#ifndef CLI_FORMS_H
#define CLI_FORMS_H

#include <stddef.h>

struct draft;
struct err;
struct out_ops;

/* form_json: JSON, written and read. */
struct form_json {
	const struct out_ops *out;
	/* One line of `submit --file`: see bulk_line.h. */
	int (*bulk_line)(struct draft *, const char *text, size_t len, struct err *);
};

/* NULL: it could not be loaded. */
const struct form_json *form_json(struct err *);

/* form_table: aligned tables. */
const struct out_ops *form_table(struct err *);

#endif
