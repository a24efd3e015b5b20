/*
 * connect: connections, see handle.h.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "store/pg/handle.h"

#define OLDEST_SERVER 130000
#define SHARDS 64 /* of table counters, as in settings */
#define RETRY_FIRST INT64_C(100000) /* µs from a connection that failed to the next */
#define RETRY_MAX INT64_C(5000000)

/*
 * Plans are made once, by what there is an index for: what the tables hold when a statement is seen
 * first says nothing of later. A transaction whose process is frozen, or cut off, must not
 * hold up the others.
 */
static const char settings[] =
    "SET search_path TO jobsched, pg_temp;"
    "SET client_min_messages TO error;"
    "SET statement_timeout TO 0;"
    "SET idle_in_transaction_session_timeout TO 5000;"
    "SET default_transaction_isolation TO 'read committed';"
    "SET plan_cache_mode TO force_generic_plan;"
    "SET enable_seqscan TO off;"
    "SET enable_hashjoin TO off;"
    "SET enable_mergejoin TO off;"
    "SET jit TO off;"
    "SELECT CASE WHEN pg_is_in_recovery() THEN ''"
    " ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END, " PG_CLOCK ","
    " (SELECT s FROM generate_series(0, 63) AS s"
    "  WHERE pg_try_advisory_lock(" PG_LOCK_SHARD ", s) LIMIT 1),"
    " CASE WHEN current_setting('synchronous_commit') = 'off'"
    "  THEN set_config('synchronous_commit', 'on', false) END,"
    " CASE WHEN current_setting('idle_session_timeout', true) <> '0'"
    "  THEN set_config('idle_session_timeout', '0', false) END,"
    " CASE WHEN current_setting('transaction_timeout', true) <> '0'"
    "  THEN set_config('transaction_timeout', '0', false) END";

#define GREETING 6 /* columns of that; a server that is older does not know the last two */

/* What is mostly there is asked for in the same breath. */
static const char with_version[] = ", version, lowest FROM jobsched.schema_version";

static void
ignore_notice(void *arg, const char *message)
{
	(void)arg;
	(void)message;
}

bool
pg_is_lost(const struct pg_db *pg)
{
	return pg->conn == NULL || PQstatus(pg->conn) != CONNECTION_OK;
}

int
pg_wait(const struct pg_db *pg)
{
	int64_t us = pg->db.store.patience;

	return us > 0 && us < PG_WAIT_MS * INT64_C(1000) ? (int)(us / 1000) : PG_WAIT_MS;
}

/* What the URI says comes last, and so holds. */
static PGconn *
connect_anew(const char *uri, int wait)
{
	static const char *const names[] = {"fallback_application_name", "client_encoding",
	    "connect_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count",
	    "tcp_user_timeout", "dbname", NULL};
	char seconds[16], ms[16];
	const char *const values[] = {"jobsched", "UTF8", seconds, "5", "2", "3", ms, uri, NULL};

	/* Less than two seconds is nothing that libpq waits. */
	snprintf(seconds, sizeof(seconds), "%d", wait < 2000 ? 2 : wait / 1000);
	snprintf(ms, sizeof(ms), "%d", wait);
	return PQconnectdbParams(names, values, 1);
}

void
pg_follow_clock(const PGresult *res, int column, int64_t asked)
{
	clock_follow(pg_number(res, column), asked, clock_boot());
}

static PGresult *
say(struct pg_db *pg, const char *behind, struct err *e)
{
	char *text = xasprintf("SET lock_timeout TO %d;%s%s", pg->wait, settings, behind);
	PGresult *res = pg_exec(pg, text, e);

	free(text);
	return res;
}

/* Of a database that has no schema yet, or none that we may see, what else there is to say. */
static PGresult *
introduce(struct pg_db *pg, struct err *e)
{
	PGresult *res = say(pg, with_version, e);

	pg->found = res != NULL && PQntuples(res) == 1;
	if (pg->found) {
		pg->version = (int)pg_number(res, GREETING);
		pg->lowest = (int)pg_number(res, GREETING + 1);
		return res;
	}
	PQclear(res);
	return pg_is_lost(pg) ? NULL : say(pg, "", e);
}

static int
greet(struct pg_db *pg, struct err *e)
{
	int64_t asked = clock_boot();
	PGresult *res;

	PQsetNoticeProcessor(pg->conn, ignore_notice, NULL);
	if (PQserverVersion(pg->conn) < OLDEST_SERVER)
		return err_set(e, E_STORE,
		    "database '%s': PostgreSQL 13 or newer is needed, and this server is older",
		    pg->db.name);
	res = introduce(pg, e);
	if (res == NULL)
		return e->code;
	strlcpy(pg->timeline, PQgetvalue(res, 0, 0), sizeof(pg->timeline));
	pg_follow_clock(res, 1, asked);
	/* Its own, as long as there is one that nobody has: who shares one waits for the other. */
	pg->db.shard = PQgetisnull(res, 0, 2) ? PQbackendPID(pg->conn) % SHARDS
					      : (int)pg_number(res, 2);
	PQclear(res);
	return pg_listen_anew(pg, e);
}

/* The same pause for all would make all come at once. */
static void
put_off(struct pg_db *pg)
{
	int64_t now = clock_boot();
	uint64_t dice = hash_bytes(HASH_SEED, &now, sizeof(now));

	pg->retry_wait = pg->retry_wait == 0 ? RETRY_FIRST : pg->retry_wait * 2;
	if (pg->retry_wait > RETRY_MAX)
		pg->retry_wait = RETRY_MAX;
	pg->retry_at = now + pg->retry_wait / 2 + (int64_t)(dice % (uint64_t)pg->retry_wait) / 2;
}

static void
note_back(struct pg_db *pg)
{
	struct store_outage *o = &pg->db.store.outage;

	if (o->since != 0)
		o->back = clock_boot();
	o->since = 0;
}

static int
try_connect(struct pg_db *pg, struct err *e)
{
	int rc;

	PQfinish(pg->conn);
	/* What was put, or asked last, went with that one. */
	pg->pipe.n = 0;
	pg->unread = false;
	pg->wait = pg_wait(pg);
	if ((pg->conn = connect_anew(pg->uri, pg->wait)) == NULL)
		return err_set(e, E_FAIL, "no memory");
	if (PQstatus(pg->conn) != CONNECTION_OK)
		rc = pg_fail_connect(pg, PQerrorMessage(pg->conn), e);
	else
		rc = greet(pg, e);
	if (rc == 0) {
		pg->generation++;
		pg->retry_wait = pg->retry_at = 0;
		note_back(pg);
		return 0;
	}
	PQfinish(pg->conn);
	pg->conn = NULL;
	put_off(pg);
	return rc;
}

void
pg_read_rest(struct pg_db *pg)
{
	PGresult *res;

	while (pg->unread && (res = PQgetResult(pg->conn)) != NULL)
		PQclear(res);
	pg->unread = false;
}

/* What the server said meanwhile; that it has gone, mostly. */
static void
listen_in(struct pg_db *pg)
{
	struct pollfd in = {.fd = PQsocket(pg->conn), .events = POLLIN};

	while (!pg_is_lost(pg) && poll(&in, 1, 0) == 1 && PQconsumeInput(pg->conn) == 1)
		continue;
}

int
pg_connect(struct pg_db *pg, struct err *e)
{
	if (!pg_is_lost(pg)) {
		pg_read_rest(pg);
		listen_in(pg);
	}
	if (!pg_is_lost(pg) && pg->wait == pg_wait(pg)) {
		note_back(pg);
		if (PQtransactionStatus(pg->conn) == PQTRANS_IDLE)
			return 0;
		return pg_run(pg, "ROLLBACK", e);
	}
	if (pg_is_lost(pg) && pg->retry_at > clock_boot())
		return err_set(e, E_STORE,
		    "database '%s' was out of reach a moment ago: it is tried again soon",
		    pg->db.name);
	return try_connect(pg, e);
}
