/*
 * prune: what has expired goes while others claim.
 *
 * Whether an attempt may go, and its job with it, is decided for a whole batch by one statement,
 * as store/sql/prune.c does for each by itself. What that touches has ended long ago, and nobody
 * who shares the writers' lock looks at it: so this shares that lock too. What is not of the
 * common kind is left to prune_one.
 */
#include "base/err.h"
#include "base/mem.h"
#include "store/pg/handle.h"
#include "store/sql/count.h"
#include "store/sql/lead.h"
#include "store/sql/prune.h"
#include "store/sql/slots.h"

#define ROWS 500	 /* that one statement looks at */
#define ONE_BY_ONE 50	 /* that are looked at so in one transaction */
#define HISTORY "64"	 /* attempts of a job that go with it at once */
#define TURN 0x70727565	 /* one at a time, by the lock of a batch */

/* Looked for row by row: by a table as a whole would be to read all that waits. */
#define NONE(rows) "(SELECT 1 FROM " rows " LIMIT 1) IS NULL"

/* A job that may go waits for nothing, and nobody waits for it. */
#define AT_REST                                                                            \
	NONE("occurrences o WHERE o.state = 1 AND o.job_id = j.id")                        \
	" AND " NONE("occurrences o WHERE o.job_id = j.id"                                 \
		     " AND (o.state = 2 OR (o.state = 0 AND o.main = 0))")                 \
	" AND " NONE("occurrences o WHERE o.state = 0 AND o.rank = 9 - j.priority"         \
		     " AND o.ready_at = j.due_at AND o.job_id = j.id")                     \
	" AND " NONE("dependencies d WHERE d.on_id = j.id")

/* Of the others the usual way knows more. */
#define ONE_TIME "j.periodic = 0 AND j.boot_id IS NULL AND j.state <> 'retired'"

/*
 * ?1 from which attempt on, ?2 how many, and before which time they end: ?3 any, ?4 attempts, ?5
 * those of jobs that go; ?6 how many of a job stay. The attempts of a job, its newest first, are a
 * chain: chain.h.
 */
static const char statement[] =
    "WITH near AS MATERIALIZED (SELECT id, job_id, claimed_at, finished_at FROM attempts"
    "  WHERE id > ?1 ORDER BY id LIMIT ?2),"
    " batch AS (SELECT job_id, min(id) AS oldest, max(id) AS newest,"
    "  array_agg(id ORDER BY id) FILTER (WHERE finished_at < ?4) AS ids"
    "  FROM near WHERE claimed_at < ?3 GROUP BY job_id),"
    " found AS MATERIALIZED (SELECT b.*, j.id AS jid, h.head, " ONE_TIME " AS one_time,"
    "  CASE WHEN (j.tab IS NULL OR j.state = 'retired') AND e.finished_at < ?5"
    "   AND (j.ended_at IS NULL OR j.ended_at < ?5) THEN " AT_REST " ELSE false END AS old"
    "  FROM batch b JOIN jobs j ON j.id = b.job_id"
    "  CROSS JOIN LATERAL (SELECT coalesce(j.last_fence, (SELECT max(a.id) FROM attempts a"
    "   WHERE a.scheduled_for = j.due_for AND a.job_id = j.id)) AS head OFFSET 0) h"
    "  LEFT JOIN LATERAL (SELECT a.finished_at FROM attempts a WHERE a.id = h.head OFFSET 0) e"
    "   ON true),"
    " known AS MATERIALIZED (SELECT f.*, CASE WHEN f.old AND f.one_time THEN"
    "  (WITH RECURSIVE c AS (SELECT a.id, a.prev, 1 AS n FROM attempts a WHERE a.id = f.head"
    "    UNION ALL SELECT a.id, a.prev, c.n + 1 FROM c JOIN attempts a ON a.id = c.prev"
    "    WHERE c.n < " HISTORY ") SELECT array_agg(c.id) FROM c) END AS history"
    "  FROM found f),"
    " judged AS MATERIALIZED (SELECT k.*, k.old AND cardinality(k.history) < " HISTORY
    "   IS TRUE AS goes,"
    "  k.old AND cardinality(k.history) < " HISTORY " IS NOT TRUE AS open,"
    "  CASE WHEN NOT k.old AND k.ids IS NOT NULL AND ?6 > 0 THEN"
    "  (WITH RECURSIVE c AS (SELECT a.id, a.prev, 1 AS n FROM attempts a WHERE a.id = k.head"
    "    UNION ALL SELECT a.id, a.prev, c.n + 1 FROM c JOIN attempts a ON a.id = c.prev"
    "    WHERE c.n < ?6 AND c.id > k.oldest) SELECT min(c.id) FROM c) END AS stays"
    "  FROM known k),"
    " jobless AS (DELETE FROM jobs j USING judged g WHERE g.goes AND j.id = g.jid"
    "  RETURNING j.state, g.history),"
    " away AS (DELETE FROM attempts a USING (SELECT unnest(history) AS id FROM jobless"
    "   UNION ALL SELECT u.id FROM judged g CROSS JOIN LATERAL unnest(g.ids) AS u (id)"
    "    WHERE NOT g.goes AND NOT g.open AND coalesce(u.id < g.stays, true)) d"
    "  WHERE a.id = d.id RETURNING 1)"
    " SELECT (SELECT count(*) FROM away), s.*, n.*, o.id, o.job_id, o.claimed_at,"
    "  o.finished_at"
    " FROM (SELECT count(*) FILTER (WHERE state = 'active'),"
    "   count(*) FILTER (WHERE state = 'failed'), count(*) FILTER (WHERE state = 'cancelled')"
    "   FROM jobless) s"
    " CROSS JOIN (SELECT coalesce(min(id) FILTER (WHERE claimed_at >= ?3) - 1, max(id), ?1),"
    "   count(*) = ?2 AND bool_and(claimed_at < ?3) FROM near) n"
    " LEFT JOIN (SELECT m.* FROM judged g CROSS JOIN LATERAL (SELECT * FROM near"
    "   WHERE near.job_id = g.job_id) m WHERE g.open) o ON true ORDER BY o.id";

struct olds {
	struct old *v;
	size_t n, cap;
	struct place last; /* that was looked at */
	bool more;	   /* old ones follow it */
};

static void
read_sums(struct pruning *p, struct cursor *st, struct olds *o)
{
	static const enum rest rests[] = {REST_DONE, REST_FAILED, REST_CANCELLED};

	p->out->attempts += col_int(st, 0);
	for (int i = 0; i < 3; i++) {
		p->out->jobs += col_int(st, 1 + i);
		count_add(p->db, N_JOBS + (int)rests[i], -col_int(st, 1 + i));
	}
	o->last = (struct place){0, col_int(st, 4)};
	o->more = col_int(st, 5) != 0;
}

static int
judge(struct pruning *p, int64_t after, struct olds *o, struct err *e)
{
	const struct retention *k = p->keep;
	int64_t longest = k->attempts < k->jobs ? k->attempts : k->jobs;
	struct cursor *st;
	int rc;

	rc = db_first(p->db, e, &st, statement,
	    BIND(I(after), I(ROWS), I(p->now - longest), I(p->now - k->attempts),
		I(p->now - k->jobs), I(k->keep_attempts)));
	if (rc > 0)
		read_sums(p, st, o);
	for (; rc > 0 && !col_is_null(st, 6); rc = db_next(p->db, e, st)) {
		o->v = mem_grow(o->v, o->n, &o->cap, sizeof(*o->v));
		o->v[o->n++] = (struct old){
		    col_int(st, 6), col_int(st, 7), col_int(st, 8), col_time(st, 9)};
	}
	if (rc > 0)
		db_reset(st);
	return rc < 0 ? rc : 0;
}

static int
begin(struct pruning *p, bool share, struct err *e)
{
	struct pg_db *pg = pg_db(p->db);
	int rc;

	pg->share = share;
	pg->batch = TURN;
	rc = lead_begin(p->db, e);
	pg->batch = 0;
	return rc;
}

/* From here on in the next turn, or, if that was all, from the beginning. */
static int
note_place(struct pruning *p, const struct place *last, bool more, struct err *e)
{
	p->out->more = more;
	return more ? prune_set_place(p->db, PRUNE_ATTEMPTS, last, e)
		    : prune_forget_place(p->db, PRUNE_ATTEMPTS, e);
}

/* What takes long is for the next turn. */
static int
one_by_one(struct pruning *p, const struct olds *o, struct err *e)
{
	struct place at = o->last;
	size_t i = 0;
	int rc;

	if ((rc = begin(p, false, e)) < 0)
		return rc;
	p->left = ONE_BY_ONE;
	for (; i < o->n && p->left > 0 && rc >= 0; i++) {
		p->left--;
		rc = prune_one(p, &o->v[i], e);
		at.id = o->v[i].fence;
	}
	if (i == o->n)
		at = o->last;
	if (rc >= 0)
		rc = note_place(p, &at, o->more || i < o->n || p->left <= 0, e);
	return db_end(p->db, rc, e);
}

static int
attempts(struct pruning *p, struct err *e)
{
	struct olds o = {0};
	struct place from;
	int rc;

	if ((rc = begin(p, true, e)) < 0)
		return rc;
	if ((rc = prune_place(p->db, PRUNE_ATTEMPTS, &from, e)) >= 0 &&
	    (rc = judge(p, from.id, &o, e)) >= 0 && o.n == 0)
		rc = note_place(p, &o.last, o.more, e);
	rc = db_end(p->db, rc, e);
	if (rc >= 0 && o.n > 0)
		rc = one_by_one(p, &o, e);
	free(o.v);
	return rc;
}

static int
rest(struct pruning *p, struct err *e)
{
	int rc;

	if ((rc = begin(p, false, e)) < 0)
		return rc;
	return db_end(p->db, prune_rest(p, e), e);
}

/* Those of new attempts come last, as these do. */
static int
outputs(struct pruning *p, struct err *e)
{
	int rc;

	if ((rc = begin(p, true, e)) < 0)
		return rc;
	rc = prune_outputs(p, e);
	return db_end(p->db, rc, e);
}

int
pg_prune(
    struct store *s, const struct retention *keep, int64_t now, struct pruned *out, struct err *e)
{
	struct pruning p = {.db = db_of(s), .keep = keep, .out = out, .now = now};
	int rc;

	*out = (struct pruned){0};
	if ((rc = outputs(&p, e)) >= 0 && !out->more)
		rc = attempts(&p, e);
	if (rc >= 0 && !out->more)
		rc = rest(&p, e);
	return rc;
}
