/*
 * node: the daemons that use this store; on SQLite one at a time. How those of several hosts do
 * together is in lease.c.
 */
#include <inttypes.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/proc.h"
#include "job/words.h"
#include "store/lease.h"
#include "store/sql/clock.h"
#include "store/sql/db.h"
#include "store/sql/define.h"
#include "store/sql/lead.h"
#include "store/sql/line.h"
#include "store/sql/occ.h"
#include "store/sql/row.h"
#include "store/sql/slots.h"
#include "store/sql/used.h"

#define RECALL_MAX 500 /* in one transaction */

/* ---- coming up ---- */

static int
put_node(struct db *db, const struct node *n, int64_t now, struct err *e)
{
	char *labels = words_format(&n->labels);
	int rc = db_do(db, e,
	    "INSERT INTO nodes (id, host, zone, version, labels, wake, runtime, capacity, boot,"
	    " pid, start, started_at, heartbeat_at, lease_until, live) VALUES (?1, ?2, ?3, ?4,"
	    " ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13, 1)"
	    " ON CONFLICT (id) DO UPDATE SET host = ?2, zone = ?3, version = ?4, labels = ?5,"
	    " wake = ?6, runtime = ?7, capacity = ?8, boot = ?9, pid = ?10, start = ?11,"
	    " started_at = ?12, heartbeat_at = ?12, lease_until = ?13, live = 1",
	    BIND(S(n->id), S(n->host), S(n->zone), S(n->version), S(labels), S(n->wake),
		S(n->runtime), I(n->capacity), S(n->proc.boot), I(n->proc.pid),
		I((int64_t)n->proc.start), I(now),
		T(n->lease > 0 ? now + n->lease : INSTANT_NONE)));

	free(labels);
	return rc;
}

/* An @reboot job that has not had its turn in this boot is due, unless it waits already. */
static int
schedule_reboot(struct db *db, int64_t id, int64_t now, struct err *e)
{
	struct occ o;
	struct row r;
	int rc;

	/* What runs of it may be the last: its job is being cancelled, or its entry has gone. */
	if ((rc = occ_running(db, id, &o, e)) != 0 &&
	    (rc < 0 || (o.wish & (WISH_CANCEL | WISH_RETIRE)) != 0))
		return rc;
	if ((rc = row_get(db, id, &r, e)) < 0)
		return rc;
	if ((rc = occ_main(db, &r, &o, e)) == 0 && !define_is_over(&r, now) &&
	    (rc = used_instant(db, id, &now, e)) >= 0 &&
	    (rc = occ_next(db, &r, now, 0, e)) >= 0)
		rc = row_set_due(db, id, r.due_at, r.due_for, e);
	row_release(&r);
	return rc;
}

static int
schedule_reboots(struct db *db, const char *boot, int64_t now, struct err *e)
{
	int64_t *ids = NULL;
	size_t n = 0, cap = 0;
	struct cursor *st;
	int rc = db_first(db, e, &st,
	    "SELECT id FROM jobs INDEXED BY jobs_reboot WHERE boot_id IS NOT NULL AND boot_id <> ?"
	    " AND state = 'active'"
	    " AND ended_at IS NULL ORDER BY id",
	    BIND(S(boot)));

	for (; rc > 0; rc = db_next(db, e, st)) {
		ids = mem_grow(ids, n, &cap, sizeof(*ids));
		ids[n++] = col_int(st, 0);
	}
	for (size_t i = 0; i < n && rc >= 0; i++)
		rc = schedule_reboot(db, ids[i], now, e);
	free(ids);
	return rc < 0 ? rc : 0;
}

/*
 * What others refused, or this one under other labels, may find its node in this one: it is ready
 * again. Transactions of its own.
 */
static int
recall(struct db *db, const struct node *n, int64_t now, struct err *e)
{
	bool more = true;
	int rc = 0;

	while (more && rc >= 0 && (rc = db_begin(db, e)) >= 0) {
		db->now = now;
		rc = db_end(db, line_recall(db, n->id, &n->labels, RECALL_MAX, &more, e), e);
	}
	return rc;
}

/* The process, as proc_text says it. */
#define WHO "boot || ' ' || pid || ' ' || start"

static bool
is_heir(const struct node *n, const char *who)
{
	char own[PROC_TEXT];

	proc_text(&n->proc, own, sizeof(own));
	if (strcmp(who, own) == 0)
		return true;
	for (size_t i = 0; i < n->was.n; i++)
		if (strcmp(who, n->was.v[i]) == 0)
			return true;
	return false;
}

/*
 * A daemon of another place that has this id must not be taken for dead, nor what it has left
 * running, whatever its host is called: two can have one name. In one place a lock sees to that.
 */
static int
check_free(struct db *db, const struct node *n, int64_t now, struct err *e)
{
	struct cursor *st;
	int rc = db_first(db, e, &st,
	    "SELECT host, " WHO " FROM nodes WHERE id = ?1"
	    " AND lease_until >= ?2 AND (live = 1 OR EXISTS (SELECT 1 FROM occurrences o"
	    " JOIN attempts a ON a.id = o.fence WHERE o.state = 1 AND a.node = ?1))",
	    BIND(S(n->id), I(now - n->lease / LEASE_MARGIN)));

	if (rc <= 0)
		return rc;
	rc = is_heir(n, col_text(st, 1))
		 ? 0
		 : err_set(e, E_CONFLICT,
		       "node '%s' is another jobschedd, on host '%s': each needs a node_id of its "
		       "own",
		       n->id, col_text(st, 0));
	db_reset(st);
	return rc;
}

/* Where there is one daemon to a database, any other was killed. */
static int
take_place(struct db *db, const struct node *n, int64_t now, struct err *e)
{
	if (n->lease > 0)
		return check_free(db, n, now, e);
	return db_do(db, e, "UPDATE nodes SET live = 0 WHERE live = 1 AND id <> ?",
	    BIND(S(n->id)));
}

int
sql_node_up(struct store *s, const struct node *n, int64_t now, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	if ((rc = db_begin(db, e)) < 0)
		return rc;
	if ((rc = take_place(db, n, now, e)) >= 0 && (rc = put_node(db, n, now, e)) >= 0 &&
	    (rc = db_do(db, e, "DELETE FROM tab_differences WHERE node = ?", BIND(S(n->id)))) >= 0)
		rc = schedule_reboots(db, n->proc.boot, now, e);
	rc = db_end(db, rc, e);
	return rc < 0 ? rc : recall(db, n, now, e);
}

/* ---- being there ---- */

static int
update_node(
    struct db *db, const char *id, const char *text, const struct val *v, size_t n, struct err *e)
{
	int64_t changed;
	int rc = db_change(db, e, &changed, text, v, n);

	if (rc == 0 && changed == 0)
		rc = err_set(e, E_NOTFOUND, "no such node: '%s'", id);
	return rc;
}

int
sql_node_beat(struct store *s, const char *id, const struct moment *now, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	if ((rc = db_begin(db, e)) < 0)
		return rc;
	rc = update_node(db, id,
	    "UPDATE nodes SET heartbeat_at = ?1, last_tick_at = ?1 WHERE id = ?2",
	    BIND(I(now->wall_clock), S(id)), e);
	return db_end(db, rc < 0 ? rc : clock_keep(db, now, e), e);
}

int
sql_node_down(
    struct store *s, const char *id, const struct proc_id *proc, int64_t now, struct err *e)
{
	struct db *db = db_of(s);
	char who[PROC_TEXT] = "";
	int rc;

	if (proc != NULL)
		proc_text(proc, who, sizeof(who));
	if ((rc = db_begin(db, e)) < 0)
		return rc;
	rc = db_do(db, e,
	    "UPDATE nodes SET live = 0, heartbeat_at = ?1 WHERE id = ?2"
	    " AND (?3 = '' OR " WHO " = ?3)",
	    BIND(I(now), S(id), S(who)));
	return db_end(db, rc, e);
}

int
sql_node_drain(
    struct store *s, const char *id, const char *zone, bool drain, int64_t now, struct err *e)
{
	struct db *db = db_of(s);
	int64_t changed;
	int rc;

	(void)now;
	if ((rc = db_begin(db, e)) < 0)
		return rc;
	rc = db_change(db, e, &changed,
	    "UPDATE nodes SET drain = ?1 WHERE (?2 IS NULL OR id = ?2) AND (?3 IS NULL OR zone = "
	    "?3)",
	    BIND(I(drain), S(id), S(zone)));
	if (rc == 0 && changed == 0)
		rc = id != NULL ? err_set(e, E_NOTFOUND, "no such node: '%s'", id)
				: err_set(e, E_NOTFOUND, "no node is in zone '%s'", zone);
	return db_end(db, rc, e);
}

/* By the highest term those who lead know that they do: it must not be given out again. */
static int
check_gone(struct db *db, const char *id, struct err *e)
{
	bool live, busy, leads;
	struct cursor *st;
	int rc = db_first(db, e, &st,
	    "SELECT live = 1, EXISTS (SELECT 1 FROM occurrences o JOIN attempts a ON a.id = o.fence"
	    " WHERE o.state = 1 AND a.node = nodes.id),"
	    " term > 0 AND term = (SELECT max(term) FROM nodes) FROM nodes WHERE id = ?",
	    BIND(S(id)));

	if (rc < 0)
		return rc;
	if (rc == 0)
		return err_set(e, E_NOTFOUND, "no such node: '%s'", id);
	live = col_int(st, 0) != 0;
	busy = col_int(st, 1) != 0;
	leads = col_int(st, 2) != 0;
	db_reset(st);
	return live    ? err_set(e, E_CONFLICT, "node '%s' is live", id)
	       : busy  ? err_set(e, E_CONFLICT, "node '%s' has jobs that may be running", id)
	       : leads ? err_set(e, E_CONFLICT,
			     "node '%s' was the last to lead: another has to lead first", id)
		       : 0;
}

int
sql_node_forget(struct store *s, const char *id, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	if ((rc = db_begin(db, e)) < 0)
		return rc;
	if ((rc = check_gone(db, id, e)) >= 0 &&
	    (rc = db_do(db, e, "DELETE FROM tab_differences WHERE node = ?", BIND(S(id)))) >= 0 &&
	    (rc = db_do(db, e,
		 "DELETE FROM given_up WHERE runner IN (SELECT id FROM runners WHERE node = ?)",
		 BIND(S(id)))) >= 0)
		rc = db_do(db, e, "DELETE FROM nodes WHERE id = ?", BIND(S(id)));
	return db_end(db, rc, e);
}

/* ---- telling ---- */

static const char *
state_of(int64_t live, bool drain, int64_t running)
{
	if (live != 1)
		return live == 0 ? "stopped" : "dead";
	if (!drain)
		return "live";
	return running > 0 ? "draining" : "drained";
}

static void
read_node(struct cursor *st, struct node *n)
{
	memset(n, 0, sizeof(*n));
	n->id = xstrdup(col_text(st, 0));
	n->host = xstrdup(col_text(st, 1));
	n->zone = xstrdup(col_text(st, 2));
	n->version = xstrdup(col_text(st, 3));
	if (col_text(st, 4) != NULL)
		words_parse(col_text(st, 4), &n->labels);
	n->wake = xstrdup(col_text(st, 5));
	n->runtime = xstrdup(col_text(st, 6));
	n->capacity = col_int(st, 7);
	strlcpy(n->proc.boot, col_text(st, 8), sizeof(n->proc.boot));
	n->proc.pid = (pid_t)col_int(st, 9);
	n->proc.start = (uint64_t)col_int(st, 10);
	n->started_at = col_int(st, 11);
	n->heartbeat_at = col_int(st, 12);
	n->last_tick_at = col_time(st, 13);
	n->running = col_int(st, 16);
	n->state = xstrdup(state_of(col_int(st, 14), col_int(st, 15) != 0, n->running));
	n->role = xstrdup(col_int(st, 17) != 0 ? "leader" : "follower");
}

bool
sql_wake(struct store *s, bool (*tell)(const char *))
{
	struct db *db = db_of(s);
	struct strv sockets = {0};
	struct cursor *st;
	struct err unused;
	bool any = false;
	int rc;

	if (tell == NULL)
		return false;
	rc = db_first(db, &unused, &st,
	    "SELECT wake FROM nodes WHERE live <> 0 AND wake <> '' ORDER BY id", NOBIND);
	for (; rc > 0; rc = db_next(db, &unused, st))
		strv_push(&sockets, col_text(st, 0));
	for (size_t i = 0; i < sockets.n; i++)
		any = tell(sockets.v[i]) || any;
	strv_clear(&sockets);
	return any;
}

int
sql_node_list(
    struct store *s, int (*each)(void *, const struct node *), void *arg, struct err *e)
{
	struct db *db = db_of(s);
	struct node *v = NULL;
	size_t n = 0, cap = 0;
	bool enough = false;
	struct cursor *st;
	int rc = db_first(db, e, &st,
	    "SELECT id, host, zone, version, labels, wake, runtime, capacity, boot, pid, start,"
	    " started_at, heartbeat_at, last_tick_at, live, drain <> 0 OR " WHO " ="
	    " (SELECT value FROM settings WHERE key = '" SETTING_STOPPING "'),"
	    " (SELECT count(*) FROM occurrences o JOIN attempts a ON a.id = o.fence"
	    "  WHERE o.state = 1 AND a.node = nodes.id),"
	    " live = 1 AND (lease_until IS NULL OR (term > 0 AND term = (SELECT max(term)"
	    "  FROM nodes))) FROM nodes ORDER BY id",
	    NOBIND);

	for (; rc > 0; rc = db_next(db, e, st)) {
		v = mem_grow(v, n, &cap, sizeof(*v));
		read_node(st, &v[n++]);
	}
	for (size_t i = 0; i < n; i++) {
		enough = enough || rc < 0 || each(arg, &v[i]) != 0;
		node_release(&v[i]);
	}
	free(v);
	return rc;
}
