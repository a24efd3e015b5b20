/*
 * attempts: the ledger, newest first.
 */
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/out.h"
#include "cli/row.h"

struct attempts_args {
	const char *node, *outcome, *since;
	int64_t limit;
};

#define AT(member) offsetof(struct attempts_args, member)

static const struct opt options[] = {
	{ .name = "node", .kind = OPT_TEXT, .arg = "NODE", .offset = AT(node),
	    .help = "only what ran, or runs, on this node" },
	{ .name = "outcome", .kind = OPT_TEXT, .arg = "OUTCOME", .offset = AT(outcome),
	    .help = "only this outcome: running, ok, failed, killed, timeout, cancelled, lost, "
		    "error, skipped" },
	{ .name = "since", .kind = OPT_TEXT, .arg = "TIME", .offset = AT(since),
	    .help = "only what was claimed or skipped at or after this time" },
	{ .name = "limit", .kind = OPT_NUMBER, .arg = "N", .offset = AT(limit), .min = 1,
	    .max = INT64_MAX, .help = "at most so many" },
	{ 0 },
};

static int
print_attempt(void *arg, const struct ledger_row *r)
{
	struct out *o = arg;

	out_object(o, NULL);
	row_attempt(o, r);
	out_end(o);
	return out_broken();
}

static int
make_filter(struct cli *c, const struct attempts_args *a, struct ledger_filter *f)
{
	ledger_filter_init(f);
	f->node = a->node;
	f->limit = a->limit;
	if (a->outcome != NULL && (f->outcome = outcome_parse(a->outcome)) < 0)
		return err_set(
		    &c->err, E_INPUT, "option '--outcome': unknown outcome '%s'", a->outcome);
	return cli_time(c, "since", a->since, &f->since);
}

static int
run(struct cli *c, void *args, int argc, char *const argv[])
{
	struct ledger_filter f;

	if (cli_clock(c, STORE_READ) < 0 || make_filter(c, args, &f) < 0 ||
	    cli_open(c, STORE_READ) < 0)
		return c->err.code;
	if (argc > 0 && cli_job(c, argv[0], &f.job_id) < 0)
		return c->err.code;
	out_list(cli_out(c), "attempts", attempt_columns);
	if (store_ledger(c->store, &f, print_attempt, c->out, &c->err) < 0)
		return c->err.code;
	out_end(c->out);
	return 0;
}

const struct command cmd_attempts = {
	.name = "attempts",
	.operands = "[JOB]",
	.help = "show the ledger: what ran, how it ended, what was skipped",
	.max = 1,
	.flags = CMD_CONF,
	.opts = options,
	.args_size = sizeof(struct attempts_args),
	.run = run,
};
