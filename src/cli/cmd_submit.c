/*
 * submit: stores a job, or many from a file, and prints the ids.
 */
#include "base/mem.h"
#include "cli/bulk.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/ended.h"
#include "cli/newjob.h"
#include "cli/out.h"
#include "cli/wake.h"
#include "job/draft.h"
#include "job/each.h"
#include "job/option.h"
#include "store/lease.h"

struct submit_args {
	const char *file, *batch;
	bool if_absent, replace, wait;
};

#define AT(member) offsetof(struct submit_args, member)

static const struct opt options[] = {
	{ .name = "file", .kind = OPT_TEXT, .arg = "FILE", .offset = AT(file),
	    .help = "many jobs, a JSON object in each line; '-': standard input" },
	{ .name = "batch", .kind = OPT_TEXT, .arg = "NAME", .offset = AT(batch),
	    .help = "name what '--file' stores: the same again goes on where it was interrupted" },
	{ .name = "if-absent", .kind = OPT_FLAG, .offset = AT(if_absent),
	    .help = "if the name is taken, print that job's id and change nothing" },
	{ .name = "replace", .kind = OPT_FLAG, .offset = AT(replace),
	    .help = "if the name is taken, that job gets this definition" },
	{ .name = "wait", .kind = OPT_FLAG, .offset = AT(wait),
	    .help = "wait for its end, and exit as it did" },
	{ 0 },
};

static int
apply_options(struct cli *c, struct draft *d)
{
	for (size_t i = 0; i < c->npairs; i++)
		if (option_set(d, OPTION_SUBMIT, c->pairs[i].name, c->pairs[i].value, &c->err) < 0)
			return c->err.code;
	return 0;
}

static int
make_job(struct cli *c, int argc, char *const argv[], struct job *j)
{
	struct newjob new;
	struct draft d;
	int r = newjob_init(&new, c);

	if (r == 0) {
		newjob_draft(&new, &d);
		if ((r = apply_options(c, &d)) < 0 ||
		    (r = draft_command(&d, argc, argv, &c->err)) < 0)
			draft_release(&d);
		else
			r = newjob_finish(&new, &d, j);
	}
	newjob_release(&new);
	return r;
}

static void
print_ids(struct cli *c, const int64_t *ids, size_t n, bool list)
{
	if (c->global.json && !list) {
		out_number(cli_out(c), "id", ids[0]);
		return;
	}
	if (c->global.json)
		out_list(cli_out(c), "ids", NULL);
	for (size_t i = 0; i < n; i++) {
		if (c->global.json)
			out_number(c->out, NULL, ids[i]);
		else
			printf("%lld\n", (long long)ids[i]);
	}
	if (c->global.json)
		out_end(c->out);
}

/* The zone by which schedules without one are read; it is asked for only if there are such. */
static const struct zone *
zone_for(struct cli *c, const struct job *jobs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (jobs[i].periodic && jobs[i].tz == NULL)
			return cli_daemon_zone(c);
	return c->local;
}

static int
store_jobs(struct cli *c, const struct job *jobs, size_t n, enum submit_how how, int64_t *ids)
{
	struct submit s = {.jobs = jobs, .n = n, .how = how, .now = c->now};
	size_t bad;

	if (how == SUBMIT_REPLACE)
		s.boot_id = proc_boot_id();

	if ((s.zone = zone_for(c, jobs, n)) == NULL ||
	    store_submit(c->store, &s, ids, &bad, &c->err) < 0)
		return c->err.code;
	if (wake_daemons(c->store))
		store_leave(c->store);
	return 0;
}

/*
 * The id is known before the wait begins, so it is out before that too; from here on failures are
 * those of `wait`.
 */
static int
wait_for(struct cli *c, int64_t id)
{
	struct ended w;
	int status;

	if (ended_init(c, &w, id) == 0 && ended_wait(c, &w, &status) == 0)
		return status;
	cli_complain(&c->err);
	return ENDED_UNKNOWN;
}

static int
wait_for_all(struct cli *c, const int64_t *ids, size_t n)
{
	int first = 0;

	if (cli_answered(c) < 0)
		return c->err.code;
	for (size_t i = 0; i < n; i++) {
		int status = wait_for(c, ids[i]);

		first = first != 0 ? first : status;
	}
	return first;
}

static int
submit_jobs(
    struct cli *c, const struct job *jobs, size_t n, enum submit_how how, bool wait, bool list)
{
	int64_t *ids = xcalloc(n, sizeof(*ids));
	int r = store_jobs(c, jobs, n, how, ids);

	if (r == 0) {
		print_ids(c, ids, n, list);
		r = wait ? wait_for_all(c, ids, n) : 0;
	}
	free(ids);
	return r;
}

static int
note_node(void *arg, const struct node *n)
{
	strv_push(arg, n->id);
	return 0;
}

/* One for each of the nodes that there are by now. */
static int
submit_each(struct cli *c, const struct job *j, enum submit_how how, bool wait)
{
	struct strv nodes = {0};
	struct job *jobs;
	size_t n = 0;
	int r;

	if ((r = store_node_list(c->store, note_node, &nodes, &c->err)) < 0)
		return r;
	jobs = xcalloc(nodes.n + 1, sizeof(*jobs));
	if (nodes.n == 0)
		r = err_set(&c->err, E_CONFLICT,
		    "'--on=each': there is no node yet; start jobschedd first");
	while (r >= 0 && n < nodes.n && (r = each_job(&jobs[n], j, nodes.v[n], &c->err)) == 0)
		n++;
	if (r >= 0)
		r = submit_jobs(c, jobs, n, how, wait, true);
	for (size_t i = 0; i < n; i++)
		job_release(&jobs[i]);
	free(jobs);
	strv_clear(&nodes);
	return r;
}

static int
submit_one(struct cli *c, enum submit_how how, bool wait, int argc, char *const argv[])
{
	struct job j;
	int r;

	if (cli_clock(c, STORE_CREATE) < 0 || make_job(c, argc, argv, &j) < 0)
		return c->err.code;
	if (cli_open(c, STORE_CREATE) < 0)
		r = c->err.code;
	else if (each_wanted(&j) && store_shared(c->store))
		r = submit_each(c, &j, how, wait);
	else
		r = submit_jobs(c, &j, 1, how, wait, false);
	job_release(&j);
	return r;
}

/* What makes no sense together. */
static int
check(struct cli *c, const struct submit_args *a, int argc)
{
	if (a->if_absent && a->replace)
		return err_set(
		    &c->err, E_INPUT, "'--if-absent' and '--replace' exclude each other");
	if (a->file == NULL && a->batch != NULL)
		return err_set(&c->err, E_INPUT, "'--batch' is for '--file'");
	if (a->file == NULL && argc == 0)
		return err_set(&c->err, E_INPUT, "there is no command; see 'jobsched help submit'");
	if (a->file == NULL)
		return 0;
	if (argc > 0 || c->npairs > 0 || a->wait)
		return err_set(&c->err, E_INPUT,
		    "'--file' excludes a command, '--wait' and the options of a job");
	return a->batch != NULL && a->batch[0] == '\0' ?
	    err_set(&c->err, E_INPUT, "option '--batch': '' is empty") :
	    0;
}

static int
run(struct cli *c, void *args, int argc, char *const argv[])
{
	const struct submit_args *a = args;
	enum submit_how how = a->if_absent ? SUBMIT_IF_ABSENT
			      : a->replace ? SUBMIT_REPLACE
					   : SUBMIT_NEW;
	struct bulk_args bulk = { a->file, a->batch, how };

	if (check(c, a, argc) < 0)
		return c->err.code;
	return a->file != NULL ? bulk_submit(c, &bulk) : submit_one(c, how, a->wait, argc, argv);
}

const struct command cmd_submit = {
	.name = "submit",
	.operands = "[--] CMD [ARG...]",
	.help = "store a job, for now, for later or on a schedule; print its id",
	.max = -1,
	.flags = CMD_CONF | CMD_JOB_OPTIONS | CMD_COMMAND_LINE,
	.opts = options,
	.args_size = sizeof(struct submit_args),
	.run = run,
};
