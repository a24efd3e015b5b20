/*
 * shelf: jobs in their order, written once and then read once. Few are kept in memory; many in an
 * unlinked file, in TMPDIR or where large temporary files belong.
 */
#ifndef CLI_SHELF_H
#define CLI_SHELF_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct err;
struct job;

#define SHELF_IN_MEMORY (4 * 1024 * 1024) /* bytes, and one job */

/* Its descriptor is -1 while there is no file, also before anything is kept. */
struct shelf {
	int fd;
	struct buf buf;
	size_t at; /* where in buf the next job begins */
};

/* Keeps a copy of the job, and a number. 0, or E_FAIL: the file cannot be written. */
int shelf_add(struct shelf *, const struct job *, int64_t number, struct err *);
/* From now on they are read. 0 or E_FAIL. */
int shelf_rewind(struct shelf *, struct err *);
/* 1 and the next one, the caller's, its number and its size in bytes; 0: no more; E_FAIL. */
int shelf_next(struct shelf *, struct job *, int64_t *number, size_t *size, struct err *);
void shelf_release(struct shelf *);

#endif
