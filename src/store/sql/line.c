/*
 * line: see line.h.
 */
#include "store/sql/line.h"

#include <inttypes.h>

#include "base/mem.h"
#include "base/strv.h"
#include "job/job.h"
#include "store/sql/db.h"
#include "store/sql/occ.h"
#include "store/sql/row.h"

bool
line_needed(const struct job *job)
{
	return job->order_key != NULL || job->queue != NULL || job->require.n > 0 ||
	       job->on != NULL;
}

/* ---- what is to be looked at ---- */

static void
look_at(struct db *db, const char *gate)
{
	for (size_t i = db->gates.n; i > 0; i--)
		if (strcmp(db->gates.v[i - 1], gate) == 0)
			return;
	strv_push(&db->gates, gate);
}

void
line_look_at(struct db *db, char kind, const char *name)
{
	char *gate = xasprintf("%c:%s", kind, name);

	look_at(db, gate);
	free(gate);
}

/* ---- rows ---- */

/*
 * A key's next one has its turn when one leaves, not when one begins; one that runs leaves it
 * by another definition. What leaves a queue has had a
 * slot or was let through; what was held leaves others behind it where they are.
 */
static bool
matters(const char *gate, int64_t stage, const struct occ *from, const struct occ *to)
{
	if (gate[0] == GATE_KEY)
		return to == NULL || to->state != OCC_RUNNING || from->state == OCC_RUNNING;
	return gate[0] == GATE_QUEUE && stage != LINE_WAITS;
}

static int
remove_rows(
    struct db *db, const struct occ *from, const struct occ *to, char **node, struct err *e)
{
	struct cursor *st;
	int rc = db_first(db, e, &st,
	    "SELECT gate, stage FROM lines WHERE job_id = ? AND scheduled_for = ?",
	    BIND(I(from->job_id), I(from->scheduled_for)));

	for (; rc > 0; rc = db_next(db, e, st)) {
		const char *gate = col_text(st, 0);

		if (gate[0] == GATE_NODE && *node == NULL)
			*node = xstrdup(gate);
		if (matters(gate, col_int(st, 1), from, to))
			look_at(db, gate);
	}
	if (rc < 0)
		return rc;
	return db_do(db, e, "DELETE FROM lines WHERE job_id = ? AND scheduled_for = ?",
	    BIND(I(from->job_id), I(from->scheduled_for)));
}

static int
add_row(struct db *db, const char *gate, enum stage stage, int64_t rank, int64_t due,
    const struct occ *o, struct err *e)
{
	return db_do(db, e,
	    "INSERT INTO lines (gate, stage, rank, due, job_id, scheduled_for)"
	    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
	    BIND(S(gate), I(stage), I(rank), I(due), I(o->job_id), I(o->scheduled_for)));
}

/*
 * -1: not in line. What has begun keeps the key until it is over, unless a waiting retry lets
 * others go. What is paused, or waits for prerequisites, stands aside: its turn could be never.
 */
static int
key_stage(const struct occ *o, bool go)
{
	bool aside = (o->hold & (HOLD_PAUSED | HOLD_AFTER)) != 0;

	if (o->state == OCC_RUNNING)
		return LINE_HOLDS;
	/* A retry that is held for the key came to it by another definition: it has it not. */
	if (o->attempt - o->base > 1 && (o->hold & HOLD_ORDER) == 0) {
		if (!go)
			return LINE_HOLDS;
		aside = aside || (o->hold & (HOLD_ORDER | OCC_IN_LINE)) == 0;
	}
	return aside ? -1 : LINE_FRONT;
}

static int
queue_stage(const struct occ *o)
{
	if (o->state == OCC_RUNNING)
		return LINE_HOLDS;
	if (o->state == OCC_WAITING)
		return (o->hold & OCC_THROUGH) != 0 ? LINE_FRONT : -1;
	return (o->hold & HOLD_REASONS) == HOLD_QUEUE ? LINE_WAITS : -1;
}

struct gates {
	char *key, *queue;
	bool go;
};

static int
find_gates(struct db *db, int64_t id, struct gates *g, struct err *e)
{
	struct cursor *st;
	int rc = db_first(db, e, &st,
	    "SELECT 'k:' || order_key, 'q:' || queue, order_on_failure = 'go' FROM jobs"
	    " WHERE id = ?",
	    BIND(I(id)));

	*g = (struct gates){NULL, NULL, false};
	if (rc <= 0)
		return rc;
	g->key = xstrdup(col_text(st, 0));
	g->queue = xstrdup(col_text(st, 1));
	g->go = col_int(st, 2) != 0;
	db_reset(st);
	return 0;
}

/* One that is held for the gate alone may find it open, if it was held for more before. */
static int
add_key(struct db *db, const struct gates *g, const struct occ *o, struct err *e)
{
	int stage = g->key != NULL ? key_stage(o, g->go) : -1;

	if (g->key != NULL && (o->hold & HOLD_REASONS) == HOLD_ORDER)
		look_at(db, g->key);
	return stage < 0 ? 0 : add_row(db, g->key, (enum stage)stage, 0, o->scheduled_for, o, e);
}

static int
add_queue(struct db *db, const struct gates *g, const struct occ *o, struct err *e)
{
	int stage = g->queue != NULL ? queue_stage(o) : -1;

	if (stage == LINE_WAITS)
		look_at(db, g->queue);
	return stage < 0 ? 0 : add_row(db, g->queue, (enum stage)stage, o->rank, o->ready_at, o, e);
}

static int
add_rows(struct db *db, const struct occ *o, const char *node, struct err *e)
{
	struct gates g;
	int rc = find_gates(db, o->job_id, &g, e);

	if (rc >= 0 && (rc = add_key(db, &g, o, e)) >= 0)
		rc = add_queue(db, &g, o, e);
	if (rc >= 0 && (o->hold & HOLD_NODE) != 0)
		rc = add_row(db, node, LINE_WAITS, 0, 0, o, e);
	free(g.key);
	free(g.queue);
	return rc;
}

/* Its queue had a slot at once: that counts as a turn, but never as the one of the oldest. */
static int
count_turn(struct db *db, const struct occ *from, const struct occ *to, struct err *e)
{
	if (from == NULL || to->state != OCC_RUNNING || from->state != OCC_WAITING ||
	    (from->hold & OCC_THROUGH) != 0)
		return 0;
	return db_do(db, e,
	    "UPDATE queues SET released = released + 1 WHERE released < 9"
	    " AND max_running IS NOT NULL AND name = (SELECT queue FROM jobs WHERE id = ?)",
	    BIND(I(to->job_id)));
}

int
line_changed(struct db *db, const struct occ *from, const struct occ *to, struct err *e)
{
	char *node = db->node_gate != NULL ? xstrdup(db->node_gate) : NULL;
	int rc = 0;

	if (from != NULL && from->gated)
		rc = remove_rows(db, from, to, &node, e);
	if (rc >= 0 && to != NULL && to->gated &&
	    (rc = add_rows(db, to, node != NULL ? node : "n:", e)) >= 0)
		rc = count_turn(db, from, to, e);
	free(node);
	return rc;
}

/* ---- another definition ---- */

static int
redefine(struct db *db, const struct occ *o, bool gated, struct err *e)
{
	struct occ next = *o;

	if (!o->gated && !gated)
		return 0;
	next.gated = gated;
	next.hold &= ~(int64_t)(HOLD_ORDER | HOLD_QUEUE | HOLD_NODE | OCC_THROUGH | OCC_IN_LINE);
	if (o->state == OCC_HELD && (next.hold & HOLD_REASONS) == 0)
		next.state = OCC_WAITING;
	return occ_move(db, o, &next, e);
}

int
line_redefined(struct db *db, const struct row *r, struct err *e)
{
	bool gated = line_needed(&r->job);
	struct occs list = {0};
	struct occ run;
	int rc;

	if ((rc = occ_running(db, r->job.id, &run, e)) < 0 ||
	    (rc > 0 && (rc = redefine(db, &run, gated, e)) < 0))
		return rc;
	rc = occ_waiting(db, r, &list, e);
	for (size_t i = 0; i < list.n && rc >= 0; i++) {
		const struct occ *o = &list.v[i];

		if ((rc = redefine(db, o, gated, e)) >= 0 && o->main)
			rc = row_set_due(db, o->job_id, o->ready_at, o->scheduled_for, e);
	}
	free(list.v);
	return rc;
}

/* ---- letting go on ---- */

int
line_release(struct db *db, const struct standing *s, int64_t reason, struct err *e)
{
	struct cursor *st;
	struct occ o;
	int rc;

	if ((rc = db_first(db, e, &st,
		 "SELECT " OCC_COLUMNS " FROM occurrences INDEXED BY occurrences_beside"
		 " WHERE job_id = ? AND (state = 2 OR (state = 0 AND main = 0)) AND state = 2"
		 " AND scheduled_for = ?",
		 BIND(I(s->job_id), I(s->scheduled_for)))) <= 0)
		return rc;
	occ_read(st, 0, &o);
	db_reset(st);
	return (o.hold & reason) != 0 ? occ_release(db, &o, reason, db->now, e) : 0;
}

/* The first in line, unless somebody else has the key. */
static int
settle_key(struct db *db, const char *gate, struct err *e)
{
	struct standing first;
	struct cursor *st;
	int64_t held;
	int rc;

	if ((rc = db_first(db, e, &st,
		 "SELECT job_id, scheduled_for FROM lines WHERE gate = ? AND stage = 1"
		 " ORDER BY rank, due, job_id, scheduled_for LIMIT 1",
		 BIND(S(gate)))) <= 0)
		return rc;
	first = (struct standing){col_int(st, 0), col_int(st, 1)};
	db_reset(st);
	if ((rc = db_number(db, e, &held, 0,
		 "SELECT EXISTS (SELECT 1 FROM lines WHERE gate = ? AND stage = 0"
		 " AND job_id <> ?)",
		 BIND(S(gate), I(first.job_id)))) < 0)
		return rc;
	return held == 0 ? line_release(db, &first, HOLD_ORDER, e) : 0;
}

int
line_settle(struct db *db, struct err *e)
{
	int rc = 0;

	/* What is released may change other lines, which are looked at in turn. */
	while (db->gates.n > 0 && rc >= 0) {
		struct strv now = db->gates;

		db->gates = (struct strv){0};
		for (size_t i = 0; i < now.n && rc >= 0; i++)
			rc = now.v[i][0] == GATE_KEY ? settle_key(db, now.v[i], e)
						     : line_settle_queue(db, now.v[i], e);
		strv_clear(&now);
	}
	return rc < 0 ? rc : 0;
}

/* All of them first: releasing one changes the table. */
int
line_release_first(struct db *db, const char *gate, int64_t max, int64_t reason, size_t *n,
    struct err *e)
{
	struct standing *v = xcalloc((size_t)max, sizeof(*v));
	struct cursor *st;
	int rc = db_first(db, e, &st,
	    "SELECT job_id, scheduled_for FROM lines WHERE gate = ? AND stage = 2"
	    " ORDER BY rank, due, job_id, scheduled_for LIMIT ?",
	    BIND(S(gate), I(max)));

	for (*n = 0; rc > 0; rc = db_next(db, e, st))
		v[(*n)++] = (struct standing){col_int(st, 0), col_int(st, 1)};
	for (size_t i = 0; i < *n && rc >= 0; i++)
		rc = line_release(db, &v[i], reason, e);
	free(v);
	return rc;
}
