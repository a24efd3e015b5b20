/*
 * commit: transactions, see store/sql/driver.h.
 *
 * One transaction at a time writes: a lock of the server's, taken at the begin and given back with
 * the end, does what SQLite's writers' lock does. Each statement sees what was committed before it.
 * Only what touches nothing but rows that it has locked shares that lock with its likes: those of
 * claim.c, start.c, finish.c, submit.c and lane.c.
 *
 * The begin goes with the first statement, and the end with the last ones, if nothing waits for
 * these: two questions to the server. They are never one. If the connection is lost before the
 * answer to a commit, the server is asked by another one what became of the transaction, by its
 * number; so that has to be known before the end is sent. Without it one could only look whether
 * what was to be stored is there; and if it is not, the server may have all of it still to read,
 * and store it when the answer has been given. A transaction that has a number is one that the
 * server knows of: while its end may still come it is said to be in progress.
 *
 * That holds on the same server, or one that goes on with its timeline: a standby that has taken
 * over gives the same numbers to other transactions.
 */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "store/pg/handle.h"
#include "store/pg/submit.h"

#define LOOK_US 100000 /* between two questions */
/* An answer that took longer says little of what the clock shows: it is heeded only so often. */
#define PROMPT_US 2000
#define FOLLOW_US 1000000

/* ---- begin ---- */

static int
check_version(struct pg_db *pg, const PGresult *res, struct err *e)
{
	if (pg_knows((int)pg_number(res, 0), (int)pg_number(res, 3)))
		return 0;
	pg->db.store.outdated = true;
	return err_set(
	    e, E_STORE, "database '%s' was upgraded by another program meanwhile", pg->db.name);
}

static void
follow_clock(struct pg_db *pg, const PGresult *res)
{
	int64_t now = clock_boot();

	if (now - pg->asked_at > PROMPT_US && now - pg->followed_at < FOLLOW_US)
		return;
	pg_follow_clock(res, 2, pg->asked_at);
	pg->followed_at = now;
}

int
commit_look(struct pg_db *pg, const PGresult *res, struct err *e)
{
	follow_clock(pg, res);
	strlcpy(pg->xid, PQgetvalue(res, 0, 1), sizeof(pg->xid));
	return check_version(pg, res, e);
}

/* Its transactions are others: they wait for no batch. */
static void
let_keep(struct pg_db *pg)
{
	struct store *s = &pg->db.store;
	void (*keep)(void *) = s->keep;
	int32_t batch = pg->batch;

	if (keep == NULL)
		return;
	s->keep = NULL;
	pg->batch = 0;
	keep(s->keep_arg);
	pg->batch = batch;
	s->keep = keep;
}

static void
owe(struct pg_db *pg, enum pg_begin what)
{
	pg_forget(pg);
	pg->owed = what;
	pg->in_transaction = true;
	pg->xid[0] = '\0';
}

int
pg_begin(struct db *db, struct err *e)
{
	struct pg_db *pg = pg_db(db);
	enum pg_begin what = pg->own ? BEGIN_OWN : pg->share ? BEGIN_SHARED : BEGIN_ALONE;
	int rc;

	pg->share = pg->own = false;
	let_keep(pg);
	if ((rc = pg_connect(pg, e)) < 0)
		return rc;
	owe(pg, what);
	pg->owed_batch = pg->batch;
	pg->told = false;
	number_begin(pg);
	return 0;
}

int
pg_begin_read(struct db *db, struct err *e)
{
	struct pg_db *pg = pg_db(db);
	int rc = pg_connect(pg, e);

	if (rc < 0)
		return rc;
	owe(pg, BEGIN_READ);
	return 0;
}

/* ---- end ---- */

#define COUNT_ROW "VALUES (?, ?, ?)"

/* The same for many rows, of which the names and the numbers come as arrays in text. */
static const char *
count_text(struct pg_db *pg, const char *insert)
{
	const char *row = strstr(insert, COUNT_ROW);

	return db_own_text(&pg->db,
	    xasprintf("%.*sSELECT c.name, c.value, $3"
		      " FROM unnest($1::text[], $2::bigint[]) AS c (name, value)%s",
		(int)(row - insert), insert, row + strlen(COUNT_ROW)));
}

bool
pg_count(struct pg_db *pg, const char *insert, const struct val *v)
{
	if (strncmp(insert, "INSERT INTO counters ", 21) != 0)
		return false;
	if (pg->fixed[FIXED_COUNT].text == NULL)
		pg->fixed[FIXED_COUNT].text = count_text(pg, insert);
	buf_addf(&pg->counted, "%c%s", pg->counted.len > 0 ? ',' : '{', (const char *)v[0].p);
	buf_addc(&pg->counts, pg->counts.len > 0 ? ',' : '{');
	pg_add_number(&pg->counts, v[1].n);
	return true;
}

static void
forget_counts(struct pg_db *pg)
{
	pg->counted.len = pg->counts.len = 0;
}

static int
put_counts(struct pg_db *pg, struct err *e)
{
	const char *v[3];
	char shard[16];
	static const int zero[3] = {0};
	const struct pg_values values = {3, v, zero, zero};
	int rc;

	if (pg->counted.len == 0)
		return 0;
	buf_add(&pg->counted, "}", 2);
	buf_add(&pg->counts, "}", 2);
	snprintf(shard, sizeof(shard), "%d", pg->db.shard);
	v[0] = pg->counted.data;
	v[1] = pg->counts.data;
	v[2] = shard;
	rc = pipe_put(pg, PIPE_PLAIN, &pg->fixed[FIXED_COUNT], &values, NULL, e);
	forget_counts(pg);
	return rc;
}

void
commit_end(struct pg_db *pg, const PGresult *res)
{
	const char *what = PQcmdStatus((PGresult *)(uintptr_t)res);

	if (strcmp(what, "COMMIT") == 0)
		pg->ending = ENDING_DONE;
	else if (strcmp(what, "ROLLBACK") == 0)
		pg->ending = ENDING_UNDONE;
	else
		pg->told = pg->ending == ENDING_DONE;
}

/*
 * What nothing else had to wait for, then the totals, last of all that a transaction locks, its
 * end, and a word to the daemons, which is no part of it: one question to the server. What comes
 * behind the end does not matter to it.
 */
static int
end_transaction(struct pg_db *pg, struct err *e)
{
	int rc;

	pg->ending = ENDING_FAILED;
	if ((rc = put_counts(pg, e)) < 0 ||
	    (rc = pipe_put_fixed(pg, PIPE_COMMIT, FIXED_COMMIT, e)) < 0 ||
	    (pg->tell && (rc = pipe_put_fixed(pg, PIPE_NOTIFY, FIXED_NOTIFY, e)) < 0))
		return rc;
	rc = pipe_ask(pg, e);
	return pg->ending == ENDING_FAILED ? rc : 0;
}

void
pg_rollback(struct db *db)
{
	struct pg_db *pg = pg_db(db);
	struct err unused;

	pg->in_transaction = false;
	pipe_drop(pg);
	pg_forget(pg);
	forget_counts(pg);
	pg->sending = NULL;
	if (!pg_is_lost(pg) && PQtransactionStatus(pg->conn) != PQTRANS_IDLE)
		(void)pg_run(pg, "ROLLBACK", &unused);
}

enum fate { FATE_DONE, FATE_NOT_DONE, FATE_UNKNOWN, FATE_OPEN };

static enum fate
ask(struct pg_db *pg, const char *timeline)
{
	char *text;
	enum fate fate = FATE_UNKNOWN;
	struct err unused;
	PGresult *res;

	if (strcmp(timeline, pg->timeline) != 0)
		return FATE_UNKNOWN;
	text = xasprintf("SELECT pg_xact_status('%s')", pg->xid);
	if ((res = pg_exec(pg, text, &unused)) == NULL)
		fate = pg_is_lost(pg) ? FATE_OPEN : FATE_UNKNOWN;
	else if (strcmp(PQgetvalue(res, 0, 0), "committed") == 0)
		fate = FATE_DONE;
	else if (strcmp(PQgetvalue(res, 0, 0), "aborted") == 0)
		fate = FATE_NOT_DONE;
	else if (strcmp(PQgetvalue(res, 0, 0), "in progress") == 0)
		fate = FATE_OPEN;
	PQclear(res);
	free(text);
	return fate;
}

static enum fate
find_out(struct pg_db *pg)
{
	int64_t end = clock_boot() + PG_WAIT_MS * INT64_C(1000);
	char timeline[sizeof(pg->timeline)];
	enum fate fate = FATE_OPEN;
	struct err unused;

	memcpy(timeline, pg->timeline, sizeof(timeline));
	while (fate == FATE_OPEN && clock_boot() < end) {
		pg->retry_at = 0;
		if (pg_connect(pg, &unused) == 0)
			fate = ask(pg, timeline);
		if (fate == FATE_OPEN)
			usleep(LOOK_US);
	}
	return fate;
}

static int
after_loss(struct pg_db *pg, struct err *e)
{
	switch (find_out(pg)) {
	case FATE_DONE:
		return 0;
	case FATE_NOT_DONE:
		return e->code;
	default:
		pg->db.unsure = true;
		return err_set(e, E_STORE,
		    "the connection to database '%s' was lost before it could say whether this is "
		    "stored",
		    pg->db.name);
	}
}

/* Nothing was asked for: then it has not even begun there. */
static bool
is_empty(const struct pg_db *pg)
{
	return pg->owed != BEGIN_NONE && pg->pipe.n == 0 && pg->counted.len == 0;
}

int
pg_commit(struct db *db, struct err *e)
{
	struct pg_db *pg = pg_db(db);
	int rc;

	if ((rc = submit_flush(pg, e)) < 0)
		return rc;
	if (is_empty(pg)) {
		pg->owed = BEGIN_NONE;
		pg->in_transaction = false;
		return 0;
	}
	/* Its number has to be known first. */
	if (pg->owed != BEGIN_NONE && (rc = pipe_settle(pg, e)) < 0)
		return rc;
	rc = end_transaction(pg, e);
	pg->in_transaction = false;
	if (rc < 0)
		return pg_is_lost(pg) ? after_loss(pg, e) : rc;
	if (pg->ending == ENDING_UNDONE)
		return err_set(
		    e, E_STORE, "database '%s' has undone what was to be stored", db->name);
	return 0;
}

/* Nothing depends on the answer, so it is not waited for. */
int
pg_end_read(struct db *db, struct err *e)
{
	struct pg_db *pg = pg_db(db);

	pg->in_transaction = false;
	if (pg->owed != BEGIN_NONE) {
		pg->owed = BEGIN_NONE;
		return 0;
	}
	if (PQsendQuery(pg->conn, "COMMIT") != 1)
		return pg_fail(pg, NULL, e);
	pg->unread = true;
	return 0;
}

/* The server has its own cache. What is put in by bulk may have to be looked for in between. */
int
pg_reach(struct db *db, enum db_reach reach, struct err *e)
{
	struct pg_db *pg = pg_db(db);
	int rc;

	pg->own = reach == REACH_OWN;
	if (reach != REACH_BULK && reach != REACH_WHOLE)
		return 0;
	pg->whole = reach == REACH_WHOLE;
	if ((rc = pg_connect(pg, e)) < 0)
		return rc;
	return pg_run(pg, "SET idle_in_transaction_session_timeout TO 60000", e);
}
