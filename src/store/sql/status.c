/*
 * status: the health of the scheduler in numbers.
 */
#include "base/err.h"
#include "base/mem.h"
#include "store/sql/db.h"
#include "store/sql/slots.h"

#define NEWEST 1000 /* attempts over which lateness is told */

static int
due(struct db *db, int64_t now, int64_t *n, int64_t *age, struct err *e)
{
	struct cursor *st;
	int64_t oldest, first = INSTANT_NONE;
	int rc = 0;

	*n = 0;
	for (int64_t rank = 0; rank <= 9; rank++) {
		if ((rc = db_first(db, e, &st,
			 "SELECT count(*), min(ready_at) FROM occurrences"
			 " WHERE state = 0 AND rank = ? AND ready_at <= ?",
			 BIND(I(rank), I(now)))) <= 0)
			return rc;
		*n += col_int(st, 0);
		oldest = col_time(st, 1);
		if (oldest != INSTANT_NONE && (first == INSTANT_NONE || oldest < first))
			first = oldest;
		db_reset(st);
	}
	*age = first != INSTANT_NONE ? now - first : 0;
	return 0;
}

static int
running(struct db *db, int64_t *n, struct err *e)
{
	return db_number(db, e, n, 0, "SELECT count(*) FROM occurrences WHERE state = 1", NOBIND);
}

static int
last_tick(struct db *db, int64_t *at, struct err *e)
{
	return db_number(db, e, at, INSTANT_NONE, "SELECT max(last_tick_at) FROM nodes", NOBIND);
}

/* ---- status ---- */

static int
count_jobs(struct db *db, int64_t jobs[JOB_NSTATES], struct err *e)
{
	int64_t counts[N_COUNTERS], paused;
	int rc;

	if ((rc = count_read(db, counts, e)) < 0 || (rc = running(db, &jobs[JOB_RUNNING], e)) < 0 ||
	    (rc = db_number(db, e, &paused, 0,
		 "SELECT count(*) FROM jobs WHERE paused = 1 AND state = 'active' AND NOT EXISTS"
		 " (SELECT 1 FROM occurrences o WHERE o.job_id = jobs.id AND o.state = 1)",
		 NOBIND)) < 0)
		return rc;
	jobs[JOB_PAUSED] = paused;
	jobs[JOB_PENDING] = counts[N_JOBS + REST_OPEN] - jobs[JOB_RUNNING] - paused;
	jobs[JOB_DONE] = counts[N_JOBS + REST_DONE];
	jobs[JOB_FAILED] = counts[N_JOBS + REST_FAILED];
	jobs[JOB_CANCELLED] = counts[N_JOBS + REST_CANCELLED];
	jobs[JOB_RETIRED] = counts[N_JOBS + REST_RETIRED];
	return 0;
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int
lateness(struct db *db, int64_t *p50, int64_t *p99, struct err *e)
{
	int64_t v[NEWEST];
	size_t n = 0;
	struct cursor *st;
	int rc = db_first(db, e, &st,
	    "SELECT started_at - ready_at FROM (SELECT started_at, ready_at FROM attempts"
	    " ORDER BY id DESC LIMIT 1000) AS newest WHERE started_at IS NOT NULL",
	    NOBIND);

	for (; rc > 0; rc = db_next(db, e, st))
		v[n++] = col_int(st, 0) > 0 ? col_int(st, 0) : 0;
	if (n > 0)
		qsort(v, n, sizeof(v[0]), compare);
	*p50 = n > 0 ? v[(n - 1) / 2] : -1;
	*p99 = n > 0 ? v[(n - 1) * 99 / 100] : -1;
	return rc;
}

static int
all_paused(struct db *db, struct store_status *out, struct err *e)
{
	struct cursor *st;
	int rc;

	out->paused_until = INSTANT_NONE;
	if ((rc = db_first(db, e, &st,
		 "SELECT paused_until, reason FROM pauses WHERE ended_at IS NULL", NOBIND)) <= 0)
		return rc;
	out->paused = true;
	out->paused_until = col_time(st, 0);
	out->pause_reason = xstrdup(col_text(st, 1));
	db_reset(st);
	return 0;
}

int
sql_status(struct store *s, int64_t now, struct store_status *out, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	memset(out, 0, sizeof(*out));
	if ((rc = db_begin_read(db, e)) < 0)
		return rc;
	if ((rc = count_jobs(db, out->jobs, e)) >= 0 &&
	    (rc = due(db, now, &out->due, &out->oldest_due_age, e)) >= 0 &&
	    (rc = last_tick(db, &out->last_tick_at, e)) >= 0 &&
	    (rc = lateness(db, &out->lateness_p50, &out->lateness_p99, e)) >= 0)
		rc = all_paused(db, out, e);
	return db_end_read(db, rc, e);
}

/* ---- metrics ---- */

static int
metrics(struct db *db, int64_t now, struct store_metrics *out, struct err *e)
{
	int64_t counts[N_COUNTERS];
	int rc;

	if ((rc = count_read(db, counts, e)) < 0)
		return rc;
	out->enqueued = counts[N_ENQUEUED];
	out->claimed = counts[N_CLAIMED];
	out->started = counts[N_STARTED];
	out->retries = counts[N_RETRIES];
	out->dead = counts[N_JOBS + REST_FAILED];
	out->lateness_sum = counts[N_LATE_SUM];
	memcpy(out->finished, counts + N_FINISHED, sizeof(out->finished));
	memcpy(out->skipped, counts + N_SKIPPED, sizeof(out->skipped));
	memcpy(out->lateness, counts + N_LATE, sizeof(out->lateness));
	if ((rc = running(db, &out->running, e)) < 0 ||
	    (rc = due(db, now, &out->due, &out->oldest_due_age, e)) < 0 ||
	    (rc = last_tick(db, &out->last_tick_at, e)) < 0)
		return rc;
	return db_number(db, e, &out->tab_errors, 0,
	    "SELECT count(*) FROM tabs WHERE error IS NOT NULL", NOBIND);
}

int
sql_metrics(struct store *s, int64_t now, struct store_metrics *out, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	memset(out, 0, sizeof(*out));
	if ((rc = db_begin_read(db, e)) < 0)
		return rc;
	return db_end_read(db, metrics(db, now, out, e), e);
}
