/*
 * jobsched-runner: runs what jobschedd hands it, and outlives it. Started by jobschedd only; see
 * jobschedd(8). This room: the command line, and the way into the background.
 */
#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdint.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/prompt.h"
#include "runner/runner.h"
#include "runner/start.h"

static void __attribute__((noreturn))
usage(void)
{
	fprintf(stderr, "usage: jobsched-runner --id=N --node=NODE --journal=PATH --locks=DIR "
			"--socket=PATH [--channel=FD] [--cgroups]\n");
	exit(2);
}

static int64_t
number(const char *name, const char *text, int64_t max)
{
	const char *problem;
	int64_t n = strtonum(text, 0, max, &problem);

	if (problem != NULL)
		errx(2, "option '--%s': '%s' is %s", name, text, problem);
	return n;
}

/* The runner works in the root folder. */
static const char *
absolute(const char *name, const char *path)
{
	if (path[0] != '/')
		errx(2, "option '--%s': '%s' is not an absolute path", name, path);
	return path;
}

static void
parse(struct runner *r, int *channel, int argc, char *argv[])
{
	enum { ID = 1, NODE, JOURNAL, LOCKS, SOCKET, CHANNEL, CGROUPS };
	static const struct option options[] = {
		{ "id", required_argument, NULL, ID },
		{ "node", required_argument, NULL, NODE },
		{ "journal", required_argument, NULL, JOURNAL },
		{ "locks", required_argument, NULL, LOCKS },
		{ "socket", required_argument, NULL, SOCKET },
		{ "channel", required_argument, NULL, CHANNEL },
		{ "cgroups", no_argument, NULL, CGROUPS },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	*channel = -1;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == ID)
			r->id = number("id", optarg, INT64_MAX);
		else if (c == NODE)
			r->node = optarg;
		else if (c == JOURNAL)
			r->journal_path = absolute("journal", optarg);
		else if (c == LOCKS)
			r->locks_path = absolute("locks", optarg);
		else if (c == SOCKET)
			r->socket_path = absolute("socket", optarg);
		else if (c == CHANNEL)
			*channel = (int)number("channel", optarg, INT_MAX);
		else if (c == CGROUPS)
			r->cgroups = true;
		else
			usage();
	}
	if (optind != argc || r->id == 0 || r->node == NULL || r->journal_path == NULL ||
	    r->locks_path == NULL || r->socket_path == NULL)
		usage();
	if (*channel != -1 && fcntl(*channel, F_GETFD) == -1)
		errx(2, "option '--channel': descriptor %d is not open", *channel);
}

/* No terminal, no pipe of whoever started us: from here on there is only syslog. */
static int
silence(struct runner *r, struct err *e)
{
	int in = open("/dev/null", O_RDONLY), out = open("/dev/null", O_WRONLY);

	if (in == -1 || out == -1 || dup2(in, STDIN_FILENO) == -1 ||
	    dup2(out, STDOUT_FILENO) == -1 || dup2(out, STDERR_FILENO) == -1)
		return err_errno(e, E_FAIL, "cannot open '/dev/null'");
	if (in > STDERR_FILENO)
		close(in);
	if (out > STDERR_FILENO)
		close(out);
	r->input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	r->output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (r->input == -1 || r->output == -1)
		return err_errno(e, E_FAIL, "cannot open '/dev/null'");
	log_init("jobsched-runner", true, LOG_LEVEL_WARN);
	return 0;
}

int
main(int argc, char *argv[])
{
	struct runner r = { 0 };
	int channel, ready;
	struct err e;

	setprogname("jobsched-runner");
	parse(&r, &channel, argc, argv);
	channel = start_keep_only(channel);
	if ((ready = start_fork(&e)) < 0 || start_detach(&r, &e) < 0 ||
	    start_open(&r, channel, &e) < 0)
		errx(1, "%s", e.text);
	if (silence(&r, &e) < 0) {
		start_close(&r);
		errx(1, "%s", e.text);
	}
	prompt();
	if (start_ready(ready) == 0)
		runner_run(&r);
	start_close(&r);
	return 0;
}
