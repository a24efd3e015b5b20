/*
 * wal: keeps the write-ahead log short, see handle.h.
 *
 * SQLite copies the log into the database as it grows, but begins it anew only at a moment at which
 * nobody reads from it. With many readers that follow each other none comes by itself. So the
 * daemon waits for one, once nearly all is copied, with the writers' lock in its hand: whoever
 * begins to read meanwhile finds all in the database, and the wait is that for the slowest of the
 * readers before. One who stays, such as a shell in an open transaction, must hold up nobody: the
 * wait is short, and is not begun again before the log has grown further.
 */
#include <stdbool.h>

#include "store/sqlite/handle.h"

/* Pages of 4 KiB: SQLite's own bound for its copying; 16 MiB; after a wait in vain, 4 MiB more. */
#define COPY_PAGES 1000
#define LONG_PAGES 4096
#define MORE_PAGES 1024
/* 64 MiB: while many jobs are written in each transaction. */
#define MANY_PAGES 16384
#define WAIT_MS 20
/* So much may be copied with the writers' lock in the hand. */
#define REST_PAGES 256

/* Copies what can be without any lock that others need. True if hardly anything is left. */
static bool
copied(sqlite3 *sql, const char *schema)
{
	int pages, done;

	return sqlite3_wal_checkpoint_v2(sql, schema, SQLITE_CHECKPOINT_PASSIVE, &pages, &done) ==
	    SQLITE_OK && pages - done <= REST_PAGES;
}

/* Whether it can is no matter of the commit, which is done. */
static int
on_commit(void *arg, sqlite3 *sql, const char *schema, int pages)
{
	struct sqlite_db *s = arg;
	int busy_ms = s->busy_ms, rc;

	/* Transactions that write the same pages again and again: they are copied once. */
	if ((s->many || s->bulk) && pages < MANY_PAGES)
		return SQLITE_OK;
	if (pages < LONG_PAGES)
		s->wal_next = LONG_PAGES;
	if (pages < COPY_PAGES || !copied(sql, schema) || pages < s->wal_next)
		return SQLITE_OK;
	s->busy_ms = WAIT_MS;
	rc = sqlite3_wal_checkpoint_v2(sql, schema, SQLITE_CHECKPOINT_RESTART, NULL, NULL);
	s->busy_ms = busy_ms;
	s->wal_next = rc == SQLITE_OK ? LONG_PAGES : pages + MORE_PAGES;
	return SQLITE_OK;
}

void
wal_keep_short(struct sqlite_db *s)
{
	s->wal_next = LONG_PAGES;
	sqlite3_wal_hook(s->sql, on_commit, s);
}
