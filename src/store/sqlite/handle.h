/*
 * handle: one open file, and what the rooms of this driver share (private to it).
 */
#ifndef STORE_SQLITE_HANDLE_H
#define STORE_SQLITE_HANDLE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/sql/db.h"

struct moment;

#define DB_BUSY_MS 10000	  /* how long a lock is waited for */
#define DB_APPLICATION 0x6a735f31 /* "js_1": what makes a SQLite file ours */
#define DB_VERSION 1		  /* user_version of schema.sql */

struct sqlite_db {
	struct db db; /* first; its name is the path: absolute, links resolved */
	sqlite3 *sql;
	int busy_ms;
	int64_t waited_us; /* in the wait that goes on now */
	int wal_pages;	   /* of the write-ahead log after the last commit */
	int wal_next;	   /* pages of the write-ahead log at which a cut is tried; wal.c */
	int64_t wal_again; /* boot clock: or at this time */
	struct ahead *ahead; /* ahead.c; NULL: not needed yet */
	bool many, bulk;   /* the cache is that for REACH_MANY, REACH_BULK */
	bool beats;	   /* the transaction to come is a heartbeat */
	bool unsynced;	   /* commits do not wait for the disk */
};

static inline struct sqlite_db *
sqlite_of(struct store *s)
{
	return (struct sqlite_db *)s;
}

/* sqlite.c */
extern const struct db_driver sqlite_driver;

/* cursor.c, commit.c, describe.c: its slots. */
int sqlite_prepare(struct db *, const char *text, const struct val *, size_t n, struct cursor **,
    struct err *);
void sqlite_finalize(struct cursor *);
int sqlite_first(struct cursor *, const struct val *, size_t n, struct err *);
int sqlite_next(struct cursor *, struct err *);
int sqlite_put(struct cursor *, const struct val *, size_t n, struct err *);
void sqlite_reset(struct cursor *);
int64_t sqlite_changes(const struct db *);
bool sqlite_is_null(struct cursor *, int column);
int64_t sqlite_integer(struct cursor *, int column);
const char *sqlite_text(struct cursor *, int column);
const void *sqlite_blob(struct cursor *, int column, int64_t *len);
int sqlite_begin(struct db *, struct err *);
int sqlite_commit(struct db *, struct err *);
void sqlite_rollback(struct db *);
int sqlite_begin_read(struct db *, struct err *);
int sqlite_end_read(struct db *, struct err *);
int sqlite_reach(struct db *, enum db_reach, struct err *);
int sqlite_describe(struct db *, void (*)(void *, const struct db_column *), void *, struct err *);
int sqlite_next_id(struct db *, bool fence, int64_t *, struct err *);
int sqlite_highest(struct db *, bool fence, int64_t *, struct err *);
int sqlite_numbered(struct db *, struct err *);

/* ahead.c. The latter when SQLite has closed the file. */
void sqlite_ahead(struct db *, int64_t *jobs, size_t n);
void sqlite_ahead_end(struct sqlite_db *);

/* open.c, check_file.c, backup.c: slots of the store that are the driver's own. */
int sqlite_open(struct store **, const char *, enum store_mode, struct err *);
void sqlite_close(struct store *);
const char *sqlite_path(const struct store *);
int sqlite_upgrade(const char *, int *, int *, struct err *);
int sqlite_check(struct store *, void (*)(void *, const char *), void *, int64_t *, struct err *);
int sqlite_backup(struct store *, const char *, struct err *);

/*
 * commit.c: a heartbeat. It is nothing that anybody was promised, and the clocks that it keeps say
 * something within this boot only: so it does not wait for the disk, and what comes after it does.
 */
int sqlite_node_beat(struct store *, const char *, const struct moment *, struct err *);

/* cursor.c: statements outside all of that: pragmas while opening. No values, no rows. */
int sqlite_exec(struct sqlite_db *, const char *text, struct err *);

/*
 * commit.c: the version of the schema, and whether this program may use it: it is its own, or a
 * newer one that says so (settings, LOWEST_VERSION: the lowest of a program that may write it).
 */
int sqlite_version(struct sqlite_db *, int *version, bool *known, struct err *);
#define LOWEST_VERSION "lowest_version"

/* fail.c: the sentence for what SQLite just reported. Returns its code. */
int sqlite_fail(const struct sqlite_db *, int rc, struct err *);
/* The same for a file that could not even be opened. */
int sqlite_fail_open(const struct sqlite_db *, int rc, int errnum, struct err *);

/* wal.c: from now on this handle sees to it that the write-ahead log is begun anew. */
void wal_keep_short(struct sqlite_db *);
void wal_tidy(struct store *);
/*
 * The same, once, for a handle in whose hand no others wait: true if the log is short, or is begun
 * anew by the next commit. It waits for readers as long as its busy handler does: WAL_WAIT_MS.
 */
bool wal_cut(sqlite3 *);
#define WAL_WAIT_MS 20
#define WAL_KEPT 16777216 /* bytes that its file keeps then; see open.c */

/*
 * turn.c: whoever reads the whole of the database takes his turn, and lets go of it, outside of
 * transactions. Nothing can fail: who waited in vain goes on all the same.
 */
struct turn;
struct turn *turn_take(struct sqlite_db *);
void turn_gap(struct turn *); /* between two pieces */
void turn_give(struct turn *);

#endif
