/*
 * lease: see store/lease.h. All of it is decided in transactions that write, one at a time.
 */
#include "store/lease.h"

#include <inttypes.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/sql/db.h"
#include "store/sql/lead.h"
#include "store/sql/slots.h"

#define RESCUE_ROWS 500 /* in one transaction */

/* ---- leading ---- */

static int
check_lead(struct db *db, struct err *e)
{
	const struct store *s = &db->store;
	int64_t leads;
	int rc;

	if (s->term == 0)
		return 0;
	if ((rc = db_number(db, e, &leads, 0,
		 "SELECT EXISTS (SELECT 1 FROM nodes WHERE id = ?1 AND term = ?2)"
		 " AND NOT EXISTS (SELECT 1 FROM nodes WHERE term > ?2)",
		 BIND(S(s->leader), I(s->term)))) < 0)
		return rc;
	return leads ? 0
		     : err_set(e, E_CONFLICT,
			   "node '%s' does not lead any more (term %" PRId64 ")", s->leader,
			   s->term);
}

int
lead_begin(struct db *db, struct err *e)
{
	int rc = db_begin(db, e);

	if (rc == 0 && (rc = check_lead(db, e)) < 0)
		rc = db_end(db, rc, e);
	return rc;
}

/* The leader whose lease goes on; else the first that came up of those that live is the next. */
static int
elect(struct db *db, const struct node *n, int64_t now, int64_t *term, struct err *e)
{
	struct cursor *st;
	int64_t next = 0;
	bool own;
	int rc;

	*term = 0;
	if ((rc = db_first(db, e, &st,
		 "SELECT id, term, (SELECT max(term) + 1 FROM nodes),"
		 " term > 0 AND term = (SELECT max(term) FROM nodes) AS leads"
		 " FROM nodes WHERE live = 1 AND lease_until >= ?"
		 " ORDER BY leads DESC, drain, started_at, id LIMIT 1",
		 BIND(I(now)))) <= 0)
		return rc;
	own = strcmp(col_text(st, 0), n->id) == 0;
	if (col_int(st, 3) == 0)
		next = col_int(st, 2);
	else if (own)
		*term = col_int(st, 1);
	db_reset(st);
	if (!own || next == 0)
		return 0;
	*term = next;
	return db_do(db, e, "UPDATE nodes SET term = ? WHERE id = ?", BIND(I(next), S(n->id)));
}

static int
renew(struct db *db, const struct node *n, int64_t now, struct lease *l, struct err *e)
{
	int rc = db_do(db, e,
	    "UPDATE nodes SET lease_until = ?1, heartbeat_at = ?2 WHERE id = ?3 AND live = 1"
	    " AND boot = ?4 AND pid = ?5 AND start = ?6",
	    BIND(I(now + n->lease), I(now), S(n->id), S(n->proc.boot), I(n->proc.pid),
		I((int64_t)n->proc.start)));

	if (rc < 0)
		return rc;
	l->lost = db_changes(db) == 0;
	return l->lost ? 0 : elect(db, n, now, &l->term, e);
}

int
sql_lease_renew(
    struct store *s, const struct node *n, int64_t now, struct lease *l, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	*l = (struct lease){0};
	if ((rc = db_begin(db, e)) < 0)
		return rc;
	return db_end(db, renew(db, n, now, l, e), e);
}

/* ---- rescue ---- */

/* Once given up, a node cannot go on with its lease: it has to come up anew. */
static int
give_up(struct db *db, int64_t before, struct strv *nodes, struct err *e)
{
	struct cursor *st;
	int rc;

	if ((rc = lead_begin(db, e)) < 0)
		return rc;
	rc = db_first(db, e, &st,
	    "SELECT id FROM nodes WHERE live = 1 AND lease_until < ? ORDER BY id",
	    BIND(I(before)));
	for (; rc > 0; rc = db_next(db, e, st))
		strv_push(nodes, col_text(st, 0));
	for (size_t i = 0; i < nodes->n && rc >= 0; i++)
		rc = db_do(db, e, "UPDATE nodes SET live = 2 WHERE id = ?",
		    BIND(S(nodes->v[i])));
	return db_end(db, rc, e);
}

struct losses {
	struct result *v;
	size_t n, cap;
};

/* Also of daemons that were stopped, and whose runners have had their time. */
static int
find_losses(struct db *db, int64_t before, struct losses *l, struct err *e)
{
	struct cursor *st;
	int rc = db_first(db, e, &st,
	    "SELECT o.fence, n.id FROM occurrences o JOIN attempts a ON a.id = o.fence"
	    " JOIN nodes n ON n.id = a.node WHERE o.state = 1 AND n.lease_until < ?1"
	    " ORDER BY o.fence LIMIT ?2",
	    BIND(I(before), I(RESCUE_ROWS)));

	for (; rc > 0; rc = db_next(db, e, st)) {
		struct result *res;

		l->v = mem_grow(l->v, l->n, &l->cap, sizeof(*l->v));
		res = &l->v[l->n++];
		result_init(res);
		res->fence = col_int(st, 0);
		res->outcome = OUTCOME_LOST;
		res->reason = xasprintf("node '%s' was not heard of any more", col_text(st, 1));
	}
	return rc;
}

static void
losses_release(struct losses *l)
{
	for (size_t i = 0; i < l->n; i++)
		result_release(&l->v[i]);
	free(l->v);
}

static int
record(struct store *s, const struct losses *l, int64_t now, struct rescued *r, struct err *e)
{
	struct finished *done = xcalloc(l->n, sizeof(*done));
	int rc = sql_finish_attempts(s, l->v, l->n, now, done, e);

	for (size_t i = 0; i < l->n && rc >= 0; i++)
		if (!done[i].stale)
			r->attempts++;
	free(done);
	r->more = l->n == RESCUE_ROWS;
	return rc;
}

int
sql_rescue(struct store *s, int64_t before, int64_t now,
    void (*told)(void *, const char *), void *arg, struct rescued *r, struct err *e)
{
	struct losses l = {0};
	struct strv nodes = {0};
	int rc;

	*r = (struct rescued){0};
	if ((rc = give_up(db_of(s), before, &nodes, e)) >= 0) {
		r->nodes = (int64_t)nodes.n;
		for (size_t i = 0; i < nodes.n; i++)
			told(arg, nodes.v[i]);
		rc = find_losses(db_of(s), before, &l, e);
	}
	if (rc >= 0 && l.n > 0)
		rc = record(s, &l, now, r, e);
	losses_release(&l);
	strv_clear(&nodes);
	return rc;
}
