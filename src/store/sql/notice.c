/*
 * notice: see notice.h, and store.h for what the daemon asks.
 */
#include "store/sql/notice.h"

#include <inttypes.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/sql/db.h"
#include "store/sql/row.h"
#include "store/sql/slots.h"

int64_t
notice_wish(const struct job *job)
{
	return job->mail != NULL && job->mail_on != MAIL_NEVER ? 1 + (int64_t)job->mail_on : 0;
}

bool
notice_wanted(int64_t wish, const struct result *res, bool dead)
{
	switch (wish) {
	case 1 + MAIL_FAILURE:
		return dead;
	case 1 + MAIL_OUTPUT:
		return res->output_bytes > 0;
	case 1 + MAIL_ALWAYS:
		return true;
	default:
		return false;
	}
}

int
notice_add(struct db *db, int64_t fence, enum notice_kind kind, int64_t now, struct err *e)
{
	return db_do(db, e,
	    "INSERT INTO notices (fence, kind, due_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
	    BIND(I(fence), I(kind), I(now)));
}

int
notice_unrun(struct db *db, const struct job *job, int64_t now, struct err *e)
{
	const struct result nothing = {.output_bytes = 0};
	int64_t skip;
	int rc;

	if ((rc = db_number(db, e, &skip, 0, "SELECT max(id) FROM skips WHERE job_id = ?",
		 BIND(I(job->id)))) < 0)
		return rc;
	if (notice_wanted(notice_wish(job), &nothing, true) &&
	    (rc = notice_add(db, -skip, NOTICE_MAIL, now, e)) < 0)
		return rc;
	return db->store.tell_failures ? notice_add(db, -skip, NOTICE_ON_FAILURE, now, e) : 0;
}

/* There are none most of the times, and to have them sorted costs more than to look for one. */
int
sql_notices(struct store *s, int64_t limit, int (*each)(void *, const struct notice_key *),
    void *arg, struct err *e)
{
	struct notice_key key;
	struct cursor *st;
	int64_t any;
	int rc = db_number(
	    db_of(s), e, &any, 0, "SELECT EXISTS (SELECT 1 FROM notices)", NOBIND);

	if (rc < 0 || any == 0)
		return rc;
	rc = db_first(db_of(s), e, &st,
	    "SELECT fence, kind, due_at, tries FROM notices ORDER BY due_at, fence, kind LIMIT ?",
	    BIND(I(limit)));
	for (; rc > 0; rc = db_next(db_of(s), e, st)) {
		key = (struct notice_key){.fence = col_int(st, 0),
		    .kind = (enum notice_kind)col_int(st, 1),
		    .due_at = col_int(st, 2),
		    .tries = col_int(st, 3)};
		if (each(arg, &key) != 0) {
			db_reset(st);
			return 0;
		}
	}
	return rc;
}

static void
read_output(struct cursor *st, int from, struct output *o)
{
	const void *data = col_blob(st, from, &o->len);

	o->data = o->len > 0 ? xmemdup(data, (size_t)o->len) : NULL;
	o->dropped_at = col_int(st, from + 1);
	o->dropped_bytes = col_int(st, from + 2);
}

/* The facts of the attempt; *job is whose it was. 1, or 0 if there is none. */
static int
read_attempt(struct db *db, int64_t fence, struct notice *n, int64_t *job, struct err *e)
{
	struct cursor *st;
	int rc;

	if ((rc = db_first(db, e, &st,
		 "SELECT a.job_id, a.scheduled_for, a.attempt, a.manual, a.dead, a.node, a.outcome,"
		 " a.exit_status, a.signal, a.started_at, a.finished_at, a.output_bytes, a.reason,"
		 " o.data, o.dropped_at, o.dropped_bytes"
		 " FROM attempts a LEFT JOIN outputs o ON o.fence = a.id WHERE a.id = ?",
		 BIND(I(fence)))) <= 0)
		return rc;
	*job = col_int(st, 0);
	n->fence = fence;
	n->scheduled_for = col_int(st, 1);
	n->attempt = col_int(st, 2);
	n->manual = col_int(st, 3) != 0;
	n->dead = col_int(st, 4) != 0;
	n->node = xstrdup(col_text(st, 5));
	n->outcome = (enum outcome)outcome_parse(col_text(st, 6));
	n->exit_status = (int)col_or(st, 7, -1);
	n->signal = (int)col_int(st, 8);
	n->started_at = col_time(st, 9);
	n->finished_at = col_time(st, 10);
	n->output_bytes = col_int(st, 11);
	n->reason = xstrdup(col_text(st, 12));
	read_output(st, 13, &n->output);
	db_reset(st);
	return 1;
}

/* The same of what never had one. */
static int
read_skip(struct db *db, int64_t id, struct notice *n, int64_t *job, struct err *e)
{
	struct cursor *st;
	int rc;

	if ((rc = db_first(db, e, &st,
		 "SELECT job_id, last_scheduled_for, reason || coalesce(' ' || detail, '')"
		 " FROM skips WHERE id = ?",
		 BIND(I(id)))) <= 0)
		return rc;
	*job = col_int(st, 0);
	n->scheduled_for = col_int(st, 1);
	n->dead = true;
	n->outcome = OUTCOME_SKIPPED;
	n->exit_status = -1;
	n->started_at = n->finished_at = INSTANT_NONE;
	n->reason = xstrdup(col_text(st, 2));
	db_reset(st);
	return 1;
}

static int
get(struct db *db, int64_t fence, struct notice *n, struct err *e)
{
	int64_t job = 0;
	struct row r;
	int rc;

	rc = fence > 0 ? read_attempt(db, fence, n, &job, e) : read_skip(db, -fence, n, &job, e);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return err_set(e, E_NOTFOUND, "no attempt has the fence %" PRId64, fence);
	if ((rc = row_get(db, job, &r, e)) < 0)
		return rc;
	job_release(&n->job);
	n->job = r.job;
	job_init(&r.job);
	row_release(&r);
	return 0;
}

int
sql_notice_get(struct store *s, int64_t fence, struct notice *n, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	memset(n, 0, sizeof(*n));
	job_init(&n->job);
	if ((rc = db_begin_read(db, e)) < 0)
		return rc;
	if ((rc = db_end_read(db, get(db, fence, n, e), e)) < 0)
		notice_release(n);
	return rc;
}

/* A problem of an earlier try is none any more once it has been told. */
static int
note_problem(struct db *db, const struct notice_key *key, const char *problem, struct err *e)
{
	char *text;
	int rc;

	if (problem == NULL && key->tries == 0)
		return 0;
	text = problem != NULL ? xasprintf("%s: %s", notice_word(key->kind), problem) : NULL;
	rc = db_do(db, e,
	    key->fence > 0 ? "UPDATE attempts SET notice = ? WHERE id = ?"
			   : "UPDATE skips SET notice = ? WHERE id = ?",
	    BIND(S(text), I(imaxabs(key->fence))));
	free(text);
	return rc;
}

int
sql_notice_done(struct store *s, const struct notice_key *key, const char *problem,
    int64_t again_at, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	if ((rc = db_begin(db, e)) < 0)
		return rc;
	if ((rc = note_problem(db, key, problem, e)) < 0)
		return db_end(db, rc, e);
	if (problem != NULL && again_at != INSTANT_NONE)
		rc = db_do(db, e,
		    "UPDATE notices SET tries = tries + 1, due_at = ?"
		    " WHERE fence = ? AND kind = ?",
		    BIND(I(again_at), I(key->fence), I(key->kind)));
	else
		rc = db_do(db, e, "DELETE FROM notices WHERE fence = ? AND kind = ?",
		    BIND(I(key->fence), I(key->kind)));
	return db_end(db, rc, e);
}
