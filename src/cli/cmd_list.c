/*
 * list: jobs in all states.
 */
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/out.h"
#include "cli/row.h"
#include "cli/tabname.h"

struct list_args {
	const char *state, *user, *name, *tab, *queue, *label, *due_before;
	int64_t limit;
};

#define AT(member) offsetof(struct list_args, member)

static const struct opt options[] = {
	{ .name = "state", .kind = OPT_TEXT, .arg = "STATE", .offset = AT(state),
	    .help = "only jobs in this state: pending, running, paused, done, failed, cancelled, "
		    "retired" },
	{ .name = "user", .kind = OPT_TEXT, .arg = "USER", .offset = AT(user),
	    .help = "only jobs that run as this user" },
	{ .name = "name", .kind = OPT_TEXT, .arg = "GLOB", .offset = AT(name),
	    .help = "only jobs whose name matches" },
	{ .name = "tab", .kind = OPT_TEXT, .arg = "FILE", .offset = AT(tab),
	    .help = "only jobs of this tab: its path, or its name" },
	{ .name = "queue", .kind = OPT_TEXT, .arg = "NAME", .offset = AT(queue),
	    .help = "only jobs of this queue" },
	{ .name = "label", .kind = OPT_TEXT, .arg = "K=V", .offset = AT(label),
	    .help = "only jobs with this label" },
	{ .name = "due-before", .kind = OPT_TEXT, .arg = "TIME", .offset = AT(due_before),
	    .help = "only jobs whose next run is before this time" },
	{ .name = "limit", .kind = OPT_NUMBER, .arg = "N", .offset = AT(limit), .min = 1,
	    .max = INT64_MAX, .help = "at most so many" },
	{ 0 },
};

static int
print_job(void *arg, const struct job_view *v)
{
	struct out *o = arg;

	out_object(o, NULL);
	row_job(o, v);
	out_end(o);
	return out_broken();
}

static int
make_filter(struct cli *c, const struct list_args *a, struct job_filter *f)
{
	const struct filter_args values = {
		.user = a->user, .name = a->name, .queue = a->queue, .label = a->label };

	if (filter_check_values(c, &values) < 0)
		return c->err.code;
	job_filter_init(f);
	f->user = a->user;
	f->name_glob = a->name;
	f->tab = a->tab;
	f->queue = a->queue;
	f->label = a->label;
	f->limit = a->limit;
	if (a->state != NULL && (f->state = job_state_parse(a->state)) < 0)
		return err_set(&c->err, E_INPUT, "option '--state': unknown state '%s'", a->state);
	return cli_time(c, "due-before", a->due_before, &f->due_before);
}

static int
run(struct cli *c, void *args, int argc, char *const argv[])
{
	struct job_filter f;
	char *tab = NULL;
	int r;

	(void)argc, (void)argv;
	if (cli_clock(c, STORE_READ) < 0 || make_filter(c, args, &f) < 0 ||
	    cli_open(c, STORE_READ) < 0 ||
	    (f.tab != NULL && tabname_find(c, f.tab, &tab) < 0))
		return c->err.code;
	f.tab = tab;
	out_list(cli_out(c), "jobs", job_columns);
	if ((r = store_job_list(c->store, &f, print_job, c->out, &c->err)) >= 0)
		out_end(c->out);
	free(tab);
	return r < 0 ? r : 0;
}

const struct command cmd_list = {
	.name = "list",
	.operands = "",
	.help = "list jobs, in all states",
	.flags = CMD_CONF,
	.opts = options,
	.args_size = sizeof(struct list_args),
	.run = run,
};
