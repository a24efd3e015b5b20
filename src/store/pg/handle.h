/*
 * handle: one database of a PostgreSQL server, and what the rooms of this driver share (private to
 * it).
 *
 * A connection may be lost at any time, and another takes its place at the next statement that is
 * not within a transaction. What was prepared on the lost one is prepared anew.
 */
#ifndef STORE_PG_HANDLE_H
#define STORE_PG_HANDLE_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "store/pg/hint.h"
#include "store/pg/pipe.h"
#include "store/pg/rows.h"
#include "store/sql/db.h"

#define PG_VERSION 1	   /* of schema.sql */
#define PG_LOWEST 1	   /* of programs that may write it, of this version's or an older schema */
#define PG_WAIT_MS 10000   /* how long a lock, or a lost connection, is waited for; see pg_wait */
/* Our advisory locks, "js_1" as a number and one for each: of all transactions that write. */
#define PG_LOCK_WRITE "1786994481, 1"
#define PG_LOCK_BATCH "1786994482"     /* by its hash */
#define PG_LOCK_SHARD "1786994483"     /* a shard of the counters, while connected */

/* Rows for COPY: see submit.h. */
enum { COPY_JOBS, COPY_OCCURRENCES, COPY_WHOLE, COPY_TABLES };

/* What a claim has to know first. */
struct look {
	bool quiet;    /* no pause is over, and nobody waits for an end that is known */
	bool may;      /* this node, anything */
	bool one_rank; /* all that is ready has the same priority: then the best are the oldest */
};

/* What is done with new rows that nothing else in their transaction looks at. */
enum pg_collect { COLLECT_NOT, COLLECT_LATE, COLLECT_COPY, COLLECT_KEEP };

/* How a transaction begins: see commit.c. */
enum pg_begin { BEGIN_NONE, BEGIN_READ, BEGIN_OWN, BEGIN_SHARED, BEGIN_ALONE };

#define PG_FORESEEN 8 /* statements that were asked for before their turn */

/* Ids that this transaction has taken and not yet given out. */
struct pg_ids {
	int64_t *v;
	int n, at, run;
	size_t cap;
	int want; /* so many will be asked for, as far as is known */
};

/*
 * Ends that are stored, or may be, and that nobody was told of: the call failed after that. Who
 * asks again is answered as the first time.
 */
struct pg_ended {
	struct finished *v;
	size_t n, cap;
};

struct pg_db {
	struct db db; /* first; its name is the URI without a password */
	char *uri;    /* with it */
	PGconn *conn;
	bool in_transaction;
	bool unread; /* the answer to what was asked last is still to come, and says nothing */
	struct pg_pipe pipe;
	struct pg_statement fixed[FIXED_N];
	enum pg_begin owed; /* a begin that the server was not told of yet, and goes on to … */
	int32_t owed_batch; /* … this lock */
	int64_t asked_at, followed_at; /* boot clock: what its clock shows; when that was heeded */
	struct cursor *foreseen[PG_FORESEEN];
	int nforeseen;
	unsigned generation; /* of the connection: what was prepared on another is not there */
	unsigned prepared;   /* statements that were, for their names */
	bool share;	    /* the next transaction that writes shares its lock: commit.c */
	bool own;	    /* the next takes none: REACH_OWN */
	int wait;	    /* ms: the connection's patience */
	char xid[24];	    /* of the transaction that writes, once it has begun there */
	char timeline[12];  /* of the server; "": a standby */
	bool found;	    /* a schema, when it was connected, … */
	int version, lowest; /* … of this version */
	struct pg_copy copy[COPY_TABLES];
	struct pg_copy *sending; /* of which rows are on their way: nothing else may be asked */
	enum pg_collect collect; /* of new jobs */
	bool tell;	      /* with the next commit the daemons hear of it … */
	bool told;	      /* … and were, since the last begin */
	bool whole;	      /* REACH_WHOLE */
	struct buf counted, counts; /* names and numbers for table counters, at the commit */
	bool refused;	      /* the last failure: a row is forbidden, or not as it was */
	int32_t batch;	      /* if not 0: the next transaction takes its lock */
	struct look look;     /* what the last claim saw */
	const char *claim[2]; /* statements that read: by rank, by age */
	const char *clockwork; /* and of what is periodic: clockwork.c */
	struct pg_ended ended; /* finish.c */
	const char *finish[16]; /* statements: finish.c */
	bool moved;	      /* a hint was wrong */
	struct hints hints;
	struct pg_ids ids[2]; /* of jobs, of attempts */
	enum { ENDING_FAILED, ENDING_UNDONE, ENDING_DONE } ending; /* of the transaction */
	struct lanes *lanes; /* NULL: none were needed yet */
	int64_t changed;    /* rows, by the last statement */
	bool listens;	    /* pg_listen */
	int64_t retry_at;   /* boot clock: not before is the next connection tried */
	int64_t retry_wait; /* µs, grows with each that failed */
};

static inline struct pg_db *
pg_of(struct store *s)
{
	return (struct pg_db *)s;
}

static inline struct pg_db *
pg_db(const struct db *db)
{
	return (struct pg_db *)(uintptr_t)db;
}

/* A number of the first row, of a result in text form. */
static inline long long
pg_number(const PGresult *res, int column)
{
	return PQntuples(res) > 0 ? strtoll(PQgetvalue(res, 0, column), NULL, 10) : 0;
}

/* pg.c */
extern const struct db_driver pg_driver;
extern const struct store_ops pg_ops;

/* cursor.c, commit.c, describe.c, number.c: the driver's slots. */
int pg_prepare(struct db *, const char *text, const struct val *, size_t n, struct cursor **,
    struct err *);
void pg_finalize(struct cursor *);
int pg_first(struct cursor *, const struct val *, size_t n, struct err *);
int pg_next(struct cursor *, struct err *);
int pg_put(struct cursor *, const struct val *, size_t n, struct err *);
void pg_reset(struct cursor *);
int64_t pg_changes(const struct db *);
bool pg_is_null(struct cursor *, int column);
int64_t pg_integer(struct cursor *, int column);
const char *pg_text(struct cursor *, int column);
const void *pg_blob(struct cursor *, int column, int64_t *len);
int pg_begin(struct db *, struct err *);
int pg_commit(struct db *, struct err *);
void pg_rollback(struct db *);
int pg_begin_read(struct db *, struct err *);
int pg_end_read(struct db *, struct err *);
int pg_reach(struct db *, enum db_reach, struct err *);
int pg_describe(struct db *, void (*)(void *, const struct db_column *), void *, struct err *);
int pg_next_id(struct db *, bool fence, int64_t *, struct err *);
int pg_highest(struct db *, bool fence, int64_t *, struct err *);
/* Whether this is a row for table counters, which is kept for the commit. */
bool pg_count(struct pg_db *, const char *insert, const struct val *);
int pg_numbered(struct db *, struct err *);
/*
 * cursor.c: it is asked for with what is asked for next, or with the commit. db_first with the same
 * text has its rows then, until the next transaction begins; also after the commit, unless the
 * answer was lost.
 */
int pg_foresee(struct pg_db *, const char *text, const struct val *, size_t n, struct err *);
void pg_forget(struct pg_db *);
/* commit.c, of pipe.c: what the server said of a begin, and of an end. */
int commit_look(struct pg_db *, const PGresult *, struct err *);
void commit_end(struct pg_db *, const PGresult *);
void number_begin(struct pg_db *); /* a transaction */
int number_take(struct pg_db *, int jobs, struct err *); /* for the next one: so many */
void number_release(struct pg_db *);

/* open.c, migrate.c, check.c: slots of the store that are the driver's own. */
int pg_open(struct store **, const char *, enum store_mode, struct err *);
void pg_close(struct store *);
const char *pg_path(const struct store *);
int pg_upgrade(const char *, int *, int *, struct err *);
int pg_check(struct store *, void (*)(void *, const char *), void *, int64_t *, struct err *);
int pg_backup(struct store *, const char *, struct err *);

/* The server's clock, µs since the epoch, in SQL. */
#define PG_CLOCK "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

/*
 * connect.c: what the server's clock showed since it was asked (boot clock) is this process's wall
 * clock: base/clock.h.
 */
void pg_follow_clock(const PGresult *, int column, int64_t asked);

/* claim.c, start.c, finish.c, submit.c, prune.c */
int pg_submit(struct store *, const struct submit *, int64_t *, size_t *, struct err *);
void pg_submit_ahead(struct store *, const struct submit *, int64_t *);
int pg_claim_ready(struct store *, const struct claim_request *, struct claims *, struct err *);
int pg_start_attempts(struct store *, const struct started_row *, size_t n, struct err *);
int pg_finish_attempts(
    struct store *, const struct result *, size_t n, int64_t now, struct finished *, struct err *);

int pg_prune(
    struct store *, const struct retention *, int64_t now, struct pruned *, struct err *);

#define PG_NOTIFY "NOTIFY jobsched"

/* listen.c: slots of the store that are the driver's own; and what each new connection begins. */
bool pg_wake(struct store *, bool (*)(const char *));
int pg_listen(struct store *, struct err *);
int pg_ear(const struct store *);
bool pg_heard(struct store *);
int pg_listen_anew(struct pg_db *, struct err *);

/* connect.c: a connection if there is none; E_STORE, E_PERM. Outside of transactions. */
int pg_connect(struct pg_db *, struct err *);
void pg_read_rest(struct pg_db *); /* what is unread */
/* Whether the server is still there, by all that is known. */
int pg_wait(const struct pg_db *); /* ms */
bool pg_is_lost(const struct pg_db *);

/*
 * cursor.c: statements outside all of that, several in one text; the last one's result, which is
 * the caller's (PQclear), or NULL and the error. No values.
 */
PGresult *pg_exec(struct pg_db *, const char *text, struct err *);
int pg_run(struct pg_db *, const char *text, struct err *);

/* text.c: in digits. */
struct buf;
void pg_add_number(struct buf *, int64_t);
char *pg_put_number(char *to, int64_t); /* up to 20 bytes; returns their end */
/* A statement in PostgreSQL's terms: $1 for ?1, and no hints. The caller's. */
char *pg_statement(const char *text);

/* Types, as the server's catalog numbers them; the others are cursor.c's. */
#define PG_OID_INT8 20
#define PG_OID_INT4 23
#define PG_OID_TEXT 25
#define PG_OID_TID 27

/* fail.c: the sentence for what the server said, or did not. Returns its code. */
int pg_fail(struct pg_db *, const PGresult *, struct err *);
int pg_fail_connect(struct pg_db *, const char *said, struct err *);

/* migrate.c: makes the schema, brings it up to date, says which version is there. */
int pg_create(struct pg_db *, struct err *);
/* version 0: none is there. What was found when it was connected is told once without asking. */
int pg_version(struct pg_db *, int *version, int *lowest, struct err *);

/* Whether this program may use a schema. */
static inline bool
pg_knows(int version, int lowest)
{
	return version == PG_VERSION || (version > PG_VERSION && lowest <= PG_VERSION);
}

int pg_migrate(struct pg_db *, int *from, int *to, struct err *);

#endif
