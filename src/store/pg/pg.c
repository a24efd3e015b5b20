/*
 * pg: the backend for several hosts: the tables of its operations, and of what the logic needs of
 * it. It is a module, so that who uses SQLite has none of libpq.
 */
#include "base/module.h"
#include "store/pg/handle.h"
#include "store/sql/slots.h"

/* Its claims are one statement, and that is the server's matter. */
static void
no_ahead(struct db *db, int64_t *jobs, size_t n)
{
	(void)db, (void)jobs, (void)n;
}

const struct db_driver pg_driver = {
    .prepare = pg_prepare,
    .finalize = pg_finalize,
    .first = pg_first,
    .next = pg_next,
    .put = pg_put,
    .reset = pg_reset,
    .changes = pg_changes,
    .is_null = pg_is_null,
    .integer = pg_integer,
    .text = pg_text,
    .blob = pg_blob,
    .begin = pg_begin,
    .commit = pg_commit,
    .rollback = pg_rollback,
    .begin_read = pg_begin_read,
    .end_read = pg_end_read,
    .ahead = no_ahead,
    .reach = pg_reach,
    .describe = pg_describe,
    .next_id = pg_next_id,
    .highest = pg_highest,
    .numbered = pg_numbered,
};

/* The server does that by itself. */
static void
no_tidy(struct store *s)
{
	(void)s;
}

const struct store_ops pg_ops = {
    .scheme = "postgresql",
    .open = pg_open,
    .close = pg_close,
    .tidy = no_tidy,
    .path = pg_path,
    .upgrade = pg_upgrade,
    .submit = pg_submit,
    .submit_ahead = pg_submit_ahead,
    .wake = pg_wake,
    .listen = pg_listen,
    .ear = pg_ear,
    .heard = pg_heard,
    .claim_ready = pg_claim_ready,
    .start_attempts = pg_start_attempts,
    .finish_attempts = pg_finish_attempts,
    .node_beat = sql_node_beat,
    .prune = pg_prune,
    .check = pg_check,
    .backup = pg_backup,
    SQL_SLOTS,
};

MODULE(&pg_ops);
