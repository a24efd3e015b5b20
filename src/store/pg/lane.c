/*
 * lane: see lane.h.
 *
 * The rows of a chunk are made in memory, and sent without waiting for anything. Their transaction
 * has no lock yet: nobody else sees what it does, and jobs without a name, which is all that comes
 * here, are in nobody's way. So a program that stands still in the middle of it, because nobody
 * reads what it prints, holds up no other. When the chunk's turn comes, the transaction takes the
 * lock that all who submit share (commit.c), looks whether the schema is still the one it knows,
 * and ends as usual, and then the next one may.
 *
 * Whatever goes wrong before that is not told: the chunk is stored the usual way, which finds out.
 */
#include "store/pg/lane.h"

#include <poll.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/ahead.h"
#include "store/pg/handle.h"
#include "store/pg/submit.h"
#include "store/sql/batch.h"
#include "store/sql/slots.h"

#define LANES SUBMITS_AHEAD

enum at { COPYING, COPIED, FAILED };

struct lane {
	struct pg_db *pg; /* NULL: it has no connection yet */
	const struct submit *what;
	enum at at;
	int table; /* whose rows are asked for next, or one behind it */
};

struct lanes {
	struct lane v[LANES];
	size_t first, used; /* under way, in their order */
	size_t missed; /* announced, and to be stored the usual way: others wait for that */
	bool closed;	    /* there was trouble with them */
};

/* ---- the server's side ---- */

/* Those of the next table that has any, now that the server asks for them. */
static bool
send_rows(struct lane *l)
{
	PGconn *conn = l->pg->conn;
	struct pg_copy *c;

	do
		c = &l->pg->copy[l->table++];
	while (c->rows.len == 0);
	rows_sort(c);
	if (PQputCopyData(conn, c->rows.data, (int)c->rows.len) != 1 ||
	    PQputCopyEnd(conn, NULL) != 1)
		return false;
	rows_clear(c);
	return true;
}

static bool
take_result(struct lane *l, PGresult *res)
{
	ExecStatusType status = PQresultStatus(res);

	PQclear(res);
	return status == PGRES_COPY_IN ? send_rows(l) : status == PGRES_COMMAND_OK;
}

/* As far as it goes without a wait. */
static void
pump(struct lane *l)
{
	PGconn *conn = l->pg->conn;
	PGresult *res;

	while (l->at == COPYING) {
		if (PQflush(conn) < 0 || PQconsumeInput(conn) == 0)
			l->at = FAILED;
		else if (PQisBusy(conn))
			return;
		else if ((res = PQgetResult(conn)) == NULL)
			l->at = COPIED;
		else if (!take_result(l, res))
			l->at = FAILED;
	}
}

static void
pump_all(struct lanes *s)
{
	for (size_t i = 0; i < s->used; i++)
		pump(&s->v[(s->first + i) % LANES]);
}

/* Until one of them can go on. */
static void
wait_for_any(const struct lanes *s)
{
	struct pollfd fds[LANES];
	nfds_t n = 0;

	for (size_t i = 0; i < s->used; i++) {
		const struct lane *l = &s->v[(s->first + i) % LANES];

		if (l->at != COPYING)
			continue;
		fds[n].fd = PQsocket(l->pg->conn);
		fds[n].events = PQflush(l->pg->conn) == 0 ? POLLIN : POLLIN | POLLOUT;
		n++;
	}
	(void)poll(fds, n, -1);
}

/* ---- giving up ---- */

/* The server undoes it at once, whatever it waits for. */
static void
close_lane(struct lane *l)
{
	PGcancel *cancel;
	char why[256];

	if (l->pg == NULL)
		return;
	if (l->what != NULL && (cancel = PQgetCancel(l->pg->conn)) != NULL) {
		(void)PQcancel(cancel, why, sizeof(why));
		PQfreeCancel(cancel);
	}
	pg_close(&l->pg->db.store);
	*l = (struct lane){0};
}

static void
close_all(struct lanes *s)
{
	for (size_t i = 0; i < LANES; i++)
		close_lane(&s->v[i]);
	s->used = 0;
	s->closed = true;
}

void
lane_release(struct pg_db *pg)
{
	if (pg->lanes != NULL)
		close_all(pg->lanes);
	free(pg->lanes);
}

/* ---- taking ---- */

static bool
open_lane(struct pg_db *pg, struct lane *l)
{
	struct store *s;
	struct err unused;

	if (l->pg == NULL && pg_open(&s, strchr(pg->uri, ':') + 1, STORE_WRITE, &unused) == 0)
		l->pg = pg_of(s);
	return l->pg != NULL;
}

static bool
make_rows(struct pg_db *pg, const struct submit *what, int64_t *ids)
{
	struct err unused;
	size_t bad;

	if (number_take(pg, (int)what->n, &unused) < 0)
		return false;
	pg->in_transaction = true;
	pg->collect = COLLECT_KEEP;
	pg->db.now = what->now;
	return sql_submit_jobs(&pg->db, what, ids, &bad, &unused) == 0;
}

static bool
begin_copy(struct lane *l)
{
	struct pg_db *pg = l->pg;
	struct buf b = {0};
	char *text;
	bool sent;

	buf_addstr(&b, "BEGIN");
	for (int i = 0; i < COPY_TABLES; i++)
		if (pg->copy[i].rows.len > 0) {
			text = submit_copy_text(&pg->copy[i]);
			buf_addf(&b, ";%s", text);
			free(text);
		}
	text = buf_string(&b);
	sent = PQsetnonblocking(pg->conn, 1) == 0 && PQsendQuery(pg->conn, text) == 1;
	free(text);
	l->table = 0;
	l->at = COPYING;
	return sent;
}

static bool
is_free_of_names(const struct submit *what)
{
	for (size_t i = 0; i < what->n; i++)
		if (what->jobs[i].name != NULL)
			return false;
	return true;
}

static bool
take(struct pg_db *pg, const struct submit *what, int64_t *ids)
{
	struct lanes *s = pg->lanes;
	struct lane *l = &s->v[(s->first + s->used) % LANES];

	if (s->closed || s->missed > 0 || s->used == LANES || !submit_is_simple(what) ||
	    !is_free_of_names(what))
		return false;
	if (!open_lane(pg, l) || !make_rows(l->pg, what, ids) || !begin_copy(l)) {
		close_lane(l);
		s->closed = true;
		return false;
	}
	l->what = what;
	s->used++;
	return true;
}

void
lane_take(struct pg_db *pg, const struct submit *what, int64_t *ids)
{
	if (pg->lanes == NULL)
		pg->lanes = xcalloc(1, sizeof(*pg->lanes));
	if (!take(pg, what, ids))
		pg->lanes->missed++;
	pump_all(pg->lanes);
}

/* ---- storing ---- */

static int
note_batch(struct pg_db *pg, const struct submit *what, const int64_t *ids, struct err *e)
{
	int rc;

	if (what->batch == NULL)
		return 0;
	rc = batch_advance(&pg->db, what, e);
	return rc < 0 ? rc : batch_note(&pg->db, what, ids, e);
}

/* 1, 0 or an error, as lane_submit. */
static int
end(struct pg_db *pg, const struct submit *what, const int64_t *ids, struct err *e)
{
	int32_t batch = what->batch != NULL ? submit_batch(what->batch) : 0;
	int rc;

	if (PQsetnonblocking(pg->conn, 0) != 0)
		return 0;
	/* From here on it is a transaction like any other that submits. */
	if ((rc = pipe_share(pg, batch, e)) < 0)
		return pg_is_lost(pg) || pg->db.store.outdated ? 0 : rc;
	pg->refused = false;
	pg->tell = true;
	rc = db_end(&pg->db, note_batch(pg, what, ids, e), e);
	if (rc == 0)
		return 1;
	return pg->refused || rc == E_INPUT ? 0 : rc;
}

static int
store_first(struct lanes *s, const int64_t *ids, struct pg_db *pg, struct err *e)
{
	struct lane *l = &s->v[s->first];
	int rc = 0;

	for (pump_all(s); l->at == COPYING; pump_all(s))
		wait_for_any(s);
	if (l->at == COPIED)
		rc = end(l->pg, l->what, ids, e);
	pg->told = rc == 1 && l->pg->told;
	pg->db.unsure = l->pg->db.unsure;
	if (rc < 1)
		return rc;
	l->what = NULL;
	s->first = (s->first + 1) % LANES;
	s->used--;
	return 1;
}

int
lane_submit(struct pg_db *pg, const struct submit *what, const int64_t *ids, struct err *e)
{
	struct lanes *s = pg->lanes;
	int rc = 0;

	if (s == NULL)
		return 0;
	if (s->used > 0 && s->v[s->first].what == what)
		rc = store_first(s, ids, pg, e);
	else
		s->missed -= s->missed > 0;
	if (rc < 1 && s->used > 0)
		close_all(s);
	return rc;
}
