/*
 * status: the health of the scheduler, or everything about some jobs.
 */
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/out.h"
#include "cli/status.h"

static int
one_job(struct cli *c, int64_t id, void *arg)
{
	bool *later = arg;

	if (*later && !c->global.json)
		putchar('\n');
	*later = true;
	return status_job(c, id);
}

static int
run(struct cli *c, void *args, int argc, char *const argv[])
{
	bool later = false;
	int r;

	(void)args;
	if (cli_open(c, STORE_READ) < 0)
		return c->err.code;
	if (argc == 0)
		return status_health(c);
	out_list(cli_out(c), "jobs", NULL);
	r = cli_each_job(c, argc, argv, one_job, &later);
	out_end(c->out);
	return r;
}

const struct command cmd_status = {
	.name = "status",
	.operands = "[JOB...]",
	.help = "the health of the scheduler, or everything about a job",
	.max = -1,
	.flags = CMD_CONF,
	.run = run,
};
