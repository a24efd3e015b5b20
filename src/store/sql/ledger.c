/*
 * ledger: attempts and skips in one list, and what attempts wrote.
 */
#include "store/sql/ledger.h"

#include <inttypes.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/sql/chain.h"
#include "store/sql/db.h"
#include "store/sql/row.h"
#include "store/sql/slots.h"

/* ---- the list ---- */

static int64_t
time_of(const struct ledger_row *r)
{
	return r->claimed_at;
}

/* The row at the head, refilled if need be; NULL at the end. */
static int
head(struct stream *st, int (*fill)(struct stream *, struct err *), struct ledger_row **row,
    struct err *e)
{
	int rc;

	*row = NULL;
	while (st->at == st->n && !st->over) {
		st->at = st->n = 0;
		if ((rc = fill(st, e)) < 0)
			return rc;
	}
	if (st->at < st->n)
		*row = &st->rows[st->at];
	return 0;
}

static int
merge(struct stream *attempts, struct stream *skips, int (*each)(void *, const struct ledger_row *),
    void *arg, struct err *e)
{
	int64_t told = 0, limit = attempts->f->limit;
	struct ledger_row *a, *s;
	bool enough = false;
	int rc;

	while (!enough && (limit == 0 || told < limit)) {
		struct stream *from;

		if ((rc = head(attempts, ledger_attempts, &a, e)) < 0 ||
		    (rc = head(skips, ledger_skips, &s, e)) < 0)
			return rc;
		if (a == NULL && s == NULL)
			break;
		from = s == NULL || (a != NULL && time_of(a) >= time_of(s)) ? attempts : skips;
		enough = each(arg, &from->rows[from->at]) != 0;
		ledger_row_release(&from->rows[from->at++]);
		told++;
	}
	return 0;
}

static struct stream *
stream_new(struct db *db, const struct ledger_filter *f, bool wanted)
{
	struct stream *st = xcalloc(1, sizeof(*st));

	st->db = db;
	st->f = f;
	st->over = !wanted;
	st->below = st->below_at = INT64_MAX;
	return st;
}

static void
stream_free(struct stream *st)
{
	while (st->at < st->n)
		ledger_row_release(&st->rows[st->at++]);
	free(st);
}

int
sql_ledger(struct store *s, const struct ledger_filter *f,
    int (*each)(void *, const struct ledger_row *), void *arg, struct err *e)
{
	bool only_skips = f->outcome == OUTCOME_SKIPPED;
	bool with_skips = only_skips || (f->outcome == -1 && f->node == NULL);
	struct stream *attempts = stream_new(db_of(s), f, !only_skips);
	struct stream *skips = stream_new(db_of(s), f, with_skips);
	int rc = merge(attempts, skips, each, arg, e);

	stream_free(attempts);
	stream_free(skips);
	return rc;
}

/* ---- output ---- */

/* The attempt that is asked for: 0 is the newest that has ended, n that of the newest occurrence.
 */
static int
find_attempt(struct db *db, const struct row *r, int64_t attempt, int64_t *fence, struct err *e)
{
	int64_t newest;
	int rc;

	if (attempt == 0)
		return chain_ended(db, r, fence, e);
	if ((rc = chain_head(db, r, &newest, e)) < 0)
		return rc;
	return db_number(db, e, fence, 0,
	    "SELECT a.id FROM attempts n JOIN attempts a ON a.scheduled_for = n.scheduled_for"
	    " AND a.job_id = n.job_id AND a.attempt = ? WHERE n.id = ?",
	    BIND(I(attempt), I(newest)));
}

static int
read_output(struct db *db, int64_t fence, struct output *out, struct err *e)
{
	const void *data;
	struct cursor *st;
	int rc;

	if ((rc = db_first(db, e, &st,
		 "SELECT data, dropped_at, dropped_bytes FROM outputs WHERE fence = ?",
		 BIND(I(fence)))) <= 0)
		return rc;
	data = col_blob(st, 0, &out->len);
	out->data = xmemdup(data, (size_t)out->len);
	out->dropped_at = col_int(st, 1);
	out->dropped_bytes = col_int(st, 2);
	db_reset(st);
	return 1;
}

/* It wrote something, and nothing of it is there. */
static int
check_kept(struct db *db, int64_t id, int64_t fence, struct err *e)
{
	int64_t wrote;
	int rc = db_number(
	    db, e, &wrote, 0, "SELECT output_bytes FROM attempts WHERE id = ?", BIND(I(fence)));

	if (rc < 0 || wrote == 0)
		return rc;
	return err_set(
	    e, E_NOTFOUND, "the output of that attempt of job %" PRId64 " is not kept", id);
}

static int
kept_output(struct db *db, int64_t id, int64_t fence, struct output *out, struct err *e)
{
	int rc = read_output(db, fence, out, e);

	return rc == 0 ? check_kept(db, id, fence, e) : rc;
}

static int
output(struct db *db, const struct row *r, int64_t attempt, struct output *out, struct err *e)
{
	int64_t fence;
	int rc;

	if ((rc = find_attempt(db, r, attempt, &fence, e)) < 0)
		return rc;
	if (fence == 0 && attempt == 0)
		return err_set(e, E_NOTFOUND, "no attempt of job %" PRId64 " has ended", r->job.id);
	if (fence == 0)
		return err_set(
		    e, E_NOTFOUND, "job %" PRId64 " has no attempt %" PRId64, r->job.id, attempt);
	return kept_output(db, r->job.id, fence, out, e);
}

int
sql_output(struct store *s, int64_t id, int64_t attempt, struct output *out, struct err *e)
{
	struct db *db = db_of(s);
	struct row r;
	int rc;

	memset(out, 0, sizeof(*out));
	if ((rc = db_begin_read(db, e)) < 0)
		return rc;
	if ((rc = row_get(db, id, &r, e)) >= 0) {
		rc = output(db, &r, attempt, out, e);
		row_release(&r);
	}
	return db_end_read(db, rc < 0 ? rc : 0, e);
}

int
sql_attempt_output(
    struct store *s, int64_t id, int64_t fence, struct output *out, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	memset(out, 0, sizeof(*out));
	if ((rc = db_begin_read(db, e)) < 0)
		return rc;
	rc = kept_output(db, id, fence, out, e);
	return db_end_read(db, rc < 0 ? rc : 0, e);
}
