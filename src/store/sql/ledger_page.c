/*
 * ledger_page: the two streams of the ledger, see ledger.h.
 */
#include "base/mem.h"
#include "store/sql/chain.h"
#include "store/sql/db.h"
#include "store/sql/ledger.h"
#include "store/sql/row.h"
#include "time/duration.h"

/*
 * Fences grow in the order of time, but for steps of the clock. So a list from some time on ends
 * when so many rows on end are older by more than a day than what was asked for.
 */
#define OLD_ROWS 10000

#define ATTEMPT                                                                                   \
	"SELECT a.id, a.job_id, a.scheduled_for, a.attempt, j.name, a.manual, a.node, a.outcome," \
	" a.exit_status, a.signal, a.claimed_at, a.started_at, a.finished_at, a.ready_at,"        \
	" a.user_time, a.system_time, a.max_rss, a.output_bytes, a.dead, a.reason,"         \
	" a.notice"                \
	" FROM attempts a LEFT JOIN jobs j ON j.id = a.job_id"

void
ledger_row_release(struct ledger_row *r)
{
	free((char *)(uintptr_t)r->job_name);
	free((char *)(uintptr_t)r->node);
	free((char *)(uintptr_t)r->reason);
	free((char *)(uintptr_t)r->detail);
	free((char *)(uintptr_t)r->notice);
}

static void
read_attempt(struct cursor *st, struct ledger_row *r)
{
	int64_t started = col_time(st, 11);

	*r = (struct ledger_row){
	    .fence = col_int(st, 0),
	    .job_id = col_int(st, 1),
	    .scheduled_for = col_int(st, 2),
	    .attempt = col_int(st, 3),
	    .job_name = xstrdup(col_text(st, 4)),
	    .manual = col_int(st, 5) != 0,
	    .node = xstrdup(col_text(st, 6)),
	    .outcome = (enum outcome)outcome_parse(col_text(st, 7)),
	    .exit_status = (int)col_or(st, 8, -1),
	    .signal = (int)col_int(st, 9),
	    .claimed_at = col_int(st, 10),
	    .started_at = started,
	    .finished_at = col_time(st, 12),
	    .lateness = started != INSTANT_NONE ? started - col_int(st, 13) : -1,
	    .user_time = col_or(st, 14, -1),
	    .system_time = col_or(st, 15, -1),
	    .max_rss = col_or(st, 16, -1),
	    .output_bytes = col_int(st, 17),
	    .dead = col_int(st, 18) != 0,
	    .reason = xstrdup(col_text(st, 19)),
	    .notice = xstrdup(col_text(st, 20)),
	    .count = 1,
	    .first_scheduled_for = INSTANT_NONE,
	    .last_scheduled_for = INSTANT_NONE,
	};
	if (r->lateness < 0)
		r->lateness = started != INSTANT_NONE ? 0 : -1;
}

static bool
wanted(struct stream *s, const struct ledger_row *r)
{
	const struct ledger_filter *f = s->f;

	if (f->since != INSTANT_NONE && r->claimed_at < f->since) {
		s->old += r->claimed_at < f->since - DAY_US;
		if (s->old >= OLD_ROWS)
			s->over = true;
		return false;
	}
	s->old = 0;
	return (f->outcome == -1 || (int)r->outcome == f->outcome) &&
	       (f->node == NULL || (r->node != NULL && strcmp(r->node, f->node) == 0));
}

static void
keep(struct stream *s, struct cursor *st)
{
	struct ledger_row *r = &s->rows[s->n];

	read_attempt(st, r);
	s->below = r->fence;
	if (wanted(s, r))
		s->n++;
	else
		ledger_row_release(r);
}

/* ---- of one job: along the chain ---- */

static int
first_of_job(struct stream *s, struct err *e)
{
	struct row r;
	int rc;

	s->below = 0;
	if ((rc = row_find(s->db, s->f->job_id, &r, e)) <= 0)
		return rc;
	rc = chain_head(s->db, &r, &s->below, e);
	row_release(&r);
	return rc;
}

/* s->below is the next to be read. */
static int
page_of_job(struct stream *s, struct err *e)
{
	int64_t fence;
	struct cursor *st;
	int rc = s->below == INT64_MAX ? first_of_job(s, e) : 0;

	while (rc >= 0 && s->below != 0 && s->n < LEDGER_PAGE && !s->over) {
		fence = s->below;
		if ((rc = db_first(s->db, e, &st, ATTEMPT " WHERE a.id = ?", BIND(I(fence)))) <= 0)
			break;
		keep(s, st);
		db_reset(st);
		rc = chain_prev(s->db, fence, &s->below, e);
	}
	if (s->n < LEDGER_PAGE)
		s->over = true;
	return rc;
}

/* ---- of all ---- */

static int
read_page(struct stream *s, struct err *e)
{
	/* What runs is few among many, and is found by its occurrences. */
	const char *text =
	    s->f->outcome == OUTCOME_RUNNING ? ATTEMPT
		" WHERE a.id IN (SELECT fence FROM occurrences WHERE state = 1) AND a.id < ?"
		" ORDER BY a.id DESC LIMIT ?"
					     : ATTEMPT " WHERE a.id < ? ORDER BY a.id DESC LIMIT ?";
	int64_t read = 0;
	struct cursor *st;
	int rc = db_first(s->db, e, &st, text, BIND(I(s->below), I(LEDGER_PAGE)));

	for (; rc > 0; rc = db_next(s->db, e, st)) {
		keep(s, st);
		read++;
	}
	if (read < LEDGER_PAGE)
		s->over = true;
	return rc;
}

int
ledger_attempts(struct stream *s, struct err *e)
{
	int rc;

	if (s->f->job_id == 0)
		return read_page(s, e);
	if ((rc = db_begin_read(s->db, e)) < 0)
		return rc;
	return db_end_read(s->db, page_of_job(s, e), e);
}

/* ---- skips ---- */

#define SKIP                                                                                      \
	"SELECT s.id, s.job_id, j.name, s.reason, s.count, s.first_scheduled_for,"                \
	" s.last_scheduled_for, s.recorded_at, s.detail, s.notice"                                \
	" FROM skips s LEFT JOIN jobs j ON j.id = s.job_id"

static void
read_skip(struct cursor *st, struct ledger_row *r)
{
	*r = (struct ledger_row){
	    .job_id = col_int(st, 1),
	    .job_name = xstrdup(col_text(st, 2)),
	    .reason = xstrdup(col_text(st, 3)),
	    .count = col_int(st, 4),
	    .first_scheduled_for = col_int(st, 5),
	    .last_scheduled_for = col_int(st, 6),
	    .claimed_at = col_int(st, 7),
	    .detail = xstrdup(col_text(st, 8)),
	    .notice = xstrdup(col_text(st, 9)),
	    .scheduled_for = col_int(st, 5),
	    .outcome = OUTCOME_SKIPPED,
	    .exit_status = -1,
	    .started_at = INSTANT_NONE,
	    .finished_at = INSTANT_NONE,
	    .lateness = -1,
	    .user_time = -1,
	    .system_time = -1,
	    .max_rss = -1,
	};
}

int
ledger_skips(struct stream *s, struct err *e)
{
	const struct ledger_filter *f = s->f;
	struct cursor *st;
	int rc;

	if (f->job_id != 0)
		rc = db_first(s->db, e, &st,
		    SKIP " WHERE s.job_id = ? AND s.id < ? AND s.recorded_at >= ?"
			 " ORDER BY s.id DESC LIMIT ?",
		    BIND(I(f->job_id), I(s->below), I(f->since), I(LEDGER_PAGE)));
	else
		rc = db_first(s->db, e, &st,
		    SKIP " WHERE s.recorded_at >= ? AND (s.recorded_at, s.id) < (?, ?)"
			 " ORDER BY s.recorded_at DESC, s.id DESC LIMIT ?",
		    BIND(I(f->since), I(s->below_at), I(s->below), I(LEDGER_PAGE)));
	for (; rc > 0; rc = db_next(s->db, e, st)) {
		s->below = col_int(st, 0);
		read_skip(st, &s->rows[s->n]);
		s->below_at = s->rows[s->n].claimed_at;
		s->n++;
	}
	s->over = s->n < LEDGER_PAGE;
	return rc;
}
