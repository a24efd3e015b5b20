/*
 * place: the database file before SQLite uses it.
 *
 * A file that is not ours is refused before anything in it or beside it is changed. The file is
 * made by open(2), so that it is private before SQLite writes into it.
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
 * Refuses a file that is not ours; that mark is in it since it was made, and never changes. For a
 * handle that is open and was not used yet: SQLite has the file, and has not looked what there is
 * to recover. The file is read through that handle, as closing another descriptor would drop the
 * locks that this process has on it. E_STORE.
 */
int place_check(const struct sqlite_db *, struct err *);

/*
 * Whether nobody can change it: it is on a file system that is read-only, and all of it is in the
 * one file. What only this user may not write is written by others while it is read.
 */
bool place_is_frozen(const struct sqlite_db *);

#endif
