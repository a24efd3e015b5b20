/*
 * t_runner_end: jobs are ended in time and on demand, with all their processes, and nobody else's.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "peer.h"
#include "tap.h"

#define MS INT64_C(1000)
#define SECOND (1000 * MS)

struct file {
	const struct peer *peer;
	const char *name;
};

/* The pid that a job has written into a file; 0: not yet. */
static pid_t
pid_in(const struct file *f)
{
	char *text = peer_file(f->peer, f->name);
	pid_t pid = 0;

	if (text != NULL && strchr(text, '\n') != NULL)
		pid = (pid_t)strtol(text, NULL, 10);
	free(text);
	return pid;
}

static bool
has_pid(void *arg)
{
	return pid_in(arg) != 0;
}

static bool
is_gone(void *arg)
{
	return kill(*(pid_t *)arg, 0) == -1 && errno == ESRCH;
}

static pid_t
wait_for_pid(const struct peer *p, const char *name)
{
	struct file f = { p, name };

	if (!peer_until(has_pid, &f))
		errx(1, "no pid in %s", name);
	return pid_in(&f);
}

static bool
goes(pid_t pid)
{
	return peer_until(is_gone, &pid);
}

static void
launch(struct peer *p, int64_t fence, int64_t timeout, int64_t grace, const char *command)
{
	struct launch l;

	peer_launch_init(&l, p, fence, command);
	l.timeout = timeout;
	l.grace = grace;
	peer_launch(p, &l);
}

/*
 * A child, one in a session of its own, and an orphan in another: all but the last word of a job.
 */
#define FAMILY                                                                                     \
	"rm -f child session orphan\n"                                                             \
	"sh -c 'echo $$ >child; exec sleep 1000' &\n"                                              \
	"setsid sh -c 'echo $$ >session; exec sleep 1000' &\n"                                     \
	"(setsid sh -c 'echo $$ >orphan; exec sleep 1000' &)\n"

/* Once a job is as its test wants it. */
#define READY "until [ -s child ] && [ -s session ] && [ -s orphan ]; do sleep 0.02; done\n" SAY
#define SAY ": >ready-$JOBSCHED_FENCE\n"

#define NEVER (100000 * SECOND)

/*
 * A job that is timed out, and was ready by then: with the first that is long enough for its shell
 * to have set its traps and started its children, as slow as the machine may be. Each has a fence
 * of its own, from the given one; the timeout is told.
 */
static const struct result *
timed_out(struct peer *p, int64_t fence, int64_t *timeout, int64_t grace, const char *command)
{
	const struct result *res;
	char ready[32];

	for (*timeout = 1 * SECOND;; *timeout *= 2) {
		launch(p, fence, *timeout, grace, command);
		res = peer_result(p, fence);
		snprintf(ready, sizeof(ready), "ready-%d", (int)fence++);
		if (peer_exists(p, ready) || *timeout > PEER_PATIENCE * SECOND)
			return res;
		tap_note("not ready within %d s", (int)(*timeout / SECOND));
	}
}

static void
test_timeout(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	const struct result *res;
	int64_t timeout;

	peer_start(p);
	res = timed_out(p, 100, &timeout, NEVER, FAMILY READY "sleep 1000");
	tap_ok(res->outcome == OUTCOME_TIMEOUT && res->signal == SIGTERM && res->exit_status == -1,
	    "a job that runs too long gets a TERM and is 'timeout'");
	tap_ok(res->finished_at - res->started_at >= timeout, "not before its time");
	tap_ok(goes(wait_for_pid(p, "child")), "so do its child,");
	tap_ok(goes(wait_for_pid(p, "session")), "a child in a session of its own,");
	tap_ok(goes(wait_for_pid(p, "orphan")), "and an orphan");
	res = timed_out(p, 200, &timeout, NEVER,
	    "trap 'echo tidy; exit 0' TERM\n" SAY "sleep 1000 & wait");
	tap_ok(res->outcome == OUTCOME_TIMEOUT && res->exit_status == 0,
	    "a job that takes its TERM well is 'timeout' all the same");
	tap_is_str(peer_output(res), "tidy\n", "what it says at last is kept");
	res = timed_out(p, 300, &timeout, 300 * MS,
	    "trap '' TERM\n" SAY "while :; do sleep 1; done");
	tap_ok(res->outcome == OUTCOME_TIMEOUT && res->signal == SIGKILL,
	    "a job that ignores TERM gets a KILL");
	tap_ok(res->finished_at - res->started_at >= timeout + 300 * MS, "after its grace");
	res = timed_out(p, 400, &timeout, 0,
	    "trap 'echo tidy' TERM\n" SAY "while :; do sleep 1; done");
	tap_is_int(res->signal, SIGKILL, "without a grace it is a KILL at once");
	launch(p, 5, NEVER, 0, "exit 5");
	tap_ok(peer_result(p, 5)->outcome == OUTCOME_FAILED && p->ended[5].exit_status == 5,
	    "a job that ends in time is not timed out");
	peer_stop(p);
	free(p);
}

#define DEAF_CHILD                                                                                 \
	"setsid sh -c 'trap \"\" TERM; echo $$ >deaf-$JOBSCHED_FENCE; while :; do sleep 1; done' &\n" \
	"sleep 1000"

static void
test_stubborn_family(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	const struct result *res;
	pid_t pid;

	peer_start(p);
	peer_run(p, 1, DEAF_CHILD);
	pid = wait_for_pid(p, "deaf-1");
	peer_cancel(p, 1, NEVER);
	res = peer_result(p, 1);
	tap_is_int(res->signal, SIGTERM, "the result does not wait for those that stay");
	peer_sync(p);
	tap_ok(kill(pid, 0) == 0, "who ignores TERM has its grace");
	kill(pid, SIGKILL);
	peer_run(p, 3, DEAF_CHILD);
	pid = wait_for_pid(p, "deaf-3");
	peer_cancel(p, 3, 300 * MS);
	tap_is_int(peer_result(p, 3)->signal, SIGTERM, "nor for one that is to be killed");
	tap_ok(goes(pid), "which it is after the grace, though the job is over");

	peer_run(p, 2, "echo $$ >stopped; kill -STOP $$; sleep 1000");
	wait_for_pid(p, "stopped");
	peer_cancel(p, 2, NEVER);
	tap_is_int(peer_result(p, 2)->signal, SIGTERM, "a stopped job gets its TERM, too");
	peer_stop(p);
	free(p);
}

static void
test_cancel(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	const struct result *res;
	pid_t stranger, other;

	peer_start(p);
	/* Neither a process beside it nor another job is touched. */
	if ((stranger = fork()) == 0) {
		setenv("JOBSCHED_FENCE", "1", 1);
		execlp("sleep", "sleep", "1000", (char *)NULL);
		_exit(127);
	}
	peer_run(p, 2, "exec sleep 1000");
	peer_run(p, 1, FAMILY "wait");
	other = (pid_t)peer_started(p, 2)->pid;
	wait_for_pid(p, "child");
	wait_for_pid(p, "session");
	wait_for_pid(p, "orphan");
	peer_cancel(p, 1, NEVER);
	res = peer_result(p, 1);
	tap_ok(res->outcome == OUTCOME_CANCELLED && res->signal == SIGTERM,
	    "a cancelled job is 'cancelled'");
	tap_ok(goes(wait_for_pid(p, "child")) && goes(wait_for_pid(p, "session")) &&
		goes(wait_for_pid(p, "orphan")),
	    "and all of its processes go");
	tap_ok(kill(stranger, 0) == 0 && waitpid(stranger, NULL, WNOHANG) == 0,
	    "a process that only looks alike stays");
	tap_ok(kill(other, 0) == 0, "another job stays");
	kill(stranger, SIGKILL);
	waitpid(stranger, NULL, 0);

	peer_cancel(p, 1, 0);
	peer_cancel(p, 99, 0);
	peer_sync(p);
	tap_is_int(p->times_ended[1], 1, "a cancel of what is over or unknown does nothing");

	peer_run(p, 3, "trap '' TERM; echo $$ >deaf; while :; do sleep 1; done");
	wait_for_pid(p, "deaf");
	/* Without the second it would not end within anybody's patience. */
	peer_cancel(p, 3, NEVER);
	peer_sync(p);
	tap_is_int(p->times_ended[3], 0, "who is deaf stays for its grace");
	peer_cancel(p, 3, 100 * MS);
	tap_is_int(peer_result(p, 3)->signal, SIGKILL, "a second cancel can shorten the grace");

	peer_cancel(p, 2, NEVER);
	peer_result(p, 2);
	peer_stop(p);
	free(p);
}

/* What a job leaves behind by intent stays: only an end by us takes it along. */
static void
test_natural_end(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	pid_t pid;

	peer_start(p);
	peer_run(p, 1, "(setsid sh -c 'echo $$ >daemon; exec sleep 1000' &); exit 0");
	peer_result(p, 1);
	pid = wait_for_pid(p, "daemon");
	peer_sync(p);
	tap_ok(kill(pid, 0) == 0, "a daemon outlives the job that started it");
	peer_stop(p);
	tap_ok(kill(pid, 0) == 0, "and the runner");
	kill(pid, SIGKILL);
	free(p);
}

int
main(void)
{
	test_timeout();
	test_stubborn_family();
	test_cancel();
	test_natural_end();
	return tap_done();
}
