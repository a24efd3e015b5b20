/*
 * status_job: everything about one job. See status.h.
 */
#include "base/mem.h"
#include "base/strv.h"
#include "cli/cli.h"
#include "cli/lockinfo.h"
#include "cli/node.h"
#include "cli/out.h"
#include "cli/page.h"
#include "cli/row.h"
#include "cli/status.h"
#include "cli/upcoming.h"
#include "job/field.h"
#include "job/words.h"
#include "time/instant.h"

#define ATTEMPTS_SHOWN 5
#define NEXT_SHOWN 5

/* ---- where its lock file is ---- */

struct runtime_search {
	const char *wanted; /* the node of its newest attempt; NULL: none yet */
	char *folder;
	bool exact;
};

static int
find_runtime(void *arg, const struct node *n)
{
	struct runtime_search *s = arg;
	bool exact = s->wanted != NULL && strcmp(n->id, s->wanted) == 0;

	if (n->runtime == NULL || s->exact || (!exact && !node_is_live(n)))
		return 0;
	free(s->folder);
	s->folder = xstrdup(n->runtime);
	s->exact = exact;
	return 0;
}

/*
 * In the runtime folder of the node that ran it, else of a live one, else of the one that would be
 * started here.
 */
static int
lock_path(struct cli *c, const struct job_view *v, char **path)
{
	struct runtime_search s = { .wanted = v->node };
	char name[64];

	if (store_node_list(c->store, find_runtime, &s, &c->err) < 0) {
		free(s.folder);
		return c->err.code;
	}
	joblock_name(v->job.id, name, sizeof(name));
	*path = xasprintf("%s/locks/%s", s.folder != NULL ? s.folder : c->conf.runtime_dir, name);
	free(s.folder);
	return 0;
}

static int
put_attempt(void *arg, const struct ledger_row *r)
{
	out_object(arg, NULL);
	row_attempt(arg, r);
	out_end(arg);
	return 0;
}

/* ---- for scripts ---- */

static void
json_lock(struct out *o, const char *path, const struct lockinfo *l)
{
	out_object(o, "lock");
	out_text(o, "path", path);
	out_bool(o, "held", l->held);
	if (l->held && l->holder > 0)
		out_number(o, "holder_pid", l->holder);
	else
		out_null(o, "holder_pid");
	if (l->named)
		out_number(o, "process_pid", l->last.proc.pid);
	else
		out_null(o, "process_pid");
	out_bool(o, "process_alive", l->last_alive);
	out_end(o);
}

static int
json_job(struct cli *c, const struct job_view *v, const struct ledger_filter *f,
    struct upcoming *u, const char *path, const struct lockinfo *l)
{
	struct out *o = c->out;

	out_object(o, NULL);
	row_job(o, v);
	row_job_more(o, v);
	out_list(o, "attempts", NULL);
	if (store_ledger(c->store, f, put_attempt, o, &c->err) < 0)
		return c->err.code;
	out_end(o);
	out_list(o, "next", NULL);
	for (int i = 0; i < NEXT_SHOWN && u->next != INSTANT_NONE; i++, upcoming_step(u))
		out_time(o, NULL, u->next);
	out_end(o);
	json_lock(o, path, l);
	out_end(o);
	return 0;
}

/* ---- for people ---- */

static const struct out_column short_columns[] = {
	{ .name = "scheduled_for", .head = "SCHEDULED" },
	{ .name = "attempt", .head = "NR", .right = true },
	{ .name = "outcome", .head = "OUTCOME" },
	{ .name = "shown_end", .head = "EXIT" },
	{ .name = "started_at", .head = "STARTED" },
	{ .name = "shown_took", .head = "TOOK", .right = true },
	{ .name = "node", .head = "NODE" },
	{ .name = "shown_reason", .head = "REASON", .wrap = true },
	{ 0 },
};

static void
show_words(const char *head, const struct strv *words)
{
	for (size_t i = 0; i < words->n; i++)
		page_line(i == 0 ? head : "", "%s", words->v[i]);
}

static void
show_time(struct cli *c, const char *head, int64_t at)
{
	char text[INSTANT_TEXT];

	if (at == INSTANT_NONE)
		return;
	instant_human(at, c->local, text, sizeof(text));
	page_line(head, "%s", text);
}

static int
count_live(void *arg, const struct node *n)
{
	*(int *)arg += node_is_live(n);
	return 0;
}

/* Of a job that is due, and that nothing holds: whether there is anybody to start it. */
static void
show_waits_for_scheduler(struct cli *c)
{
	struct store_status s;
	struct err ignored;
	int live = 0;

	if (store_node_list(c->store, count_live, &live, &ignored) < 0 ||
	    store_status(c->store, c->now, &s, &ignored) < 0)
		return;
	if (s.paused)
		page_line("waits", "for the end of the pause of everything");
	else if (live == 0)
		page_line("waits", "for a daemon: none is running");
	store_status_release(&s);
}

static void
show_waits(struct cli *c, const struct job_view *v)
{
	const struct job *j = &v->job;
	char *labels;

	if (v->state != JOB_PENDING)
		return;
	if ((v->held & HELD_NODE) != 0 && j->require.n > 0) {
		labels = strv_join(&j->require, ", ");
		page_line("waits", "for a node with label %s%s%s", labels,
		    j->on != NULL ? ", on " : "", j->on != NULL ? j->on : "");
		free(labels);
	} else if ((v->held & HELD_NODE) != 0) {
		page_line("waits", "for node %s", j->on != NULL ? j->on : "");
	} else if ((v->held & HELD_ORDER) != 0) {
		page_line("waits", "for its turn under order key %s", j->order_key);
	} else if ((v->held & HELD_QUEUE) != 0) {
		page_line("waits", "for its queue %s", j->queue);
	} else if ((v->held & HELD_AFTER) != 0) {
		page_line("waits", "for the jobs it comes after");
	} else if (v->held == 0 && v->next_run_at != INSTANT_NONE && v->next_run_at <= c->now) {
		show_waits_for_scheduler(c);
	}
}

static void
show_state(struct cli *c, const struct job_view *v)
{
	char until[INSTANT_TEXT];

	page_line("state", "%s%s", job_state_word(v->state),
	    v->cancel_wanted ? ", is being cancelled" : "");
	if (!v->paused)
		return;
	instant_human(v->paused_until, c->local, until, sizeof(until));
	page_line("paused", "until %s", v->paused_until != INSTANT_NONE ? until : "it is resumed");
	if (v->pause_reason != NULL)
		page_line("", "%s", v->pause_reason);
}

/* What a setting is, if it differs from the default; the caller's, else NULL. */
static char *
setting_text(
    const struct cli *c, const struct field *f, const struct job *j, const struct job *plain)
{
	char *mine = NULL, text[INSTANT_TEXT];
	const char *word = field_text(f, j, &mine);
	bool text_type = f->type == FIELD_TEXT || f->type == FIELD_WORDS;

	if (text_type)
		return mine != NULL ? mine : xstrdup(word);
	if (field_int(f, j) == field_int(f, plain))
		return NULL;
	switch (f->type) {
	case FIELD_CHOICE:
		return xstrdup(word);
	case FIELD_DURATION:
		out_duration_text(field_int(f, j), text, sizeof(text));
		return xstrdup(text);
	case FIELD_TIME:
		instant_human(field_int(f, j), c->local, text, sizeof(text));
		return xstrdup(text);
	default:
		return xasprintf("%lld", (long long)field_int(f, j));
	}
}

/* Settings that the page does not show anyway. */
static void
show_settings(const struct cli *c, const struct job *j)
{
	static const char *const apart[] = {"name", "user", "command", "argv", "cwd", "env",
	    "schedule", "tz", "periodic", "elapsed", "tab", "tab_key", "tab_line", "labels",
	    "stdin_text", NULL};
	struct job plain;

	job_init(&plain);
	for (const struct field *f = job_fields; f->name != NULL; f++) {
		char *text = words_index(apart, f->name) < 0 ? setting_text(c, f, j, &plain) : NULL;

		if (text != NULL)
			page_line(f->name, "%s", text);
		free(text);
	}
	job_release(&plain);
}

static void
show_head(struct cli *c, const struct job_view *v)
{
	const struct job *j = &v->job;
	char *command = job_command_text(j);

	page_line("job", "%lld%s%s", (long long)j->id, j->name != NULL ? " " : "",
	    j->name != NULL ? j->name : "");
	show_state(c, v);
	show_waits(c, v);
	page_line("command", "%s", command);
	page_line("user", "%s", j->user);
	page_line("schedule", "%s%s%s", j->periodic ? j->schedule : "once",
	    j->tz != NULL ? " in " : "", j->tz != NULL ? j->tz : "");
	if (j->tab != NULL)
		page_line("tab", "%s:%lld", j->tab, (long long)j->tab_line);
	if (j->cwd != NULL)
		page_line("cwd", "%s", j->cwd);
	show_words("env", &j->env);
	show_words("labels", &j->labels);
	show_settings(c, j);
	show_time(c, "created", v->created_at);
	free(command);
}

static void
show_lock(const char *path, const struct lockinfo *l)
{
	page_line("lock", "%s", path);
	if (!l->exists)
		page_line("", "not there yet");
	else if (!l->held)
		page_line("", "free");
	else if (l->holder > 0)
		page_line("", "held by pid %ld", (long)l->holder);
	else
		page_line("", "held");
	if (l->last_alive)
		page_line("", "its process %ld is running", (long)l->last.proc.pid);
}

static int
show_attempts(struct cli *c, const struct ledger_filter *f)
{
	/* For people the list of jobs is no table, so this one is. */
	out_list(c->out, "attempts", short_columns);
	if (store_ledger(c->store, f, put_attempt, c->out, &c->err) < 0)
		return c->err.code;
	out_end(c->out);
	return 0;
}

static int
show_job(struct cli *c, const struct job_view *v, const struct ledger_filter *f,
    struct upcoming *u, const char *path, const struct lockinfo *l)
{
	show_head(c, v);
	show_lock(path, l);
	for (int i = 0; i < NEXT_SHOWN && u->next != INSTANT_NONE; i++, upcoming_step(u))
		show_time(c, i == 0 ? "next" : "", u->next);
	return show_attempts(c, f);
}

/*
 * What waits for something else than its time has no next run that anybody could tell; of a
 * periodic job those after it have.
 */
static void
leave_out_held(const struct cli *c, const struct job_view *v, struct upcoming *u)
{
	if (v->next_run_at == INSTANT_NONE && u->next != INSTANT_NONE && u->next <= c->now)
		upcoming_step(u);
}

int
status_job(struct cli *c, int64_t id)
{
	struct upcoming_context ctx;
	struct ledger_filter f;
	struct job_view v;
	struct upcoming u;
	struct lockinfo l;
	char *path = NULL;
	int r;

	if (cli_upcoming(c, &ctx) < 0 || store_job_get(c->store, id, &v, &c->err) < 0)
		return c->err.code;
	ledger_filter_init(&f);
	f.job_id = id;
	f.limit = ATTEMPTS_SHOWN;
	if ((r = upcoming_stored(&u, &v, &ctx, &c->err)) == 0 &&
	    (r = lock_path(c, &v, &path)) == 0) {
		lockinfo_read(path, &l);
		leave_out_held(c, &v, &u);
		r = (c->global.json ? json_job : show_job)(c, &v, &f, &u, path, &l);
	}
	free(path);
	job_view_release(&v);
	return r;
}
