/*
 * lease: see store/lease.h. Who leads is decided in transactions that write, one at a time. The
 * lease itself waits for nobody: a node that holds up the others must not cost them theirs.
 */
#include "store/lease.h"

#include <inttypes.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/sql/db.h"
#include "store/sql/finish.h"
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

/*
 * The leader whose lease goes on; else the first that came up of those that live is the next. Its
 * term: 0 if that is another node; next is set if the term is to begin.
 */
static int
find_leader(struct db *db, const struct node *n, int64_t now, int64_t *term, bool *next,
    struct err *e)
{
	struct cursor *st;
	int rc;

	*term = 0;
	*next = false;
	if ((rc = db_first(db, e, &st,
		 "SELECT id, term, (SELECT max(term) + 1 FROM nodes),"
		 " term > 0 AND term = (SELECT max(term) FROM nodes) AS leads"
		 " FROM nodes WHERE live = 1 AND lease_until >= ?"
		 " ORDER BY leads DESC, drain, started_at, id LIMIT 1",
		 BIND(I(now)))) <= 0)
		return rc;
	if (strcmp(col_text(st, 0), n->id) == 0) {
		*next = col_int(st, 3) == 0;
		*term = col_int(st, *next ? 2 : 1);
	}
	db_reset(st);
	return 0;
}

/* Nobody else does so at the same time. */
static int
take_lead(struct db *db, const struct node *n, int64_t now, int64_t *term, struct err *e)
{
	bool next;
	int rc;

	if ((rc = db_begin(db, e)) < 0)
		return rc;
	rc = find_leader(db, n, now, term, &next, e);
	if (rc == 0 && next)
		rc = db_do(db, e, "UPDATE nodes SET term = ? WHERE id = ?",
		    BIND(I(*term), S(n->id)));
	return db_end(db, rc, e);
}

static int
renew(struct db *db, const struct node *n, int64_t now, struct lease *l, bool *next,
    struct err *e)
{
	int64_t changed;
	int rc = db_change(db, e, &changed,
	    "UPDATE nodes SET lease_until = ?1, heartbeat_at = ?2 WHERE id = ?3 AND live = 1"
	    " AND boot = ?4 AND pid = ?5 AND start = ?6",
	    BIND(I(now + n->lease), I(now), S(n->id), S(n->proc.boot), I(n->proc.pid),
		I((int64_t)n->proc.start)));

	if (rc < 0)
		return rc;
	l->lost = changed == 0;
	return l->lost ? 0 : find_leader(db, n, now, &l->term, next, e);
}

int
sql_lease_renew(
    struct store *s, const struct node *n, int64_t now, struct lease *l, struct err *e)
{
	struct db *db = db_of(s);
	bool next = false;
	struct err unused;
	int rc;

	*l = (struct lease){0};
	if ((rc = db_reach(db, REACH_OWN, e)) < 0 || (rc = db_begin(db, e)) < 0 ||
	    (rc = db_end(db, renew(db, n, now, l, &next, e), e)) < 0)
		return rc;
	/* The lease goes on, whether or not this can be said now; if not, then the next time. */
	if (next && take_lead(db, n, now, &l->term, &unused) < 0)
		l->term = 0;
	return 0;
}

/* ---- rescue ---- */

/*
 * Once given up, a node cannot go on with its lease: it has to come up anew. It may be renewing it
 * right now: who comes first holds.
 */
static int
give_up_one(struct db *db, const char *node, int64_t before, struct strv *given, struct err *e)
{
	int64_t changed;
	int rc = db_change(db, e, &changed,
	    "UPDATE nodes SET live = 2 WHERE id = ? AND live = 1 AND lease_until < ?",
	    BIND(S(node), I(before)));

	if (rc == 0 && changed > 0)
		strv_push(given, node);
	return rc;
}

static int
give_up(struct db *db, int64_t before, struct strv *given, struct err *e)
{
	struct strv late = {0};
	struct cursor *st;
	int rc;

	if ((rc = lead_begin(db, e)) < 0)
		return rc;
	rc = db_first(db, e, &st,
	    "SELECT id FROM nodes WHERE live = 1 AND lease_until < ? ORDER BY id",
	    BIND(I(before)));
	for (; rc > 0; rc = db_next(db, e, st))
		strv_push(&late, col_text(st, 0));
	for (size_t i = 0; i < late.n && rc >= 0; i++)
		rc = give_up_one(db, late.v[i], before, given, e);
	strv_clear(&late);
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
	    " JOIN nodes n ON n.id = a.node WHERE o.state = 1 AND n.live <> 1"
	    " AND n.lease_until < ?1"
	    " ORDER BY o.fence LIMIT ?2",
	    BIND(I(before), I(RESCUE_ROWS)));

	for (; rc > 0; rc = db_next(db, e, st)) {
		struct result *res;

		l->v = mem_grow(l->v, l->n, &l->cap, sizeof(*l->v));
		res = &l->v[l->n++];
		result_init(res);
		res->fence = col_int(st, 0);
		res->outcome = OUTCOME_LOST;
		res->reason = xasprintf("node '%s' " REASON_GIVEN_UP, col_text(st, 1));
	}
	return rc;
}

/*
 * Of those that are not known to have started the node may show, when it is back, that they were
 * not. First: once it is lost a result for it may come at any time.
 */
static int
keep_unstarted(struct db *db, const struct losses *l, struct err *e)
{
	int rc;

	if ((rc = lead_begin(db, e)) < 0)
		return rc;
	for (size_t i = 0; i < l->n && rc >= 0; i++)
		rc = db_do(db, e,
		    "INSERT INTO given_up (runner, fence) SELECT runner, id FROM attempts"
		    " WHERE id = ? AND outcome = 'running' AND started_at IS NULL"
		    " AND runner IS NOT NULL ON CONFLICT DO NOTHING",
		    BIND(I(l->v[i].fence)));
	return db_end(db, rc, e);
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
	if (rc >= 0 && l.n > 0 && (rc = keep_unstarted(db_of(s), &l, e)) >= 0)
		rc = record(s, &l, now, r, e);
	losses_release(&l);
	strv_clear(&nodes);
	return rc;
}
