/*
 * commit: transactions, see store/sql/driver.h.
 *
 * One transaction at a time writes: a lock of the server's, taken at the begin and given back with
 * the end, does what SQLite's writers' lock does. Each statement sees what was committed before it.
 * Only what touches nothing but rows that it has locked shares that lock with its likes: those of
 * claim.c, finish.c and submit.c.
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
#define LOOK "SELECT version, pg_current_xact_id(), " PG_CLOCK ", lowest FROM schema_version"

#define BEGIN(lock) "BEGIN;SELECT " lock "(" PG_LOCK_WRITE ");" LOOK

static const char begin_alone[] = BEGIN("pg_advisory_xact_lock");
static const char begin_shared[] = BEGIN("pg_advisory_xact_lock_shared");
static const char begin_own[] = "BEGIN;" LOOK;

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
	const char *text = pg->own ? begin_own : pg->share ? begin_shared : begin_alone;

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
	number_begin(pg);
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

/* The totals, last of all that a transaction locks, and its end: one question to the server. */
static PGresult *
end_counted(struct pg_db *pg, struct err *e)
{
	const char *row = strstr(pg->count, COUNT_ROW);
	char *text = xasprintf("%.*s%.*s%s; COMMIT", (int)(row - pg->count), pg->count,
	    (int)pg->counts.len, pg->counts.data, row + strlen(COUNT_ROW));
	PGresult *res = pg_exec(pg, text, e);

	pg->counts.len = 0;
	free(text);
	return res;
}

void
pg_rollback(struct db *db)
{
	struct pg_db *pg = pg_db(db);
	struct err unused;

	pg->in_transaction = false;
	pg->counts.len = 0;
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
	PGresult *res;
	int rc;

	if ((rc = submit_flush(pg, e)) < 0)
		return rc;
	res = pg->counts.len > 0 ? end_counted(pg, e) : pg_exec(pg, "COMMIT", e);
	pg->in_transaction = false;
	if (res == NULL)
		rc = pg_is_lost(pg) ? after_loss(pg, e) : e->code;
	else if (strcmp(PQcmdStatus(res), "COMMIT") != 0)
		rc = err_set(
		    e, E_STORE, "database '%s' has undone what was to be stored", db->name);
	PQclear(res);
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
