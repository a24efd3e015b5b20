/*
 * look: see look.h.
 */
#include "store/sql/look.h"

#include <inttypes.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/sql/chain.h"
#include "store/sql/db.h"
#include "store/sql/life.h"
#include "store/sql/occ.h"
#include "store/sql/row.h"
#include "store/sql/slots.h"

#define NAMED_FEW 8 /* jobs; so few are looked for one by one */

/* ---- by name ---- */

static int
no_such(const char *ref, struct err *e)
{
	return err_set(e, E_NOTFOUND, "no such job: '%s'", ref);
}

static int
find_id(struct db *db, const char *ref, int64_t *id, struct err *e)
{
	const char *bad;
	long long n = strtonum(ref, 1, INT64_MAX, &bad);
	int rc;

	if (bad != NULL)
		return no_such(ref, e);
	if ((rc = db_number(db, e, id, 0, "SELECT id FROM jobs WHERE id = ?", BIND(I(n)))) < 0)
		return rc;
	return *id != 0 ? 0 : err_set(e, E_NOTFOUND, "no such job: %lld", n);
}

/* Two are enough to know that there are several. */
static int
find_anyones(struct db *db, const char *name, int64_t *id, struct err *e)
{
	struct cursor *st;
	int64_t n = 0;
	int rc = db_first(db, e, &st, "SELECT id FROM jobs WHERE name = ? LIMIT 2", BIND(S(name)));

	for (; rc > 0; rc = db_next(db, e, st)) {
		*id = col_int(st, 0);
		n++;
	}
	if (rc < 0)
		return rc;
	if (n > 1)
		return err_set(e, E_CONFLICT, "several users have a job '%s': give its id", name);
	return n == 1 ? 0 : no_such(name, e);
}

int
look_find(struct db *db, const char *ref, const char *user, int64_t *id, struct err *e)
{
	int rc;

	/* No name is all digits. */
	if (*ref != '\0' && ref[strspn(ref, "0123456789")] == '\0')
		return find_id(db, ref, id, e);
	if (user != NULL) {
		rc = db_number(db, e, id, 0, "SELECT id FROM jobs WHERE name = ? AND \"user\" = ?",
		    BIND(S(ref), S(user)));
		if (rc < 0 || *id != 0)
			return rc;
	}
	return find_anyones(db, ref, id, e);
}

int
sql_job_find(struct store *s, const char *ref, const char *user, int64_t *id, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	if ((rc = db_begin_read(db, e)) < 0)
		return rc;
	return db_end_read(db, look_find(db, ref, user, id, e), e);
}

static int
each_named(struct db *db, const struct job *const *jobs, size_t n, int64_t *ids, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < n && rc >= 0; i++)
		if (jobs[i]->name != NULL)
			rc = db_number(db, e, &ids[i], 0,
			    "SELECT id FROM jobs WHERE name = ? AND \"user\" = ?",
			    BIND(S(jobs[i]->name), S(jobs[i]->user)));
	return rc;
}

static void
find_ends(const struct job *const *jobs, size_t n, const char **first, const char **last)
{
	*first = *last = NULL;
	for (size_t i = 0; i < n; i++) {
		const char *name = jobs[i]->name;

		if (name != NULL && (*first == NULL || strcmp(name, *first) < 0))
			*first = name;
		if (name != NULL && (*last == NULL || strcmp(name, *last) > 0))
			*last = name;
	}
}

/* A job of the store among those that are looked for. */
static void
note_named(struct cursor *st, const struct job *const *jobs, size_t n, int64_t *ids)
{
	const char *name = col_text(st, 1), *user = col_text(st, 2);

	for (size_t i = 0; i < n; i++)
		if (jobs[i]->name != NULL && strcmp(jobs[i]->name, name) == 0 &&
		    strcmp(jobs[i]->user, user) == 0)
			ids[i] = col_int(st, 0);
}

/*
 * Those of many that stand between the first and the last of their names: where they are new,
 * hardly any. 1: too many to look at each.
 */
static int
between_named(struct db *db, const struct job *const *jobs, size_t n, int64_t *ids, struct err *e)
{
	const char *first, *last;
	struct cursor *st;
	size_t found = 0;
	int rc;

	find_ends(jobs, n, &first, &last);
	if (first == NULL)
		return 0;
	rc = db_first(db, e, &st,
	    "SELECT id, name, \"user\" FROM jobs WHERE name >= ? AND name <= ? LIMIT ?",
	    BIND(S(first), S(last), I(NAMED_FEW)));
	for (; rc > 0; rc = db_next(db, e, st)) {
		note_named(st, jobs, n, ids);
		found++;
	}
	return rc < 0 ? rc : found == NAMED_FEW;
}

int
sql_jobs_named(
    struct store *s, const struct job *const *jobs, size_t n, int64_t *ids, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	if ((rc = db_begin_read(db, e)) < 0)
		return rc;
	memset(ids, 0, n * sizeof(*ids));
	rc = n < NAMED_FEW ? 1 : between_named(db, jobs, n, ids, e);
	if (rc > 0)
		rc = each_named(db, jobs, n, ids, e);
	return db_end_read(db, rc, e);
}

/* ---- views ---- */

static int64_t
earlier(int64_t a, int64_t b)
{
	if (a == INSTANT_NONE || b == INSTANT_NONE)
		return a == INSTANT_NONE ? b : a;
	return a < b ? a : b;
}

/* i: the first column behind those of the row. */
static void
read_around(struct cursor *st, int i, struct row *r, struct job_view *v)
{
	int64_t main_ready = col_time(st, i + 2), main_for = col_time(st, i + 3);
	int64_t beside_ready = col_time(st, i + 4), beside_for = col_time(st, i + 5);
	struct life l;

	v->fence = col_int(st, i);
	v->cancel_wanted = (col_int(st, i + 1) & OCC_END) != 0;
	v->next_run_at = earlier(main_ready, beside_ready);
	v->next_scheduled_for = v->next_run_at == main_ready ? main_for : beside_for;
	if (v->next_scheduled_for == INSTANT_NONE)
		v->next_scheduled_for = beside_for;
	l.running = v->fence != 0;
	l.open = main_for != INSTANT_NONE || beside_for != INSTANT_NONE;
	v->state = life_state(r, &l);
	_Static_assert(HELD_PAUSED == HOLD_PAUSED && HELD_BUSY == HOLD_BUSY &&
			   HELD_AFTER == HOLD_AFTER && HELD_ORDER == HOLD_ORDER &&
			   HELD_QUEUE == HOLD_QUEUE && HELD_NODE == HOLD_NODE,
	    "the bits are the same");
	v->held = col_int(st, i + 6) & HOLD_REASONS;
}

/* The row's texts become the view's. */
static void
take_row(struct row *r, struct job_view *v)
{
	v->job = r->job;
	v->created_at = r->created_at;
	v->last_scheduled_at = r->last_scheduled_at;
	v->started = r->started;
	v->paused = r->paused;
	v->paused_until = r->paused_until;
	v->pause_reason = r->paused ? r->pause_reason : NULL;
	if (!r->paused) {
		free(r->pause_reason);
		v->paused_until = INSTANT_NONE;
	}
	free(r->boot_id);
}

static int
add_last(struct db *db, int64_t head, int64_t ended, struct job_view *v, struct err *e)
{
	struct cursor *st;
	int rc;

	v->last_outcome = -1;
	if (head == 0)
		return 0;
	if ((rc = db_first(db, e, &st, "SELECT attempt, node FROM attempts WHERE id = ?",
		 BIND(I(head)))) <= 0)
		return rc;
	v->attempt = col_int(st, 0);
	v->node = xstrdup(col_text(st, 1));
	db_reset(st);
	if (!v->job.periodic)
		v->started = 1;
	if ((rc = db_first(
		 db, e, &st, "SELECT outcome FROM attempts WHERE id = ?", BIND(I(ended)))) <= 0)
		return rc;
	v->last_outcome = outcome_parse(col_text(st, 0));
	db_reset(st);
	return 0;
}

int
look_view(struct db *db, int64_t id, struct job_view *v, struct err *e)
{
	int64_t head, ended;
	struct cursor *st;
	struct row r;
	int rc;

	memset(v, 0, sizeof(*v));
	if ((rc = db_first(db, e, &st, row_text(db, ROW_VIEW), BIND(I(id)))) <= 0)
		return rc;
	if ((rc = row_read(db, st, &r, e)) >= 0)
		read_around(st, row_columns(), &r, v);
	db_reset(st);
	if (rc < 0)
		return rc;
	if ((rc = chain_head(db, &r, &head, e)) >= 0)
		rc = chain_ended(db, &r, &ended, e);
	take_row(&r, v);
	if (rc >= 0)
		rc = add_last(db, head, ended, v, e);
	if (rc >= 0)
		return 1;
	job_view_release(v);
	return rc;
}

int
sql_job_get(struct store *s, int64_t id, struct job_view *v, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	if ((rc = db_begin_read(db, e)) < 0)
		return rc;
	if ((rc = look_view(db, id, v, e)) == 0)
		rc = err_set(e, E_NOTFOUND, "no such job: %" PRId64, id);
	rc = db_end_read(db, rc, e);
	return rc < 0 ? rc : 0;
}
