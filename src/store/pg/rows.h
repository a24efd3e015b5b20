/*
 * rows: rows of a table in COPY's text form, as they are collected (private to this driver).
 */
#ifndef STORE_PG_ROWS_H
#define STORE_PG_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct val;

/* Where a row is, and where it belongs. */
struct row_place {
	int64_t rank, at;
	size_t begin, len;
};

/* All zero is empty. */
struct pg_copy {
	const char *insert; /* the statement that they are of */
	struct buf rows;
	struct row_place *places; /* of those that are put in order */
	size_t n, cap;
	bool mixed; /* they are not in their order */
};

void rows_add(struct pg_copy *, const struct val *, size_t n);

/* The same of occurrences: the rows go out in the order of the index of those that wait. */
void rows_add_placed(struct pg_copy *, const struct val *, size_t n);
/* Puts them in that order, before they go out. */
void rows_sort(struct pg_copy *);

void rows_clear(struct pg_copy *);
void rows_release(struct pg_copy *);

#endif
