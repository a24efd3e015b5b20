/*
 * copy: a whole database, with its history, from one store to another, of any kinds.
 */
#ifndef STORE_COPY_H
#define STORE_COPY_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct store;

struct copied_table {
	char *name;
	int64_t rows;
	uint64_t hash; /* of all values of all rows, whatever their order */
};

struct copied {
	struct copied_table *v;
	size_t n;
	int64_t rows;
};
void copied_release(struct copied *);

struct copy_watch {
	/* NULL, or told now and then how far it is, of twice the rows: each is looked at again. */
	void (*each)(void *, int64_t done, int64_t all);
	void *arg;
};

/*
 * All rows that are there at one instant, in one transaction of the other store, which must be
 * empty (E_CONFLICT). They are read again from there before that is committed: what differs from
 * what was read is E_FAIL. Who writes to `from` later writes for nobody.
 */
int store_copy(
    struct store *from, struct store *to, const struct copy_watch *, struct copied *, struct err *);

#endif
