/*
 * clockwork: due occurrences of periodic jobs, in a crowd of nodes, none of which waits for
 * another.
 *
 * What a schedule decides is worked out here, so they are read, planned, and stored, each for all
 * of them at once. Those that simply run now, and of which the next time waits then, are taken
 * here: nothing else of their job is open, so that nobody else may touch the job until the commit.
 * Whoever ends an attempt of it has to find one that runs; whoever claims has to have the
 * occurrence that is locked here; and all others keep out who shares the writers' lock.
 */
#include "store/pg/clockwork.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "job/plan.h"
#include "store/pg/handle.h"
#include "store/sql/claim.h"
#include "store/sql/define.h"
#include "store/sql/notice.h"
#include "store/sql/row.h"

/* An occurrence that runs, and what becomes of its job. */
struct turn {
	struct row r;
	struct occ from, to;
	int64_t next, next_ready, last_scheduled, prev;
};

struct turns {
	struct turn *v;
	size_t n, cap;
};

/* ---- what there is ---- */

/* ?1 is now, ?2 how many at most. */
static char *
read_text(const char *heads)
{
	struct buf b = {0};

	buf_addstr(&b, "SELECT ");
	row_list(&b, "j");
	buf_addf(&b,
	    ", " OCC_COLUMNS_OF("h") ", coalesce(j.last_fence, (SELECT max(a.id) FROM attempts a"
	    "  WHERE a.scheduled_for = j.due_for AND a.job_id = j.id), 0)"
	    " FROM (%s) h JOIN jobs j ON j.id = h.job_id"
	    " WHERE h.main = 1 AND h.attempt = 1 AND h.manual = 0 AND h.gated = 0"
	    " AND j.periodic = 1 AND j.state = 'active' AND j.paused = 0 AND j.boot_id IS NULL"
	    " AND (SELECT 1 FROM occurrences b WHERE b.job_id = h.job_id AND b.state = 1"
	    "  LIMIT 1) IS NULL"
	    " AND (SELECT 1 FROM occurrences b WHERE b.job_id = h.job_id"
	    "  AND (b.state = 2 OR (b.state = 0 AND b.main = 0)) LIMIT 1) IS NULL",
	    heads);
	return buf_string(&b);
}

/* Whether it runs now and nothing is to be recorded but that. */
static bool
plan(const struct claiming *cl, struct turn *t)
{
	struct schedule schedule;
	const struct zone *zone;
	struct plan p;
	struct err unused;
	struct plan_input in = {.job = &t->r.job,
	    .scheduled_for = t->from.scheduled_for,
	    .now = cl->q->now,
	    .held = (t->from.hold & OCC_WAITED) != 0,
	    .started = t->r.started};

	if (in.now - in.scheduled_for > PLAN_LATE ||
	    define_schedule(&t->r.job, cl->q->zone, &schedule, &zone, &unused) < 0)
		return false;
	in.schedule = &schedule;
	in.zone = zone;
	plan_find_calendars(&in, cl->q->calendar, cl->q->calendar_arg);
	plan_due(&in, &p);
	if (p.action != PLAN_RUN || p.nskips > 0 || p.next == INSTANT_NONE || p.next_held)
		return false;
	t->to = t->from;
	t->to.state = OCC_RUNNING;
	t->to.main = false;
	t->to.scheduled_for = p.run_for;
	t->to.ready_at = plan_ready_at(&t->r.job, p.run_for);
	if (t->to.ready_at < t->from.ready_at)
		t->to.ready_at = t->from.ready_at;
	t->next = p.next;
	t->next_ready = plan_ready_at(&t->r.job, p.next);
	t->last_scheduled = p.last_scheduled;
	return true;
}

static int
read_turns(struct claiming *cl, const char *text, int64_t max, struct turns *list, struct err *e)
{
	int last = row_columns();
	struct cursor *st;
	struct turn t;
	int rc = db_first(cl->db, e, &st, text, BIND(I(cl->q->now), I(max)));

	for (; rc > 0; rc = db_next(cl->db, e, st)) {
		memset(&t, 0, sizeof(t));
		occ_read(st, last, &t.from);
		t.prev = col_int(st, last + OCC_NCOLUMNS);
		if ((rc = row_read(cl->db, st, &t.r, e)) < 0) {
			db_reset(st);
			return rc;
		}
		if (!plan(cl, &t)) {
			row_release(&t.r);
			continue;
		}
		list->v = mem_grow(list->v, list->n, &list->cap, sizeof(*list->v));
		list->v[list->n++] = t;
	}
	return rc;
}

/* ---- what becomes of it ---- */

static const char store_text[] =
    "WITH r AS MATERIALIZED (SELECT * FROM unnest(?3::bigint[], ?4::bigint[], ?5::bigint[],"
    "  ?6::bigint[], ?7::bigint[], ?8::bigint[], ?9::bigint[], ?10::bigint[], ?11::bigint[],"
    "  ?12::bigint[], ?13::bigint[], ?14::bigint[]) WITH ORDINALITY AS r (job, rank, due,"
    "  due_for, run_at, run_for, expected, prev, mail, next_at, next_for, last, number)),"
    /* The row goes on as the next time. */
    " moved AS (UPDATE occurrences o SET ready_at = r.next_at, scheduled_for = r.next_for,"
    "  hold = 0 FROM r WHERE o.state = 0 AND o.rank = r.rank AND o.ready_at = r.due"
    "  AND o.job_id = r.job AND o.scheduled_for = r.due_for"
    "  RETURNING r.*, o.base, nextval('last_fence') AS fence),"
    " runs AS (INSERT INTO occurrences (state, rank, ready_at, job_id, scheduled_for, attempt,"
    "  base, main, manual, gated, hold, wish, fence, runner)"
    "  SELECT 1, rank, run_at, job, run_for, 1, base, 0, 0, 0, 0, 0, fence, ?2 FROM moved),"
    " added AS (INSERT INTO attempts (id, job_id, scheduled_for, attempt, prev, manual, node,"
    "  runner, outcome, ready_at, claimed_at, mail) SELECT fence, job, run_for, 1,"
    "  nullif(prev, 0), 0, ?15, ?2, 'running', expected, ?1, mail FROM moved),"
    " stored AS (UPDATE jobs j SET due_at = m.next_at, due_for = m.next_for,"
    "  last_scheduled_at = coalesce(m.last, j.last_scheduled_at), started = j.started + 1,"
    "  last_fence = m.fence FROM moved m WHERE j.id = m.job)"
    " SELECT number, fence FROM moved ORDER BY number";

#define ARRAYS 12

static void
add_turn(struct buf *arrays, const struct claiming *cl, const struct turn *t, bool first)
{
	int64_t created = t->r.created_at, at = t->to.ready_at;
	const int64_t v[ARRAYS] = {t->r.job.id, t->from.rank, t->from.ready_at,
	    t->from.scheduled_for, at, t->to.scheduled_for,
	    created > at && created <= cl->q->now ? created : at, t->prev,
	    notice_wish(&t->r.job), t->next_ready, t->next, t->last_scheduled};

	for (int i = 0; i < ARRAYS; i++) {
		buf_addc(&arrays[i], first ? '{' : ',');
		if (v[i] == INSTANT_NONE)
			buf_addstr(&arrays[i], "NULL");
		else
			pg_add_number(&arrays[i], v[i]);
	}
}

static int
hand_out(struct claiming *cl, struct cursor *st, struct turns *list, struct err *e)
{
	int rc = 1;

	for (; rc > 0; rc = db_next(cl->db, e, st)) {
		struct turn *t = &list->v[col_int(st, 0) - 1];

		t->to.fence = col_int(st, 1);
		t->to.runner = cl->q->runner;
		t->to.hold = 0;
		if ((rc = claim_hand_out(cl, &t->to, &t->r, t->to.fence, e)) < 0) {
			db_reset(st);
			return rc;
		}
	}
	return rc;
}

static int
store_turns(struct claiming *cl, struct turns *list, struct err *e)
{
	struct buf arrays[ARRAYS] = {{0}};
	struct val v[ARRAYS + 3] = {I(cl->q->now), I(cl->q->runner)};
	struct cursor *st;
	int rc;

	for (size_t i = 0; i < list->n; i++)
		add_turn(arrays, cl, &list->v[i], i == 0);
	for (int i = 0; i < ARRAYS; i++) {
		buf_add(&arrays[i], "}", 2);
		v[2 + i] = S(arrays[i].data);
	}
	v[ARRAYS + 2] = S(cl->q->node);
	rc = db_first(cl->db, e, &st, store_text, v, ARRAYS + 3);
	if (rc > 0)
		rc = hand_out(cl, st, list, e);
	for (int i = 0; i < ARRAYS; i++)
		buf_release(&arrays[i]);
	return rc;
}

int
clockwork_take(struct claiming *cl, const char *heads, int64_t *others, struct err *e)
{
	struct pg_db *pg = pg_db(cl->db);
	struct turns list = {NULL, 0, 0};
	int rc;

	if (pg->clockwork == NULL)
		pg->clockwork = db_own_text(cl->db, read_text(heads));
	rc = read_turns(cl, pg->clockwork, *others, &list, e);
	if (rc >= 0 && list.n > 0)
		rc = store_turns(cl, &list, e);
	*others -= rc >= 0 ? (int64_t)list.n : 0;
	for (size_t i = 0; i < list.n; i++)
		row_release(&list.v[i].r);
	free(list.v);
	return rc;
}
