/*
 * child: see child.h.
 */
#include "runner/child.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "wire/joblock.h"

/* By so much, µs, what the kernel shows to programs may differ from what it goes by itself. */
#define SLACK_US 2

extern char **environ;

static bool
fail(struct child *c, enum step step)
{
	return become_fail(&c->job, step);
}

/*
 * Field 22 of a line of /proc/PID/stat; 0 if it is not there. See proc(5), and base/proc.c for the
 * ')'.
 */
static uint64_t
start_of(const char *line, size_t len)
{
	uint64_t n = 0;
	size_t i = len;
	int field = 2;

	while (i > 0 && line[i - 1] != ')')
		i--;
	for (; i < len && field < 22; i++)
		if (line[i] == ' ')
			field++;
	for (; i < len && line[i] >= '0' && line[i] <= '9'; i++)
		n = n * 10 + (uint64_t)(line[i] - '0');
	return n;
}

/*
 * Who began between two instants of one tick began in that tick. To have /proc say so costs as much
 * as a fifth of the whole spawn, the way of the process's folder there and back.
 */
static bool
knows_start(struct child *c)
{
	if (c->tick == 0 ||
	    (c->begun - SLACK_US) / c->tick != (clock_kernel() + SLACK_US) / c->tick)
		return false;
	c->id.start = (uint64_t)(c->begun / c->tick);
	return c->id.start > 0;
}

static bool
identify(struct child *c)
{
	char line[1024];
	ssize_t n;
	int fd;

	c->id.pid = getpid();
	if (knows_start(c))
		return true;
	fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return fail(c, STEP_IDENTITY);
	n = read(fd, line, sizeof(line));
	/* The descriptors may be the runner's, too. */
	become_close(fd);
	if (n == -1)
		return fail(c, STEP_IDENTITY);
	c->id.start = start_of(line, (size_t)n);
	if (c->id.start > 0)
		return true;
	errno = EINVAL;
	return fail(c, STEP_IDENTITY);
}

/* From here on the lock file names who runs, even if the runner is gone the next moment. */
static bool
sign_lock(struct child *c)
{
	char text[JOBLOCK_TEXT];
	ssize_t n;

	if (FAILPOINT("spawn.child"))
		return fail(c, STEP_LOCK);
	if (c->identity == -1)
		return true;
	joblock_format(text, c->fence, &c->id);
	n = pwrite(c->identity, text, sizeof(text), 0);
	if (n == (ssize_t)sizeof(text))
		return !FAILPOINT("spawn.signed") || fail(c, STEP_LOCK);
	if (n >= 0)
		errno = ENOSPC;
	return fail(c, STEP_LOCK);
}

/* The umask is cron's; whatever PAM sets goes over it. */
static bool
detach(struct child *c)
{
	if (setsid() == -1)
		return fail(c, STEP_SESSION);
	umask(022);
	return true;
}

static bool
redirect(struct child *c)
{
	if (c->input != -1 && dup2(c->input, STDIN_FILENO) == -1)
		return fail(c, STEP_STDIN);
	if (dup2(c->output, STDOUT_FILENO) == -1 || dup2(c->output, STDERR_FILENO) == -1)
		return fail(c, STEP_OUTPUT);
	/* jobsched-session has been told its number as it is. */
	if (c->job.tree == -1 || c->brief != -1)
		return true;
	c->job.tree = fcntl(c->job.tree, F_DUPFD_CLOEXEC, INHERITED_MIN);
	return c->job.tree != -1 || fail(c, STEP_LOCK);
}

/*
 * What is the runner's own and not its jobs'. An oom score that spares it must not be handed on:
 * going up to 0 needs no privilege.
 */
static bool
shed(struct child *c)
{
	ssize_t n;
	int fd;

	if (c->clear_oom_score) {
		fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
		if (fd == -1)
			return fail(c, STEP_OOM_SCORE);
		n = write(fd, "0", 1);
		become_close(fd);
		if (n != 1)
			return fail(c, STEP_OOM_SCORE);
	}
	c->job.limit = c->job.nlimits;
	return setrlimit(RLIMIT_NOFILE, &c->nofile) == 0 || fail(c, STEP_LIMIT);
}

/* All signals stay blocked: jobsched-session decides what becomes of them. */
static void
hand_over(struct child *c)
{
	if (fcntl(c->brief, F_SETFD, 0) == 0 &&
	    (c->job.tree == -1 || fcntl(c->job.tree, F_SETFD, 0) == 0))
		execve(c->session, c->session_argv, environ);
	fail(c, STEP_HELPER);
}

void
child_run(struct child *c)
{
	if (identify(c) && sign_lock(c) && detach(c) && redirect(c) && shed(c)) {
		if (c->brief != -1)
			hand_over(c);
		else
			become_job(&c->job);
	}
	_exit(127);
}
