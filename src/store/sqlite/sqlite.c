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
    .put = sqlite_put,
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
    .ahead = sqlite_ahead,
    .reach = sqlite_reach,
    .describe = sqlite_describe,
    .next_id = sqlite_next_id,
    .highest = sqlite_highest,
    .numbered = sqlite_numbered,
};

/* All work of it would hold up whoever else writes. */
static void
no_submit_ahead(struct store *s, const struct submit *what, int64_t *ids)
{
	(void)s, (void)what, (void)ids;
}

/* Its one daemon is on this host, and has a socket. */

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
    .tidy = wal_tidy,
    .path = sqlite_path,
    .upgrade = sqlite_upgrade,
    .submit = sql_submit,
    .submit_ahead = no_submit_ahead,
    .wake = sql_wake,
    .listen = no_listen,
    .ear = no_ear,
    .heard = no_hearing,
    .claim_ready = sql_claim_ready,
    .node_beat = sqlite_node_beat,
    .prune = sql_prune,
    .start_attempts = sql_start_attempts,
    .finish_attempts = sql_finish_attempts,
    .check = sqlite_check,
    .backup = sqlite_backup,
    SQL_SLOTS,
};
