/*
 * pipe: statements that go to the server together, and are waited for once (private to this
 * driver).
 *
 * The begin of a transaction is owed: it goes with the first statement, and so do the server's
 * checks of it. What nobody has to wait for is put before what is asked for next, or before the
 * commit. After one that fails the server skips all that came with it, the commit as well.
 */
#ifndef STORE_PG_PIPE_H
#define STORE_PG_PIPE_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct pg_db;

/*
 * A statement of a handle. One that is used only once, as most of a command's are, needs no name;
 * the second time it is prepared, with the question.
 */
struct pg_statement {
	const char *text;
	char name[16];
	const Oid *types;    /* of its values */
	unsigned generation; /* of the connection on which it is prepared; 0: on none */
	bool used;	     /* once before */
	bool plain;	     /* there is nothing in it to prepare */
};

struct pg_values {
	int n;
	const char *const *v;
	const int *lengths, *formats;
};

/* Those that every transaction needs. */
enum {
	FIXED_BEGIN,
	FIXED_BEGIN_READ,
	FIXED_IDLE,
	FIXED_ALONE,
	FIXED_SHARED,
	FIXED_BATCH,
	FIXED_LOOK,
	FIXED_COUNT,
	FIXED_COMMIT,
	FIXED_NOTIFY,
	FIXED_N
};

/* What the answer to one that was put is for. */
enum pipe_kind {
	PIPE_PLAIN,   /* that it went well */
	PIPE_PREPARE, /* that its statement is prepared */
	PIPE_LOOK,    /* the checks of a begin: commit.c */
	PIPE_ROWS,    /* whose rows are wanted */
	PIPE_COMMIT,
	PIPE_NOTIFY
};

struct pipe_part {
	enum pipe_kind kind;
	struct pg_statement *statement;
	PGresult **rows;
};

struct pg_pipe {
	struct pipe_part *parts; /* that were put */
	size_t n, cap;
};

void pipe_init(struct pg_db *);

/*
 * It goes with the next question; what is owed goes before it. Its values need not be kept. rows:
 * where its result comes to, or NULL; what stands there is cleared first.
 */
int pipe_put(struct pg_db *, enum pipe_kind, struct pg_statement *, const struct pg_values *,
    PGresult **rows, struct err *);
int pipe_put_fixed(struct pg_db *, enum pipe_kind, int fixed, struct err *);

/*
 * All that was put is asked, and each answer comes to its place. The error of the first that
 * failed; then the others were not done, and they have no result.
 */
int pipe_ask(struct pg_db *, struct err *);
/* What is owed and what was put, if there is any: before what goes another way. */
int pipe_settle(struct pg_db *, struct err *);
/* The rest of a begin, of one that has none of the locks yet: it shares them from now on. */
int pipe_share(struct pg_db *, int32_t batch, struct err *);
/* What was put is not wanted any more, and may or may not be done. */
void pipe_drop(struct pg_db *);

#endif
