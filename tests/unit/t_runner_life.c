/*
 * t_runner_life: the runner outlives its scheduler, owes its results to the next one, and when it
 * is killed, what it wrote down is enough.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/usock.h"
#include "peer.h"
#include "tap.h"
#include "wire/frame.h"
#include "wire/joblock.h"
#include "wire/journal.h"
#include "wire/pack.h"

struct wait {
	const struct peer *peer;
	const char *name;
};

static bool
is_there(void *arg)
{
	const struct wait *w = arg;

	return peer_exists(w->peer, w->name);
}

static bool
appears(const struct peer *p, const char *name)
{
	struct wait w = { p, name };

	return peer_until(is_there, &w);
}

static bool
is_dead(void *arg)
{
	return !proc_alive(arg);
}

static bool
welcome_names(const struct peer *p, int64_t fence)
{
	for (int64_t i = 0; i < p->welcome.nfences; i++)
		if (p->welcome.fences[i] == fence)
			return true;
	return false;
}

static void
test_start(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	bool alive = false;
	struct stat st;
	struct err e;

	peer_start(p);
	tap_ok(p->welcome.version == WIRE_VERSION && p->welcome.runner == 7 &&
		proc_alive(&p->welcome.proc) && p->welcome.nfences == 0,
	    "a welcome says who the runner is");
	tap_ok(getsid(p->pid) == p->pid, "it leads a session of its own");
	tap_ok(stat(p->socket, &st) == 0 && (st.st_mode & 0777) == 0600, "its socket is private");
	tap_ok(journal_claim(p->journal, &alive, &e) == -1 && alive, "its journal is locked");
	kill(p->pid, SIGTERM);
	kill(p->pid, SIGHUP);
	kill(p->pid, SIGINT);
	kill(p->pid, SIGPIPE);
	peer_sync(p);
	tap_ok(true, "TERM, HUP, INT and PIPE do not move it");
	tap_is_int(peer_spawn(p, false), 1, "a second one with its journal does not start");
	peer_connect(p);
	peer_hello(p, PEER_NODE);
	peer_stop(p);

	peer_folder(p);
	rmdir(p->locks);
	tap_is_int(peer_spawn(p, false), 1, "without a folder for locks it does not start");
	tap_ok(!peer_exists(p, "journal") && !peer_exists(p, "socket"), "and leaves nothing");
	peer_remove(p);
	free(p);
}

static void
test_reconnect(void)
{
	struct peer *p = xmalloc(sizeof(*p));

	peer_start(p);
	peer_run(p, 1, "exit 1");
	peer_run(p, 2, "exit 2");
	peer_result(p, 1);
	peer_result(p, 2);
	peer_ack(p);
	peer_run(p, 3, "exit 3");
	peer_run(p, 4, "exec sleep 1000");
	peer_run(p, 5, "until [ -e go ]; do sleep 0.02; done; exit 5");
	peer_result(p, 3);
	peer_started(p, 5);
	peer_disconnect(p);
	close(open(peer_path(p, "go"), O_WRONLY | O_CREAT, 0600));

	memset(p->started, 0, sizeof(p->started));
	peer_connect(p);
	peer_hello(p, PEER_NODE);
	tap_ok(p->welcome.nfences == 3 && welcome_names(p, 3) && welcome_names(p, 4) &&
		welcome_names(p, 5),
	    "a new scheduler is told all that is running or not acknowledged, and no more");
	tap_is_int(peer_started(p, 4)->pid > 0, 1, "what runs is told again");
	while (p->times_ended[3] < 2)
		peer_poll(p, 100);
	tap_ok(true, "a result that was not acknowledged is told again");
	tap_is_int(peer_result(p, 5)->exit_status, 5,
	    "a job that ended without a scheduler arrives");
	tap_is_int(p->times_ended[1], 1, "what was acknowledged is not");
	peer_cancel(p, 4, 1000000);
	peer_result(p, 4);
	peer_stop(p);
	free(p);
}

/* Two at once: the one that came last is the scheduler. */
static void
test_replaced(void)
{
	struct peer *p = xmalloc(sizeof(*p)), *q = xmalloc(sizeof(*q));

	peer_start(p);
	peer_run(p, 1, "exec sleep 1000");
	peer_started(p, 1);
	*q = *p;
	memset(&q->in, 0, sizeof(q->in));
	memset(&q->welcome, 0, sizeof(q->welcome));
	q->fd = -1;
	peer_connect(q);
	peer_hello(q, PEER_NODE);
	tap_ok(welcome_names(q, 1), "a second scheduler takes over");
	peer_eof(p);
	tap_ok(true, "the first one's connection is closed");
	peer_cancel(q, 1, 1000000);
	tap_is_int(peer_result(q, 1)->outcome, OUTCOME_CANCELLED, "the second one gives orders");
	peer_stop(q);
	buf_release(&p->in);
	welcome_release(&p->welcome);
	free(p);
	free(q);
}

static void
test_without_scheduler(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	struct peer_record record;
	bool alive;
	struct err e;

	peer_start(p);
	for (int i = 1; i <= 20; i++)
		peer_run(p, i, "sleep 0.05; touch ran-$JOBSCHED_FENCE; exit 3");
	peer_disconnect(p);
	tap_is_int(peer_exit(p), 0, "without a scheduler it exits after its last job");
	tap_ok(peer_exists(p, "ran-1") && peer_exists(p, "ran-20"),
	    "what was sent before the connection's end is run");
	tap_ok(!peer_exists(p, "socket"), "its socket has gone");
	peer_journal(p, 20, &record);
	tap_ok(record.start && record.end, "its journal stays for the next scheduler");
	journal_remove(p->journal, journal_claim(p->journal, &alive, &e));
	peer_remove(p);

	peer_start(p);
	peer_run(p, 1, "exit 0");
	peer_result(p, 1);
	peer_ack(p);
	peer_disconnect(p);
	tap_is_int(peer_exit(p), 0, "with nothing to do it exits with its scheduler");
	tap_ok(!peer_exists(p, "journal") && !peer_exists(p, "journal.lock") &&
		!peer_exists(p, "socket"),
	    "and leaves nothing if all is acknowledged");
	peer_remove(p);
	free(p);
}

static void
test_retire(void)
{
	struct peer *p = xmalloc(sizeof(*p));

	peer_start(p);
	peer_run(p, 1, "until [ -e go ]; do sleep 0.02; done");
	peer_started(p, 1);
	peer_retire(p);
	peer_run(p, 2, "touch two");
	tap_ok(peer_result(p, 2)->not_started && p->ended[2].why_not == WHY_UNDONE,
	    "a retired runner takes nothing new, and says so");
	close(open(peer_path(p, "go"), O_WRONLY | O_CREAT, 0600));
	tap_is_int(peer_result(p, 1)->outcome, OUTCOME_OK, "what it has it runs to its end");
	peer_sync(p);
	tap_ok(!peer_exists(p, "two"), "it stays until all is acknowledged");
	peer_ack(p);
	tap_is_int(peer_exit(p), 0, "and exits then");
	tap_ok(!peer_exists(p, "journal"), "leaving nothing");
	peer_remove(p);
	free(p);
}

static void
test_cleaned_up(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	char away[sizeof(p->locks) + 8];
	struct stat st;

	peer_start(p);
	peer_run(p, 1, "exit 1");
	peer_result(p, 1);
	snprintf(away, sizeof(away), "%s.away", p->locks);
	if (rename(p->locks, away) == -1)
		err(1, "%s", away);
	peer_run(p, 2, "exit 2");
	tap_is_int(peer_result(p, 2)->exit_status, 2,
	    "a job starts although somebody has removed the folder of locks");
	tap_ok(stat(p->locks, &st) == 0 && (st.st_mode & 07777) == 0700,
	    "which is there again, and private");
	peer_stop(p);
	free(p);
}

static void
test_killed(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	struct peer_record one, two;
	struct joblock lock;
	bool alive = true;
	struct launch l;
	struct err e;
	int fd;

	peer_start(p);
	peer_run(p, 1, "exit 1");
	peer_result(p, 1);
	peer_run(p, 2, "trap '' HUP; touch running; exec sleep 1000");
	peer_launch_init(&l, p, 3, "exec sleep 1000");
	l.die_with_runner = true;
	peer_launch(p, &l);
	peer_started(p, 3);
	if (!appears(p, "running"))
		errx(1, "the job does not run");
	peer_kill(p);

	fd = journal_claim(p->journal, &alive, &e);
	tap_ok(fd >= 0 && !alive, "a killed runner is seen to be dead");
	peer_journal(p, 1, &one);
	tap_ok(one.start && one.end, "its journal has what ended");
	peer_journal(p, 2, &two);
	tap_ok(two.start && !two.end, "and what did not");
	tap_is_str(two.boot, proc_boot_id(), "of this boot");
	tap_ok(joblock_read(two.lock, &lock) && lock.fence == 2 && proc_alive(&lock.proc),
	    "the lock file names the main process, which lives on");
	proc_signal(&lock.proc, SIGKILL);
	peer_journal(p, 3, &two);
	if (!joblock_read(two.lock, &lock))
		errx(1, "no name in the lock file");
	tap_ok(peer_until(is_dead, &lock.proc), "a job that shall die with its runner does");
	journal_remove(p->journal, fd);
	peer_remove(p);
	free(p);
}

static void
send_raw(struct peer *p, enum frame_type type, struct buf *body, bool damaged)
{
	struct buf b = { 0 };

	frame_add(&b, type, body);
	if (damaged)
		b.data[b.len - 1] ^= 1;
	peer_send(p, b.data, b.len);
	buf_release(&b);
	buf_release(body);
}

static void
test_impostors(void)
{
	static const char garbage[] = "GET / HTTP/1.0\r\n\r\nand so on, for more than a header\r\n";
	struct peer *p = xmalloc(sizeof(*p)), *q = xmalloc(sizeof(*q));
	struct buf body = { 0 };
	struct launch l;

	peer_start(p);
	*q = *p;
	memset(&q->in, 0, sizeof(q->in));
	memset(&q->welcome, 0, sizeof(q->welcome));
	q->fd = -1;

	peer_connect(q);
	peer_run(q, 1, "touch one");
	peer_eof(q);
	tap_ok(true, "a launch before a HELLO closes the connection");

	peer_connect(q);
	peer_hello(q, "another-node");
	peer_eof(q);
	tap_ok(true, "so does a HELLO to another node");

	peer_connect(q);
	peer_send(q, garbage, sizeof(garbage));
	peer_eof(q);
	tap_ok(true, "so does what is no frame");

	peer_launch_init(&l, p, 2, "touch two");
	launch_pack(&body, &l);
	launch_release(&l);
	peer_connect(q);
	send_raw(q, FRAME_LAUNCH, &body, true);
	peer_eof(q);
	tap_ok(true, "so does a frame with a wrong checksum");

	peer_sync(p);
	tap_ok(!peer_exists(p, "one") && !peer_exists(p, "two"), "nothing of it was run");
	tap_ok(true, "and the scheduler's connection does not notice");

	pack_int(&body, 5);
	send_raw(p, FRAME_ENDED, &body, false);
	peer_eof(p);
	tap_ok(true, "a frame that is not for a runner closes the scheduler's, too");
	tap_is_int(peer_exit(p), 0, "and the runner, left alone, exits");
	peer_remove(p);
	buf_release(&q->in);
	free(p);
	free(q);
}

/* The socket is private; should its mode be changed, the runner still looks who is there. */
static void
test_other_user(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	int status;
	pid_t pid;
	char c;

	if (geteuid() != 0) {
		tap_note("skipped: connecting as another user needs root");
		free(p);
		return;
	}
	peer_start(p);
	chmod(p->dir, 0755);
	chmod(p->socket, 0666);
	if ((pid = fork()) == 0) {
		int fd;

		if (setgroups(0, NULL) == -1 || setgid(65534) == -1 || setuid(65534) == -1)
			_exit(2);
		fd = usock_connect(p->socket);
		_exit(fd != -1 && read(fd, &c, 1) <= 0 ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	tap_is_int(status, 0, "another user's connection is closed at once");
	peer_sync(p);
	peer_stop(p);
	free(p);
}

static void
limit_files(rlim_t max)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = max;
	setrlimit(RLIMIT_FSIZE, &limit);
}

/* A limit on the size of files stands for a full disk. */
static void
test_full_disk(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	const struct result *res;
	struct peer_record record;
	int failed = 0, ran = 0, silent = 0, ok_after = 0;

	peer_folder(p);
	limit_files(2000);
	if (peer_spawn(p, true) != 0)
		errx(1, "the runner does not start");
	limit_files(RLIM_INFINITY);
	peer_hello(p, PEER_NODE);
	for (int i = 1; i <= 20; i++) {
		char name[32];

		peer_run(p, i, "echo >ran-$JOBSCHED_FENCE");
		res = peer_result(p, i);
		snprintf(name, sizeof(name), "ran-%d", i);
		failed += res->outcome == OUTCOME_ERROR &&
		    strstr(res->reason, "cannot write journal") != NULL;
		ran += peer_exists(p, name);
		silent += peer_exists(p, name) && res->outcome != OUTCOME_OK;
	}
	tap_ok(ran > 0 && failed > 0 && ran + failed == 20 && silent == 0,
	    "what cannot be written down is not run, and says so (%d ran, %d did not)", ran,
	    failed);
	peer_ack(p);
	peer_sync(p);
	for (int i = 21; i <= 23; i++) {
		peer_run(p, i, "exit 0");
		ok_after += peer_result(p, i)->outcome == OUTCOME_OK;
	}
	tap_is_int(ok_after, 3, "once the results are acknowledged there is room again");
	peer_journal(p, 23, &record);
	tap_ok(record.start && record.end, "and the journal goes on");
	peer_stop(p);
	free(p);
}

static void
test_cut(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	struct peer_record record;
	struct stat st;
	off_t longest = 0;

	peer_start(p);
	peer_run(p, 1, "exec sleep 1000");
	peer_started(p, 1);
	for (int i = 2; i <= 200; i++) {
		peer_run(p, i, "head -c 60000 /dev/zero");
		peer_result(p, i);
		peer_ack(p);
		peer_sync(p);
		if (stat(p->journal, &st) == 0 && st.st_size > longest)
			longest = st.st_size;
	}
	tap_ok(longest > 1000000 && longest < 3000000,
	    "a journal whose records are acknowledged is cut (at most %lld bytes of 12 million)",
	    (long long)longest);
	peer_journal(p, 1, &record);
	tap_ok(record.start && !record.end, "the start of what runs stays in it");
	peer_cancel(p, 1, 1000000);
	peer_result(p, 1);
	peer_stop(p);
	free(p);
}

static size_t
count_open(pid_t pid)
{
	char path[64];
	size_t n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	if ((dir = opendir(path)) == NULL)
		err(1, "%s", path);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n - 2; /* "." and ".." */
}

/* Descriptors for two jobs, and what it takes to start one. */
static void
test_no_descriptors(void)
{
	enum { JOBS = 8 };
	struct peer *p = xmalloc(sizeof(*p));
	struct rlimit few;
	int running = 0, ended = 0, right = 0, waiting = JOBS;

	peer_start(p);
	/* The first one that runs finds out what the clock tells. */
	peer_run(p, JOBS + 1, "true");
	peer_result(p, JOBS + 1);
	if (prlimit(p->pid, RLIMIT_NOFILE, NULL, &few) == -1)
		err(1, "prlimit");
	few.rlim_cur = count_open(p->pid) + 5;
	if (prlimit(p->pid, RLIMIT_NOFILE, &few, NULL) == -1)
		err(1, "prlimit");
	for (int i = 1; i <= JOBS; i++)
		peer_run(p, i, "until [ -e go ]; do sleep 0.02; done");
	peer_sync(p);
	for (int i = 1; i <= JOBS; i++) {
		running += p->started[i].fence != 0;
		ended += p->times_ended[i];
	}
	tap_ok(running > 0 && running < JOBS && ended == 0,
	    "with few descriptors some jobs run and the others wait: %d of %d", running, JOBS);
	while (waiting > 0 && p->started[waiting].fence != 0)
		waiting--;
	peer_cancel(p, waiting, 0);
	tap_is_int(peer_result(p, waiting)->outcome, OUTCOME_CANCELLED,
	    "one that waits can be cancelled");
	close(open(peer_path(p, "go"), O_WRONLY | O_CREAT, 0600));
	for (int i = 1; i <= JOBS; i++)
		right += peer_result(p, i)->outcome == OUTCOME_OK && !p->ended[i].not_started;
	tap_is_int(right, JOBS - 1, "as they end the others run");
	peer_stop(p);
	free(p);
}

int
main(void)
{
	test_start();
	test_reconnect();
	test_replaced();
	test_without_scheduler();
	test_retire();
	test_cleaned_up();
	test_killed();
	test_impostors();
	test_other_user();
	test_full_disk();
	test_cut();
	test_no_descriptors();
	return tap_done();
}
