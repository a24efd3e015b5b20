/*
 * row_attempt: see row.h. Attempts and skips have the same fields; what does not apply is null.
 */
#include <string.h>

#include "base/buf.h"
#include "cli/out.h"
#include "cli/row.h"
#include "store/store.h"

const struct out_column attempt_columns[] = {
	{ .name = "job_id", .head = "JOB", .right = true },
	{ .name = "job_name", .head = "NAME", .cut = true, .keep = true },
	{ .name = "scheduled_for", .head = "SCHEDULED" },
	{ .name = "attempt", .head = "NR", .right = true },
	{ .name = "outcome", .head = "OUTCOME" },
	{ .name = "shown_end", .head = "EXIT" },
	{ .name = "started_at", .head = "STARTED" },
	{ .name = "shown_took", .head = "TOOK", .right = true },
	{ .name = "shown_reason", .head = "REASON", .wrap = true },
	{ 0 },
};

static void
cell_end(struct out *o, const struct ledger_row *r)
{
	char text[32] = "-";

	if (r->signal != 0)
		snprintf(text, sizeof(text), "signal %d", r->signal);
	else if (r->exit_status >= 0)
		snprintf(text, sizeof(text), "%d", r->exit_status);
	out_cell(o, "shown_end", text);
}

static void
cell_took(struct out *o, const struct ledger_row *r)
{
	char text[32] = "-";

	if (r->started_at != INSTANT_NONE && r->finished_at >= r->started_at)
		out_duration_text(r->finished_at - r->started_at, text, sizeof(text));
	out_cell(o, "shown_took", text);
}

static void
cell_reason(struct out *o, const struct ledger_row *r)
{
	struct buf b = { 0 };
	char *text;

	if (r->reason != NULL)
		buf_addstr(&b, r->reason);
	if (r->detail != NULL)
		buf_addf(&b, " %s", r->detail);
	if (r->outcome == OUTCOME_SKIPPED && r->count > 1)
		buf_addf(&b, " (%lld occurrences)", (long long)r->count);
	if (r->notice != NULL)
		buf_addf(&b, "%s%s", b.len > 0 ? "; " : "", r->notice);
	text = buf_string(&b);
	out_cell(o, "shown_reason", text);
	free(text);
}

static void
optional_number(struct out *o, const char *name, int64_t n, int64_t absent)
{
	if (n == absent)
		out_null(o, name);
	else
		out_number(o, name, n);
}

/* The fields that only an attempt has. */
static void
row_run(struct out *o, const struct ledger_row *r)
{
	out_text(o, "node", r->node);
	optional_number(o, "exit_status", r->exit_status, -1);
	optional_number(o, "signal", r->signal, 0);
	out_time(o, "claimed_at", r->claimed_at);
	out_time(o, "started_at", r->started_at);
	out_time(o, "finished_at", r->finished_at);
	out_duration(o, "lateness", r->lateness);
	out_duration(o, "user_time", r->user_time);
	out_duration(o, "system_time", r->system_time);
	optional_number(o, "max_rss_kib", r->max_rss, -1);
	optional_number(o, "output_bytes", r->output_bytes, -1);
	out_bool(o, "dead", r->dead);
}

/* The fields that only a skip has: a stretch of occurrences. */
static void
row_skip(struct out *o, const struct ledger_row *r)
{
	bool skip = r->outcome == OUTCOME_SKIPPED;

	optional_number(o, "count", skip ? r->count : -1, -1);
	out_time(o, "first_scheduled_for", skip ? r->first_scheduled_for : INSTANT_NONE);
	out_time(o, "last_scheduled_for", skip ? r->last_scheduled_for : INSTANT_NONE);
}

static const char *
detail_for(const struct ledger_row *r, enum skip_reason reason)
{
	return r->reason != NULL && strcmp(r->reason, skip_word(reason)) == 0 ? r->detail : NULL;
}

void
row_attempt(struct out *o, const struct ledger_row *r)
{
	out_number(o, "job_id", r->job_id);
	out_text(o, "job_name", r->job_name);
	out_time(o, "scheduled_for", r->scheduled_for);
	optional_number(o, "attempt", r->attempt, 0);
	out_bool(o, "manual", r->manual);
	out_text(o, "outcome", outcome_word(r->outcome));
	row_run(o, r);
	out_text(o, "reason", r->reason);
	out_text(o, "notice", r->notice);
	out_text(o, "calendar", detail_for(r, SKIP_CALENDAR));
	out_text(o, "prerequisite", detail_for(r, SKIP_PREREQUISITE));
	row_skip(o, r);
	cell_end(o, r);
	cell_took(o, r);
	cell_reason(o, r);
}
