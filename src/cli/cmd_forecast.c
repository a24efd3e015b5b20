/*
 * forecast: what would run in a window of time, in order: of the stored jobs, or of a tab that is
 * not loaded.
 */
#include <inttypes.h>

#include "base/mem.h"
#include "cli/agenda.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/crowd.h"
#include "cli/out.h"
#include "cli/tabread.h"
#include "cli/when.h"
#include "tab/tab.h"
#include "time/duration.h"
#include "time/instant.h"

struct forecast_args {
	const char *from, *tab;
	int64_t length, limit;
	bool counts;
};

#define AT(member) offsetof(struct forecast_args, member)
#define LIMIT 10000

static const struct opt options[] = {
	{ .name = "from", .kind = OPT_TEXT, .arg = "TIME", .offset = AT(from),
	    .help = "from this time on; else from now" },
	{ .name = "for", .kind = OPT_DURATION, .arg = "DURATION", .offset = AT(length),
	    .initial = DAY_US, .min = USEC, .max = DURATION_MAX,
	    .help = "over so long a time; else a day" },
	{ .name = "tab", .kind = OPT_TEXT, .arg = "FILE", .offset = AT(tab),
	    .help = "what this tab would run, were it loaded now" },
	{ .name = "limit", .kind = OPT_NUMBER, .arg = "N", .offset = AT(limit), .initial = LIMIT,
	    .min = 1, .max = 10000000, .help = "at most so many runs; else 10000" },
	{ .name = "counts", .kind = OPT_FLAG, .offset = AT(counts),
	    .help = "instead of the runs, how many there are in each minute that has any" },
	{ 0 },
};

static const struct out_column columns[] = {
	{ .name = "shown_at", .head = "SCHEDULED" },
	{ .name = "job_id", .head = "JOB", .right = true },
	{ .name = "job_name", .head = "NAME", .cut = true, .keep = true },
	{ 0 },
};

static const struct out_column count_columns[] = {
	{ .name = "shown_minute", .head = "MINUTE" },
	{ .name = "runs", .head = "RUNS", .right = true },
	{ 0 },
};

struct forecast {
	struct cli *cli;
	struct upcoming_context context;
	struct agenda agenda;
	int64_t from, end;
};

/* What is overdue runs at once, so it belongs to a window that begins now. */
static void
add(struct forecast *f, struct upcoming *u, int64_t id, const char *name)
{
	if (f->from > f->cli->now)
		upcoming_skip(u, f->from);
	if (u->next < f->end)
		agenda_add(&f->agenda, u, id, name);
}

static int
add_stored(void *arg, const struct job_view *v)
{
	struct forecast *f = arg;
	struct upcoming u;

	if (upcoming_stored(&u, v, &f->context, &f->cli->err) < 0)
		return f->cli->err.code;
	add(f, &u, v->job.id, v->job.name);
	return 0;
}

static int
add_all(struct forecast *f)
{
	struct job_filter filter;

	job_filter_init(&filter);
	filter.due_before = f->end;
	return store_job_list(f->cli->store, &filter, add_stored, f, &f->cli->err);
}

static int
add_named(struct forecast *f, int argc, char *const argv[])
{
	struct job_view v;
	int64_t id;
	int r = 0;

	for (int i = 0; i < argc && r == 0; i++) {
		if (cli_job(f->cli, argv[i], &id) < 0 ||
		    store_job_get(f->cli->store, id, &v, &f->cli->err) < 0)
			return f->cli->err.code;
		r = add_stored(f, &v);
		job_view_release(&v);
	}
	return r;
}

/* An entry without a name is known by its place. */
static void
add_entry(struct forecast *f, struct upcoming *u, const struct job *job, const char *file)
{
	char *place = xasprintf("%s:%" PRId64, file, job->tab_line);

	add(f, u, 0, job->name != NULL ? job->name : place);
	free(place);
}

static int
add_tab(struct forecast *f, const char *path)
{
	struct tabread read = { .user_field = conf_is_system() };
	struct cli *c = f->cli;
	struct upcoming u;
	struct tab t;
	int r = 0;

	if (tabread_file(c, path, &read, &t) < 0)
		return c->err.code;
	if (t.nerrors > 0)
		r = err_set(&c->err, E_INPUT, "%s:%d:%d: %s", path, t.errors[0].line,
		    t.errors[0].column, t.errors[0].message);
	for (size_t i = 0; i < t.n && r == 0; i++)
		if ((r = upcoming_new(&u, &t.jobs[i], &f->context, c->now, &c->err)) == 0)
			add_entry(f, &u, &t.jobs[i], t.name);
	tab_release(&t);
	return r;
}

static void
print_run(struct out *o, const struct agenda_item *item, const struct when *when)
{
	char at[INSTANT_TEXT];

	when_text(when, item->u.next, at, sizeof(at));
	out_object(o, NULL);
	if (item->job_id > 0)
		out_number(o, "job_id", item->job_id);
	else
		out_null(o, "job_id");
	out_text(o, "job_name", item->name);
	out_time(o, "scheduled_for", item->u.next);
	out_cell(o, "shown_at", at);
	out_end(o);
}

static void
print_runs(struct forecast *f, int64_t limit, bool counts)
{
	struct cli *c = f->cli;
	const struct agenda_item *item;
	struct crowd crowd;
	struct when when;
	int64_t n;

	out_list(cli_out(c), counts ? "minutes" : "runs", counts ? count_columns : columns);
	when_init(&when, c->local, f->from, f->end);
	crowd_init(&crowd, c, &when, c->conf.max_running, counts ? c->out : NULL);
	for (n = 0; n < limit && (item = agenda_first(&f->agenda)) != NULL; n++) {
		if (item->u.next >= f->end || out_broken())
			break;
		crowd_add(&crowd, item->u.next);
		if (!counts)
			print_run(c->out, item, &when);
		agenda_advance(&f->agenda);
	}
	crowd_end(&crowd);
	out_end(c->out);
	out_bool(c->out, "more", n == limit && (item = agenda_first(&f->agenda)) != NULL &&
	    item->u.next < f->end);
	if (n == limit)
		cli_note(c, "only the first %lld runs are shown; see '--limit'", (long long)n);
}

/* A tab needs no database; if there is one, its daemon's zone is known. */
static int
fill(struct forecast *f, const struct forecast_args *a, int argc, char *const argv[])
{
	struct cli *c = f->cli;

	if (cli_open(c, STORE_READ) < 0 && a->tab == NULL)
		return c->err.code;
	if (cli_upcoming(c, &f->context) < 0)
		return c->err.code;
	if (a->tab != NULL)
		return add_tab(f, a->tab);
	return argc > 0 ? add_named(f, argc, argv) : add_all(f);
}

static int
run(struct cli *c, void *args, int argc, char *const argv[])
{
	const struct forecast_args *a = args;
	struct forecast f = { .cli = c, .from = c->now };
	int r;

	if (a->tab != NULL && argc > 0)
		return err_set(&c->err, E_INPUT, "jobs and '--tab' cannot be given together");
	if (cli_time(c, "from", a->from, &f.from) < 0)
		return c->err.code;
	f.end = f.from + a->length;
	r = fill(&f, a, argc, argv);
	if (r == 0)
		print_runs(&f, a->limit, a->counts);
	agenda_release(&f.agenda);
	return r;
}

const struct command cmd_forecast = {
	.name = "forecast",
	.operands = "[JOB...]",
	.help = "list what would run in a window of time, in order",
	.max = -1,
	.flags = CMD_CONF,
	.opts = options,
	.args_size = sizeof(struct forecast_args),
	.run = run,
};
