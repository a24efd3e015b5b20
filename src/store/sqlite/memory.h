/*
 * memory: where SQLite has its memory from.
 *
 * A command's life is short, and much of it is SQLite reading its schema into some thousand small
 * pieces. They come from a region whose pages the kernel hands out all at once, and what is freed
 * is found again by its size. Once the region is full the C library serves as before.
 */
#ifndef STORE_SQLITE_MEMORY_H
#define STORE_SQLITE_MEMORY_H

#include <stdbool.h>

/*
 * Before SQLite is used first; once is enough. Memory that is not there ends the process, as in
 * base/mem.h.
 */
void memory_configure(void);

/* Whether somebody looks at the end what has not been given back. */
bool memory_is_watched(void);

#endif
