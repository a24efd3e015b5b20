/*
 * db: housekeeping of the database; safe while a daemon runs.
 */
#include "base/clock.h"
#include "cli/aside.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/out.h"
#include "cli/page.h"

/* ---- init ---- */

static int
run_init(struct cli *c, void *args, int argc, char *const argv[])
{
	(void)args, (void)argc, (void)argv;
	if (cli_open(c, STORE_WRITE) == 0) {
		cli_say(c, "database '%s' is there already", store_uri(c->store));
		return 0;
	}
	if (cli_make_folder(c) < 0 || cli_open(c, STORE_CREATE) < 0)
		return c->err.code;
	cli_say(c, "database '%s' is created", store_uri(c->store));
	return 0;
}

const struct command cmd_db_init = {
	.name = "db init",
	.operands = "",
	.help = "create the database, if it is not there",
	.flags = CMD_CONF,
	.run = run_init,
};

/* ---- check ---- */

static void
print_fault(void *arg, const char *text)
{
	struct cli *c = arg;

	if (c->global.json)
		out_text(c->out, NULL, text);
	else
		page_text("%s", text);
}

static int
run_check(struct cli *c, void *args, int argc, char *const argv[])
{
	int64_t faults;

	(void)args, (void)argc, (void)argv;
	if (cli_open(c, STORE_READ) < 0)
		return c->err.code;
	out_list(cli_out(c), "faults", NULL);
	if (store_check(c->store, print_fault, c, &faults, &c->err) < 0)
		return c->err.code;
	out_end(c->out);
	if (faults > 0)
		return err_set(&c->err, E_FAIL, "database '%s' has %lld %s", store_uri(c->store),
		    (long long)faults, faults == 1 ? "fault" : "faults");
	return 0;
}

const struct command cmd_db_check = {
	.name = "db check",
	.operands = "",
	.help = "look for faults in the database, and print them",
	.flags = CMD_CONF,
	.run = run_check,
};

/* ---- backup ---- */

static int
run_backup(struct cli *c, void *args, int argc, char *const argv[])
{
	(void)args, (void)argc;
	if (cli_open(c, STORE_READ) < 0)
		return c->err.code;
	return store_backup(c->store, argv[0], &c->err);
}

const struct command cmd_db_backup = {
	.name = "db backup",
	.operands = "FILE",
	.help = "copy the database to a new file, while others use it",
	.min = 1,
	.max = 1,
	.flags = CMD_CONF,
	.run = run_backup,
};

/* ---- upgrade ---- */

static int
run_upgrade(struct cli *c, void *args, int argc, char *const argv[])
{
	int from, to;

	(void)args, (void)argc, (void)argv;
	if (store_upgrade(c->conf.database, &from, &to, &c->err) < 0)
		return c->err.code;
	if (from == to)
		cli_say(c, "the database has version %d already", to);
	else
		cli_say(c, "the database had version %d and has version %d now", from, to);
	return 0;
}

const struct command cmd_db_upgrade = {
	.name = "db upgrade",
	.operands = "",
	.help = "bring an older database up to this program's version",
	.flags = CMD_CONF,
	.run = run_upgrade,
};

/* ---- prune ---- */

static int
prune_all(struct cli *c, struct pruned *sum)
{
	struct retention keep = {
		.attempts = c->conf.keep_attempts_for,
		.jobs = c->conf.keep_jobs_for,
		.outputs = c->conf.keep_outputs_for,
		.keep_attempts = c->conf.keep_attempts,
	};
	struct pruned p = { .more = true };
	int64_t began;

	while (p.more) {
		began = clock_boot();
		if (store_prune(c->store, &keep, c->now, &p, &c->err) < 0)
			return c->err.code;
		sum->attempts += p.attempts;
		sum->skips += p.skips;
		sum->jobs += p.jobs;
		sum->outputs += p.outputs;
		if (p.more)
			aside_pause(began);
	}
	return 0;
}

static int
run_prune(struct cli *c, void *args, int argc, char *const argv[])
{
	struct pruned sum = { 0 };
	struct out *o;

	(void)args, (void)argc, (void)argv;
	if (cli_open(c, STORE_WRITE) < 0 || prune_all(c, &sum) < 0)
		return c->err.code;
	cli_say(c, "pruned %lld attempts, %lld skips, %lld jobs and %lld outputs",
	    (long long)sum.attempts, (long long)sum.skips, (long long)sum.jobs,
	    (long long)sum.outputs);
	o = cli_out(c);
	out_number(o, "attempts", sum.attempts);
	out_number(o, "skips", sum.skips);
	out_number(o, "jobs", sum.jobs);
	out_number(o, "outputs", sum.outputs);
	return 0;
}

const struct command cmd_db_prune = {
	.name = "db prune",
	.operands = "",
	.help = "delete what the config's retention no longer keeps",
	.flags = CMD_CONF,
	.run = run_prune,
};
