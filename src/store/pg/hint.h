/*
 * hint: what a handle remembers of the attempts that it made, so that their ends need not look for
 * it. A hint may be wrong, for others may change the rows: who follows one looks whether it is
 * right, and finds them without it otherwise. Of many at once some may be forgotten.
 */
#ifndef STORE_PG_HINT_H
#define STORE_PG_HINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/pg/array.h"

struct hint {
	int64_t fence; /* above 0 */
	int64_t job_id, scheduled_for;
	int64_t expected; /* attempts.ready_at */
	struct pg_place occurrence, attempt;
	int number; /* the attempt's */
	int mail;   /* attempts.mail */
	bool main, gated;
	bool told; /* of its start */
};

/* All zero: none. */
struct hints {
	struct hint *v;
	size_t size;
};

void hint_put(struct hints *, const struct hint *);
/* NULL: none. Holds until the next hint_put. */
struct hint *hint_find(const struct hints *, int64_t fence);
void hint_drop(struct hints *, int64_t fence);
void hint_release(struct hints *);

#endif
