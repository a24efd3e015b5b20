/*
 * depend: see depend.h.
 */
#include "store/sql/depend.h"

#include <assert.h>

#include "base/err.h"
#include "job/job.h"
#include "store/sql/chain.h"
#include "store/sql/db.h"
#include "store/sql/life.h"
#include "store/sql/look.h"
#include "store/sql/notice.h"
#include "store/sql/occ.h"
#include "store/sql/row.h"
#include "store/sql/skip.h"

/* ---- new ones ---- */

/* Whether the job that is done did what it was for. */
static int
went_well(struct db *db, const struct row *r, bool *well, struct err *e)
{
	int64_t fence, ok;
	int rc;

	*well = false;
	if ((rc = chain_head(db, r, &fence, e)) < 0)
		return rc;
	rc = db_number(
	    db, e, &ok, 0, "SELECT outcome = 'ok' FROM attempts WHERE id = ?", BIND(I(fence)));
	*well = ok != 0;
	return rc;
}

static int
judge(struct db *db, const struct job *job, int64_t on_id, enum depend *found, struct err *e)
{
	enum job_state s;
	struct row r;
	bool well = false;
	int rc;

	if ((rc = row_get(db, on_id, &r, e)) < 0)
		return rc;
	if ((rc = life_get(db, &r, &s, e)) >= 0 && s == JOB_DONE)
		rc = went_well(db, &r, &well, e);
	row_release(&r);
	if (rc < 0)
		return rc;
	if (life_rest(s) == REST_OPEN)
		*found = DEPEND_WAITS;
	else
		*found = well || job->after_any ? DEPEND_NONE : DEPEND_FAILED;
	return 0;
}

static int
add_one(struct db *db, const struct job *job, int64_t id, const char *ref, enum depend *found,
    int64_t *on_id, struct err *e)
{
	int rc;

	if ((rc = look_find(db, ref, job->user, on_id, e)) < 0)
		return rc;
	/* It has been stored already and would find itself by its own name. */
	if (*on_id == id)
		return err_set(e, E_NOTFOUND, "no such job: '%s'", ref);
	if ((rc = judge(db, job, *on_id, found, e)) < 0 || *found != DEPEND_WAITS)
		return rc;
	return db_do(db, e,
	    "INSERT INTO dependencies (on_id, job_id, any_end) VALUES (?, ?, ?)"
	    " ON CONFLICT DO NOTHING",
	    BIND(I(*on_id), I(id), I(job->after_any)));
}

int
depend_add(struct db *db, const struct job *job, int64_t id, enum depend *found, int64_t *failed,
    struct err *e)
{
	enum depend one = DEPEND_NONE;
	int64_t on_id = 0;
	int rc = 0;

	*found = DEPEND_NONE;
	for (size_t i = 0; i < job->after.n && rc >= 0; i++) {
		rc = add_one(db, job, id, job->after.v[i], &one, &on_id, e);
		if (rc < 0 || one <= *found)
			continue;
		*found = one;
		*failed = on_id;
	}
	if (rc >= 0 && *found == DEPEND_FAILED)
		rc = depend_drop(db, id, e);
	return rc;
}

int
depend_drop(struct db *db, int64_t id, struct err *e)
{
	return db_do(db, e, "DELETE FROM dependencies WHERE job_id = ?", BIND(I(id)));
}

/* ---- when one ends ---- */

struct dependent {
	int64_t id;
	bool any_end;
};

/* A prerequisite that has ended, for those who depended on it then. */
struct ending {
	int64_t on_id, last_id;
	bool well;
};

/*
 * 1, or 0 if nobody depends on it. What follows is done by settle(), so that a long chain needs no
 * recursion.
 */
static int
note_end(struct db *db, int64_t on_id, bool well, struct err *e)
{
	int64_t last;
	int rc;

	if ((rc = db_number(db, e, &last, 0, "SELECT max(job_id) FROM dependencies WHERE on_id = ?",
		 BIND(I(on_id)))) < 0 ||
	    last == 0)
		return rc;
	rc = db_do(db, e,
	    "INSERT INTO endings (on_id, last_id, well) VALUES (?, ?, ?)"
	    " ON CONFLICT DO NOTHING",
	    BIND(I(on_id), I(last), I(well)));
	return rc < 0 ? rc : 1;
}

/* No prerequisite is left: its occurrence may start. */
static int
go_on(struct db *db, int64_t id, int64_t now, struct err *e)
{
	int64_t left;
	int rc;

	if ((rc = db_number(db, e, &left, 0,
		 "SELECT EXISTS (SELECT 1 FROM dependencies WHERE job_id = ?)", BIND(I(id)))) < 0)
		return rc;
	return left != 0 ? 0 : occ_release_all(db, id, HOLD_AFTER, now, NULL, e);
}

static int
fail_row(struct db *db, struct row *r, int64_t on_id, int64_t now, struct err *e)
{
	enum job_state s;
	struct occ o;
	int rc;

	if ((rc = occ_main(db, r, &o, e)) <= 0)
		return rc;
	if ((rc = occ_delete(db, &o, e)) < 0 ||
	    (rc = skip_unrun(db, r, o.scheduled_for, on_id, now, e)) < 0 ||
	    (rc = life_get(db, r, &s, e)) < 0)
		return rc;
	/* Run by hand: what becomes of the job is what becomes of that. */
	if (life_rest(s) == REST_OPEN)
		return 0;
	assert(job_state_after(JOB_PENDING, EV_DEAD) == JOB_FAILED);
	count_moved(db, REST_OPEN, REST_FAILED);
	r->base = JOB_FAILED;
	rc = db_do(db, e, "UPDATE jobs SET state = 'failed', ended_at = ?, paused = 0 WHERE id = ?",
	    BIND(I(now), I(r->job.id)));
	return rc < 0 ? rc : notice_unrun(db, &r->job, now, e);
}

/* It had to succeed: the dependent fails, and is an end itself. */
static int
fail_with_it(struct db *db, int64_t id, int64_t on_id, int64_t now, struct err *e)
{
	struct row r;
	int rc;

	if ((rc = depend_drop(db, id, e)) < 0 || (rc = row_get(db, id, &r, e)) < 0)
		return rc;
	rc = fail_row(db, &r, on_id, now, e);
	if (rc >= 0 && r.base == JOB_FAILED)
		rc = note_end(db, id, false, e);
	row_release(&r);
	return rc;
}

/* At most as many as this transaction may still see to. */
static int
collect(struct db *db, const struct ending *end, struct dependent *v, int64_t *n, struct err *e)
{
	struct cursor *st;
	int rc = db_first(db, e, &st,
	    "SELECT job_id, any_end FROM dependencies WHERE on_id = ? AND job_id <= ?"
	    " ORDER BY job_id LIMIT ?",
	    BIND(I(end->on_id), I(end->last_id), I(db->dependents)));

	*n = 0;
	for (; rc > 0; rc = db_next(db, e, st))
		v[(*n)++] = (struct dependent){col_int(st, 0), col_int(st, 1) != 0};
	return rc;
}

static int
settle_one(struct db *db, const struct ending *end, const struct dependent *d, int64_t now,
    struct err *e)
{
	int rc = db_do(db, e, "DELETE FROM dependencies WHERE on_id = ? AND job_id = ?",
	    BIND(I(end->on_id), I(d->id)));

	if (rc < 0)
		return rc;
	return end->well || d->any_end ? go_on(db, d->id, now, e)
				       : fail_with_it(db, d->id, end->on_id, now, e);
}

static int
settle(struct db *db, const struct ending *end, int64_t now, struct err *e)
{
	struct dependent v[DB_DEPENDENTS];
	int64_t n, may = db->dependents;
	int rc;

	if ((rc = collect(db, end, v, &n, e)) < 0)
		return rc;
	/* Those who have gone otherwise meanwhile cost a look as well. */
	db->dependents -= n > 0 ? n : 1;
	if (n < may)
		rc = db_do(db, e, "DELETE FROM endings WHERE on_id = ? AND last_id = ?",
		    BIND(I(end->on_id), I(end->last_id)));
	for (int64_t i = 0; i < n && rc >= 0; i++)
		rc = settle_one(db, end, &v[i], now, e);
	return rc;
}

static int
next_ending(struct db *db, struct ending *end, struct err *e)
{
	struct cursor *st;
	int rc = db_first(db, e, &st,
	    "SELECT on_id, last_id, well FROM endings ORDER BY on_id, last_id LIMIT 1", NOBIND);

	if (rc <= 0)
		return rc;
	*end = (struct ending){col_int(st, 0), col_int(st, 1), col_int(st, 2) != 0};
	db_reset(st);
	return 1;
}

int
depend_settle(struct db *db, int64_t now, bool *more, struct err *e)
{
	struct ending end;
	int rc;

	while ((rc = next_ending(db, &end, e)) > 0 && db->dependents > 0)
		if ((rc = settle(db, &end, now, e)) < 0)
			return rc;
	if (rc > 0)
		*more = true;
	return rc < 0 ? rc : 0;
}

int
depend_ended(struct db *db, int64_t on_id, bool well, int64_t now, struct err *e)
{
	bool more;
	int rc = note_end(db, on_id, well, e);

	return rc <= 0 ? rc : depend_settle(db, now, &more, e);
}

int
depend_any(struct db *db, bool *any, struct err *e)
{
	int64_t n;
	int rc = db_number(db, e, &n, 0, "SELECT EXISTS (SELECT 1 FROM dependencies)", NOBIND);

	*any = n != 0;
	return rc;
}
