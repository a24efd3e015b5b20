/*
 * checkpoint: see checkpoint.h.
 */
#include "store/sql/checkpoint.h"

#include "base/mem.h"
#include "store/sql/db.h"
#include "store/sql/finish.h"
#include "store/sql/slots.h"

int
checkpoint_any(struct db *db, bool *any, struct err *e)
{
	int64_t n = 0;
	int rc = db_number(
	    db, e, &n, 0, "SELECT EXISTS (SELECT 1 FROM checkpoints)", NOBIND);

	*any = n != 0;
	return rc;
}

int
checkpoint_get(struct db *db, struct claim *c, struct err *e)
{
	const void *data;
	struct cursor *st;
	int rc;

	if ((rc = db_first(db, e, &st,
		 "SELECT data FROM checkpoints WHERE job_id = ? AND scheduled_for = ?",
		 BIND(I(c->job_id), I(c->scheduled_for)))) <= 0)
		return rc;
	data = col_blob(st, 0, &c->checkpoint_len);
	c->checkpoint = xmemdup(data, (size_t)c->checkpoint_len);
	db_reset(st);
	return 0;
}

static int
forget(struct db *db, int64_t job_id, int64_t scheduled_for, struct err *e)
{
	return db_do(db, e, "DELETE FROM checkpoints WHERE job_id = ? AND scheduled_for = ?",
	    BIND(I(job_id), I(scheduled_for)));
}

static int
keep(struct db *db, int64_t job_id, int64_t scheduled_for, const void *data, int64_t len,
    int64_t now, struct err *e)
{
	if (len == 0)
		return forget(db, job_id, scheduled_for, e);
	return db_do(db, e,
	    "INSERT INTO checkpoints (job_id, scheduled_for, data, put_at) VALUES (?, ?, ?, ?)"
	    " ON CONFLICT (job_id, scheduled_for) DO UPDATE"
	    " SET data = excluded.data, put_at = excluded.put_at",
	    BIND(I(job_id), I(scheduled_for), B(data, len), I(now)));
}

int
checkpoint_end(struct finishing *f, const struct ending *end, struct err *e)
{
	const struct result *res = end->result;
	int64_t job = end->o.job_id, when = end->o.scheduled_for;

	if (res->outcome == OUTCOME_OK || res->outcome == OUTCOME_CANCELLED)
		return f->checkpoints ? forget(f->db, job, when, e) : 0;
	if (res->checkpoint_len < 0)
		return 0;
	f->checkpoints = true;
	return keep(f->db, job, when, res->checkpoint, res->checkpoint_len, f->now, e);
}

int
checkpoint_dead(struct finishing *f, const struct occ *o, struct err *e)
{
	if (!f->checkpoints)
		return 0;
	return db_do(f->db, e,
	    "DELETE FROM checkpoints WHERE job_id = ?1 AND scheduled_for <> ?2"
	    " AND NOT EXISTS (SELECT 1 FROM jobs WHERE id = ?1"
	    "  AND due_for = checkpoints.scheduled_for)"
	    " AND NOT EXISTS (SELECT 1 FROM occurrences b INDEXED BY occurrences_beside"
	    "  WHERE b.job_id = ?1 AND (b.state = 2 OR (b.state = 0 AND b.main = 0))"
	    "  AND b.scheduled_for = checkpoints.scheduled_for)",
	    BIND(I(o->job_id), I(o->scheduled_for)));
}

int
checkpoint_drop(struct db *db, int64_t job_id, struct err *e)
{
	return db_do(db, e, "DELETE FROM checkpoints WHERE job_id = ?", BIND(I(job_id)));
}

int
checkpoint_drop_one(struct db *db, const struct occ *o, struct err *e)
{
	return forget(db, o->job_id, o->scheduled_for, e);
}

static int
put(struct db *db, int64_t fence, const void *data, int64_t len, int64_t now, struct err *e)
{
	int64_t job, when;
	struct cursor *st;
	int rc;

	if ((rc = db_first(db, e, &st,
		 "SELECT job_id, scheduled_for FROM attempts WHERE id = ? AND outcome = 'running'",
		 BIND(I(fence)))) <= 0)
		return rc;
	job = col_int(st, 0);
	when = col_int(st, 1);
	db_reset(st);
	return keep(db, job, when, data, len, now, e);
}

int
sql_checkpoint_put(struct store *s, int64_t fence, const void *data, int64_t len, int64_t now,
    struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	if ((rc = db_begin(db, e)) < 0)
		return rc;
	return db_end(db, put(db, fence, data, len, now, e), e);
}
