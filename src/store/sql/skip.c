/*
 * skip: see skip.h.
 */
#include "store/sql/skip.h"

#include <inttypes.h>

#include "base/mem.h"
#include "store/sql/chain.h"
#include "store/sql/db.h"
#include "store/sql/row.h"

/* What is known beside the reason; the caller's, NULL if nothing. */
static char *
detail_of(const struct plan_skip *s)
{
	if (s->calendar == NULL)
		return NULL;
	return xasprintf("%s%s", s->calendar, s->missing ? " (missing)" : "");
}

/* 1: id is the row to which it belongs. */
static int
find(struct db *db, const struct row *r, const char *reason, const char *detail, int64_t *id,
    struct err *e)
{
	struct cursor *st;
	int rc;

	if ((rc = db_first(db, e, &st,
		 "SELECT id, reason = ?1 AND (detail = ?2 OR (detail IS NULL AND ?2 IS NULL))"
		 " AND after_fence = ?3 FROM skips WHERE job_id = ?4 ORDER BY id DESC LIMIT 1",
		 BIND(S(reason), S(detail), I(r->last_fence), I(r->job.id)))) <= 0)
		return rc;
	*id = col_int(st, 0);
	rc = col_int(st, 1) != 0;
	db_reset(st);
	return rc;
}

static int
add(struct db *db, const struct row *r, const struct plan_skip *s, const char *detail, int64_t now,
    struct err *e)
{
	const char *reason = skip_word(s->reason);
	int64_t id;
	int rc;

	if ((rc = find(db, r, reason, detail, &id, e)) < 0)
		return rc;
	if (rc > 0)
		return db_do(db, e,
		    "UPDATE skips SET count = count + ?1, recorded_at = ?2, first_scheduled_for ="
		    " CASE WHEN first_scheduled_for < ?3 THEN first_scheduled_for ELSE ?3 END,"
		    " last_scheduled_for = CASE WHEN last_scheduled_for > ?4"
		    "  THEN last_scheduled_for ELSE ?4 END WHERE id = ?5",
		    BIND(I(s->count), I(now), I(s->first), I(s->last), I(id)));
	return db_do(db, e,
	    "INSERT INTO skips (job_id, reason, detail, count, first_scheduled_for,"
	    " last_scheduled_for, recorded_at, after_fence) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	    BIND(I(r->job.id), S(reason), S(detail), I(s->count), I(s->first), I(s->last), I(now),
		I(r->last_fence)));
}

int
skip_add(struct db *db, const struct row *r, const struct plan_skip *s, int64_t now, struct err *e)
{
	char *detail = detail_of(s);
	int rc = add(db, r, s, detail, now, e);

	count_add(db, N_SKIPPED + (int)s->reason, s->count);
	free(detail);
	return rc;
}

/* How the job came to its end, or its newest occurrence did. */
static int
fate_of(struct db *db, const struct row *r, const char **fate, struct err *e)
{
	int64_t fence, cancelled;
	int rc;

	*fate = "has not succeeded";
	if (r->base == JOB_FAILED)
		*fate = "failed";
	else if (r->base == JOB_CANCELLED)
		*fate = "was cancelled";
	if (r->base != JOB_PENDING)
		return 0;
	if ((rc = chain_ended(db, r, &fence, e)) < 0 || fence == 0)
		return rc;
	if ((rc = db_number(db, e, &cancelled, -1,
		 "SELECT outcome = 'cancelled' FROM attempts WHERE id = ? AND outcome <> 'ok'",
		 BIND(I(fence)))) < 0)
		return rc;
	if (cancelled >= 0)
		*fate = cancelled ? "was cancelled" : "failed";
	return 0;
}

static int
unrun_detail(struct db *db, int64_t on_id, char **detail, struct err *e)
{
	const char *fate;
	struct row r;
	int rc;

	*detail = NULL;
	if ((rc = row_get(db, on_id, &r, e)) < 0)
		return rc;
	if ((rc = fate_of(db, &r, &fate, e)) >= 0)
		*detail = r.job.name != NULL
			      ? xasprintf("job %" PRId64 " '%s' %s", on_id, r.job.name, fate)
			      : xasprintf("job %" PRId64 " %s", on_id, fate);
	row_release(&r);
	return rc;
}

int
skip_unrun(struct db *db, const struct row *r, int64_t scheduled_for, int64_t on_id, int64_t now,
    struct err *e)
{
	struct plan_skip s = {.reason = SKIP_PREREQUISITE,
	    .first = scheduled_for,
	    .last = scheduled_for,
	    .count = 1};
	char *detail;
	int rc;

	if ((rc = unrun_detail(db, on_id, &detail, e)) < 0)
		return rc;
	rc = add(db, r, &s, detail, now, e);
	count_add(db, N_SKIPPED + (int)s.reason, 1);
	free(detail);
	return rc;
}

int
skip_one(struct db *db, const struct row *r, enum skip_reason reason, int64_t scheduled_for,
    int64_t now, struct err *e)
{
	struct plan_skip s = {
	    .reason = reason, .first = scheduled_for, .last = scheduled_for, .count = 1};

	return skip_add(db, r, &s, now, e);
}
