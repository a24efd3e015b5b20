/*
 * t_runner_lock: no job runs beside itself: the flock, the name in it, and both scopes.
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "peer.h"
#include "tap.h"
#include "wire/joblock.h"

/* Our own hold on a job's lock; -1 if somebody has it. */
static int
hold(const struct peer *p, const char *name)
{
	char path[160];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", p->locks, name);
	if ((fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) == -1)
		err(1, "%s", path);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	close(fd);
	return -1;
}

struct wait {
	const struct peer *peer;
	const char *name;
};

static bool
is_free(void *arg)
{
	const struct wait *w = arg;
	int fd = hold(w->peer, w->name);

	if (fd != -1)
		close(fd);
	return fd != -1;
}

static bool
becomes_free(const struct peer *p, const char *name)
{
	struct wait w = { p, name };

	return peer_until(is_free, &w);
}

static bool
is_there(void *arg)
{
	const struct wait *w = arg;

	return peer_exists(w->peer, w->name);
}

static void
wait_for_file(const struct peer *p, const char *name)
{
	struct wait w = { p, name };

	if (!peer_until(is_there, &w))
		errx(1, "no file %s", name);
}

static void
read_lock(const struct peer *p, const char *name, struct joblock *l)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", p->locks, name);
	if (!joblock_read(path, l))
		memset(l, 0, sizeof(*l));
}

static void
test_identity(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	struct joblock l;
	struct stat st;
	char path[160];

	peer_start(p);
	peer_run(p, 1, "cat locks/job-1.lock; touch told; exec sleep 1000");
	wait_for_file(p, "told");
	read_lock(p, "job-1.lock", &l);
	tap_is_int(l.fence, 1, "the lock file names the attempt");
	tap_is_int(l.proc.pid, peer_started(p, 1)->pid, "and its main process");
	tap_ok(proc_alive(&l.proc), "by its identity");
	tap_is_int(hold(p, "job-1.lock"), -1, "the lock is held while it runs");
	snprintf(path, sizeof(path), "%s/job-1.lock", p->locks);
	tap_ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600, "the lock file is private");
	peer_cancel(p, 1, 1000000);
	tap_is_int(peer_result(p, 1)->output_len, JOBLOCK_TEXT,
	    "the job itself finds its name there: it is written before the job runs");
	tap_ok(becomes_free(p, "job-1.lock"), "the lock is free afterwards");
	peer_stop(p);
	free(p);
}

static void
test_held(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	const struct result *res;
	struct launch l;
	int fd;

	peer_start(p);
	fd = hold(p, "job-1.lock");
	peer_run(p, 1, "touch one");
	res = peer_result(p, 1);
	tap_ok(res->not_started && res->why_not == WHY_LOCKED && res->started_at == INT64_MIN,
	    "a job whose lock someone holds is not started");
	tap_ok(strstr(res->reason, "job-1.lock' is held by another process") != NULL, "%s",
	    res->reason);

	peer_launch_init(&l, p, 2, "touch two");
	free(l.lock);
	l.lock = xstrdup("job-1.lock");
	l.wait_lock = true;
	peer_launch(p, &l);
	peer_sync(p);
	tap_ok(p->times_ended[2] == 0 && p->started[2].fence == 0,
	    "one that shall wait for its lock does so, and counts as dealt with");
	peer_launch_init(&l, p, 3, "touch three");
	free(l.lock);
	l.lock = xstrdup("job-1.lock");
	l.wait_lock = true;
	peer_launch(p, &l);
	peer_sync(p);
	peer_cancel(p, 3, 0);
	res = peer_result(p, 3);
	tap_ok(res->outcome == OUTCOME_CANCELLED && !res->not_started &&
		res->started_at == INT64_MIN && res->exit_status == -1,
	    "one that waits can be cancelled");
	close(fd);
	tap_is_int(peer_result(p, 2)->outcome, OUTCOME_OK, "once the lock is free it runs");
	tap_ok(!peer_exists(p, "one") && !peer_exists(p, "three"), "the others never ran");
	peer_stop(p);
	free(p);
}

static void
test_queue(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	struct launch l;
	char *text;

	peer_start(p);
	for (int i = 1; i <= 5; i++) {
		peer_launch_init(&l, p, i,
		    "mkdir alone || exit 9; echo $JOBSCHED_FENCE >>order; sleep 0.05; rmdir alone");
		free(l.lock);
		l.lock = xstrdup("job-1.lock");
		l.wait_lock = true;
		peer_launch(p, &l);
	}
	for (int i = 1; i <= 5; i++)
		if (peer_result(p, i)->exit_status != 0)
			break;
	text = peer_file(p, "order");
	tap_is_str(text, "1\n2\n3\n4\n5\n",
	    "those that wait for one lock run one by one, in order");
	free(text);
	peer_stop(p);
	free(p);
}

/* The job of a killed runner: its lock died with the runner, its name did not. */
static void
test_survivor(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	struct proc_id id;
	char text[JOBLOCK_TEXT];
	struct launch l;
	pid_t pid;
	int fd;

	peer_start(p);
	if ((pid = fork()) == 0) {
		execlp("sleep", "sleep", "1000", (char *)NULL);
		_exit(127);
	}
	proc_self(&id);
	id.pid = pid;
	id.start = proc_start_time(pid);
	fd = hold(p, "job-1.lock");
	joblock_format(text, 77, &id);
	if (write(fd, text, sizeof(text)) != (ssize_t)sizeof(text))
		err(1, "write");
	close(fd);
	peer_run(p, 1, "touch one");
	tap_ok(peer_result(p, 1)->not_started && p->ended[1].why_not == WHY_LOCKED,
	    "a job whose last attempt survives its runner is not started");
	tap_ok(strstr(p->ended[1].reason, "of an earlier attempt still runs") != NULL, "%s",
	    p->ended[1].reason);
	peer_launch_init(&l, p, 2, "touch two");
	free(l.lock);
	l.lock = xstrdup("job-1.lock");
	l.wait_lock = true;
	peer_launch(p, &l);
	peer_sync(p);
	tap_ok(p->started[2].fence == 0, "or waits for it");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	tap_is_int(peer_result(p, 2)->outcome, OUTCOME_OK, "until it has gone");
	tap_ok(!peer_exists(p, "one"), "and is not run before");
	peer_stop(p);
	free(p);
}

static void
test_scopes(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	struct launch l;

	peer_start(p);
	peer_run(p, 1, "setsid sh -c 'until [ -e go ]; do sleep 0.02; done; touch done1' & exit 0");
	peer_result(p, 1);
	tap_ok(becomes_free(p, "job-1.lock"),
	    "scope main: the lock goes with the main process, whatever it leaves behind");

	peer_launch_init(&l, p, 2,
	    "setsid sh -c 'until [ -e go ]; do sleep 0.02; done; touch done2' & exit 0");
	l.lock_tree = true;
	peer_launch(p, &l);
	tap_is_int(peer_result(p, 2)->outcome, OUTCOME_OK,
	    "scope tree: the attempt ends with its main process");
	tap_is_int(hold(p, "job-2.lock"), -1, "but the lock stays with its descendants");
	close(open(peer_path(p, "go"), O_WRONLY | O_CREAT, 0600));
	tap_ok(becomes_free(p, "job-2.lock"), "until the last of them has gone");

	peer_launch_init(&l, p, 3,
	    "for fd in /proc/$$/fd/*; do case $(readlink $fd) in *.lock)\n"
	    "n=${fd##*/}; grep '^flags' /proc/$$/fdinfo/$n | grep -o '.$'\n"
	    "[ $n -ge 64 ] && echo high\n"
	    "esac; done");
	l.lock_tree = true;
	peer_launch(p, &l);
	tap_is_str(peer_output(peer_result(p, 3)), "0\nhigh\n",
	    "the inherited descriptor is for reading only, out of the way of scripts");
	wait_for_file(p, "done1");
	wait_for_file(p, "done2");
	peer_stop(p);
	free(p);
}

static void
test_bad_locks(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	char path[160];

	peer_start(p);
	snprintf(path, sizeof(path), "%s/job-1.lock", p->locks);
	if (symlink("/tmp/jobsched-no-such-target", path) == -1)
		err(1, "symlink");
	peer_run(p, 1, "touch one");
	tap_ok(peer_result(p, 1)->outcome == OUTCOME_ERROR &&
		strstr(p->ended[1].reason, "cannot take lock") != NULL,
	    "a lock that is a link is refused");
	tap_ok(access("/tmp/jobsched-no-such-target", F_OK) == -1, "and not followed");
	tap_ok(!peer_exists(p, "one"), "and its job does not run");
	peer_stop(p);
	free(p);
}

/* A job for one time, up to its end, which is not acknowledged yet. */
static void
run_once(struct peer *p, int64_t fence, const char *name)
{
	struct launch l;

	peer_launch_init(&l, p, fence, "true");
	free(l.lock);
	l.lock = xstrdup(name);
	l.once = true;
	peer_launch(p, &l);
	peer_result(p, fence);
}

/* Its file goes with the acknowledgement, if it is still its, and nobody has it. */
static void
test_once(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	int fd;

	peer_start(p);
	run_once(p, 1, "gone");
	tap_ok(peer_exists(p, "locks/gone"), "a lock's file stays while an end is not acknowledged");
	run_once(p, 2, "held");
	fd = hold(p, "held");
	tap_ok(fd != -1, "and anybody may lock it");
	run_once(p, 3, "another");
	unlink(peer_path(p, "locks/another"));
	close(hold(p, "another"));
	run_once(p, 4, "signed");
	run_once(p, 5, "signed");
	peer_ack(p);
	peer_sync(p);
	tap_ok(!peer_exists(p, "locks/gone"), "then it goes");
	tap_ok(peer_exists(p, "locks/held"), "not if somebody has locked it");
	tap_ok(peer_exists(p, "locks/another"), "nor if it is another file");
	tap_ok(!peer_exists(p, "locks/signed"), "the last attempt that had it removes it");
	close(fd);
	peer_stop(p);
	free(p);
}

/* More than stay open until then. */
static void
test_many_once(void)
{
	enum { MANY = 300 };
	struct peer *p = xmalloc(sizeof(*p));
	struct launch l;
	char name[64];
	int there = 0, left = 0;

	peer_start(p);
	for (int i = 1; i <= MANY; i++) {
		peer_launch_init(&l, p, i, "true");
		l.once = true;
		peer_launch(p, &l);
	}
	for (int i = 1; i <= MANY; i++) {
		peer_result(p, i);
		snprintf(name, sizeof(name), "locks/job-%d.lock", i);
		there += peer_exists(p, name);
	}
	peer_ack(p);
	peer_sync(p);
	for (int i = 1; i <= MANY; i++) {
		snprintf(name, sizeof(name), "locks/job-%d.lock", i);
		left += peer_exists(p, name);
	}
	tap_ok(there == MANY && left == 0, "of many at once none stays");
	peer_stop(p);
	free(p);
}

int
main(void)
{
	test_identity();
	test_held();
	test_queue();
	test_survivor();
	test_scopes();
	test_bad_locks();
	test_once();
	test_many_once();
	return tap_done();
}
