/*
 * failpoint: see failpoint.h. What is done at a point uses no memory but its own, and only calls
 * that signal-safety(7) allows, but for the first look at the environment, which no child of a
 * vfork comes to: the runner passes other points before it has one.
 */
#include "base/failpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <unistd.h>

const struct failpoint failpoints[] = {
	/* The scheduler, on the way to a job. */
	{ "claim.select", true, "what is ready is about to be looked for" },
	{ "claim.commit", true, "all is chosen, nothing is durable" },
	{ "handover.start", true, "claims are durable, and the first of them is not handed over" },
	{ "handover.sent", true, "a claim is on its way to the runner" },
	/* The runner. */
	{ "journal.create", true, "a runner is about to make its journal" },
	{ "launch.take", true, "a claim has come to the runner" },
	{ "lock.take", true, "its lock is about to be taken" },
	{ "lock.taken", false, "it has its lock" },
	{ "journal.write", true, "records are about to be written" },
	{ "journal.written", false, "records are on file" },
	{ "spawn.fork", true, "its start is on file, and no process is there" },
	{ "spawn.child", true, "there is a process, which has not signed the lock" },
	{ "spawn.signed", true, "the lock names the process" },
	{ "spawn.exec", true, "the process is about to become the job" },
	{ "spawn.done", false, "the job runs, and the runner has not noted which process it is" },
	{ "exit.reaped", false, "a job has ended, and only this process knows how" },
	{ "ack.take", true, "the scheduler has told that results are durable" },
	{ "runner.end", false, "a runner has nothing left to do, and its files are still there" },
	/* The scheduler, on the way back. */
	{ "result.take", true, "a result has come to the scheduler" },
	{ "result.record", true, "results are about to be recorded" },
	{ "result.commit", true, "all is written, nothing is durable" },
	{ "result.ack", true, "results are durable, and their runner does not know it" },
	/* The scheduler and its runners. */
	{ "runner.add", true, "a runner has its row, and no process" },
	{ "attach.list", true, "the runners of this node are about to be read" },
	{ "attach.reach", true, "a runner is about to be reached, or found dead" },
	{ "attach.welcome", true, "a runner has told what it has" },
	{ "takein.read", true, "the journal of a dead runner is about to be taken in" },
	{ "takein.done", true, "it is taken in, and nothing of it is recorded" },
	{ "takein.forget", false, "the files of a runner have gone, and its row is still there" },
	{ NULL, false, NULL },
};

enum action { ACT_KILL, ACT_ERROR, ACT_DELAY };

struct plan {
	size_t point;
	enum action action;
	long number; /* errno, or ms */
	long at, passed;
};

#define PLANS 64

static struct plan plans[PLANS];
static size_t nplans;
static pid_t owner; /* 0: the environment has not been looked at */
static int folder = -1;

static void __attribute__((noreturn))
bad(const char *what, const char *text)
{
	fprintf(stderr, "JOBSCHED_FAILPOINTS: %s '%s'\n", what, text);
	_exit(2);
}

static size_t
find(const char *name)
{
	for (size_t i = 0; failpoints[i].name != NULL; i++)
		if (strcmp(failpoints[i].name, name) == 0)
			return i;
	bad("there is no point", name);
}

static long
number(const char *text, long none)
{
	const char *problem = NULL;
	long n = text != NULL ? (long)strtonum(text, 0, INT_MAX, &problem) : none;

	if (problem != NULL)
		bad("no number:", text);
	return n;
}

static long
error_number(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} errors[] = {
		{ "EIO", EIO }, { "ENOSPC", ENOSPC }, { "EMFILE", EMFILE }, { "EAGAIN", EAGAIN },
		{ "ENOMEM", ENOMEM }, { "EACCES", EACCES }, { "EPIPE", EPIPE },
	};

	for (size_t i = 0; name != NULL && i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strcmp(errors[i].name, name) == 0)
			return errors[i].number;
	if (name != NULL)
		bad("there is no error", name);
	return EIO;
}

/* NAME=ACTION[:VALUE][@N] */
static void
add(char *text)
{
	struct plan *p = &plans[nplans++];
	char *rest = text, *name = strsep(&rest, "="), *action, *value;

	if (rest == NULL || nplans > PLANS)
		bad("cannot read", text);
	value = strsep(&rest, "@");
	action = strsep(&value, ":");
	p->point = find(name);
	p->at = number(rest, 1);
	if (strcmp(action, "kill") == 0)
		p->action = ACT_KILL;
	else if (strcmp(action, "error") == 0) {
		p->action = ACT_ERROR;
		p->number = error_number(value);
	} else if (strcmp(action, "delay") == 0) {
		p->action = ACT_DELAY;
		p->number = number(value, 100);
	} else
		bad("there is no action", action);
}

static void
look(void)
{
	const char *all = getenv("JOBSCHED_FAILPOINTS"), *dir = getenv("JOBSCHED_FAILPOINTS_DIR");
	char *copy, *rest, *one;

	owner = getpid();
	if (all == NULL)
		return;
	if (dir != NULL)
		folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if ((copy = rest = strdup(all)) == NULL)
		abort();
	while ((one = strsep(&rest, ",")) != NULL)
		if (*one != '\0')
			add(one);
	free(copy);
}

/* Whoever makes the file is the one that acts. */
static bool
is_ours(const char *name)
{
	int fd;

	if (folder == -1)
		return true;
	if ((fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) == -1)
		return false;
	close(fd);
	return true;
}

static int
act(const struct plan *p)
{
	struct timespec wait = { p->number / 1000, p->number % 1000 * 1000000 };

	if (p->action == ACT_KILL)
		kill(owner, SIGKILL);
	if (p->action == ACT_DELAY)
		nanosleep(&wait, NULL);
	return p->action == ACT_ERROR ? (int)p->number : 0;
}

int
failpoint(const char *name)
{
	int error = 0;

	if (owner == 0)
		look();
	for (struct plan *p = plans; p < plans + nplans; p++)
		if (strcmp(failpoints[p->point].name, name) == 0 && ++p->passed == p->at &&
		    is_ours(name))
			error = act(p);
	if (error != 0)
		errno = error;
	return error;
}
