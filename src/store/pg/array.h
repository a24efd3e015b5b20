/*
 * array: arrays in the server's binary form, as values of statements and in their rows. Their
 * members are all there (no NULL), and all of one size.
 */
#ifndef STORE_PG_ARRAY_H
#define STORE_PG_ARRAY_H

#include <stddef.h>
#include <stdint.h>

#include "store/sql/driver.h"

struct buf;
struct cursor;

/*
 * Where a row lies in its table (ctid), in the server's order: memcmp is its order too. It holds
 * until the row is changed, and then it may be another row's.
 */
struct pg_place {
	unsigned char bytes[6];
};

/* A value is collected in a buffer of its own, empty at first, and lives as long. */
void array_add(struct buf *, int64_t);
void array_add_place(struct buf *, const struct pg_place *);
struct val array_numbers(struct buf *);
struct val array_places(struct buf *);

/* A column of the row: how many members, none for NULL; the i-th of them, counted from 0. */
size_t array_count(struct cursor *, int column);
int64_t array_number(struct cursor *, int column, size_t i);
struct pg_place array_place(struct cursor *, int column, size_t i);

/* A column that is one place. */
struct pg_place col_place(struct cursor *, int column);

#endif
