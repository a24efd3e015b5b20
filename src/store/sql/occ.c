/*
 * occ: see occ.h.
 */
#include "store/sql/occ.h"

#include <assert.h>

#include "base/err.h"
#include "base/mem.h"
#include "job/plan.h"
#include "store/sql/db.h"
#include "store/sql/line.h"
#include "store/sql/row.h"

#define BESIDE "job_id = ? AND (state = 2 OR (state = 0 AND main = 0))"

void
occ_read(struct cursor *st, int i, struct occ *o)
{
	o->state = col_int(st, i);
	o->rank = col_int(st, i + 1);
	o->ready_at = col_int(st, i + 2);
	o->job_id = col_int(st, i + 3);
	o->scheduled_for = col_int(st, i + 4);
	o->attempt = col_int(st, i + 5);
	o->base = col_int(st, i + 6);
	o->main = col_int(st, i + 7) != 0;
	o->manual = col_int(st, i + 8) != 0;
	o->gated = col_int(st, i + 9) != 0;
	o->hold = col_int(st, i + 10);
	o->wish = col_int(st, i + 11);
	o->fence = col_int(st, i + 12);
	o->runner = col_int(st, i + 13);
}

#define COLUMNS                                                                            \
	"INTO occurrences (state, rank, ready_at, job_id, scheduled_for, attempt, base, main," \
	" manual, gated, hold, wish, fence, runner) VALUES "
#define ROW "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
#define FOUR(row) row ", " row ", " row ", " row
#define INSERT "INSERT " COLUMNS ROW
_Static_assert(ROW_MANY == 16, "as many rows as in INSERT_MANY");
#define INSERT_MANY DB_INSERT_MANY " " COLUMNS FOUR(FOUR(ROW))
/* For each state a text of its own: an engine may have an index for each. */
#define FOR_STATES(text) {text KEY("0"), text KEY("1"), text KEY("2")}
#define KEY(state)           \
	"WHERE state = " state \
	" AND rank = ? AND ready_at = ? AND job_id = ? AND scheduled_for = ?"

static void
set_values(struct val v[OCC_NCOLUMNS], const struct occ *o)
{
	v[0] = I(o->state);
	v[1] = I(o->rank);
	v[2] = I(o->ready_at);
	v[3] = I(o->job_id);
	v[4] = I(o->scheduled_for);
	v[5] = I(o->attempt);
	v[6] = I(o->base);
	v[7] = I(o->main);
	v[8] = I(o->manual);
	v[9] = I(o->gated);
	v[10] = I(o->hold);
	v[11] = I(o->wish);
	v[12] = N(o->fence, 0);
	v[13] = N(o->runner, 0);
}

int
occ_add(struct db *db, const struct occ *o, struct err *e)
{
	struct val v[OCC_NCOLUMNS];
	int rc;

	set_values(v, o);
	rc = db_do(db, e, INSERT, v, OCC_NCOLUMNS);
	return rc < 0 ? rc : line_changed(db, NULL, o, e);
}

static int
remove_row(struct db *db, const struct occ *o, struct err *e)
{
	static const char *const texts[] = FOR_STATES("DELETE FROM occurrences ");

	return db_do(db, e, texts[o->state],
	    BIND(I(o->rank), I(o->ready_at), I(o->job_id), I(o->scheduled_for)));
}

int
occ_delete(struct db *db, const struct occ *o, struct err *e)
{
	int rc = remove_row(db, o, e);

	return rc < 0 ? rc : line_changed(db, o, NULL, e);
}

static bool
same_key(const struct occ *a, const struct occ *b)
{
	return a->state == b->state && a->rank == b->rank && a->ready_at == b->ready_at &&
	       a->scheduled_for == b->scheduled_for;
}

static int
change_row(struct db *db, const struct occ *o, struct err *e)
{
	static const char *const texts[] = FOR_STATES(
	    "UPDATE occurrences SET attempt = ?, base = ?, main = ?, manual = ?, gated = ?,"
	    " hold = ?, wish = ?, fence = ?, runner = ? ");

	return db_do(db, e, texts[o->state],
	    BIND(I(o->attempt), I(o->base), I(o->main), I(o->manual), I(o->gated), I(o->hold),
		I(o->wish), N(o->fence, 0), N(o->runner, 0), I(o->rank), I(o->ready_at),
		I(o->job_id), I(o->scheduled_for)));
}

/* Not by an UPDATE of the key: SQLite makes a temporary table for each of those. */
static int
move_row(struct db *db, const struct occ *from, const struct occ *to, struct err *e)
{
	struct val v[OCC_NCOLUMNS];
	int rc;

	if (same_key(from, to))
		return change_row(db, to, e);
	set_values(v, to);
	if ((rc = db_try(db, e, INSERT " ON CONFLICT DO NOTHING", v, OCC_NCOLUMNS)) != 0)
		return rc;
	return remove_row(db, from, e);
}

int
occ_move(struct db *db, const struct occ *from, const struct occ *to, struct err *e)
{
	int rc = move_row(db, from, to, e);

	return rc != 0 ? rc : line_changed(db, from, to, e);
}

static int
one(struct cursor *st, int rc, struct occ *o)
{
	if (rc <= 0)
		return rc;
	occ_read(st, 0, o);
	db_reset(st);
	return 1;
}

int
occ_running(struct db *db, int64_t job_id, struct occ *o, struct err *e)
{
	struct cursor *st;
	int rc = db_first(db, e, &st,
	    "SELECT " OCC_COLUMNS " FROM occurrences WHERE job_id = ? AND state = 1",
	    BIND(I(job_id)));

	return one(st, rc, o);
}

static int
main_waiting(struct db *db, const struct row *r, struct occ *o, struct err *e)
{
	struct cursor *st;
	int rc;

	if (r->due_at == INSTANT_NONE)
		return 0;
	rc = db_first(db, e, &st,
	    "SELECT " OCC_COLUMNS " FROM occurrences WHERE state = 0 AND rank = ? AND ready_at = ?"
	    " AND job_id = ? AND main = 1",
	    BIND(I(occ_rank(r->job.priority)), I(r->due_at), I(r->job.id)));
	return one(st, rc, o);
}

int
occ_main(struct db *db, const struct row *r, struct occ *o, struct err *e)
{
	struct cursor *st;
	int rc = main_waiting(db, r, o, e);

	if (rc != 0)
		return rc;
	rc = db_first(db, e, &st,
	    "SELECT " OCC_COLUMNS " FROM occurrences INDEXED BY occurrences_beside WHERE " BESIDE
	    " AND main = 1",
	    BIND(I(r->job.id)));
	return one(st, rc, o);
}

static void
add(struct occs *list, const struct occ *o)
{
	list->v = mem_grow(list->v, list->n, &list->cap, sizeof(*list->v));
	list->v[list->n++] = *o;
}

int
occ_beside(struct db *db, int64_t job_id, struct occs *list, struct err *e)
{
	struct cursor *st;
	struct occ o;
	int rc = db_first(db, e, &st,
	    "SELECT " OCC_COLUMNS " FROM occurrences INDEXED BY occurrences_beside WHERE " BESIDE,
	    BIND(I(job_id)));

	for (; rc > 0; rc = db_next(db, e, st)) {
		occ_read(st, 0, &o);
		add(list, &o);
	}
	return rc;
}

int
occ_waiting(struct db *db, const struct row *r, struct occs *list, struct err *e)
{
	struct occ o;
	int rc = main_waiting(db, r, &o, e);

	if (rc < 0)
		return rc;
	if (rc > 0)
		add(list, &o);
	return occ_beside(db, r->job.id, list, e);
}

static struct occ
next_of(const struct row *r, int64_t scheduled_for, int64_t hold)
{
	struct occ o = {.job_id = r->job.id, .main = true, .attempt = 1};

	o.rank = occ_rank(r->job.priority);
	o.ready_at = plan_ready_at(&r->job, scheduled_for);
	o.scheduled_for = scheduled_for;
	o.gated = line_needed(&r->job);
	o.hold = hold | (r->paused ? HOLD_PAUSED : 0);
	o.state = (o.hold & HOLD_REASONS) != 0 ? OCC_HELD : OCC_WAITING;
	return o;
}

int
occ_next(struct db *db, struct row *r, int64_t scheduled_for, int64_t hold, struct err *e)
{
	struct occ o;

	r->due_at = r->due_for = INSTANT_NONE;
	if (scheduled_for == INSTANT_NONE)
		return 0;
	o = next_of(r, scheduled_for, hold);
	r->due_at = o.ready_at;
	r->due_for = scheduled_for;
	return occ_add(db, &o, e);
}

int
occ_first_of_many(struct db *db, const struct row *r, struct err *e)
{
	struct val v[ROW_MANY * OCC_NCOLUMNS];

	for (size_t i = 0; i < ROW_MANY; i++) {
		struct occ o = next_of(&r[i], r[i].due_for, 0);

		assert(!o.gated);
		set_values(v + i * OCC_NCOLUMNS, &o);
	}
	return db_do(db, e, INSERT_MANY, v, ROW_MANY * OCC_NCOLUMNS);
}

int
occ_hold(struct db *db, const struct occ *o, int64_t reason, struct err *e)
{
	struct occ held = *o;

	held.state = OCC_HELD;
	held.hold |= reason;
	return occ_move(db, o, &held, e);
}

int
occ_release(struct db *db, const struct occ *o, int64_t reason, int64_t now, struct err *e)
{
	struct occ next = *o;
	int rc;

	next.hold &= ~reason;
	if ((reason & (HOLD_BUSY | HOLD_AFTER | HOLD_ORDER | HOLD_NODE)) != 0)
		next.hold |= OCC_WAITED;
	if ((reason & HOLD_ORDER) != 0)
		next.hold |= OCC_IN_LINE;
	if ((reason & HOLD_QUEUE) != 0)
		next.hold |= OCC_THROUGH;
	if ((next.hold & HOLD_REASONS) == 0) {
		/* Ready only now: so what it waited for is not counted as lateness. */
		next.state = OCC_WAITING;
		if (next.ready_at < now)
			next.ready_at = now;
	}
	if ((rc = occ_move(db, o, &next, e)) < 0 || !o->main || next.state != OCC_WAITING)
		return rc;
	return row_set_due(db, o->job_id, next.ready_at, next.scheduled_for, e);
}

int
occ_release_all(
    struct db *db, int64_t job_id, int64_t reason, int64_t now, int64_t *n, struct err *e)
{
	struct occs list = {0};
	int rc = occ_beside(db, job_id, &list, e);

	for (size_t i = 0; i < list.n && rc >= 0; i++) {
		if ((list.v[i].hold & reason) == 0)
			continue;
		rc = occ_release(db, &list.v[i], reason, now, e);
		if (n != NULL)
			++*n;
	}
	free(list.v);
	return rc;
}
