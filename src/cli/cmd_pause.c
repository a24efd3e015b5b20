/*
 * pause: jobs, a queue or the whole scheduler start nothing until they are resumed.
 */
#include <string.h>

#include "base/err.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/wake.h"
#include "store/change.h"
#include "store/queue.h"
#include "time/instant.h"

struct pause_args {
	struct filter_args filter; /* first: see filter.h */
	const char *until, *reason;
	int64_t end; /* of until */
};

static const struct opt options[] = {
	{ .name = "until", .kind = OPT_TEXT, .arg = "TIME",
	    .offset = offsetof(struct pause_args, until), .help = "go on by itself at this time" },
	{ .name = "reason", .kind = OPT_TEXT, .arg = "TEXT",
	    .offset = offsetof(struct pause_args, reason), .help = "why, for those who look" },
	FILTER_TEXT("queue", queue, "NAME", "this queue; with others of these: all of its jobs"),
	FILTER_OPTIONS,
	{ 0 },
};

static int
pause_job(struct cli *c, int64_t id, void *args)
{
	const struct pause_args *a = args;

	return store_job_pause(c->store, id, a->end, a->reason, c->now, &c->err);
}

static int
check(struct cli *c, struct pause_args *a, int argc)
{
	a->end = INSTANT_NONE;
	if (filter_check(c, &a->filter, argc) < 0)
		return c->err.code;
	if (cli_time(c, "until", a->until, &a->end) < 0)
		return c->err.code;
	if (a->until != NULL && a->end <= c->now)
		return err_set(
		    &c->err, E_INPUT, "option '--until': '%s' is not in the future", a->until);
	if (a->reason != NULL && strlen(a->reason) > JOB_TEXT_MAX)
		return err_set(
		    &c->err, E_INPUT, "option '--reason': longer than %d bytes", JOB_TEXT_MAX);
	return 0;
}

static int
pause_chosen(struct cli *c, const struct pause_args *a)
{
	static const struct filter_verb verb = { "paused", "pause", EV_PAUSE };
	struct job_change what = { .act = ACT_PAUSE, .until = a->end, .reason = a->reason };

	return filter_change(c, &a->filter, &verb, &what);
}

static int
see_job(void *arg, const struct job_view *v)
{
	(void)v;
	*(bool *)arg = true;
	return 1;
}

/* A queue that nobody knows may be meant for later, or be a slip. */
static int
pause_queue(struct cli *c, const struct pause_args *a)
{
	const char *name = a->filter.queue;
	struct job_filter f;
	struct err warning;
	bool known = false;

	for (size_t i = 0; i < c->conf.nqueues && !known; i++)
		known = strcmp(c->conf.queues[i].name, name) == 0;
	job_filter_init(&f);
	f.queue = name;
	f.limit = 1;
	if (!known && store_job_list(c->store, &f, see_job, &known, &c->err) < 0)
		return c->err.code;
	if (store_queue_pause(c->store, name, a->end, a->reason, c->now, &c->err) < 0)
		return c->err.code;
	if (!known) {
		err_set(&warning, E_INPUT,
		    "warning: queue '%s' is paused, but no job is in it and the config does not"
		    " name it",
		    name);
		cli_complain(&warning);
	}
	return 0;
}

static int
run(struct cli *c, void *args, int argc, char *const argv[])
{
	struct pause_args *a = args;
	const struct filter_args *f = &a->filter;
	int r;

	if (cli_clock(c, STORE_WRITE) < 0 || check(c, a, argc) < 0 ||
	    cli_open(c, f->dry_run ? STORE_READ : STORE_WRITE) < 0)
		return c->err.code;
	if (argc > 0)
		r = cli_each_job(c, argc, argv, pause_job, a);
	else if (filter_is_queue(f))
		r = pause_queue(c, a);
	else if (filter_given(f))
		r = pause_chosen(c, a);
	else
		r = store_pause_all(c->store, a->end, a->reason, c->now, &c->err);
	wake_daemons(c->store);
	return r;
}

const struct command cmd_pause = {
	.name = "pause",
	.operands = "[JOB...]",
	.help = "start nothing of these jobs, of a queue, or nothing at all, for a while",
	.max = -1,
	.flags = CMD_CONF,
	.opts = options,
	.args_size = sizeof(struct pause_args),
	.run = run,
};
