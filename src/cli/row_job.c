/*
 * row_job: see row.h.
 */
#include "base/err.h"
#include "base/mem.h"
#include "cli/out.h"
#include "cli/row.h"
#include "job/field.h"
#include "store/store.h"
#include "time/instant.h"

const struct out_column job_columns[] = {
	{ .name = "id", .head = "ID", .right = true },
	{ .name = "name", .head = "NAME", .cut = true, .keep = true },
	{ .name = "shown_state", .head = "STATE" },
	{ .name = "user", .head = "USER" },
	{ .name = "next_run_at", .head = "NEXT" },
	{ .name = "last_outcome", .head = "LAST" },
	{ .name = "shown_schedule", .head = "SCHEDULE" },
	{ .name = "shown_command", .head = "COMMAND", .cut = true },
	{ 0 },
};

static void
row_command(struct out *o, const struct job *j)
{
	char *shown = job_command_text(j);

	out_text(o, "command", j->command);
	if (j->argv.n > 0)
		out_words(o, "argv", &j->argv);
	else
		out_null(o, "argv");
	out_cell(o, "shown_command", shown);
	free(shown);
}

/* One instant is shown as every other time is. */
static void
row_schedule(struct out *o, const struct job *j)
{
	struct err ignored;
	int64_t at;

	if (!j->periodic && instant_parse_rfc3339(j->schedule, &at, &ignored) == 0)
		out_time(o, "schedule", at);
	else
		out_text(o, "schedule", j->schedule);
	out_cell(o, "shown_schedule", j->periodic ? j->schedule : "once");
}

const char *
row_waits_for(const struct job_view *v)
{
	static const struct {
		int64_t held;
		const char *word;
	} words[] = { { HELD_NODE, "node" }, { HELD_ORDER, "order" }, { HELD_QUEUE, "queue" },
		{ HELD_AFTER, "jobs" }, { 0, NULL } };
	size_t i = 0;

	/* Of a paused job that is told already. */
	if (v->state != JOB_PENDING)
		return NULL;
	while (words[i].word != NULL && (v->held & words[i].held) == 0)
		i++;
	return words[i].word;
}

static void
row_state(struct out *o, const struct job_view *v)
{
	const char *state = job_state_word(v->state), *waits = row_waits_for(v);
	char shown[64];

	snprintf(shown, sizeof(shown), "%s%s%s", state, waits != NULL ? " for " : "",
	    waits != NULL ? waits : "");
	out_text(o, "state", state);
	out_cell(o, "shown_state", shown);
	out_text(o, "waits_for", waits);
}

void
row_job(struct out *o, const struct job_view *v)
{
	const struct job *j = &v->job;

	out_number(o, "id", j->id);
	out_text(o, "name", j->name);
	row_state(o, v);
	out_text(o, "user", j->user);
	row_command(o, j);
	row_schedule(o, j);
	out_text(o, "tz", j->tz);
	out_time(o, "next_run_at", v->next_run_at);
	out_time(o, "last_scheduled_at", v->last_scheduled_at);
	out_text(o, "last_outcome",
	    v->last_outcome >= 0 ? outcome_word((enum outcome)v->last_outcome) : NULL);
	out_number(o, "attempt", v->attempt);
	out_number(o, "retries", j->retries);
	out_number(o, "priority", j->priority);
	out_text(o, "queue", j->queue);
	out_text(o, "order_key", j->order_key);
	out_text(o, "tab", j->tab);
	out_text(o, "node", v->node);
	out_time(o, "created_at", v->created_at);
	out_bool(o, "paused", v->paused);
	out_time(o, "paused_until", v->paused ? v->paused_until : INSTANT_NONE);
	out_text(o, "pause_reason", v->pause_reason);
}

/* Whether row_job has this field already. */
static bool
is_in_row(const char *name)
{
	static const char *const had[] = { "name", "user", "command", "argv", "schedule", "tz",
		"retries", "priority", "queue", "order_key", "tab", NULL };

	for (size_t i = 0; had[i] != NULL; i++)
		if (strcmp(had[i], name) == 0)
			return true;
	return false;
}

static void
row_field(struct out *o, const struct field *f, const struct job *j)
{
	const char *name = strcmp(f->name, "on_node") == 0 ? "on" : f->name;
	char *mine = NULL;

	switch (f->type) {
	case FIELD_INT:
		out_number(o, name, field_int(f, j));
		break;
	case FIELD_DURATION:
		out_duration(o, name, field_int(f, j));
		break;
	case FIELD_BOOL:
		out_bool(o, name, field_int(f, j) != 0);
		break;
	case FIELD_TIME:
		out_time(o, name, field_int(f, j));
		break;
	case FIELD_WORDS:
		out_words(o, name, (const struct strv *)((const char *)j + f->offset));
		break;
	case FIELD_TEXT:
	case FIELD_CHOICE:
		out_text(o, name, field_text(f, j, &mine));
		break;
	}
	free(mine);
}

void
row_job_more(struct out *o, const struct job_view *v)
{
	for (const struct field *f = job_fields; f->name != NULL; f++)
		if (!is_in_row(f->name))
			row_field(o, f, &v->job);
	out_number(o, "started", v->started);
	out_bool(o, "cancel_wanted", v->cancel_wanted);
}
