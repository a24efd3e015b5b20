/*
 * slots: the operations of the store, for the tables of the engines; each is in the room of its
 * noun.
 */
#ifndef STORE_SQL_SLOTS_H
#define STORE_SQL_SLOTS_H

#include "store/ops.h"

/* submit.c */
int sql_submit(struct store *, const struct submit *, int64_t *, size_t *, struct err *);
struct db;
/* Of that the jobs alone, for an engine that begins and ends by itself. */
int sql_submit_jobs(struct db *, const struct submit *, int64_t *, size_t *, struct err *);
int sql_batch_progress(struct store *, const char *, int64_t *, struct err *);
int sql_batch_ids(struct store *, const char *, struct id_run **, size_t *, struct err *);
/* look.c, list.c */
int sql_job_find(struct store *, const char *, const char *, int64_t *, struct err *);
int sql_jobs_named(
    struct store *, const struct job *const *, size_t, int64_t *, struct err *);
int sql_job_get(struct store *, int64_t, struct job_view *, struct err *);
int sql_job_list(struct store *, const struct job_filter *,
    int (*)(void *, const struct job_view *), void *, struct err *);
/* cancel.c, pause.c, byhand.c */
int sql_job_cancel(struct store *, int64_t, bool, int64_t, bool *, struct err *);
int sql_job_pause(struct store *, int64_t, int64_t, const char *, int64_t, struct err *);
int sql_job_resume(struct store *, int64_t, int64_t, struct err *);
int sql_pause_all(struct store *, int64_t, const char *, int64_t, struct err *);
int sql_resume_all(struct store *, int64_t, struct err *);
int sql_job_run(struct store *, int64_t, int64_t, struct err *);
int sql_job_retry(struct store *, int64_t, int64_t, struct err *);
/* change.c */
int sql_job_change(struct store *, const struct job_change *, const int64_t *, size_t, int64_t *,
    struct err *);
/* queue.c */
int sql_queue_limits(
    struct store *, const struct queue_limit *, size_t, int64_t, struct err *);
int sql_queue_pause(
    struct store *, const char *, int64_t, const char *, int64_t, struct err *);
int sql_queue_resume(struct store *, const char *, int64_t, struct err *);
int sql_queue_list(
    struct store *, int (*)(void *, const struct queue_view *), void *, struct err *);
/* ledger.c */
int sql_ledger(struct store *, const struct ledger_filter *,
    int (*)(void *, const struct ledger_row *), void *, struct err *);
int sql_output(struct store *, int64_t, int64_t, struct output *, struct err *);
int sql_attempt_output(struct store *, int64_t, int64_t, struct output *, struct err *);
/* node.c, runner.c, line_node.c */
int sql_node_up(struct store *, const struct node *, int64_t, struct err *);
int sql_node_beat(struct store *, const char *, const struct moment *, struct err *);
int sql_node_down(
    struct store *, const char *, const struct proc_id *, int64_t, struct err *);
bool sql_wake(struct store *, bool (*)(const char *));
int sql_node_list(struct store *, int (*)(void *, const struct node *), void *, struct err *);
int sql_lease_renew(
    struct store *, const struct node *, int64_t, struct lease *, struct err *);
int sql_rescue(struct store *, int64_t, int64_t, void (*)(void *, const char *), void *,
    struct rescued *, struct err *);
int sql_awaited(struct store *, const char *, const struct strv *, bool *, struct err *);
int sql_node_drain(struct store *, const char *, const char *, bool, int64_t, struct err *);
int sql_node_forget(struct store *, const char *, struct err *);
int sql_runner_add(struct store *, const char *, int64_t, int64_t *, struct err *);
int sql_runner_set(struct store *, const struct runner *, struct err *);
int sql_runner_remove(struct store *, int64_t, struct err *);
int sql_runner_list(
    struct store *, const char *, int (*)(void *, const struct runner *), void *, struct err *);
/* claim.c, ready.c, open_attempt.c, finish.c */
int sql_claim_ready(struct store *, const struct claim_request *, struct claims *, struct err *);
int sql_next_ready(struct store *, int64_t *, struct err *);
int sql_open_attempts(
    struct store *, int64_t, int (*)(void *, const struct open_attempt *), void *, struct err *);
int sql_given_up(
    struct store *, int64_t, int (*)(void *, const struct open_attempt *), void *, struct err *);
int sql_cancels_wanted(struct store *, const char *,
    int (*)(void *, const struct open_attempt *), void *, struct err *);
int sql_start_attempts(struct store *, const struct started_row *, size_t, struct err *);
int sql_finish_attempts(
    struct store *, const struct result *, size_t, int64_t, struct finished *, struct err *);
/* checkpoint.c, notice.c */
int sql_checkpoint_put(
    struct store *, int64_t, const void *, int64_t, int64_t, struct err *);
int sql_notices(struct store *, int64_t, int (*)(void *, const struct notice_key *), void *,
    struct err *);
int sql_notice_get(struct store *, int64_t, struct notice *, struct err *);
int sql_notice_done(
    struct store *, const struct notice_key *, const char *, int64_t, struct err *);
/* clock.c */
int sql_clock_mark(struct store *, struct clock_mark *, struct err *);
int sql_clock_step(
    struct store *, const struct clock_step *, struct clock_stepped *, struct err *);
/* rezone.c */
int sql_zone_change(
    struct store *, const struct zone_change *, struct zone_changed *, struct err *);
/* entry.c, tab.c, tab_differ.c */
int sql_tab_known(struct store *, const char *, const char *,
    int (*)(void *, const struct tab_known *), void *, struct err *);
int sql_tab_entry(
    struct store *, const char *, const char *, struct tab_known *, struct err *);
int sql_tab_change(struct store *, struct tab_change *, size_t, int64_t,
    const struct zone *, const char *, size_t *, struct err *);
int sql_tab_set(struct store *, const struct tab_state *, struct err *);
int sql_tab_remove(struct store *, const char *, struct err *);
int sql_tab_list(
    struct store *, int (*)(void *, const struct tab_state *), void *, struct err *);
int sql_tab_differ(struct store *, const char *, const struct tab_difference *, size_t, int64_t,
    struct err *);
int sql_tab_differences(
    struct store *, int (*)(void *, const struct tab_difference *), void *, struct err *);
/* status.c, setting.c */
int sql_status(struct store *, int64_t, struct store_status *, struct err *);
int sql_metrics(struct store *, int64_t, struct store_metrics *, struct err *);
int sql_setting_get(struct store *, const char *, char **, struct err *);
int sql_setting_set(struct store *, const char *, const char *, struct err *);
/* copy.c */
int sql_copy(struct store *, struct store *, const struct copy_watch *, struct copied *,
    struct err *);
/* prune.c */
int sql_prune(struct store *, const struct retention *, int64_t, struct pruned *, struct err *);

/* The slots of store_ops that are the same for every engine; no comma behind it. */
#define SQL_SLOTS \
	.batch_progress = sql_batch_progress, .batch_ids = sql_batch_ids, \
	.job_find = sql_job_find, .jobs_named = sql_jobs_named, .job_get = sql_job_get, \
	.job_list = sql_job_list, .job_cancel = sql_job_cancel, .job_pause = sql_job_pause, \
	.job_resume = sql_job_resume, .pause_all = sql_pause_all, \
	.resume_all = sql_resume_all, .job_change = sql_job_change, \
	.queue_limits = sql_queue_limits, .queue_pause = sql_queue_pause, \
	.queue_resume = sql_queue_resume, .queue_list = sql_queue_list, \
	.job_run = sql_job_run, .job_retry = sql_job_retry, .ledger = sql_ledger, \
	.output = sql_output, .attempt_output = sql_attempt_output, .node_up = sql_node_up, \
	.node_down = sql_node_down, .node_list = sql_node_list, \
	.node_drain = sql_node_drain, \
	.node_forget = sql_node_forget, .lease_renew = sql_lease_renew, .rescue = sql_rescue, \
	.awaited = sql_awaited, \
	.runner_add = sql_runner_add, .runner_set = sql_runner_set, \
	.runner_remove = sql_runner_remove, .runner_list = sql_runner_list, \
	.next_ready = sql_next_ready, .open_attempts = sql_open_attempts, \
	.given_up = sql_given_up, \
	.cancels_wanted = sql_cancels_wanted, \
	.checkpoint_put = sql_checkpoint_put, .notices = sql_notices, \
	.notice_get = sql_notice_get, .notice_done = sql_notice_done, \
	.clock_mark = sql_clock_mark, .clock_step = sql_clock_step, \
	.zone_change = sql_zone_change, .tab_known = sql_tab_known, \
	.tab_entry = sql_tab_entry, .tab_change = sql_tab_change, .tab_set = sql_tab_set, \
	.tab_remove = sql_tab_remove, .tab_list = sql_tab_list, .tab_differ = sql_tab_differ, \
	.tab_differences = sql_tab_differences, .status = sql_status, \
	.metrics = sql_metrics, .setting_get = sql_setting_get, \
	.setting_set = sql_setting_set, .copy = sql_copy

#endif
