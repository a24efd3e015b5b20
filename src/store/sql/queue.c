/*
 * queue: limits, as the config has them, and pauses of queues. Who stands in line is in line.c.
 */
#include "base/err.h"
#include "base/mem.h"
#include "store/sql/db.h"
#include "store/sql/lead.h"
#include "store/sql/line.h"
#include "store/sql/pause.h"
#include "store/sql/slots.h"

/* ---- limits ---- */

static int
set_limit(struct db *db, const struct queue_limit *q, struct err *e)
{
	line_look_at(db, GATE_QUEUE, q->name);
	return db_do(db, e,
	    "INSERT INTO queues (name, max_running) VALUES (?1, ?2)"
	    " ON CONFLICT (name) DO UPDATE SET max_running = ?2",
	    BIND(S(q->name), I(q->max_running)));
}

static int
drop_limits(struct db *db, struct err *e)
{
	struct cursor *st;
	int rc = db_first(
	    db, e, &st, "SELECT name FROM queues WHERE max_running IS NOT NULL", NOBIND);

	for (; rc > 0; rc = db_next(db, e, st))
		line_look_at(db, GATE_QUEUE, col_text(st, 0));
	return rc < 0 ? rc : db_do(db, e, "UPDATE queues SET max_running = NULL", NOBIND);
}

int
sql_queue_limits(
    struct store *s, const struct queue_limit *q, size_t n, int64_t now, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	if ((rc = lead_begin(db, e)) < 0)
		return rc;
	db->now = now;
	rc = drop_limits(db, e);
	for (size_t i = 0; i < n && rc >= 0; i++)
		rc = set_limit(db, &q[i], e);
	return db_end(db, rc, e);
}

/* ---- pauses ---- */

int
sql_queue_pause(struct store *s, const char *name, int64_t until, const char *reason,
    int64_t now, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	if ((rc = db_begin(db, e)) < 0)
		return rc;
	/* A pause on top of a pause gives it another end and reason; it began when it began. */
	rc = db_do(db, e,
	    "INSERT INTO queues (name, paused, paused_at, paused_until, reason)"
	    " VALUES (?1, 1, ?2, ?3, ?4) ON CONFLICT (name) DO UPDATE SET"
	    " paused_at = CASE WHEN queues.paused = 1 THEN queues.paused_at ELSE ?2 END,"
	    " paused = 1, paused_until = ?3, resumed_at = NULL, reason = ?4",
	    BIND(S(name), I(now), T(until), S(reason)));
	return db_end(db, rc, e);
}

static int
resume(struct db *db, const char *name, int64_t at, int64_t *changed, struct err *e)
{
	line_look_at(db, GATE_QUEUE, name);
	return db_change(db, e, changed,
	    "UPDATE queues SET paused = 0, resumed_at = ?, paused_until = NULL, reason = NULL"
	    " WHERE name = ? AND paused = 1",
	    BIND(I(at), S(name)));
}

int
sql_queue_resume(struct store *s, const char *name, int64_t now, struct err *e)
{
	struct db *db = db_of(s);
	int64_t changed;
	int rc;

	if ((rc = db_begin(db, e)) < 0)
		return rc;
	db->now = now;
	rc = resume(db, name, now, &changed, e);
	if (rc >= 0 && changed == 0)
		rc = err_set(e, E_CONFLICT, "queue '%s' is not paused", name);
	return db_end(db, rc, e);
}

int
pause_expire_queues(struct db *db, int64_t now, struct err *e)
{
	struct cursor *st;
	char *name;
	int64_t until, changed;
	int rc;

	/* Queues are few. */
	while ((rc = db_first(db, e, &st,
		    "SELECT name, paused_until FROM queues WHERE paused = 1 AND paused_until <= ?"
		    " LIMIT 1",
		    BIND(I(now)))) > 0) {
		name = xstrdup(col_text(st, 0));
		until = col_int(st, 1);
		db_reset(st);
		rc = resume(db, name, until, &changed, e);
		free(name);
		if (rc < 0)
			return rc;
	}
	return rc;
}

/* ---- how they are ---- */

static void
read_view(struct cursor *st, struct queue_view *q)
{
	*q = (struct queue_view){
	    .name = xstrdup(col_text(st, 0)),
	    .max_running = col_or(st, 1, 0),
	    .paused = col_int(st, 2) != 0,
	    .paused_until = col_time(st, 3),
	    .pause_reason = xstrdup(col_text(st, 4)),
	    .running = col_int(st, 5),
	    .waiting = col_int(st, 6),
	};
}

static int
tell(struct queue_view *v, size_t n, int rc, int (*each)(void *, const struct queue_view *),
    void *arg)
{
	bool enough = rc < 0;

	for (size_t i = 0; i < n; i++) {
		enough = enough || each(arg, &v[i]) != 0;
		free(v[i].name);
		free(v[i].pause_reason);
	}
	free(v);
	return rc;
}

int
sql_queue_list(
    struct store *s, int (*each)(void *, const struct queue_view *), void *arg, struct err *e)
{
	struct db *db = db_of(s);
	struct queue_view *v = NULL;
	size_t n = 0, cap = 0;
	struct cursor *st;
	int rc = db_first(db, e, &st,
	    "SELECT name, max_running, paused, paused_until, reason,"
	    " (SELECT count(*) FROM lines WHERE gate = 'q:' || name AND stage = 0),"
	    " (SELECT count(*) FROM lines WHERE gate = 'q:' || name AND stage > 0)"
	    " FROM queues WHERE max_running IS NOT NULL OR paused = 1 ORDER BY name",
	    NOBIND);

	for (; rc > 0; rc = db_next(db, e, st)) {
		v = mem_grow(v, n, &cap, sizeof(*v));
		read_view(st, &v[n++]);
	}
	return tell(v, n, rc, each, arg);
}
