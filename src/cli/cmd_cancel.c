/*
 * cancel: pending jobs never run, running ones are ended; or only their current occurrence.
 */
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/wake.h"
#include "store/change.h"

struct cancel_args {
	struct filter_args filter; /* first: see filter.h */
	bool no_kill, occurrence;
};

static const struct opt options[] = {
	{ .name = "no-kill", .kind = OPT_FLAG, .offset = offsetof(struct cancel_args, no_kill),
	    .help = "let a running attempt end by itself" },
	{ .name = "occurrence", .kind = OPT_FLAG,
	    .offset = offsetof(struct cancel_args, occurrence),
	    .help = "only what runs of a job, else its retry, else its next occurrence" },
	FILTER_TEXT("queue", queue, "NAME", "all jobs of this queue"),
	FILTER_OPTIONS,
	{ 0 },
};

static int
change_for(struct cli *c, const struct cancel_args *a, struct job_change *what)
{
	*what = (struct job_change){
		.act = a->occurrence ? ACT_CANCEL_OCCURRENCE : ACT_CANCEL,
		.state = -1,
		.kill = !a->no_kill,
		.now = c->now,
	};
	return a->occurrence && (what->zone = cli_daemon_zone(c)) == NULL ? c->err.code : 0;
}

static int
cancel_occurrence(struct cli *c, int64_t id, const struct cancel_args *a)
{
	struct job_change what;
	int64_t done;

	if (change_for(c, a, &what) < 0 ||
	    store_job_change(c->store, &what, &id, 1, &done, &c->err) < 0)
		return c->err.code;
	if (done == 0)
		return err_set(&c->err, E_CONFLICT, "job %lld has no occurrence to cancel",
		    (long long)id);
	return 0;
}

static int
cancel(struct cli *c, int64_t id, void *args)
{
	const struct cancel_args *a = args;
	bool running;

	if (a->occurrence)
		return cancel_occurrence(c, id, a);
	return store_job_cancel(c->store, id, !a->no_kill, c->now, &running, &c->err);
}

static int
check(struct cli *c, const struct cancel_args *a, int argc)
{
	if (a->no_kill && a->occurrence)
		return err_set(&c->err, E_INPUT,
		    "options '--no-kill' and '--occurrence' do not go together");
	if (filter_check(c, &a->filter, argc) < 0)
		return c->err.code;
	if (argc == 0 && !filter_given(&a->filter))
		return err_set(&c->err, E_INPUT,
		    "'cancel' needs JOB... or options that choose jobs;"
		    " see 'jobsched help cancel'");
	return 0;
}

static int
run(struct cli *c, void *args, int argc, char *const argv[])
{
	static const struct filter_verb verb = { "cancelled", "cancel", EV_CANCEL };
	const struct cancel_args *a = args;
	struct job_change what;
	int r;

	if (check(c, a, argc) < 0 ||
	    cli_open(c, a->filter.dry_run ? STORE_READ : STORE_WRITE) < 0)
		return c->err.code;
	if (argc > 0)
		r = cli_each_job(c, argc, argv, cancel, args);
	else if ((r = change_for(c, a, &what)) == 0)
		r = filter_change(c, &a->filter, &verb, &what);
	wake_daemons(c->store);
	return r;
}

const struct command cmd_cancel = {
	.name = "cancel",
	.operands = "[JOB...]",
	.help = "keep pending jobs from running, end running ones",
	.max = -1,
	.flags = CMD_CONF,
	.opts = options,
	.args_size = sizeof(struct cancel_args),
	.run = run,
};
