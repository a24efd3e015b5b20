/*
 * option: the options of a job, one table for `submit`, tab entries, bulk files, `-h`, completion,
 * the config's default_* and the check against the man page.
 */
#ifndef JOB_OPTION_H
#define JOB_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct draft;
struct err;

enum option_where {
	OPTION_SUBMIT = 1,  /* on the command line and in bulk files */
	OPTION_TAB = 2,	    /* in a tab entry */
	OPTION_DEFAULT = 4, /* as default_NAME in the config ('-' becomes '_') */
};

struct option_def {
	const char *name; /* without the dashes */
	const char *arg;  /* what stands for its value in help: "DURATION"; NULL: a flag */
	unsigned where;	  /* enum option_where, or-ed */
	bool repeats;	  /* may be given more than once, and adds up */
	const char *help; /* one short line */
	int (*set)(struct draft *, const struct option_def *, const char *value, struct err *);
	size_t offset; /* of the member it sets: struct job's, whose field has range and check */
	const char *const *words; /* of a choice */
};

/* Ended by a NULL name; in the order in which help shows them. */
extern const struct option_def job_options[];

const struct option_def *option_find(const char *name);

/*
 * Applies one option. value is NULL for a flag; a default is named like its option. E_INPUT with
 * "option '--retries': …" if it is unknown, not allowed here, wants or does not want a value, is
 * given twice, or has a bad value; a list may have been set in part then, and the draft is to be
 * thrown away.
 */
int option_set(
    struct draft *, enum option_where, const char *name, const char *value, struct err *);

#endif
