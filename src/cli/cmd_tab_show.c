/*
 * tab show: the entries of one tab with their next run: as loaded, else as the file says.
 */
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/out.h"
#include "cli/tabname.h"
#include "cli/tabread.h"
#include "cli/upcoming.h"
#include "tab/tab.h"

static const struct out_column columns[] = {
	{ .name = "line", .head = "LINE", .right = true },
	{ .name = "job_id", .head = "JOB", .right = true },
	{ .name = "name", .head = "NAME" },
	{ .name = "state", .head = "STATE" },
	{ .name = "user", .head = "USER" },
	{ .name = "schedule", .head = "SCHEDULE" },
	{ .name = "next_run_at", .head = "NEXT" },
	{ .name = "command", .head = "COMMAND", .cut = true },
	{ 0 },
};

struct shown {
	struct cli *cli;
	int64_t n;
};

/* v NULL: not loaded. */
static void
print_entry(struct out *o, const struct job *j, const struct job_view *v, int64_t next)
{
	char *command = job_command_text(j);

	out_object(o, NULL);
	out_number(o, "line", j->tab_line);
	if (v != NULL)
		out_number(o, "job_id", j->id);
	else
		out_null(o, "job_id");
	out_text(o, "name", j->name);
	out_text(o, "state", v != NULL ? job_state_word(v->state) : NULL);
	out_text(o, "user", j->user);
	out_text(o, "schedule", j->schedule);
	out_text(o, "tz", j->tz);
	out_time(o, "next_run_at", next);
	out_text(o, "command", command);
	out_end(o);
	free(command);
}

static int
print_stored(void *arg, const struct job_view *v)
{
	struct shown *s = arg;

	s->n++;
	print_entry(s->cli->out, &v->job, v, v->next_run_at);
	return out_broken();
}

/* A file that is there and not loaded is meant before a loaded one of the same name elsewhere. */
static int
show_loaded(struct cli *c, const char *path, int64_t *n)
{
	struct job_filter f;
	struct shown s = { .cli = c };
	char *whole = realpath(path, NULL), *loaded;
	int r;

	r = tabname_find(c, whole != NULL ? whole : path, &loaded);
	free(whole);
	if (r < 0)
		return r;
	job_filter_init(&f);
	f.tab = loaded;
	r = store_job_list(c->store, &f, print_stored, &s, &c->err);
	free(loaded);
	*n = s.n;
	return r < 0 ? r : 0;
}

static int
print_parsed(struct cli *c, const struct tab *t)
{
	struct upcoming_context ctx;
	struct upcoming u;

	if (cli_upcoming(c, &ctx) < 0)
		return c->err.code;
	for (size_t i = 0; i < t->n; i++) {
		if (upcoming_new(&u, &t->jobs[i], &ctx, c->now, &c->err) < 0)
			return c->err.code;
		print_entry(c->out, &t->jobs[i], NULL, u.next);
	}
	return 0;
}

static int
show_file(struct cli *c, const char *path)
{
	struct tabread read = { .user_field = conf_is_system() };
	struct tab t;
	int r;

	if (tabread_file(c, path, &read, &t) < 0)
		return c->err.code;
	if (t.nerrors > 0)
		r = err_set(&c->err, E_FAIL, "%s:%d:%d: %s", path, t.errors[0].line,
		    t.errors[0].column, t.errors[0].message);
	else
		r = print_parsed(c, &t);
	tab_release(&t);
	return r;
}

static int
run(struct cli *c, void *args, int argc, char *const argv[])
{
	int64_t loaded = 0;
	int r = 0;

	(void)args, (void)argc;
	out_list(cli_out(c), "entries", columns);
	/* Without a database nothing is loaded; that is no error here. */
	if (cli_open(c, STORE_READ) == 0)
		r = show_loaded(c, argv[0], &loaded);
	if (r == 0 && loaded == 0)
		r = show_file(c, argv[0]);
	out_end(c->out);
	return r;
}

const struct command cmd_tab_show = {
	.name = "tab show",
	.operands = "FILE",
	.help = "show the entries of a tab with their next run",
	.min = 1,
	.max = 1,
	.flags = CMD_CONF,
	.run = run,
};
