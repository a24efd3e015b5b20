/*
 * report: see report.h. A journal that cannot be written holds up new jobs, but no results: they go
 * to the scheduler all the same, for then its store is the only safe place.
 */
#include "runner/report.h"

#include <assert.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "job/attempt.h"
#include "runner/checkpoint.h"
#include "runner/lock.h"
#include "runner/runner.h"
#include "runner/server.h"
#include "wire/journal.h"
#include "wire/launch.h"

/* A journal longer than this is cut once half of it is owed to nobody. */
#define JOURNAL_CUT (1024 * 1024)
/* So much of a START record, about. */
#define START_SIZE 256
/* The journal is tried again after so long. */
#define FLUSH_AGAIN_US (1000 * INT64_C(1000))
/* Results wait here, not in the connection's buffer, while the scheduler is slow to read. */
#define BACKLOG_MAX (1024 * 1024)

static void
pack_start(struct buf *body, const struct runner *r, const struct attempt *a)
{
	struct start s = { .fence = a->fence, .job_id = a->job_id, .claim_wall = a->claim_wall,
		.claim_boot = a->claim_boot, .started_boot = a->started_boot,
		.timeout = a->timeout, .grace = a->grace, .lock = a->lock,
		.lock_file = a->lock_file };

	strlcpy(s.boot, r->self.boot, sizeof(s.boot));
	s.cgroup = cells_path(&r->cells, a->cell);
	start_pack(body, &s);
	free(s.cgroup);
}

void
report_start(struct runner *r, const struct attempt *a)
{
	buf_clear(&r->packed);
	pack_start(&r->packed, r, a);
	journal_add(r->journal, FRAME_START, &r->packed);
}

int
report_flush(struct runner *r, struct err *e)
{
	int rc = journal_flush(r->journal, e);

	if (rc < 0 && !r->journal_failing)
		log_error("%s", e->text);
	r->journal_failing = rc < 0;
	return rc;
}

static void
tell_start(struct runner *r, const struct attempt *a)
{
	struct started s = { a->fence, a->claim_wall + (a->started_boot - a->claim_boot), a->pid };

	buf_clear(&r->packed);
	started_pack(&r->packed, &s);
	server_send(r->server, FRAME_STARTED, &r->packed);
}

void
report_started(struct runner *r, struct attempt *a)
{
	if (r->untold == NULL)
		r->untold = a;
}

void
report_starts(struct runner *r)
{
	for (const struct attempt *a = r->untold; a != NULL; a = TAILQ_NEXT(a, link))
		tell_start(r, a);
	r->untold = NULL;
}

void
report_result(struct runner *r, struct attempt *a, struct result *res, int64_t now)
{
	assert(a->state != ATTEMPT_ENDED);
	res->fence = a->fence;
	res->finished_at = a->claim_wall + (now - a->claim_boot);
	checkpoint_hand_over(r, a, res);
	a->seq = ++r->seq;
	ended_pack(&a->body, a->seq, res);
	r->owed += a->body.len;
	journal_add(r->journal, FRAME_END, &a->body);
	jobs_shed(a);
	if (r->untold == a)
		r->untold = TAILQ_NEXT(a, link);
	jobs_move(&r->jobs, a, ATTEMPT_ENDED);
	guests_ended(&r->guests, a->fence);
	if (r->unsent == NULL)
		r->unsent = a;
}

void
report_error(struct runner *r, struct attempt *a, const char *why, int64_t now)
{
	struct result res;

	result_init(&res);
	res.outcome = OUTCOME_ERROR;
	res.reason = xstrdup(why);
	report_result(r, a, &res, now);
	result_release(&res);
}

void
report_again(struct runner *r)
{
	const struct attempt *a;

	TAILQ_FOREACH(a, &r->jobs.list[ATTEMPT_RUNNING], link)
		tell_start(r, a);
	r->untold = NULL;
	r->unsent = TAILQ_FIRST(&r->jobs.list[ATTEMPT_ENDED]);
}

static void
cut_journal(struct runner *r)
{
	struct buf live = { 0 }, body = { 0 };
	const struct attempt *a;
	struct err e;

	TAILQ_FOREACH(a, &r->jobs.list[ATTEMPT_RUNNING], link) {
		pack_start(&body, r, a);
		frame_add(&live, FRAME_START, &body);
		buf_clear(&body);
		if (a->kept > a->stored) {
			checkpoint_pack(&body, a);
			frame_add(&live, FRAME_CHECKPOINT_KEPT, &body);
			buf_clear(&body);
		}
	}
	TAILQ_FOREACH(a, &r->jobs.list[ATTEMPT_ENDED], link)
		frame_add(&live, FRAME_END, &a->body);
	end_pack(&r->endings, &live);
	if (journal_cut(r->journal, &live, &e) < 0)
		log_warn("%s", e.text);
	buf_release(&live);
	buf_release(&body);
}

void
report_acknowledged(struct runner *r, int64_t seq)
{
	struct attempt *a;

	while ((a = TAILQ_FIRST(&r->jobs.list[ATTEMPT_ENDED])) != NULL && a->seq <= seq) {
		if (r->unsent == a)
			r->unsent = TAILQ_NEXT(a, link);
		r->owed -= a->body.len;
		/* Not before: a start without an end is judged by what that file says. */
		if (a->lock_left != -1)
			r->locks_left--;
		if (a->once && a->lock != NULL)
			lock_remove(a->lock, a->fence, &a->lock_left);
		jobs_forget(&r->jobs, a);
	}
	report_trim(r);
}

void
report_trim(struct runner *r)
{
	size_t size = journal_size(r->journal);
	size_t live = r->owed + r->unstored + r->endings.noted +
	    (size_t)r->jobs.count[ATTEMPT_RUNNING] * START_SIZE;

	/* Emptying it needs no room: that is the way out of a full disk. */
	if ((size > JOURNAL_CUT && live <= size / 2) || (r->journal_failing && live == 0))
		cut_journal(r);
}

void
report_turn(struct runner *r, int64_t now)
{
	struct attempt *a;
	struct err e;

	r->flush_at = 0;
	if (journal_dirty(r->journal) && report_flush(r, &e) < 0)
		r->flush_at = now + FLUSH_AGAIN_US;
	while ((a = r->unsent) != NULL && server_connected(r->server) &&
	    server_backlog(r->server) < BACKLOG_MAX) {
		server_send(r->server, FRAME_ENDED, &a->body);
		r->unsent = TAILQ_NEXT(a, link);
	}
}

int64_t
report_next(const struct runner *r)
{
	return r->untold != NULL ? 1 : r->flush_at;
}
