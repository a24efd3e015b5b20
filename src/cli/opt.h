/*
 * opt: one parser of long options for every command, over arrays of struct opt. The same arrays
 * feed `-h`, completion and the check against the man page.
 *
 * It touches nothing but the memory of its result: whatever is wrong is refused before any work.
 */
#ifndef CLI_OPT_H
#define CLI_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

enum opt_kind {
	OPT_FLAG,     /* bool */
	OPT_TEXT,     /* const char *, borrowed from argv; NULL if not given */
	OPT_NUMBER,   /* int64_t within min..max; `initial` if not given */
	OPT_DURATION, /* int64_t, µs within min..max; `initial` if not given */
};

struct opt {
	const char *name; /* without the dashes */
	char letter;	  /* of the short form; 0: none */
	enum opt_kind kind;
	const char *arg; /* what stands for its value in help; NULL for a flag */
	size_t offset;	 /* of its member in the struct of arguments */
	int64_t initial, min, max;
	const char *help; /* one short line */
};

/* Options of one source and where their values go. An opts that is NULL has none. */
struct opt_set {
	const struct opt *opts; /* ended by a NULL name */
	void *args;
	uint64_t given; /* bit = index in opts */
};

/* An option of a job (job/option.h), recognised but not yet judged. Both are borrowed. */
struct opt_pair {
	const char *name, *value; /* value NULL: a flag */
};

struct opt_parse {
	struct opt_set own, global;
	bool job;	   /* options of a job are known as well */
	bool command_line; /* the operands are a command line: options end at the first of them */

	/* Filled; released by opt_release. */
	char **operands; /* borrowed words, NULL-terminated */
	int noperands;
	struct opt_pair *pairs;
	size_t npairs, pairs_cap;
};

/*
 * Parses argv[0..argc). `--name=V`, `--name V`, `-x V`, `-xV`; exact names only; `--` ends the
 * options. An unknown option, a missing or superfluous value, a value out of range or an option
 * given twice is E_INPUT.
 */
int opt_parse(struct opt_parse *, int argc, char *const argv[], struct err *);
void opt_release(struct opt_parse *);

/* Sets every member of args that an option fills to its initial value. */
void opt_initial(const struct opt *, void *args);

#endif
