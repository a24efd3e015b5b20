/*
 * place: the database file before SQLite has it.
 *
 * A file that is not ours is refused before anything in it or beside it is changed: it is looked at
 * without a lock and without a handle that makes files. The file is made by open(2), so that it is
 * private before SQLite writes into it.
 */
#ifndef STORE_SQLITE_PLACE_H
#define STORE_SQLITE_PLACE_H

#include <stdbool.h>

#include "store/store.h"

struct sqlite_db;

/*
 * Makes the handle's name absolute, without links. *empty: the file is new, and its schema is to be
 * made. E_PERM, E_STORE, as store_open.
 */
int place_find(struct sqlite_db *, enum store_mode, bool *empty, struct err *);

/*
 * Whether nobody can change it: it is on a file system that is read-only, and all of it is in the
 * one file. What only this user may not write is written by others while it is read.
 */
bool place_is_frozen(const struct sqlite_db *);

#endif
