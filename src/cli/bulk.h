/*
 * bulk: `submit --file`: many jobs, one JSON object in each line.
 */
#ifndef CLI_BULK_H
#define CLI_BULK_H

#include "store/store.h"

struct cli;

/* Up to so many jobs are stored in one transaction. */
#define BULK_AT_ONCE 10000

struct bulk_args {
	const char *file;  /* "-": standard input */
	const char *batch; /* NULL: none, or one is made up where it is needed */
	enum submit_how how;
};

/*
 * Reads the file twice: first everything is checked, then it is stored, in chunks if there is much.
 * Prints the ids. An error names the line.
 */
int bulk_submit(struct cli *, const struct bulk_args *);

#endif
