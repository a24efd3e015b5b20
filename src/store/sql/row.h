/*
 * row: rows of table jobs. The columns of struct job are walked by job_fields; the others are here.
 */
#ifndef STORE_SQL_ROW_H
#define STORE_SQL_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "job/job.h"
#include "job/state.h"

struct cursor;
struct db;
struct err;
struct store;

struct row {
	struct job job;
	enum job_state
	    base; /* FAILED, CANCELLED, RETIRED; PENDING: it depends on its occurrences */
	int64_t created_at, due_at, due_for, last_scheduled_at, ended_at; /* INSTANT_NONE */
	int64_t started;
	int64_t last_fence; /* 0: none, or see chain.h */
	bool paused;
	int64_t paused_at, paused_until, resumed_at;
	char *pause_reason, *boot_id;
	int64_t def_hash;
};

/* The columns that row_read expects, of table jobs under this name ("j"). */
struct buf;
void row_list(struct buf *, const char *table);

/*
 * The statements with the columns of struct job in them: a row by its id, to add one or ROW_MANY,
 * to replace one, one with what surrounds it, for look.c, and with the occurrences that are ready,
 * for claim_run.c. Each is made when it is first wanted.
 */
enum row_text { ROW_GET, ROW_ADD, ROW_ADD_MANY, ROW_SET, ROW_VIEW, ROW_READY, ROW_NTEXTS };
const char *row_text(struct db *, enum row_text);

/* E_NOTFOUND: no such job. */
int row_get(struct db *, int64_t id, struct row *, struct err *);
/* 1, or 0 if there is none. */
int row_find(struct db *, int64_t id, struct row *, struct err *);
/* From a statement whose columns begin with id, job_columns and the rest; E_STORE if what it holds
 * makes no job. */
int row_read(struct db *, struct cursor *, struct row *, struct err *);
void row_release(struct row *);

/* What is done to one job in a transaction of its own: ended well if act says 0 or more, then 0. */
typedef int row_act(struct db *, struct row *, int64_t now, void *arg, struct err *);
int row_change(struct store *, int64_t id, int64_t now, row_act *, void *arg, struct err *);

#define ROW_MANY 16 /* rows that one statement adds, where that pays: db->rows_at_once */

/*
 * Adds n jobs, one or ROW_MANY, in state base and with the id in job.id; uses job, base,
 * created_at, due_*, ended_at, boot_id and def_hash. 1 if the name or tab entry of any is taken:
 * those of which they are not taken have been added.
 */
int row_add(struct db *, const struct row *, size_t n, struct err *);
/* Replaces the definition, and what row_add stores, and last_fence. 1 as row_add. */
int row_replace(struct db *, const struct row *, struct err *);

/* How many columns row_read takes. */
int row_columns(void);

/* The same of the job alone: nothing else of *r is set. */
void row_job_list(struct buf *, const char *table);
int row_job_columns(void);
int row_read_job(struct db *, struct cursor *, struct row *, struct err *);

/* Reads due_* again, where somebody else may have moved the main occurrence meanwhile. */
int row_refresh_due(struct db *, struct row *, struct err *);
int row_set_due(struct db *, int64_t id, int64_t due_at, int64_t due_for, struct err *);

#endif
