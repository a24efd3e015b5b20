/*
 * claim: takes what is ready in a crowd of nodes, none of which waits for another.
 *
 * Most of what is ready needs no thought: the first attempt of a one-time job that stands in no
 * line, and has no policy that could keep it from running. Of those a statement locks as many as
 * are wanted, leaving out what others have locked, and makes them running. What needs thought and
 * is among the first is counted: what is periodic is clockwork.c's; for so many as are left then, a
 * claim of the usual kind is made; so order and fairness are the same as there.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "store/pg/array.h"
#include "store/pg/clockwork.h"
#include "store/pg/handle.h"
#include "store/pg/lines.h"
#include "store/sql/claim.h"
#include "store/sql/count.h"
#include "store/sql/doubt.h"
#include "store/sql/line.h"
#include "store/sql/notice.h"
#include "store/sql/row.h"
#include "store/sql/slots.h"

/* The heads of all ranks, best rank first; ?1 is now, ?2 how many. */
#define BY_RANK                                                                               \
	"SELECT h.* FROM generate_series(0, 9) AS r (rank) CROSS JOIN LATERAL"                \
	" (SELECT o.ctid AS tid, o.* FROM occurrences o WHERE o.state = 0"                    \
	"  AND o.rank = r.rank AND o.ready_at <= ?1"                                          \
	"  ORDER BY o.ready_at, o.job_id, o.scheduled_for LIMIT ?2 FOR UPDATE SKIP LOCKED) h" \
	" LIMIT ?2"

/* Those that are ready longest. They are locked by what was found first. */
#define BY_AGE                                                                                \
	"SELECT h.* FROM (SELECT k.tid FROM generate_series(0, 9) AS r (rank)"                \
	"  CROSS JOIN LATERAL (SELECT o.ctid AS tid, o.* FROM occurrences o"                  \
	"   WHERE o.state = 0 AND o.rank = r.rank AND o.ready_at <= ?1"                       \
	"   ORDER BY o.ready_at, o.job_id, o.scheduled_for LIMIT ?2) k"                       \
	"  ORDER BY k.ready_at, k.rank, k.job_id, k.scheduled_for LIMIT ?2) a"                \
	" CROSS JOIN LATERAL (SELECT o.ctid AS tid, o.* FROM occurrences o"                   \
	"  WHERE o.ctid = a.tid AND o.state = 0 FOR UPDATE SKIP LOCKED) h"

/* What its options say of whether it runs: rather one too many than too few. */
#define POLICIES "'\"(deadline|missed|not_on|only_on)\"'"

/*
 * Of one that stands in some line: its queue has no limit, and nobody else is in line for its key.
 * To be the first is not enough: of two jobs each could be first in what its claim sees, if the
 * earlier one was submitted between the two. Who sees later sees both, wherever they stand. (What
 * it wants of a node is looked at in take_one.)
 */
#define OPEN                                                                               \
	"h.hold = 0 AND (j.queue IS NULL OR (SELECT 1 FROM queues q WHERE q.name = j.queue" \
	"  AND (q.paused = 1 OR q.max_running IS NOT NULL)) IS NULL)"                     \
	" AND (j.order_key IS NULL OR (SELECT 1 FROM lines l"                             \
	"  WHERE l.gate = 'k:' || j.order_key AND l.job_id <> h.job_id LIMIT 1) IS NULL)"

/*
 * That its job has something running, or that this occurrence was tried before, is not looked for:
 * the server refuses a second one, and then the usual claim says what becomes of it.
 */
#define PLAIN                                                                 \
	"h.main = 1 AND h.attempt = 1 AND h.manual = 0 AND (h.gated = 0 OR (" OPEN "))" \
	" AND j.state = 'active' AND j.periodic = 0 AND j.last_fence IS NULL" \
	" AND (j.options IS NULL OR j.options !~ " POLICIES ")"

/*
 * Locks them, and gives those a fence that need no thought. They come in the order of the heads,
 * each with its job; what is to be stored is made of what was read here.
 */
static char *
read_text(const char *heads)
{
	struct buf b = {0};

	buf_addstr(&b, "SELECT ");
	row_job_list(&b, "j");
	buf_addf(&b,
	    ", h.scheduled_for, h.ready_at,"
	    " CASE WHEN " PLAIN " THEN nextval('last_fence') END AS fence,"
	    " CASE WHEN j.created_at > h.ready_at AND j.created_at <= ?1 THEN j.created_at"
	    "  ELSE h.ready_at END AS expected, h.tid, h.rank, h.gated"
	    " FROM (%s) h JOIN jobs j ON j.id = h.job_id",
	    heads);
	return buf_string(&b);
}

/*
 * What waits goes, and what runs comes: that is half of what it costs the server to change the one
 * to the other, and those that run lie together, so that their ends find them in few pages. What a
 * statement joins with what it changes goes through it as one value for each row: so the rows are
 * named by their places, all at once (and the server must not see that an index has them too, all
 * that wait), and the new ones are made of what was read.
 *
 * It goes with the commit. Nobody else touches what is locked; if it was changed in between all the
 * same, that is an error, nothing of this is stored, and all go the usual way.
 */
#define STORE                                                                             \
	"WITH gone AS (DELETE FROM occurrences o WHERE o.ctid = ANY (?4) AND o.state + 0 = 0" \
	"  RETURNING 1),"                                                                 \
	" taken AS (INSERT INTO occurrences (state, rank, ready_at, job_id, scheduled_for,"  \
	"  attempt, base, main, manual, gated, hold, wish, fence, runner)"                         \
	"  SELECT 1, u.rank, u.ready, u.job, u.due, 1, 0, 1, 0, u.gated, 0, 0, u.fence, ?2" \
	"  FROM unnest(?5, ?6, ?7, ?8, ?9, ?10) AS u (fence, job, due, rank, ready, gated)" \
	"  RETURNING ctid AS tid),"                                                       \
	" added AS (INSERT INTO attempts (id, job_id, scheduled_for, attempt, manual, node," \
	"  runner, outcome, ready_at, claimed_at, mail) SELECT u.fence, u.job, u.due, 1, 0, ?3," \
	"  ?2, 'running', u.expected, ?1, u.mail FROM unnest(?5, ?6, ?7, ?11, ?12)"       \
	"  AS u (fence, job, due, expected, mail) RETURNING ctid AS tid)"

/* Who runs has a slot of its queue, and its key; for that it stood in line until now. */
#define STORE_LINES                                                                       \
	LINES_LEFT("unnest(?6, ?7, ?10) AS g (job_id, scheduled_for, gated)")             \
	", has AS (INSERT INTO lines (gate, stage, rank, due, job_id, scheduled_for)"      \
	"  SELECT l.gate, 0, l.rank, l.due, u.job, u.due"                                 \
	"  FROM unnest(?6, ?7, ?8, ?9, ?10) AS u (job, due, rank, ready, gated)"          \
	"  CROSS JOIN LATERAL (SELECT j.queue, j.order_key FROM jobs j WHERE j.id = u.job" \
	"   OFFSET 0) j CROSS JOIN LATERAL (VALUES ('q:' || j.queue, u.rank, u.ready),"   \
	"   ('k:' || j.order_key, 0, u.due)) AS l (gate, rank, due)"                      \
	"  WHERE u.gated = 1 AND l.gate IS NOT NULL ON CONFLICT DO NOTHING)"

#define STORED                                                                            \
	" SELECT (SELECT array_agg(tid) FROM taken), (SELECT array_agg(tid) FROM added)," \
	" 1 / ((SELECT count(*) FROM gone) = cardinality(?5))::integer"

static const char store_text[] = STORE STORED, store_gated_text[] = STORE STORE_LINES STORED;

enum { FENCES, JOBS, DUES, RANKS, READY, GATED, EXPECTED, MAIL, NUMBERS };

struct head {
	struct hint hint;
	int64_t rank, ready_at;
};

struct taken {
	struct head *v;
	size_t n, cap;
	bool gated;	  /* some are */
	const char *text; /* by which they are about to be stored, or NULL */
};

/* 0: this node does not suit it. */
static int
take_one(struct claiming *cl, struct cursor *st, int behind, struct taken *t, struct err *e)
{
	struct head h = {.hint = {.scheduled_for = col_int(st, behind),
			     .fence = col_int(st, behind + 2),
			     .expected = col_int(st, behind + 3),
			     .occurrence = col_place(st, behind + 4),
			     .number = 1,
			     .main = true,
			     .gated = col_int(st, behind + 6) != 0},
	    .rank = col_int(st, behind + 5),
	    .ready_at = col_int(st, behind + 1)};
	struct row r;
	int rc;

	if ((rc = row_read_job(cl->db, st, &r, e)) < 0)
		return rc;
	if (h.hint.gated && !line_suits(cl->q->node, cl->q->labels, &r.job)) {
		row_release(&r);
		return 0;
	}
	h.hint.job_id = r.job.id;
	h.hint.mail = (int)notice_wish(&r.job);
	t->v = mem_grow(t->v, t->n, &t->cap, sizeof(*t->v));
	t->v[t->n++] = h;
	t->gated = t->gated || h.hint.gated;
	rc = claim_hand_out(cl,
	    &(struct occ){.scheduled_for = h.hint.scheduled_for,
		.ready_at = h.ready_at,
		.fence = h.hint.fence,
		.job_id = h.hint.job_id,
		.attempt = 1},
	    &r, h.hint.fence, e);
	row_release(&r);
	return rc < 0 ? rc : 1;
}

/* Those that need thought are counted. */
static int
read_heads(struct claiming *cl, const char *text, int64_t max, struct taken *t, int64_t *others,
    struct err *e)
{
	int behind = row_job_columns(), one;
	struct cursor *st;
	int rc = db_first(cl->db, e, &st, text, BIND(I(cl->q->now), I(max)));

	for (; rc > 0; rc = db_next(cl->db, e, st)) {
		one = col_is_null(st, behind + 2) ? 0 : take_one(cl, st, behind, t, e);
		if (one < 0) {
			db_reset(st);
			return one;
		}
		*others += one == 0;
	}
	return rc;
}

static void
fill(const struct taken *t, struct buf *places, struct buf numbers[NUMBERS])
{
	for (size_t i = 0; i < t->n; i++) {
		const struct head *h = &t->v[i];

		array_add_place(places, &h->hint.occurrence);
		array_add(&numbers[FENCES], h->hint.fence);
		array_add(&numbers[JOBS], h->hint.job_id);
		array_add(&numbers[DUES], h->hint.scheduled_for);
		array_add(&numbers[RANKS], h->rank);
		array_add(&numbers[READY], h->ready_at);
		array_add(&numbers[GATED], h->hint.gated);
		array_add(&numbers[EXPECTED], h->hint.expected);
		array_add(&numbers[MAIL], h->hint.mail);
	}
}

static int
put(struct claiming *cl, struct taken *t, struct err *e)
{
	struct buf places = {0}, numbers[NUMBERS] = {{0}};
	struct val values[4 + NUMBERS];
	int k = 0, rc;

	fill(t, &places, numbers);
	values[k++] = I(cl->q->now);
	values[k++] = I(cl->q->runner);
	values[k++] = S(cl->q->node);
	values[k++] = array_places(&places);
	for (int i = 0; i < NUMBERS; i++)
		values[k++] = array_numbers(&numbers[i]);
	t->text = t->gated ? store_gated_text : store_text;
	rc = pg_foresee(pg_db(cl->db), t->text, values, (size_t)k, e);
	buf_release(&places);
	for (int i = 0; i < NUMBERS; i++)
		buf_release(&numbers[i]);
	return rc;
}

static void
taken_release(struct taken *t)
{
	free(t->v);
	*t = (struct taken){.v = NULL};
}

/* Those that were put are stored: where their rows are now. */
static int
settle(struct claiming *cl, struct taken *t, struct err *e)
{
	struct cursor *st;
	int rc = 0;

	if (t->text != NULL && (rc = db_first(cl->db, e, &st, t->text, NOBIND)) > 0) {
		for (size_t i = 0; i < t->n; i++) {
			t->v[i].hint.occurrence = array_place(st, 0, i);
			t->v[i].hint.attempt = array_place(st, 1, i);
			hint_put(&pg_db(cl->db)->hints, &t->v[i].hint);
		}
		db_reset(st);
	}
	taken_release(t);
	return rc < 0 ? rc : 0;
}

/* Takes up to max; those that need thought are counted. */
static int
take(struct claiming *cl, const char *text, int64_t max, struct taken *t, int64_t *others,
    struct err *e)
{
	int rc = settle(cl, t, e);

	if (rc >= 0 && (rc = read_heads(cl, text, max, t, others, e)) >= 0 && t->n > 0)
		rc = put(cl, t, e);
	return rc < 0 ? rc : 0;
}

static const char look_text[] =
    "SELECT NOT (EXISTS (SELECT 1 FROM endings)"
    " OR EXISTS (SELECT 1 FROM jobs WHERE paused = 1 AND paused_until <= ?1)"
    " OR EXISTS (SELECT 1 FROM queues WHERE paused = 1 AND paused_until <= ?1)"
    " OR EXISTS (SELECT 1 FROM pauses WHERE ended_at IS NULL AND paused_until <= ?1)),"
    " NOT (EXISTS (SELECT 1 FROM pauses WHERE ended_at IS NULL)"
    " OR EXISTS (SELECT 1 FROM nodes WHERE id = ?2 AND (drain <> 0 OR live = 2"
    "  OR lease_until < ?1))),"
    " (SELECT count(*) FROM generate_series(0, 9) AS r (rank) CROSS JOIN LATERAL"
    "  (SELECT 1 FROM occurrences o WHERE o.state = 0 AND o.rank = r.rank"
    "   AND o.ready_at <= ?1 ORDER BY o.ready_at LIMIT 1) h) <= 1";

static int
look_around(const struct claiming *cl, struct look *l, struct err *e)
{
	struct cursor *st;
	int rc;

	*l = (struct look){.quiet = false};
	if ((rc = db_first(cl->db, e, &st, look_text, BIND(I(cl->q->now), S(cl->q->node)))) <= 0)
		return rc;
	l->quiet = col_int(st, 0) != 0;
	l->may = col_int(st, 1) != 0;
	l->one_rank = col_int(st, 2) != 0;
	db_reset(st);
	return 0;
}

/* What may still be taken. */
static int64_t
room(const struct claiming *cl, int64_t others)
{
	return cl->q->limit - (int64_t)cl->c->n - others;
}

/*
 * A tenth for the oldest, as in store/sql/claim.c. Which they are is found out before they are
 * locked: others may have them by then, and so there may be room for more by rank.
 */
static int
take_oldest(struct claiming *cl, struct taken *t, int64_t *others, struct err *e)
{
	struct pg_db *pg = pg_db(cl->db);
	int rc = take(cl, pg->claim[1], room(cl, *others), t, others, e);

	if (rc >= 0 && room(cl, *others) > 0)
		rc = take(cl, pg->claim[0], room(cl, *others), t, others, e);
	return rc;
}

static int
take_all(struct claiming *cl, int64_t owed, struct taken *t, int64_t *others, struct err *e)
{
	struct pg_db *pg = pg_db(cl->db);
	int64_t limit = cl->q->limit;
	int rc = 0;

	if (limit > owed)
		rc = take(cl, pg->claim[0], limit - owed, t, others, e);
	/* Fewer are ready than were asked for: then all were seen. */
	if (rc >= 0 && owed > 0 && room(cl, *others) <= owed)
		rc = take_oldest(cl, t, others, e);
	if (rc >= 0 && *others > 0)
		rc = clockwork_take(cl, BY_RANK, others, e);
	cl->c->more = (int64_t)cl->c->n >= limit;
	return rc;
}

static int64_t
owed_to_oldest(const struct claiming *cl, bool one_rank)
{
	return one_rank ? 0 : (cl->db->fair + cl->q->limit) / 10;
}

/*
 * Mostly all is as the last claim saw it. So what that would come to is asked for with the look
 * around; if it was not right to, that locks what others may want for no longer than it takes to
 * say so.
 */
static int
foresee(struct claiming *cl, int64_t owed, struct err *e)
{
	struct pg_db *pg = pg_db(cl->db);
	int rc;

	if (cl->q->limit <= owed)
		return 0;
	if ((rc = pg_foresee(pg, look_text, BIND(I(cl->q->now), S(cl->q->node)), e)) < 0)
		return rc;
	return pg_foresee(pg, pg->claim[0], BIND(I(cl->q->now), I(cl->q->limit - owed)), e);
}

static int
crowd(struct claiming *cl, struct taken *t, int64_t *others, struct err *e)
{
	struct pg_db *pg = pg_db(cl->db);
	int64_t limit = cl->q->limit, owed = owed_to_oldest(cl, pg->look.one_rank);
	bool foreseen = pg->look.quiet && pg->look.may;
	int rc;

	if (pg->claim[0] == NULL) {
		pg->claim[0] = db_own_text(cl->db, read_text(BY_RANK));
		pg->claim[1] = db_own_text(cl->db, read_text(BY_AGE));
	}
	if ((foreseen && (rc = foresee(cl, owed, e)) < 0) ||
	    (rc = look_around(cl, &pg->look, e)) < 0)
		return rc;
	if (!foreseen)
		owed = owed_to_oldest(cl, pg->look.one_rank);
	if (!pg->look.quiet)
		*others = limit;
	else if (pg->look.may && limit > 0) {
		/* What they did not get now they get the next time. */
		cl->db->fair += limit - 10 * owed;
		if (pg->look.one_rank)
			cl->db->fair %= 10;
		rc = take_all(cl, owed, t, others, e);
	}
	return rc;
}

static int
claim_crowd(struct claiming *cl, int64_t *others, struct err *e)
{
	struct pg_db *pg = pg_db(cl->db);
	struct taken t = {.v = NULL};
	struct err unused;
	int rc;

	*others = 0;
	pg->share = true;
	pg->refused = false;
	if ((rc = db_begin(cl->db, e)) < 0)
		return rc;
	cl->db->now = cl->q->now;
	if ((rc = db_end(cl->db, crowd(cl, &t, others, e), e)) >= 0)
		return settle(cl, &t, &unused);
	taken_release(&t);
	if (cl->db->unsure)
		doubt_keep(cl->db, cl->c, cl->q->runner);
	claims_release(cl->c);
	if (!pg->refused)
		return rc;
	*others = cl->q->limit;
	return 0;
}

/* What was taken by now is taken, whatever becomes of the rest. */
static int
claim_others(struct claiming *cl, int64_t others, struct err *e)
{
	struct claim_request rest = *cl->q;
	struct claims more = {0}, *c = cl->c;
	int rc;

	rest.limit = rest.limit - (int64_t)c->n < others ? rest.limit - (int64_t)c->n : others;
	if ((rc = sql_claim_ready(&cl->db->store, &rest, &more, e)) < 0) {
		c->more = true;
		return c->n > 0 ? 0 : rc;
	}
	for (size_t i = 0; i < more.n; i++) {
		c->v = mem_grow(c->v, c->n, &c->cap, sizeof(*c->v));
		c->v[c->n++] = more.v[i];
	}
	free(more.v);
	more.v = NULL;
	more.n = 0;
	c->replace = more.replace;
	c->nreplace = more.nreplace;
	c->skipped = more.skipped;
	c->more = more.more;
	c->elsewhere = more.elsewhere;
	return 0;
}

int
pg_claim_ready(struct store *s, const struct claim_request *q, struct claims *c, struct err *e)
{
	struct claiming cl = {.db = db_of(s), .q = q, .c = c};
	int64_t others;
	int rc;

	if (cl.db->doubt.n > 0 || q->recall)
		return sql_claim_ready(s, q, c, e);
	if ((rc = claim_crowd(&cl, &others, e)) < 0 || others == 0)
		return rc;
	return claim_others(&cl, others, e);
}
