/*
 * commit: transactions, see store/sql/driver.h.
 *
 * One transaction at a time writes: a lock of the server's, taken at the begin and given back with
 * the end, does what SQLite's writers' lock does. Each statement sees what was committed before it.
 * Only what touches nothing but rows that it has locked shares that lock with its likes: those of
 * claim.c, start.c, finish.c and submit.c.
 *
 * If the connection is lost before the answer to a commit, the server is asked by another one what
 * became of the transaction, by its number. That holds on the same server, or one that goes on with
 * its timeline: a standby that has taken over gives the same numbers to other transactions.
 */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "store/pg/handle.h"
#include "store/pg/submit.h"

#define LOOK_US 100000 /* between two questions */

/* Last of each begin: what it is told by. */
#define LOOK(also) \
	"SELECT version, pg_current_xact_id(), " PG_CLOCK ", lowest" also " FROM schema_version"

#define BEGIN(lock, also) "BEGIN;SELECT " lock "(" PG_LOCK_WRITE ");" LOOK(also)

static const char begin_alone[] = BEGIN("pg_advisory_xact_lock", "");
static const char begin_shared[] = BEGIN("pg_advisory_xact_lock_shared", "");
static const char begin_job[] =
    BEGIN("pg_advisory_xact_lock_shared", ", nextval('last_job')");
static const char begin_own[] = "BEGIN;" LOOK("");

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

/* The result of the text's last statement; of a connection that had died, by another. */
static PGresult *
start(struct pg_db *pg, const char *text, struct err *e)
{
	PGresult *res;

	if (pg_connect(pg, e) < 0)
		return NULL;
	res = pg_exec(pg, text, e);
	if (res == NULL && pg_is_lost(pg) && pg_connect(pg, e) == 0)
		res = pg_exec(pg, text, e);
	pg->in_transaction = res != NULL;
	if (res == NULL)
		pg_rollback(&pg->db);
	return res;
}

static int
lock_batch(struct pg_db *pg, struct err *e)
{
	char *text = xasprintf("SELECT pg_advisory_xact_lock(" PG_LOCK_BATCH ")", pg->batch);
	int rc = pg_run(pg, text, e);

	free(text);
	if (rc < 0)
		pg_rollback(&pg->db);
	return rc;
}

/* What this transaction takes, and no other that comes before it. */
static const char *
begin_text(struct pg_db *pg)
{
	const char *text = pg->own		    ? begin_own
			   : !pg->share		    ? begin_alone
			   : pg->ids[0].want == 1 ? begin_job
						    : begin_shared;

	pg->share = pg->own = false;
	return text;
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

int
pg_begin(struct db *db, struct err *e)
{
	struct pg_db *pg = pg_db(db);
	const char *text = begin_text(pg);
	int64_t asked;
	PGresult *res;
	int rc;

	let_keep(pg);
	asked = clock_boot();
	res = start(pg, text, e);
	if (res == NULL)
		return e->code;
	pg->told = false;
	number_begin(pg);
	if (text == begin_job)
		number_have(pg, pg_number(res, 4));
	pg_follow_clock(res, 2, asked);
	if ((rc = check_version(pg, res, e)) < 0)
		pg_rollback(db);
	else
		strlcpy(pg->xid, PQgetvalue(res, 0, 1), sizeof(pg->xid));
	PQclear(res);
	return rc < 0 || pg->batch == 0 ? rc : lock_batch(pg, e);
}

int
pg_begin_read(struct db *db, struct err *e)
{
	/* Who reads holds up nobody, however long he takes. */
	PGresult *res = start(pg_db(db),
	    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
	    "SET LOCAL idle_in_transaction_session_timeout TO 0",
	    e);

	PQclear(res);
	return res != NULL ? 0 : e->code;
}

/* ---- end ---- */

#define COUNT_ROW "(?, ?, ?)"

bool
pg_count(struct pg_db *pg, const char *insert, const struct val *v)
{
	if (strncmp(insert, "INSERT INTO counters ", 21) != 0)
		return false;
	pg->count = insert;
	buf_addf(&pg->counts, "%s('%s', ", pg->counts.len > 0 ? ", " : "", (const char *)v[0].p);
	pg_add_number(&pg->counts, v[1].n);
	buf_addstr(&pg->counts, ", ");
	pg_add_number(&pg->counts, v[2].n);
	buf_addc(&pg->counts, ')');
	return true;
}

/*
 * What nothing else had to wait for, then the totals, last of all that a transaction locks, its
 * end, and a word to the daemons, which is no part of it: one question to the server.
 */
static char *
end_text(struct pg_db *pg)
{
	struct buf b = {0};
	const char *row;

	buf_add(&b, pg->late.data, pg->late.len);
	if (pg->counts.len > 0) {
		row = strstr(pg->count, COUNT_ROW);
		buf_addf(&b, "%.*s%.*s%s;", (int)(row - pg->count), pg->count, (int)pg->counts.len,
		    pg->counts.data, row + strlen(COUNT_ROW));
	}
	buf_addstr(&b, pg->tell ? "COMMIT;" PG_NOTIFY : "COMMIT");
	pg->counts.len = 0;
	buf_clear(&pg->late);
	return buf_string(&b);
}

enum ending { ENDING_FAILED, ENDING_UNDONE, ENDING_DONE };

/* How the transaction itself ended, whatever comes behind that; or the error. */
static enum ending
look_at_end(struct pg_db *pg, struct err *e)
{
	enum ending end = ENDING_FAILED;
	bool failed = false;
	PGresult *res;

	while ((res = PQgetResult(pg->conn)) != NULL) {
		const char *what = PQcmdStatus(res);

		if (end == ENDING_FAILED && strcmp(what, "COMMIT") == 0)
			end = ENDING_DONE;
		else if (end == ENDING_FAILED && strcmp(what, "ROLLBACK") == 0)
			end = ENDING_UNDONE;
		else if (end == ENDING_FAILED && !failed &&
			 PQresultStatus(res) == PGRES_FATAL_ERROR) {
			pg_fail(pg, res, e);
			failed = true;
		}
		pg->told = end == ENDING_DONE && strcmp(what, "NOTIFY") == 0;
		PQclear(res);
	}
	if (end == ENDING_FAILED && !failed)
		pg_fail(pg, NULL, e);
	return end;
}

static enum ending
end_transaction(struct pg_db *pg, struct err *e)
{
	char *text = end_text(pg);
	enum ending end = ENDING_FAILED;

	if (PQsendQuery(pg->conn, text) == 1)
		end = look_at_end(pg, e);
	else
		pg_fail(pg, NULL, e);
	free(text);
	return end;
}

void
pg_rollback(struct db *db)
{
	struct pg_db *pg = pg_db(db);
	struct err unused;

	pg->in_transaction = false;
	pg->counts.len = 0;
	buf_clear(&pg->late);
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

int
pg_commit(struct db *db, struct err *e)
{
	struct pg_db *pg = pg_db(db);
	enum ending end;
	int rc;

	if ((rc = submit_flush(pg, e)) < 0)
		return rc;
	end = end_transaction(pg, e);
	pg->in_transaction = false;
	if (end == ENDING_FAILED)
		rc = pg_is_lost(pg) ? after_loss(pg, e) : e->code;
	else if (end == ENDING_UNDONE)
		rc = err_set(
		    e, E_STORE, "database '%s' has undone what was to be stored", db->name);
	return rc;
}

int
pg_end_read(struct db *db, struct err *e)
{
	struct pg_db *pg = pg_db(db);

	pg->in_transaction = false;
	return pg_run(pg, "COMMIT", e);
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
