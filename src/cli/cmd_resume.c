/*
 * resume: ends a pause of jobs, of a queue or of the whole scheduler.
 */
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/wake.h"
#include "store/change.h"
#include "store/queue.h"

static const struct opt options[] = {
	FILTER_TEXT("queue", queue, "NAME", "this queue; with others of these: all of its jobs"),
	FILTER_OPTIONS,
	{ 0 },
};

static int
resume(struct cli *c, int64_t id, void *arg)
{
	(void)arg;
	return store_job_resume(c->store, id, c->now, &c->err);
}

static int
run(struct cli *c, void *args, int argc, char *const argv[])
{
	static const struct filter_verb verb = { "resumed", "resume", EV_RESUME };
	const struct filter_args *a = args;
	struct job_change what = { .act = ACT_RESUME };
	int r;

	if (filter_check(c, a, argc) < 0 || cli_open(c, a->dry_run ? STORE_READ : STORE_WRITE) < 0)
		return c->err.code;
	if (argc > 0)
		r = cli_each_job(c, argc, argv, resume, args);
	else if (filter_is_queue(a))
		r = store_queue_resume(c->store, a->queue, c->now, &c->err);
	else if (filter_given(a))
		r = filter_change(c, a, &verb, &what);
	else
		r = store_resume_all(c->store, c->now, &c->err);
	wake_daemons(c->store);
	return r;
}

const struct command cmd_resume = {
	.name = "resume",
	.operands = "[JOB...]",
	.help = "let paused jobs, a paused queue or the paused scheduler go on",
	.max = -1,
	.flags = CMD_CONF,
	.opts = options,
	.args_size = sizeof(struct filter_args),
	.run = run,
};
