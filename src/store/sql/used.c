/*
 * used: see used.h.
 */
#include "store/sql/used.h"

#include "base/err.h"
#include "job/attempt.h"
#include "store/sql/db.h"
#include "store/sql/row.h"
#include "time/schedule.h"

/* So many times are passed over here; later ones that have been tried are found by the claim. */
#define PASS_MAX 100
/* What a new plan can meet was skipped lately; and a job may have a million rows. */
#define SKIPS_MAX 64

#define NEWEST_SKIPS                                                                            \
	"FROM (SELECT reason, count, first_scheduled_for AS f, last_scheduled_for AS l"         \
	"  FROM skips WHERE job_id = ?1 ORDER BY id DESC LIMIT ?2) s WHERE f <= ?3 AND l >= ?3"

int
used_tried(struct db *db, int64_t job_id, int64_t at, bool *tried, struct err *e)
{
	int64_t n;
	int rc = db_number(db, e, &n, 0,
	    "SELECT EXISTS (SELECT 1 FROM attempts WHERE scheduled_for = ?1 AND job_id = ?2)"
	    " OR EXISTS (SELECT 1 FROM occurrences INDEXED BY occurrences_beside"
	    "  WHERE job_id = ?2 AND (state = 2 OR (state = 0 AND main = 0))"
	    "  AND scheduled_for = ?1)",
	    BIND(I(at), I(job_id)));

	*tried = n != 0;
	return rc;
}

int
used_skipped(struct db *db, int64_t job_id, int64_t at, bool *skipped, struct err *e)
{
	int64_t n;
	int rc = db_number(db, e, &n, 0, "SELECT count(*) " NEWEST_SKIPS " AND (f = ?3 OR l = ?3)",
	    BIND(I(job_id), I(SKIPS_MAX), I(at)));

	*skipped = n != 0;
	return rc;
}

int
used_instant(struct db *db, int64_t job_id, int64_t *at, struct err *e)
{
	bool used;
	int rc;

	for (;; ++*at) {
		if ((rc = used_tried(db, job_id, *at, &used, e)) < 0 ||
		    (!used && (rc = used_skipped(db, job_id, *at, &used, e)) < 0) || !used)
			return rc;
	}
}

/*
 * Between the ends of a row there may be times that are not in it, but not in one of cancels that
 * holds as many as the schedule has. Of other rows only the ends are looked at: a clock far
 * ahead may have left one that covers a year, for which the job must not rest.
 */
static bool
covers(struct cursor *st, const struct schedule *schedule, const struct zone *zone, int64_t at)
{
	int64_t count = col_int(st, 1), first = col_int(st, 2), last = col_int(st, 3), unused;

	if (at == first || at == last)
		return true;
	return strcmp(col_text(st, 0), skip_word(SKIP_CANCELLED)) == 0 &&
	       count > schedule_count(schedule, zone, first, last, &unused);
}

static int
is_skipped(struct db *db, const struct row *r, const struct schedule *schedule,
    const struct zone *zone, int64_t at, bool *skipped, struct err *e)
{
	struct cursor *st;
	int rc = db_first(db, e, &st, "SELECT reason, count, f, l " NEWEST_SKIPS,
	    BIND(I(r->job.id), I(SKIPS_MAX), I(at)));

	for (*skipped = false; rc > 0; rc = db_next(db, e, st))
		*skipped = *skipped || covers(st, schedule, zone, at);
	return rc;
}

static void
keep_until(const struct row *r, int64_t *at)
{
	if (r->job.until != INSTANT_NONE && *at > r->job.until)
		*at = INSTANT_NONE;
}

int
used_cron(struct db *db, const struct row *r, const struct schedule *schedule,
    const struct zone *zone, int64_t *at, struct err *e)
{
	bool used = true;
	int rc;

	for (int i = 0; i < PASS_MAX && used && *at != INSTANT_NONE; i++) {
		if ((rc = used_tried(db, r->job.id, *at, &used, e)) < 0 ||
		    (!used && (rc = is_skipped(db, r, schedule, zone, *at, &used, e)) < 0))
			return rc;
		if (used)
			*at = schedule_next(schedule, zone, *at);
	}
	keep_until(r, at);
	return 0;
}

int
used_every(struct db *db, const struct row *r, const struct schedule *schedule, int64_t now,
    int64_t *at, struct err *e)
{
	bool skipped = true;
	int rc;

	for (int i = 0; i < PASS_MAX && skipped && *at > now; i++) {
		if ((rc = is_skipped(db, r, schedule, NULL, *at, &skipped, e)) < 0)
			return rc;
		if (skipped)
			*at += schedule->every;
	}
	if (*at <= now && (rc = is_skipped(db, r, schedule, NULL, *at, &skipped, e)) < 0)
		return rc;
	if (*at < now && skipped)
		*at = now;
	rc = *at == now ? used_instant(db, r->job.id, at, e) : 0;
	keep_until(r, at);
	return rc;
}
