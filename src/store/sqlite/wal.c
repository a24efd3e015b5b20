/*
 * wal: keeps the write-ahead log short, see handle.h.
 *
 * SQLite copies the log into the database as it grows, but begins it anew only at a moment at which
 * nobody reads from it. With many readers that follow each other none comes by itself. So the
 * daemon waits for one, once nearly all is copied, with the writers' lock in its hand: whoever
 * begins to read meanwhile finds all in the database, and the wait is that for the slowest of the
 * readers before. One who stays, such as a shell in an open transaction, must hold up nobody: the
 * wait is short, and is not begun again before the log has grown further, or after a while.
 */
#include "base/clock.h"
#include "store/sqlite/handle.h"

/*
 * Pages of 4 KiB: SQLite's own bound for its copying; 16 MiB; after a wait in vain, 4 MiB more, or
 * so many µs.
 */
#define COPY_PAGES 1000
#define LONG_PAGES 4096
#define MORE_PAGES 1024
#define AGAIN_US (10 * INT64_C(1000000))
/* 64 MiB: while many jobs are written in each transaction. */
#define MANY_PAGES 16384
/* So much may be copied with the writers' lock in the hand. */
#define REST_PAGES 256

/* Copies what can be without any lock that others need. True if hardly anything is left. */
static bool
copied(sqlite3 *sql, int *pages)
{
	int done;

	return sqlite3_wal_checkpoint_v2(sql, NULL, SQLITE_CHECKPOINT_PASSIVE, pages, &done) ==
	    SQLITE_OK && *pages - done <= REST_PAGES;
}

static bool
begun_anew(sqlite3 *sql)
{
	return sqlite3_wal_checkpoint_v2(sql, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL) ==
	    SQLITE_OK;
}

bool
wal_cut(sqlite3 *sql)
{
	int pages = -1;
	bool all = copied(sql, &pages);

	return (pages >= 0 && pages < LONG_PAGES) || (all && begun_anew(sql));
}

static void
cut(struct sqlite_db *s)
{
	int pages = s->wal_pages, busy_ms = s->busy_ms;

	if (!copied(s->sql, &pages) || (pages < s->wal_next && clock_boot() < s->wal_again))
		return;
	s->busy_ms = WAL_WAIT_MS;
	s->wal_next = begun_anew(s->sql) ? LONG_PAGES : pages + MORE_PAGES;
	s->wal_again = clock_boot() + AGAIN_US;
	s->busy_ms = busy_ms;
}

void
wal_tidy(struct store *store)
{
	struct sqlite_db *s = sqlite_of(store);

	if (s->wal_pages >= COPY_PAGES)
		cut(s);
	s->wal_pages = 0;
}

/* Whether it can is no matter of the commit, which is done. */
static int
on_commit(void *arg, sqlite3 *sql, const char *schema, int pages)
{
	struct sqlite_db *s = arg;

	(void)sql, (void)schema;
	s->wal_pages = pages;
	/* Transactions that write the same pages again and again: they are copied once. */
	if ((s->many || s->bulk) && pages < MANY_PAGES)
		return SQLITE_OK;
	if (pages < LONG_PAGES)
		s->wal_next = LONG_PAGES;
	if (pages < COPY_PAGES)
		return SQLITE_OK;
	/* If the better moment does not come, it is done all the same. */
	s->db.store.untidy = s->db.store.tidied && pages < LONG_PAGES;
	if (!s->db.store.untidy)
		cut(s);
	return SQLITE_OK;
}

void
wal_keep_short(struct sqlite_db *s)
{
	s->wal_next = LONG_PAGES;
	sqlite3_wal_hook(s->sql, on_commit, s);
}
