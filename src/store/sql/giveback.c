/*
 * giveback: what comes from a node that was given up, and is back. The attempt was recorded as lost
 * by then, and others may have had the job since.
 *
 * What it reports is refused, whatever it is; the attempt's reason tells that it came. If it is
 * that nothing was ever started, the loss is not the job's: the occurrence has one more attempt
 * than its retries say.
 */
#include "base/err.h"
#include "base/mem.h"
#include "store/sql/byhand.h"
#include "store/sql/db.h"
#include "store/sql/finish.h"
#include "store/sql/occ.h"
#include "store/sql/row.h"

#define NOT_STARTED " and had not started it: it is given back"
#define REPORTED "; it reported '%s' later, which was refused"

struct lost {
	int64_t fence, job_id, scheduled_for;
	bool dead;
};

/* 1: it was lost and never seen to start, and nothing came of it since. */
static int
find(struct finishing *f, int64_t fence, bool *started, struct lost *l, struct err *e)
{
	struct cursor *st;
	int rc;

	if ((rc = db_first(f->db, e, &st,
		 "SELECT job_id, scheduled_for, dead = 1, started_at IS NOT NULL FROM attempts"
		 " WHERE id = ? AND outcome = 'lost' AND reason LIKE '%" REASON_GIVEN_UP "'",
		 BIND(I(fence)))) <= 0)
		return rc;
	*l = (struct lost){fence, col_int(st, 0), col_int(st, 1), col_int(st, 2) != 0};
	*started = col_int(st, 3) != 0;
	db_reset(st);
	return 1;
}

static int
add_reason(struct finishing *f, int64_t fence, const char *text, struct err *e)
{
	return db_do(f->db, e, "UPDATE attempts SET reason = reason || ? WHERE id = ?",
	    BIND(S(text), I(fence)));
}

/* It waits for its retry, at once; or it is under way, and may fail once more. */
static int
add_attempt(struct finishing *f, const struct occ *o, struct err *e)
{
	struct occ next = *o;
	int rc;

	next.base++;
	if (o->state == OCC_WAITING && o->ready_at > f->now)
		next.ready_at = f->now;
	if ((rc = occ_move(f->db, o, &next, e)) < 0 || !o->main || o->state == OCC_RUNNING)
		return rc;
	return row_set_due(f->db, o->job_id, next.ready_at, next.scheduled_for, e);
}

/* 1: there is an open occurrence of that time, and it has one more attempt. */
static int
give_to_open(struct finishing *f, const struct lost *l, const struct row *r, struct err *e)
{
	struct occs list = {0};
	struct occ run;
	int rc, found = 0;

	if ((rc = occ_running(f->db, l->job_id, &run, e)) < 0)
		return rc;
	if (rc > 0 && run.scheduled_for == l->scheduled_for) {
		rc = add_attempt(f, &run, e);
		return rc < 0 ? rc : 1;
	}
	rc = occ_waiting(f->db, r, &list, e);
	for (size_t i = 0; i < list.n && rc >= 0 && found == 0; i++)
		if (list.v[i].scheduled_for == l->scheduled_for) {
			found = 1;
			rc = add_attempt(f, &list.v[i], e);
		}
	free(list.v);
	return rc < 0 ? rc : found;
}

/* If it was the last attempt, and nobody has done anything about it, the occurrence lives again. */
static int
give_back(struct finishing *f, const struct lost *l, struct finished *done, struct err *e)
{
	struct row r;
	int rc;

	if ((rc = add_reason(f, l->fence, NOT_STARTED, e)) < 0 ||
	    (rc = row_find(f->db, l->job_id, &r, e)) < 0)
		return rc;
	if (rc > 0 && (rc = give_to_open(f, l, &r, e)) == 0 && l->dead)
		rc = byhand_give_back(f->db, &r, l->fence, f->now, e);
	row_release(&r);
	done->job_id = l->job_id;
	done->scheduled_for = l->scheduled_for;
	return rc < 0 ? rc : 0;
}

static int
note_end(struct finishing *f, const struct result *res, struct err *e)
{
	char *text = xasprintf(REPORTED, outcome_word(res->outcome));
	int rc = add_reason(f, res->fence, text, e);

	free(text);
	return rc;
}

int
finish_late(
    struct finishing *f, const struct result *res, struct finished *done, struct err *e)
{
	struct lost l;
	bool started;
	int rc;

	if ((rc = db_do(f->db, e, "DELETE FROM given_up WHERE fence = ?", BIND(I(res->fence)))) <
		0 ||
	    (rc = find(f, res->fence, &started, &l, e)) <= 0)
		return rc;
	/* That it was lost is known. */
	if (!res->not_started)
		return res->outcome != OUTCOME_LOST ? note_end(f, res, e) : 0;
	return started ? 0 : give_back(f, &l, done, e);
}
