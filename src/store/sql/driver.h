/*
 * driver: what the logic needs of an engine: statements, values, rows, transactions. There is one
 * table of these functions for each engine; all its slots are mandatory.
 *
 * A statement is the same text for every engine, with ? (or ?1, ?2, …) for the values. INDEXED BY
 * is a hint, which an engine that has none leaves away. Every engine has glob(pattern, text), which
 * may be true for more than match.
 */
#ifndef STORE_SQL_DRIVER_H
#define STORE_SQL_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "time/instant.h"

struct db;
struct err;

/* ---- values bound to ? ---- */

/*
 * The kind is the column's, also of a NULL: an engine may want to know it before any value. ARRAY,
 * of numbers, and PLACES, of rows: in an engine's own statements only, and in its form.
 */
struct val {
	enum { VAL_INT, VAL_TEXT, VAL_BLOB, VAL_ARRAY, VAL_PLACES } kind;
	bool null;
	int64_t n; /* the number, or the length; -1: of a text that ends with a NUL */
	const void *p;
};

static inline struct val
I(int64_t n) {
	return (struct val){VAL_INT, false, n, NULL};
}

/* none is NULL. */
static inline struct val
N(int64_t n, int64_t none)
{
	return (struct val){VAL_INT, n == none, n, NULL};
}

/* INSTANT_NONE is NULL. */
static inline struct val
T(int64_t t)
{
	return N(t, INSTANT_NONE);
}

/* Borrowed until the statement is reset. */
static inline struct val
S(const char *s)
{
	return (struct val){VAL_TEXT, s == NULL, -1, s};
}

static inline struct val
B(const void *p, int64_t len)
{
	return (struct val){VAL_BLOB, false, len, p};
}

/* ---- one statement ---- */

/* A prepared statement of a handle, and the row at which it stands. A driver's own begins so. */
struct cursor {
	struct db *db;
	bool on_row; /* kept by stmt.c */
};

/* How much of the database the next transactions touch, at places that are far from each other. */
enum db_reach {
	REACH_FEW,  /* the usual */
	REACH_MANY, /* many jobs in each */
	REACH_OWN,  /* the next only: rows of its own, for which it waits for nobody */
	REACH_BULK, /* bulk submission: for the rest of the handle's life */
	/*
	 * A copy of whole tables: likewise. Rows that are put in may be collected until something
	 * is read, and rows are read while nothing else is asked of the handle.
	 */
	REACH_WHOLE,
};

/* A column of a table; one table's follow each other. */
struct db_column {
	const char *table, *name;
	int kind; /* VAL_INT … */
};

struct db_driver {
	/* Prepares text for values of these kinds. */
	int (*prepare)(struct db *, const char *text, const struct val *, size_t n,
	    struct cursor **, struct err *);
	void (*finalize)(struct cursor *);

	/*
	 * Runs it with these values to its first row: 1, or 0 without one, or an error. `next`
	 * likewise to the next row. With less than 1 it has been reset. What a constraint refuses
	 * is an error.
	 */
	int (*first)(struct cursor *, const struct val *, size_t n, struct err *);
	int (*next)(struct cursor *, struct err *);
	void (*reset)(struct cursor *);
	/*
	 * To be run before what is asked for next, or before the commit, whose error it is then. 1:
	 * it is to be run now.
	 */
	int (*put)(struct cursor *, const struct val *, size_t n, struct err *);
	/* Rows that the last INSERT, UPDATE or DELETE changed that was run by `first`. */
	int64_t (*changes)(const struct db *);

	/* A column of the row, counted from 0. Texts and blobs are borrowed until the next step. */
	bool (*is_null)(struct cursor *, int column);
	int64_t (*integer)(struct cursor *, int column);	  /* NULL, false: 0; true: 1 */
	const char *(*text)(struct cursor *, int column);	  /* NULL: NULL */
	const void *(*blob)(struct cursor *, int column, int64_t *len);

	/*
	 * A transaction that writes: takes its locks at its begin, or with its first statement,
	 * before that sees anything; waits for them no longer than the bound, and is refused (and
	 * store.outdated set) if another program has upgraded the database meanwhile. After an
	 * error of begin or commit there is none. Where nobody can say whether a commit was done,
	 * that is an error, and db.unsure is set.
	 */
	int (*begin)(struct db *, struct err *);
	int (*commit)(struct db *, struct err *);
	void (*rollback)(struct db *); /* also where an error has ended it */

	/* One snapshot for several reads. */
	int (*begin_read)(struct db *, struct err *);
	int (*end_read)(struct db *, struct err *);

	/*
	 * The rows of these jobs are the next to be read: a hint, for which their ids may be
	 * brought into another order.
	 */
	void (*ahead)(struct db *, int64_t *jobs, size_t n);

	/* Outside of transactions. */
	int (*reach)(struct db *, enum db_reach, struct err *);

	/*
	 * Tells the columns of all tables that every engine has, in the order of the schema, so
	 * that a table comes after those it refers to.
	 */
	int (*describe)(
	    struct db *, void (*)(void *, const struct db_column *), void *, struct err *);
	/*
	 * Where the engine gives the ids of jobs and attempts (fence) itself: 1 and a new one, 1
	 * and the highest; else 0.
	 */
	int (*next_id)(struct db *, bool fence, int64_t *id, struct err *);
	int (*highest)(struct db *, bool fence, int64_t *id, struct err *);
	/* Rows were stored with numbers that the engine gives otherwise: it goes on behind them.
	 */
	int (*numbered)(struct db *, struct err *);
};

#endif
