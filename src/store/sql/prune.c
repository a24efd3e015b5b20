/*
 * prune: what has expired, a short transaction at a time.
 *
 * Attempts and ended jobs are gone through in the order of time. What stays (a job's newest
 * attempts) is looked at again in each round; a setting remembers how far this round has come.
 */
#include "store/sql/prune.h"

#include <inttypes.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/sql/db.h"
#include "store/sql/lead.h"
#include "store/sql/row.h"
#include "store/sql/slots.h"

#define ROWS 300	       /* in one transaction */
#define QUESTIONS 50	       /* likewise, where each of them is a question to a server */
#define CHECKPOINTS 16	       /* likewise: of at most 1 MiB */
#define OUTPUT_BYTES (4 << 20) /* likewise: giving back its pages is what takes time */

static int64_t
step(const struct pruning *p)
{
	return store_shared(&p->db->store) ? QUESTIONS : ROWS;
}

int
prune_place(struct db *db, const char *key, struct place *p, struct err *e)
{
	struct cursor *st;
	int rc;

	*p = (struct place){INT64_MIN, 0};
	if ((rc = db_first(db, e, &st, "SELECT value FROM settings WHERE key = ?", BIND(S(key)))) <=
	    0)
		return rc;
	if (sscanf(col_text(st, 0), "%" SCNd64 " %" SCNd64, &p->at, &p->id) != 2)
		*p = (struct place){INT64_MIN, 0};
	db_reset(st);
	return 0;
}

int
prune_set_place(struct db *db, const char *key, const struct place *p, struct err *e)
{
	char value[64];

	snprintf(value, sizeof(value), "%" PRId64 " %" PRId64, p->at, p->id);
	return db_do(db, e,
	    "INSERT INTO settings (key, value) VALUES (?, ?)"
	    " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
	    BIND(S(key), S(value)));
}

int
prune_forget_place(struct db *db, const char *key, struct err *e)
{
	return db_do(db, e, "DELETE FROM settings WHERE key = ?", BIND(S(key)));
}

/* After looked rows, of at most ROWS: the next transaction goes on behind place, or begins anew. */
static int
keep_place(struct pruning *p, const char *key, int looked, const struct place *place, struct err *e)
{
	if (looked == ROWS || p->left <= 0) {
		p->out->more = true;
		return prune_set_place(p->db, key, place, e);
	}
	return place->id != 0 ? prune_forget_place(p->db, key, e) : 0;
}

/* ---- outputs ---- */

/* Of those after this fence up to a page; *fence is the last that was looked at, 0 at the end. */
static int
look_at_outputs(struct pruning *p, int64_t *fence, int64_t *fences, int *n, int64_t *bytes,
    struct err *e)
{
	int64_t cut = p->now - p->keep->outputs, after = *fence;
	struct cursor *st;
	/* In the order of claims: an attempt ends after its claim, so this ends at the first new
	 * one. */
	int rc = db_first(p->db, e, &st,
	    "SELECT o.fence, a.claimed_at, a.finished_at, length(o.data)"
	    " FROM outputs o JOIN attempts a ON a.id = o.fence WHERE o.fence > ?"
	    " ORDER BY o.fence LIMIT ?",
	    BIND(I(after), I(ROWS)));

	*fence = 0;
	for (; rc > 0; rc = db_next(p->db, e, st)) {
		if (col_int(st, 1) >= cut || *n == ROWS || *bytes >= OUTPUT_BYTES) {
			p->out->more = p->out->more || col_int(st, 1) < cut;
			*fence = 0;
			db_reset(st);
			return 0;
		}
		*fence = col_int(st, 0);
		if (col_int(st, 2) >= cut)
			continue;
		fences[(*n)++] = *fence;
		*bytes += col_int(st, 3);
	}
	return rc;
}

static int
old_outputs(struct pruning *p, int64_t *fences, int *n, struct err *e)
{
	int64_t fence = 0, bytes = 0;
	int rc;

	*n = 0;
	do
		rc = look_at_outputs(p, &fence, fences, n, &bytes, e);
	while (rc >= 0 && fence != 0);
	return rc;
}

int
prune_outputs(struct pruning *p, struct err *e)
{
	int64_t fences[ROWS];
	int n, rc = old_outputs(p, fences, &n, e);

	for (int i = 0; i < n && rc >= 0; i++)
		rc = db_do(p->db, e, "DELETE FROM outputs WHERE fence = ?", BIND(I(fences[i])));
	p->out->outputs += n;
	return rc;
}

/* ---- attempts, and the jobs whose last they were ---- */

static int
old_attempts(struct pruning *p, int64_t after, struct old *v, int *n, struct err *e)
{
	struct cursor *st;
	int rc = db_first(p->db, e, &st,
	    "SELECT id, job_id, claimed_at, finished_at FROM attempts WHERE id > ? ORDER BY id "
	    "LIMIT ?",
	    BIND(I(after), I(ROWS)));

	for (*n = 0; rc > 0; rc = db_next(p->db, e, st))
		v[(*n)++] =
		    (struct old){col_int(st, 0), col_int(st, 1), col_int(st, 2), col_time(st, 3)};
	return rc;
}

int
prune_one(struct pruning *p, const struct old *o, struct err *e)
{
	bool gone = false;
	struct row r;
	int rc;

	if ((rc = row_find(p->db, o->job_id, &r, e)) <= 0)
		return rc;
	rc = prune_job(p, &r, &gone, e);
	if (rc >= 0 && !gone && o->finished_at != INSTANT_NONE &&
	    o->finished_at < p->now - p->keep->attempts)
		rc = prune_attempt(p, &r, o->fence, e);
	row_release(&r);
	return rc;
}

static int
prune_attempts(struct pruning *p, struct err *e)
{
	static const char key[] = PRUNE_ATTEMPTS;
	int64_t longest = p->keep->attempts < p->keep->jobs ? p->keep->attempts : p->keep->jobs;
	struct old *v = xcalloc(ROWS, sizeof(*v));
	struct place place;
	int n = 0, i = 0, rc;

	if ((rc = prune_place(p->db, key, &place, e)) >= 0)
		rc = old_attempts(p, place.id, v, &n, e);
	for (p->left = ROWS; i < n && rc >= 0 && p->left > 0; i++) {
		if (v[i].claimed_at >= p->now - longest)
			break;
		p->left--;
		rc = prune_one(p, &v[i], e);
		place = (struct place){0, v[i].fence};
	}
	if (rc >= 0)
		rc = keep_place(p, key, i, &place, e);
	free(v);
	return rc;
}

/* ---- jobs that ended without an attempt that was ok ---- */

static int
ended_jobs(struct pruning *p, const struct place *after, struct place *v, int *n, struct err *e)
{
	struct cursor *st;
	int rc = db_first(p->db, e, &st,
	    "SELECT ended_at, id FROM jobs WHERE ended_at < ? AND (ended_at, id) > (?, ?)"
	    " ORDER BY ended_at, id LIMIT ?",
	    BIND(I(p->now - p->keep->jobs), I(after->at), I(after->id), I(ROWS)));

	for (*n = 0; rc > 0; rc = db_next(p->db, e, st))
		v[(*n)++] = (struct place){col_int(st, 0), col_int(st, 1)};
	return rc;
}

static int
prune_jobs(struct pruning *p, struct err *e)
{
	static const char key[] = "prune.jobs";
	struct place *v = xcalloc(ROWS, sizeof(*v)), place;
	int n = 0, i = 0, rc;
	bool gone;
	struct row r;

	if ((rc = prune_place(p->db, key, &place, e)) >= 0)
		rc = ended_jobs(p, &place, v, &n, e);
	for (p->left = step(p); i < n && rc >= 0 && p->left > 0; i++) {
		p->left--;
		if ((rc = row_get(p->db, v[i].id, &r, e)) < 0)
			break;
		rc = prune_job(p, &r, &gone, e);
		row_release(&r);
		place = v[i];
	}
	if (rc >= 0)
		rc = keep_place(p, key, i, &place, e);
	free(v);
	return rc;
}

/* ---- the rest ---- */

static int
prune_skips(struct pruning *p, struct err *e)
{
	int64_t n;
	int rc;

	if ((rc = db_change(p->db, e, &n,
		 "DELETE FROM skips WHERE id IN"
		 " (SELECT id FROM skips WHERE recorded_at < ? ORDER BY recorded_at LIMIT ?)",
		 BIND(I(p->now - p->keep->attempts), I(ROWS)))) < 0)
		return rc;
	p->out->skips += n;
	p->out->more = p->out->more || n == ROWS;
	return 0;
}

/* Those of periodic jobs whose occurrence failed for good; a one-time job's go with the job. */
static int
prune_checkpoints(struct pruning *p, struct err *e)
{
	int64_t n;
	int rc = db_change(p->db, e, &n,
	    "DELETE FROM checkpoints WHERE (job_id, scheduled_for) IN"
	    " (SELECT c.job_id, c.scheduled_for FROM checkpoints c JOIN jobs j ON j.id = c.job_id"
	    "  WHERE c.put_at < ? AND j.periodic = 1 AND NOT EXISTS (SELECT 1 FROM occurrences o"
	    "   WHERE o.job_id = c.job_id AND o.state = 1) AND NOT EXISTS (SELECT 1 FROM"
	    "   occurrences b WHERE b.job_id = c.job_id"
	    "   AND (b.state = 2 OR (b.state = 0 AND b.main = 0))) LIMIT ?)",
	    BIND(I(p->now - p->keep->outputs), I(CHECKPOINTS)));

	if (rc < 0)
		return rc;
	p->out->more = p->out->more || n == CHECKPOINTS;
	return 0;
}

static int
prune_small(struct pruning *p, struct err *e)
{
	int rc = db_do(
	    p->db, e, "DELETE FROM batches WHERE updated_at < ?", BIND(I(p->now - p->keep->jobs)));

	if (rc < 0 || (rc = prune_checkpoints(p, e)) < 0)
		return rc;
	return db_do(
	    p->db, e, "DELETE FROM pauses WHERE ended_at < ?", BIND(I(p->now - p->keep->attempts)));
}

int
prune_rest(struct pruning *p, struct err *e)
{
	int rc = prune_jobs(p, e);

	if (rc >= 0 && !p->out->more)
		rc = prune_skips(p, e);
	if (rc >= 0 && !p->out->more)
		rc = prune_small(p, e);
	return rc;
}

int
sql_prune(
    struct store *s, const struct retention *keep, int64_t now, struct pruned *out, struct err *e)
{
	struct pruning p = {.db = db_of(s), .keep = keep, .out = out, .now = now};
	int rc;

	memset(out, 0, sizeof(*out));
	if ((rc = lead_begin(p.db, e)) < 0)
		return rc;
	if ((rc = prune_outputs(&p, e)) >= 0 && !out->more)
		rc = prune_attempts(&p, e);
	if (rc >= 0 && !out->more)
		rc = prune_rest(&p, e);
	return db_end(p.db, rc, e);
}
