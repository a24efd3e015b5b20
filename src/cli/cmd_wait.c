/*
 * wait: blocks until jobs have ended, and ends as they did. Its own failures have a status of their
 * own, 125, so that a script can tell them from the job's.
 */
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/ended.h"
#include "cli/out.h"

/* What is waited for is settled for all before the wait for the first, which may take long. */
static int
settle(struct cli *c, struct ended *all, int n, char *const refs[])
{
	int64_t id;

	for (int i = 0; i < n; i++)
		if (cli_job(c, refs[i], &id) < 0 || ended_init(c, &all[i], id) < 0)
			return c->err.code;
	return 0;
}

/* In JSON only: people have the exit status. */
static void
tell(struct cli *c, int64_t id, int status)
{
	if (!c->global.json)
		return;
	out_object(cli_out(c), NULL);
	out_number(c->out, "id", id);
	out_number(c->out, "exit_status", status);
	out_end(c->out);
}

static int
wait_for_all(struct cli *c, struct ended *all, int n, char *const refs[])
{
	int status, first = 0;

	if (c->global.json)
		out_list(cli_out(c), "jobs", NULL);
	for (int i = 0; i < n; i++) {
		if (ended_wait(c, &all[i], &status) < 0)
			return c->err.code;
		if (status == ENDED_UNKNOWN)
			cli_note(c, "how job '%s' ended is unknown: its attempt was lost", refs[i]);
		tell(c, all[i].id, status);
		first = first != 0 ? first : status;
	}
	return first;
}

static int
run(struct cli *c, void *args, int argc, char *const argv[])
{
	struct ended *all = xcalloc((size_t)argc, sizeof(*all));
	int r;

	(void)args;
	if (cli_open(c, STORE_READ) < 0 || settle(c, all, argc, argv) < 0)
		r = c->err.code;
	else
		r = wait_for_all(c, all, argc, argv);
	free(all);
	return r;
}

const struct command cmd_wait = {
	.name = "wait",
	.operands = "JOB...",
	.help = "block until jobs have ended; the exit status is the job's",
	.min = 1,
	.max = -1,
	.flags = CMD_CONF,
	.failure = 125,
	.run = run,
};
