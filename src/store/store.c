/*
 * store: opens the backend that a URI names, and hands each operation to it.
 */
#include "store/store.h"

#include "base/mem.h"
#include "store/ahead.h"
#include "store/backend.h"
#include "store/clock.h"
#include "store/ops.h"

const int64_t lateness_bounds[LATENESS_BUCKETS - 1] = {
    1000, 5000, 10000, 50000, 100000, 500000, 1000000, 5000000, 30000000, 60000000, 300000000};

int
store_open(struct store **s, const char *uri, enum store_mode mode, struct err *e)
{
	const struct store_ops *ops;
	const char *locator;
	int rc;

	*s = NULL;
	if ((rc = backend_find(uri, &ops, &locator, e)) < 0)
		return rc;
	return ops->open(s, locator, mode, e);
}

int
store_upgrade(const char *uri, int *from, int *to, struct err *e)
{
	const struct store_ops *ops;
	const char *locator;
	int rc;

	if ((rc = backend_find(uri, &ops, &locator, e)) < 0)
		return rc;
	return ops->upgrade(locator, from, to, e);
}

bool
store_outdated(const struct store *s)
{
	return s->outdated;
}

void
store_close(struct store *s)
{
	if (s != NULL)
		s->ops->close(s);
}

void
store_tidy_later(struct store *s)
{
	s->tidied = true;
}

bool
store_untidy(const struct store *s)
{
	return s->untidy;
}

void
store_tidy(struct store *s)
{
	s->untidy = false;
	s->ops->tidy(s);
}

const char *
store_uri(const struct store *s)
{
	return s->uri;
}

bool
store_shared(const struct store *s)
{
	return store_path(s) == NULL;
}

const char *
store_path(const struct store *s)
{
	return s->ops->path(s);
}

int
store_submit(struct store *s, const struct submit *what, int64_t *ids, size_t *bad, struct err *e)
{
	return s->ops->submit(s, what, ids, bad, e);
}

void
store_submit_ahead(struct store *s, const struct submit *what, int64_t *ids)
{
	s->ops->submit_ahead(s, what, ids);
}

int
store_batch_progress(struct store *s, const char *batch, int64_t *stored, struct err *e)
{
	return s->ops->batch_progress(s, batch, stored, e);
}

int
store_batch_ids(
    struct store *s, const char *batch, struct id_run **runs, size_t *n, struct err *e)
{
	return s->ops->batch_ids(s, batch, runs, n, e);
}

int
store_job_find(struct store *s, const char *ref, const char *user, int64_t *id, struct err *e)
{
	return s->ops->job_find(s, ref, user, id, e);
}

int
store_jobs_named(struct store *s, const struct job *const *jobs, size_t n, int64_t *ids,
    struct err *e)
{
	return s->ops->jobs_named(s, jobs, n, ids, e);
}

int
store_job_get(struct store *s, int64_t id, struct job_view *v, struct err *e)
{
	return s->ops->job_get(s, id, v, e);
}

int
store_job_list(struct store *s, const struct job_filter *f,
    int (*each)(void *, const struct job_view *), void *arg, struct err *e)
{
	return s->ops->job_list(s, f, each, arg, e);
}

int
store_job_cancel(struct store *s, int64_t id, bool kill, int64_t now, bool *running, struct err *e)
{
	return s->ops->job_cancel(s, id, kill, now, running, e);
}

int
store_job_pause(
    struct store *s, int64_t id, int64_t until, const char *reason, int64_t now, struct err *e)
{
	return s->ops->job_pause(s, id, until, reason, now, e);
}

int
store_job_resume(struct store *s, int64_t id, int64_t now, struct err *e)
{
	return s->ops->job_resume(s, id, now, e);
}

int
store_pause_all(struct store *s, int64_t until, const char *reason, int64_t now, struct err *e)
{
	return s->ops->pause_all(s, until, reason, now, e);
}

int
store_resume_all(struct store *s, int64_t now, struct err *e)
{
	return s->ops->resume_all(s, now, e);
}

int
store_job_change(struct store *s, const struct job_change *c, const int64_t *ids, size_t n,
    int64_t *done, struct err *e)
{
	return s->ops->job_change(s, c, ids, n, done, e);
}

int
store_queue_limits(
    struct store *s, const struct queue_limit *q, size_t n, int64_t now, struct err *e)
{
	return s->ops->queue_limits(s, q, n, now, e);
}

int
store_queue_pause(struct store *s, const char *name, int64_t until, const char *reason,
    int64_t now, struct err *e)
{
	return s->ops->queue_pause(s, name, until, reason, now, e);
}

int
store_queue_resume(struct store *s, const char *name, int64_t now, struct err *e)
{
	return s->ops->queue_resume(s, name, now, e);
}

int
store_queue_list(
    struct store *s, int (*each)(void *, const struct queue_view *), void *arg, struct err *e)
{
	return s->ops->queue_list(s, each, arg, e);
}

int
store_job_run(struct store *s, int64_t id, int64_t now, struct err *e)
{
	return s->ops->job_run(s, id, now, e);
}

int
store_job_retry(struct store *s, int64_t id, int64_t now, struct err *e)
{
	return s->ops->job_retry(s, id, now, e);
}

int
store_ledger(struct store *s, const struct ledger_filter *f,
    int (*each)(void *, const struct ledger_row *), void *arg, struct err *e)
{
	return s->ops->ledger(s, f, each, arg, e);
}

int
store_output(struct store *s, int64_t job_id, int64_t attempt, struct output *out, struct err *e)
{
	return s->ops->output(s, job_id, attempt, out, e);
}

int
store_attempt_output(
    struct store *s, int64_t job_id, int64_t fence, struct output *out, struct err *e)
{
	return s->ops->attempt_output(s, job_id, fence, out, e);
}

int
store_runner_add(struct store *s, const char *node, int64_t now, int64_t *id, struct err *e)
{
	return s->ops->runner_add(s, node, now, id, e);
}

int
store_runner_set(struct store *s, const struct runner *r, struct err *e)
{
	return s->ops->runner_set(s, r, e);
}

int
store_runner_remove(struct store *s, int64_t id, struct err *e)
{
	return s->ops->runner_remove(s, id, e);
}

int
store_runner_list(struct store *s, const char *node, int (*each)(void *, const struct runner *),
    void *arg, struct err *e)
{
	return s->ops->runner_list(s, node, each, arg, e);
}

int
store_claim_ready(struct store *s, const struct claim_request *q, struct claims *c, struct err *e)
{
	return s->ops->claim_ready(s, q, c, e);
}

int
store_next_ready(struct store *s, int64_t *when, struct err *e)
{
	return s->ops->next_ready(s, when, e);
}

int
store_open_attempts(struct store *s, int64_t runner,
    int (*each)(void *, const struct open_attempt *), void *arg, struct err *e)
{
	return s->ops->open_attempts(s, runner, each, arg, e);
}

int
store_cancels_wanted(struct store *s, const char *node,
    int (*each)(void *, const struct open_attempt *), void *arg, struct err *e)
{
	return s->ops->cancels_wanted(s, node, each, arg, e);
}

int
store_start_attempts(struct store *s, const struct started_row *v, size_t n, struct err *e)
{
	return s->ops->start_attempts(s, v, n, e);
}

int
store_finish_attempts(struct store *s, const struct result *v, size_t n, int64_t now,
    struct finished *done, struct err *e)
{
	return s->ops->finish_attempts(s, v, n, now, done, e);
}

int
store_checkpoint_put(struct store *s, int64_t fence, const void *data, int64_t len, int64_t now,
    struct err *e)
{
	return s->ops->checkpoint_put(s, fence, data, len, now, e);
}

void
store_tell_failures(struct store *s, bool tell)
{
	s->tell_failures = tell;
}

int
store_notices(struct store *s, int64_t limit, int (*each)(void *, const struct notice_key *),
    void *arg, struct err *e)
{
	return s->ops->notices(s, limit, each, arg, e);
}

int
store_notice_get(struct store *s, int64_t fence, struct notice *n, struct err *e)
{
	return s->ops->notice_get(s, fence, n, e);
}

int
store_notice_done(struct store *s, const struct notice_key *key, const char *problem,
    int64_t again_at, struct err *e)
{
	return s->ops->notice_done(s, key, problem, again_at, e);
}

int
store_clock_mark(struct store *s, struct clock_mark *mark, struct err *e)
{
	return s->ops->clock_mark(s, mark, e);
}

int
store_clock_step(struct store *s, const struct clock_step *step, struct clock_stepped *done,
    struct err *e)
{
	return s->ops->clock_step(s, step, done, e);
}

int
store_zone_change(struct store *s, const struct zone_change *what, struct zone_changed *done,
    struct err *e)
{
	return s->ops->zone_change(s, what, done, e);
}

int
store_tab_known(struct store *s, const char *tab, const char *after,
    int (*each)(void *, const struct tab_known *), void *arg, struct err *e)
{
	return s->ops->tab_known(s, tab, after, each, arg, e);
}

int
store_tab_entry(
    struct store *s, const char *tab, const char *key, struct tab_known *k, struct err *e)
{
	return s->ops->tab_entry(s, tab, key, k, e);
}

int
store_tab_change(struct store *s, struct tab_change *v, size_t n, int64_t now,
    const struct zone *zone, const char *boot_id, size_t *bad, struct err *e)
{
	return s->ops->tab_change(s, v, n, now, zone, boot_id, bad, e);
}

int
store_tab_set(struct store *s, const struct tab_state *t, struct err *e)
{
	return s->ops->tab_set(s, t, e);
}

int
store_tab_remove(struct store *s, const char *path, struct err *e)
{
	return s->ops->tab_remove(s, path, e);
}

int
store_tab_list(
    struct store *s, int (*each)(void *, const struct tab_state *), void *v, struct err *e)
{
	return s->ops->tab_list(s, each, v, e);
}

int
store_tab_differ(struct store *s, const char *node, const struct tab_difference *v, size_t n,
    int64_t now, struct err *e)
{
	return s->ops->tab_differ(s, node, v, n, now, e);
}

int
store_tab_differences(
    struct store *s, int (*each)(void *, const struct tab_difference *), void *v, struct err *e)
{
	return s->ops->tab_differences(s, each, v, e);
}

int
store_status(struct store *s, int64_t now, struct store_status *out, struct err *e)
{
	return s->ops->status(s, now, out, e);
}

int
store_metrics(struct store *s, int64_t now, struct store_metrics *out, struct err *e)
{
	return s->ops->metrics(s, now, out, e);
}

int
store_setting_get(struct store *s, const char *key, char **value, struct err *e)
{
	return s->ops->setting_get(s, key, value, e);
}

int
store_setting_set(struct store *s, const char *key, const char *value, struct err *e)
{
	return s->ops->setting_set(s, key, value, e);
}

int
store_prune(
    struct store *s, const struct retention *keep, int64_t now, struct pruned *out, struct err *e)
{
	return s->ops->prune(s, keep, now, out, e);
}

int
store_check(struct store *s, void (*each)(void *, const char *line), void *v, int64_t *faults,
    struct err *e)
{
	return s->ops->check(s, each, v, faults, e);
}

int
store_copy(struct store *from, struct store *to, const struct copy_watch *watch,
    struct copied *out, struct err *e)
{
	return from->ops->copy(from, to, watch, out, e);
}

int
store_backup(struct store *s, const char *file, struct err *e)
{
	return s->ops->backup(s, file, e);
}
