/*
 * db: one open database: its prepared statements, its transactions, and what the logic keeps with
 * it. How an engine does it is its driver's matter: see driver.h.
 *
 * Every statement goes through db_do, db_number or db_first/db_next: prepared once, bound, stepped
 * and reset there and nowhere else. The text of a statement is its key, by address: pass literals
 * or strings that live as long as the handle.
 */
#ifndef STORE_SQL_DB_H
#define STORE_SQL_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strv.h"
#include "store/ops.h"
#include "store/sql/count.h"
#include "store/sql/driver.h"
#include "store/sql/row.h"
#include "time/instant.h"

#define DB_SLOTS 256	  /* a power of two, well above the number of statements */
#define DB_DEPENDENTS 500 /* that one transaction sees to when others end */

struct db_slot {
	const char *text;
	struct cursor *cursor;
};

/* See doubt.h. */
struct doubt {
	int64_t *fences, runner;
	size_t n;
};

/* A driver's own begins with this. */
struct db {
	struct store store; /* first: a struct store * is one of these */
	const struct db_driver *driver;
	char *name; /* as errors tell it, never with a password */
	struct db_slot slots[DB_SLOTS];
	int on_row; /* cursors that stand at a row */
	struct strv texts; /* statements that were made for it: db_own_text */
	const char *row_texts[ROW_NTEXTS]; /* those of them that were wanted */
	int64_t counted[N_COUNTERS]; /* by this transaction; written with its commit */
	struct strv gates;	     /* to be looked at before the commit: see line.h */
	char *node_gate;	     /* of the node that claims, once it had to refuse a job */
	int64_t now;		     /* of this transaction, where it matters; INSTANT_NONE */
	int shard;		     /* of table counters, to which this handle adds */
	int64_t last[2];	     /* highest ids before this transaction; -1: not asked yet */
	int64_t fair;		     /* tenths of a claim owed to the oldest: see claim.c */
	bool rows_at_once; /* set by a driver: DB_INSERT_MANY pays, and it takes the values */
	bool unsure; /* set by a driver: it cannot say whether the last commit was done */
	struct doubt doubt;
	int64_t dependents;	     /* that this transaction may still see to: see depend.c */
};

static inline struct db *
db_of(struct store *s)
{
	return (struct db *)s;
}

/* The logic's part of a new handle, whose memory is all zero. The name becomes the handle's. */
void db_init(struct db *, const struct db_driver *, char *name);
/* Gives back that part; db_finalize comes before the engine's handle is closed. */
void db_finalize(struct db *);
void db_release(struct db *);

/* ---- statements ---- */

/* The handle's from now on, so that it lives as long: a statement made at run time. */
const char *db_own_text(struct db *, char *text);

/*
 * How an INSERT of many rows begins, for an engine that sets rows_at_once. What a constraint
 * refuses (but for ON CONFLICT) is an error as ever, and the transaction is to be undone: so that
 * nothing need be kept for undoing the statement alone.
 */
#define DB_INSERT_MANY "INSERT OR FAIL"

#define BIND(...)                          \
	(const struct val[]){__VA_ARGS__}, \
	    sizeof((const struct val[]){__VA_ARGS__}) / sizeof(struct val)
#define NOBIND NULL, (size_t)0

/* Its cursor, which stands at no row; for drivers. */
int db_prepare(struct db *, struct err *, const char *text, const struct val *, size_t n,
    struct cursor **);
/*
 * Runs to the end. 0 or an error. Within a transaction that writes, an engine may put it off until
 * something is asked for, or the commit, which has its error then.
 */
int db_do(struct db *, struct err *, const char *text, const struct val *, size_t n);
/* The same at once, and how many rows it changed. */
int db_change(struct db *, struct err *, int64_t *changed, const char *text, const struct val *,
    size_t n);
/* The same, of a statement that does nothing where it finds a row in its way: then 1. */
int db_try(struct db *, struct err *, const char *text, const struct val *, size_t n);
/* Steps to the first row: 1 (then read it, and db_next or db_reset), 0 for none, or an error. */
int db_first(
    struct db *, struct err *, struct cursor **, const char *text, const struct val *, size_t n);
/* 1: another row; 0: no more, and it has been reset; or an error, and it has been reset. */
int db_next(struct db *, struct err *, struct cursor *);
void db_reset(struct cursor *);
/* One number: the first column of the first row; `none` without a row or if it is NULL. */
int db_number(struct db *, struct err *, int64_t *, int64_t none, const char *text,
    const struct val *, size_t n);

static inline bool
col_is_null(struct cursor *c, int i)
{
	return c->db->driver->is_null(c, i);
}

static inline int64_t
col_int(struct cursor *c, int i)
{
	return c->db->driver->integer(c, i);
}

/* NULL is `none`. */
static inline int64_t
col_or(struct cursor *c, int i, int64_t none)
{
	return col_is_null(c, i) ? none : col_int(c, i);
}

/* NULL is INSTANT_NONE. */
static inline int64_t
col_time(struct cursor *c, int i)
{
	return col_or(c, i, INSTANT_NONE);
}

/* Borrowed until the next step. */
static inline const char *
col_text(struct cursor *c, int i)
{
	return c->db->driver->text(c, i);
}

/* Borrowed likewise. */
static inline const void *
col_blob(struct cursor *c, int i, int64_t *len)
{
	return c->db->driver->blob(c, i, len);
}

/* ---- transactions ---- */

/*
 * Takes the write lock and checks the version that is there now; an engine may do so with the first
 * statement, which has the error then.
 */
int db_begin(struct db *, struct err *);
/* Commits what was done if rc is 0, else undoes it. Returns rc, or the commit's error. */
int db_end(struct db *, int rc, struct err *);

/* One snapshot for several reads. */
int db_begin_read(struct db *, struct err *);
int db_end_read(struct db *, int rc, struct err *);

/* What the next transactions will touch. Outside of transactions. */
int db_reach(struct db *, enum db_reach, struct err *);

#endif
