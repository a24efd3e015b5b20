/*
 * retry: a dead occurrence gets a fresh set of retries.
 */
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/wake.h"
#include "store/change.h"

static const struct opt options[] = {
	FILTER_TEXT("queue", queue, "NAME", "all jobs of this queue"),
	FILTER_OPTIONS,
	{ 0 },
};

static int
retry(struct cli *c, int64_t id, void *arg)
{
	(void)arg;
	return store_job_retry(c->store, id, c->now, &c->err);
}

static int
run(struct cli *c, void *args, int argc, char *const argv[])
{
	static const struct filter_verb verb = { "retried", "retry", EV_RETRY };
	const struct filter_args *a = args;
	struct job_change what = { .act = ACT_RETRY };
	int r;

	if (filter_check(c, a, argc) < 0)
		return c->err.code;
	if (argc == 0 && !filter_given(a))
		return err_set(&c->err, E_INPUT,
		    "'retry' needs JOB... or options that choose jobs; see 'jobsched help retry'");
	if (cli_open(c, a->dry_run ? STORE_READ : STORE_WRITE) < 0)
		return c->err.code;
	if (argc > 0)
		r = cli_each_job(c, argc, argv, retry, args);
	else
		r = filter_change(c, a, &verb, &what);
	wake_daemons(c->store);
	return r;
}

const struct command cmd_retry = {
	.name = "retry",
	.operands = "[JOB...]",
	.help = "try failed jobs once more, with fresh retries",
	.max = -1,
	.flags = CMD_CONF,
	.opts = options,
	.args_size = sizeof(struct filter_args),
	.run = run,
};
