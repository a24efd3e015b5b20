/*
 * sqlite: the tables of the backend's operations, and of what the logic needs of it.
 */
#include "store/sqlite/sqlite.h"

#include "store/sql/slots.h"
#include "store/sqlite/handle.h"

const struct db_driver sqlite_driver = {
    .prepare = sqlite_prepare,
    .finalize = sqlite_finalize,
    .first = sqlite_first,
    .next = sqlite_next,
    .reset = sqlite_reset,
    .changes = sqlite_changes,
    .is_null = sqlite_is_null,
    .integer = sqlite_integer,
    .text = sqlite_text,
    .blob = sqlite_blob,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .begin_read = sqlite_begin_read,
    .end_read = sqlite_end_read,
    .reach = sqlite_reach,
    .describe = sqlite_describe,
    .next_id = sqlite_next_id,
    .highest = sqlite_highest,
    .numbered = sqlite_numbered,
};

/* Its one daemon is on this host, and has a socket. */

static void
no_wake(struct store *s)
{
	(void)s;
}

static int
no_listen(struct store *s, struct err *e)
{
	(void)s, (void)e;
	return 0;
}

static int
no_ear(const struct store *s)
{
	(void)s;
	return -1;
}

static bool
no_hearing(struct store *s)
{
	(void)s;
	return false;
}

const struct store_ops sqlite_ops = {
    .scheme = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .path = sqlite_path,
    .upgrade = sqlite_upgrade,
    .submit = sql_submit,
    .batch_progress = sql_batch_progress,
    .batch_ids = sql_batch_ids,
    .job_find = sql_job_find,
    .jobs_named = sql_jobs_named,
    .job_get = sql_job_get,
    .job_list = sql_job_list,
    .job_cancel = sql_job_cancel,
    .job_pause = sql_job_pause,
    .job_resume = sql_job_resume,
    .pause_all = sql_pause_all,
    .resume_all = sql_resume_all,
    .job_change = sql_job_change,
    .queue_limits = sql_queue_limits,
    .queue_pause = sql_queue_pause,
    .queue_resume = sql_queue_resume,
    .queue_list = sql_queue_list,
    .job_run = sql_job_run,
    .job_retry = sql_job_retry,
    .ledger = sql_ledger,
    .output = sql_output,
    .attempt_output = sql_attempt_output,
    .node_up = sql_node_up,
    .node_beat = sql_node_beat,
    .node_down = sql_node_down,
    .node_list = sql_node_list,
    .wake = no_wake,
    .listen = no_listen,
    .ear = no_ear,
    .heard = no_hearing,
    .node_drain = sql_node_drain,
    .lease_renew = sql_lease_renew,
    .rescue = sql_rescue,
    .runner_add = sql_runner_add,
    .runner_set = sql_runner_set,
    .runner_remove = sql_runner_remove,
    .runner_list = sql_runner_list,
    .claim_ready = sql_claim_ready,
    .next_ready = sql_next_ready,
    .open_attempts = sql_open_attempts,
    .cancels_wanted = sql_cancels_wanted,
    .start_attempts = sql_start_attempts,
    .finish_attempts = sql_finish_attempts,
    .checkpoint_put = sql_checkpoint_put,
    .notices = sql_notices,
    .notice_get = sql_notice_get,
    .notice_done = sql_notice_done,
    .clock_mark = sql_clock_mark,
    .clock_step = sql_clock_step,
    .zone_change = sql_zone_change,
    .tab_known = sql_tab_known,
    .tab_entry = sql_tab_entry,
    .tab_change = sql_tab_change,
    .tab_set = sql_tab_set,
    .tab_remove = sql_tab_remove,
    .tab_list = sql_tab_list,
    .status = sql_status,
    .metrics = sql_metrics,
    .setting_get = sql_setting_get,
    .setting_set = sql_setting_set,
    .prune = sql_prune,
    .check = sqlite_check,
    .backup = sqlite_backup,
    .copy = sql_copy,
};
