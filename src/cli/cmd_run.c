/*
 * run: one occurrence of a job now, whatever its schedule.
 */
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/wake.h"

static int
run(struct cli *c, void *args, int argc, char *const argv[])
{
	int64_t id;

	(void)args, (void)argc;
	if (cli_open(c, STORE_WRITE) < 0 || cli_job(c, argv[0], &id) < 0)
		return c->err.code;
	if (store_job_run(c->store, id, c->now, &c->err) < 0)
		return c->err.code;
	wake_daemons(c->store);
	return 0;
}

const struct command cmd_run = {
	.name = "run",
	.operands = "JOB",
	.help = "run a job once now, whatever its schedule",
	.min = 1,
	.max = 1,
	.flags = CMD_CONF,
	.run = run,
};
