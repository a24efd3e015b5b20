/*
 * newcomers: new jobs, one after the other, of which those that need nothing but their two rows are
 * put into the database by many at once, where that pays. Nothing else may be done to jobs before
 * those that wait here have been let in.
 */
#ifndef STORE_SQL_NEWCOMERS_H
#define STORE_SQL_NEWCOMERS_H

#include <stddef.h>
#include <stdint.h>

#include "store/sql/row.h"

struct db;
struct define;
struct err;
struct job;

struct newcomers {
	struct db *db;
	const struct define *define; /* hash: of the next one */
	size_t *bad;		     /* after an error: the number of the job at fault */
	size_t n;
	struct row rows[ROW_MANY];
	size_t numbers[ROW_MANY];
};

void newcomers_init(struct newcomers *, struct db *, const struct define *, size_t *bad);

/*
 * A job with the caller's number; its texts must live until it has been let in. *id is that which
 * it has or will have. E_CONFLICT: its name is taken, or that of one before. E_NOTFOUND: it comes
 * after a job that is not there.
 */
int newcomers_add(
    struct newcomers *, const struct job *, size_t number, int64_t *id, struct err *);
/* Lets in those who still wait. Errors as above. */
int newcomers_let_in(struct newcomers *, struct err *);

#endif
