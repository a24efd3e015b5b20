/*
 * status_health: is somebody running jobs, does he keep up, what is wrong with the tabs. See
 * status.h.
 */
#include "base/buf.h"
#include "cli/cli.h"
#include "cli/node.h"
#include "cli/out.h"
#include "cli/page.h"
#include "cli/status.h"
#include "cli/tabrow.h"
#include "store/queue.h"
#include "time/instant.h"

struct health {
	struct cli *cli;
	int live;
	int64_t tabs, entries;
};

/* ---- for scripts ---- */

static int
json_node(void *arg, const struct node *n)
{
	node_row(arg, n);
	return 0;
}

static int
json_queue(void *arg, const struct queue_view *q)
{
	struct out *o = arg;

	out_object(o, NULL);
	out_text(o, "name", q->name);
	if (q->max_running > 0)
		out_number(o, "max_running", q->max_running);
	else
		out_null(o, "max_running");
	out_number(o, "running", q->running);
	out_number(o, "waiting", q->waiting);
	out_bool(o, "paused", q->paused);
	out_time(o, "paused_until", q->paused ? q->paused_until : INSTANT_NONE);
	out_text(o, "pause_reason", q->pause_reason);
	out_end(o);
	return 0;
}

static int
json_tab(void *arg, const struct tab_state *t)
{
	tabrow_tab(arg, t);
	return 0;
}

static int
json_tab_error(void *arg, const struct tab_state *t)
{
	tabrow_error(arg, t);
	return 0;
}

static int
json_difference(void *arg, const struct tab_difference *t)
{
	tabrow_difference(arg, t);
	return 0;
}

static void
json_numbers(struct out *o, const struct store_status *s)
{
	out_object(o, "jobs");
	for (int i = 0; i < JOB_NSTATES; i++)
		out_number(o, job_state_word((enum job_state)i), s->jobs[i]);
	out_end(o);
	out_number(o, "due", s->due);
	out_duration(o, "oldest_due_age", s->oldest_due_age);
	out_time(o, "last_tick_at", s->last_tick_at);
	out_duration(o, "lateness_p50", s->lateness_p50);
	out_duration(o, "lateness_p99", s->lateness_p99);
	out_bool(o, "paused", s->paused);
	out_time(o, "paused_until", s->paused ? s->paused_until : INSTANT_NONE);
	out_text(o, "pause_reason", s->pause_reason);
}

static int
json_health(struct cli *c, const struct store_status *s)
{
	struct out *o = cli_out(c);

	json_numbers(o, s);
	out_list(o, "nodes", NULL);
	if (store_node_list(c->store, json_node, o, &c->err) < 0)
		return c->err.code;
	out_end(o);
	out_list(o, "queues", NULL);
	if (store_queue_list(c->store, json_queue, o, &c->err) < 0)
		return c->err.code;
	out_end(o);
	out_list(o, "tabs", NULL);
	if (store_tab_list(c->store, json_tab, o, &c->err) < 0)
		return c->err.code;
	out_end(o);
	out_list(o, "tab_errors", NULL);
	if (store_tab_list(c->store, json_tab_error, o, &c->err) < 0)
		return c->err.code;
	out_end(o);
	out_list(o, "tab_differences", NULL);
	if (store_tab_differences(c->store, json_difference, o, &c->err) < 0)
		return c->err.code;
	out_end(o);
	return 0;
}

/* ---- for people ---- */

static int
show_node(void *arg, const struct node *n)
{
	struct health *h = arg;
	char since[INSTANT_TEXT];

	if (!node_is_live(n))
		return 0;
	h->live++;
	instant_human(n->started_at, h->cli->local, since, sizeof(since));
	page_line("daemon", "%s on node %s, pid %ld, since %s", node_state(n), n->id,
	    (long)n->proc.pid, since);
	page_line("slots", "%lld of %lld in use", (long long)n->running, (long long)n->capacity);
	return 0;
}

static int
show_queue(void *arg, const struct queue_view *q)
{
	struct health *h = arg;
	char until[INSTANT_TEXT], most[32] = "";

	instant_human(q->paused_until, h->cli->local, until, sizeof(until));
	if (q->max_running > 0)
		snprintf(most, sizeof(most), " of %lld", (long long)q->max_running);
	page_line("queue", "%s: %lld%s running, %lld waiting%s%s", q->name, (long long)q->running,
	    most, (long long)q->waiting, q->paused ? ", paused until " : "",
	    !q->paused				? ""
	    : q->paused_until == INSTANT_NONE	? "it is resumed"
						: until);
	if (q->pause_reason != NULL)
		page_line("", "%s", q->pause_reason);
	return 0;
}

static int
count_tab(void *arg, const struct tab_state *t)
{
	struct health *h = arg;

	h->tabs++;
	h->entries += t->entries;
	return 0;
}

static int
show_tab_error(void *arg, const struct tab_state *t)
{
	(void)arg;
	if (t->error != NULL && t->error_line > 0)
		page_line("", "%s:%lld:%lld: %s", t->path, (long long)t->error_line,
		    (long long)t->error_column, t->error);
	else if (t->error != NULL)
		page_line("", "%s: %s", t->path, t->error);
	return 0;
}

static int
show_difference(void *arg, const struct tab_difference *t)
{
	struct health *h = arg;
	char since[INSTANT_TEXT];

	instant_human(t->since, h->cli->local, since, sizeof(since));
	page_line("", "%s: %s on node %s since %s", t->path,
	    strcmp(t->what, "differs") == 0 ? "another version" : t->what, t->node, since);
	return 0;
}

static void
show_jobs(const struct store_status *s)
{
	struct buf b = { 0 };
	char *text;

	for (int i = 0; i < JOB_NSTATES; i++)
		if (s->jobs[i] > 0)
			buf_addf(&b, "%s%lld %s", b.len > 0 ? ", " : "", (long long)s->jobs[i],
			    job_state_word((enum job_state)i));
	text = buf_string(&b);
	page_line("jobs", "%s", text[0] != '\0' ? text : "none");
	free(text);
}

static void
show_due(const struct store_status *s)
{
	char age[32];

	out_duration_text(s->oldest_due_age, age, sizeof(age));
	if (s->due > 0)
		page_line("due", "%lld ready to run, the oldest for %s", (long long)s->due, age);
	else
		page_line("due", "nothing");
}

static void
show_tick(const struct cli *c, const struct store_status *s)
{
	char at[INSTANT_TEXT], ago[32];

	if (s->last_tick_at == INSTANT_NONE) {
		page_line("last tick", "never");
		return;
	}
	instant_human(s->last_tick_at, c->local, at, sizeof(at));
	out_duration_text(
	    c->now > s->last_tick_at ? c->now - s->last_tick_at : 0, ago, sizeof(ago));
	page_line("last tick", "%s (%s ago)", at, ago);
}

static void
show_lateness(const struct store_status *s)
{
	char p50[32], p99[32];

	if (s->lateness_p50 < 0)
		return;
	out_duration_text(s->lateness_p50, p50, sizeof(p50));
	out_duration_text(s->lateness_p99, p99, sizeof(p99));
	page_line("lateness", "half start within %s, 99 %% within %s", p50, p99);
}

static void
show_pause(const struct cli *c, const struct store_status *s)
{
	char until[INSTANT_TEXT];

	if (!s->paused)
		return;
	instant_human(s->paused_until, c->local, until, sizeof(until));
	page_line("paused", "everything until %s",
	    s->paused_until != INSTANT_NONE ? until : "it is resumed");
	if (s->pause_reason != NULL)
		page_line("", "%s", s->pause_reason);
}

static int
show_tabs(struct health *h)
{
	struct cli *c = h->cli;

	if (store_tab_list(c->store, count_tab, h, &c->err) < 0)
		return c->err.code;
	if (h->tabs > 0)
		page_line("tabs", "%lld file%s, %lld entr%s", (long long)h->tabs,
		    h->tabs == 1 ? "" : "s", (long long)h->entries,
		    h->entries == 1 ? "y" : "ies");
	else
		page_line("tabs", "none");
	if (store_tab_list(c->store, show_tab_error, h, &c->err) < 0)
		return c->err.code;
	return store_tab_differences(c->store, show_difference, h, &c->err);
}

static int
people_health(struct cli *c, const struct store_status *s)
{
	struct health h = { .cli = c };

	if (store_node_list(c->store, show_node, &h, &c->err) < 0)
		return c->err.code;
	if (h.live == 0)
		page_line("daemon", "none is running: nothing starts until jobschedd does");
	show_pause(c, s);
	show_tick(c, s);
	show_lateness(s);
	show_jobs(s);
	show_due(s);
	if (store_queue_list(c->store, show_queue, &h, &c->err) < 0)
		return c->err.code;
	if (show_tabs(&h) < 0)
		return c->err.code;
	page_line("database", "%s", store_uri(c->store));
	return 0;
}

int
status_health(struct cli *c)
{
	struct store_status s;
	int r;

	if (store_status(c->store, c->now, &s, &c->err) < 0)
		return c->err.code;
	r = c->global.json ? json_health(c, &s) : people_health(c, &s);
	store_status_release(&s);
	return r;
}
