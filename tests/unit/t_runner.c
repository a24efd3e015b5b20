/*
 * t_runner: jobs run as they were ordered to: command, folder, environment, input, output, limits,
 * user; and what cannot run says why.
 */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "peer.h"
#include "tap.h"

static void
make_file(const struct peer *p, const char *name, const char *text, mode_t mode)
{
	int fd = open(peer_path(p, name), O_WRONLY | O_CREAT | O_EXCL, mode);

	if (fd == -1 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		err(1, "%s", name);
	close(fd);
}

static void
test_statuses(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	struct peer_record record;
	int right = 0, recorded = 0, told = 0;
	int64_t before = clock_boot();
	struct launch l;
	char command[32];

	peer_start(p);
	for (int i = 1; i <= 100; i++) {
		snprintf(command, sizeof(command), "exit %d", i % 100);
		peer_run(p, i, command);
	}
	/* Handed over once more, as by a scheduler that is not sure. */
	peer_run(p, 50, "touch again");
	peer_sync(p);
	for (int i = 1; i <= 100; i++) {
		const struct result *res = peer_result(p, i);
		enum outcome want = i % 100 == 0 ? OUTCOME_OK : OUTCOME_FAILED;

		right += res->outcome == want && res->exit_status == i % 100 && res->signal == 0 &&
		    !res->not_started && res->finished_at >= res->started_at;
		peer_journal(p, i, &record);
		recorded += record.start && record.end;
		told += p->started[i].fence == 0 || p->started[i].started_at == res->started_at;
	}
	tap_is_int(right, 100, "100 jobs end with their exit statuses");
	tap_is_int(recorded, 100, "the journal has the start and the end of each");
	tap_is_int(told, 100, "of those whose start was told, their end tells the same");
	tap_ok(!peer_exists(p, "again"), "a launch that is known is not run again");

	peer_launch_init(&l, p, 101, "until [ -e go ]; do sleep 0.1; done; kill -9 $$");
	l.claim_wall = 5000000;
	l.claim_boot = before;
	peer_launch(p, &l);
	tap_ok(peer_started(p, 101)->pid > 0, "the start of one that runs is told");
	make_file(p, "go", "", 0600);
	tap_ok(peer_result(p, 101)->outcome == OUTCOME_KILLED && p->ended[101].signal == 9 &&
		p->ended[101].exit_status == -1,
	    "a job that a signal killed is 'killed', by that signal");
	tap_ok(p->ended[101].started_at >= 5000000 &&
		p->ended[101].started_at <= 5000000 + clock_boot() - before &&
		p->ended[101].finished_at >= p->ended[101].started_at,
	    "its times are the claim's clock plus elapsed time");
	tap_is_int(p->started[101].started_at, p->ended[101].started_at,
	    "its start was told when it started");
	peer_run(p, 102, "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done");
	tap_ok(peer_result(p, 102)->user_time > 1000 && p->ended[102].max_rss > 100,
	    "processor time and memory are measured");
	peer_stop(p);
	free(p);
}

static void
test_output(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	const struct result *res;
	struct launch l;

	peer_start(p);
	peer_run(p, 1, "echo one; echo two >&2; echo three");
	tap_is_str(peer_output(peer_result(p, 1)), "one\ntwo\nthree\n",
	    "stdout and stderr are one stream, in order");
	tap_ok(p->ended[1].output_bytes == 14 && p->ended[1].dropped_bytes == 0, "and counted");

	peer_run(p, 2, "printf '\\000\\377\\001'");
	res = peer_result(p, 2);
	tap_ok(res->output_len == 3 && memcmp(res->output, "\0\377\1", 3) == 0,
	    "bytes of any value are kept");

	peer_launch_init(&l, p, 3, "seq 1 100000; echo the end");
	l.output = 1000;
	peer_launch(p, &l);
	res = peer_result(p, 3);
	tap_is_int(res->output_len, 1000, "no more than the cap is kept");
	tap_ok(strncmp(peer_output(res), "1\n2\n3\n", 6) == 0, "of it the head");
	tap_is_str(peer_output(res) + 500 + 500 - 15, "100000\nthe end\n", "and the tail");
	tap_is_int(res->output_bytes, 588895 + 8, "all of it is counted");
	tap_ok(res->dropped_at == 500 && res->dropped_bytes == res->output_bytes - 1000,
	    "and where how much is missing");

	peer_launch_init(&l, p, 4, "echo nothing of this");
	l.output = 0;
	peer_launch(p, &l);
	res = peer_result(p, 4);
	tap_ok(res->output_len == 0 && res->output_bytes == 16 && res->dropped_bytes == 16,
	    "a cap of 0 keeps nothing and counts all");

	peer_run(p, 5, "head -c 65536 /dev/zero");
	res = peer_result(p, 5);
	tap_ok(res->output_len == 65536 && res->dropped_bytes == 0,
	    "exactly the cap is kept whole");

	peer_run(p, 6,
	    "(until [ -e go ]; do sleep 0.02; done; yes | head -c 1000000; echo $? >left) &\n"
	    "echo main");
	tap_is_str(peer_output(peer_result(p, 6)), "main\n",
	    "a job is over although a child of it holds its output");
	make_file(p, "go", "", 0600);
	while (!peer_exists(p, "left"))
		peer_poll(p, 10);
	tap_ok(true, "that child can go on writing, it never blocks");
	peer_stop(p);
	free(p);
}

static void
test_surroundings(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	const struct passwd *pw = getpwuid(geteuid());
	struct launch l;
	char *want;
	int pid, nice;

	peer_start(p);
	peer_run(p, 1, "cat; echo end");
	tap_is_str(peer_output(peer_result(p, 1)), "end\n", "without a text, stdin is empty");
	peer_launch_init(&l, p, 2, "read first; cat; echo \"($first)\"");
	l.stdin_text = xstrdup("one\ntwo\nthree");
	peer_launch(p, &l);
	tap_is_str(peer_output(peer_result(p, 2)), "two\nthree(one)\n", "a text is stdin");

	peer_launch_init(&l, p, 3, "env | grep -v '^\\(PWD\\|OLDPWD\\|_\\|SHLVL\\)='"
				" | sed 's/\\(SOCKET\\|TOKEN\\)=..*/\\1/' | sort; pwd");
	strv_push(&l.env, "EMPTY=");
	strv_push(&l.env, "LOGNAME=mallory");
	strv_push(&l.env, "USER=mallory");
	strv_push(&l.env, "PATH=/bin:/usr/bin:/opt");
	strv_push(&l.env, "JOBSCHED_ATTEMPT=9");
	strv_push(&l.env, "HOME=/");
	strv_push(&l.vars, "JOBSCHED_ATTEMPT=1");
	free(l.cwd);
	l.cwd = NULL;
	peer_launch(p, &l);
	want = xasprintf("EMPTY=\nHOME=/\nJOBSCHED_ATTEMPT=1\nJOBSCHED_FENCE=3\nJOBSCHED_SOCKET\n"
			 "JOBSCHED_TOKEN\nLOGNAME=%s\n"
			 "PATH=/bin:/usr/bin:/opt\nSHELL=/bin/sh\nUSER=%s\n/\n",
	    pw->pw_name, pw->pw_name);
	tap_is_str(peer_output(peer_result(p, 3)), want,
	    "the environment is that of cron, the job's settings, and ours; HOME is the folder");
	free(want);

	peer_launch_init(&l, p, 4, "");
	free(l.command);
	l.command = NULL;
	strv_push(&l.argv, "printf");
	strv_push(&l.argv, "<%s>");
	strv_push(&l.argv, "two words");
	strv_push(&l.argv, "");
	strv_push(&l.argv, "$HOME");
	peer_launch(p, &l);
	tap_is_str(peer_output(peer_result(p, 4)), "<two words><><$HOME>",
	    "words are run without a shell, found in PATH");

	peer_launch_init(&l, p, 5, "echo $0");
	strv_push(&l.env, "SHELL=/bin/bash");
	peer_launch(p, &l);
	tap_is_str(peer_output(peer_result(p, 5)), "/bin/bash\n", "SHELL runs the command");

	peer_launch_init(&l, p, 6, "ulimit -n; ulimit -c; nice; umask");
	strv_push(&l.limits, "nofile=99");
	strv_push(&l.limits, "core=0:0");
	l.nice = 5;
	peer_launch(p, &l);
	/* Who runs the tests may be nice already. */
	nice = getpriority(PRIO_PROCESS, 0) + 5;
	want = xasprintf("99\n0\n%d\n0022\n", nice < 19 ? nice : 19);
	tap_is_str(peer_output(peer_result(p, 6)), want, "limits, nice value and umask are set");
	free(want);

	peer_run(p, 7,
	    "until [ -e seen ]; do sleep 0.02; done; read pid name state parent group session rest </proc/$$/stat\n"
	    "echo $pid $group $session; kill -TERM $$; echo survived");
	pid = (int)peer_started(p, 7)->pid;
	make_file(p, "seen", "", 0600);
	want = xasprintf("%d %d %d\n", pid, pid, pid);
	tap_is_str(peer_output(peer_result(p, 7)), want, "it leads a session and a process group");
	tap_ok(p->ended[7].outcome == OUTCOME_KILLED && p->ended[7].signal == SIGTERM,
	    "no signal is ignored");
	free(want);
	peer_stop(p);
	free(p);
}

/* A runner that is told to go on by what a shell's children ignore, and jobs that are not. */
static void
test_signals(void)
{
	struct peer *p = xmalloc(sizeof(*p));

	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	peer_start(p);
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	peer_run(p, 1, "grep -E '^Sig(Blk|Ign)' /proc/self/status");
	tap_is_str(peer_output(peer_result(p, 1)),
	    "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n",
	    "jobs begin with no signal blocked or ignored");
	for (size_t i = 0; i < 5; i++)
		kill(p->pid, (int[]){ SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE }[i]);
	peer_run(p, 2, "true");
	tap_is_int(peer_result(p, 2)->outcome, OUTCOME_OK, "a runner is not ended by signals");
	peer_stop(p);
	free(p);
}

static void
test_errors(void)
{
	static const struct {
		const char *what, *command, *word, *cwd, *user, *limit, *lock, *want;
	} cases[] = {
		{ .what = "a program that is not there", .word = "no-such-program",
		    .want = "cannot run 'no-such-program': No such file or directory" },
		{ .what = "a path that is not there", .word = "/no/such/program",
		    .want = "cannot run '/no/such/program': No such file or directory" },
		{ .what = "a program without a name", .word = "",
		    .want = "cannot run '': No such file or directory" },
		{ .what = "a file that is not executable", .word = "./plain",
		    .want = "cannot run './plain': Permission denied" },
		{ .what = "one found in PATH", .word = "plain",
		    .want = "cannot run 'plain': Permission denied" },
		{ .what = "a script without an interpreter", .word = "./script",
		    .want = "cannot run './script': Exec format error" },
		{ .what = "a folder that is not there", .command = "true", .cwd = "/no/such",
		    .want = "cannot change to folder '/no/such': No such file or directory" },
		{ .what = "a user who does not exist", .command = "true", .user = "no-such-user",
		    .want = "no such user 'no-such-user'" },
		{ .what = "a limit that is none", .command = "true", .limit = "size=5",
		    .want = "cannot set limit: 'size=5' " },
		{ .what = "a lock outside of its folder", .command = "true", .lock = "../x",
		    .want = "the name of its lock is not the name of a file" },
		{ .what = "no command at all", .want = "there is no command" },
	};
	struct peer *p = xmalloc(sizeof(*p));
	struct peer_record record;
	struct launch l;

	peer_start(p);
	make_file(p, "plain", "text", 0644);
	make_file(p, "script", "exit 0\n", 0755);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t fence = (int64_t)i + 1;
		const struct result *res;

		peer_launch_init(&l, p, fence, "");
		free(l.command);
		l.command = xstrdup(cases[i].command);
		strv_push(&l.env, "PATH=/nowhere::/usr/bin");
		if (cases[i].word != NULL)
			strv_push(&l.argv, cases[i].word);
		if (cases[i].limit != NULL)
			strv_push(&l.limits, cases[i].limit);
		l.user = xstrdup(cases[i].user);
		if (cases[i].cwd != NULL) {
			free(l.cwd);
			l.cwd = xstrdup(cases[i].cwd);
		}
		if (cases[i].lock != NULL) {
			free(l.lock);
			l.lock = xstrdup(cases[i].lock);
		}
		peer_launch(p, &l);
		res = peer_result(p, fence);
		tap_ok(res->outcome == OUTCOME_ERROR && !res->not_started &&
			res->exit_status == -1 && res->started_at == INT64_MIN,
		    "%s is an error", cases[i].what);
		tap_ok(res->reason != NULL &&
			strncmp(res->reason, cases[i].want, strlen(cases[i].want)) == 0,
		    "%s: %s", cases[i].what, res->reason);
		peer_journal(p, fence, &record);
		tap_ok(record.end, "%s is in the journal", cases[i].what);
	}
	peer_stop(p);
	free(p);
}

/* As root: a switch to nobody drops everything of root. */
static void
test_user(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	const struct passwd *pw = getpwnam("nobody");
	struct launch l;
	char *want;

	peer_start(p);
	if (geteuid() != 0 || pw == NULL) {
		tap_note("skipped: switching users needs root and a user 'nobody'");
		peer_launch_init(&l, p, 1, "true");
		l.user = xstrdup("root");
		peer_launch(p, &l);
		tap_ok(strstr(peer_result(p, 1)->reason, "cannot set the groups of user 'root'") !=
			NULL,
		    "without root no other user can be had");
		peer_stop(p);
		free(p);
		return;
	}
	peer_launch_init(&l, p, 1,
	    "id -u; id -ru; id -g; id -G; echo $LOGNAME $USER $HOME; grep '^Cap[EPI]' "
	    "/proc/self/status | tr -d '\\t'; cat");
	l.user = xstrdup("nobody");
	l.stdin_text = xstrdup("input\n");
	free(l.cwd);
	l.cwd = xstrdup("/");
	peer_launch(p, &l);
	want = xasprintf("%u\n%u\n%u\n%u\nnobody nobody %s\nCapInh:0000000000000000\n"
			 "CapPrm:0000000000000000\nCapEff:0000000000000000\ninput\n",
	    pw->pw_uid, pw->pw_uid, pw->pw_gid, pw->pw_gid, pw->pw_dir);
	tap_is_str(peer_output(peer_result(p, 1)), want, "nobody has nothing of root");
	free(want);
	peer_launch_init(&l, p, 2, "true");
	l.user = xstrdup("nobody");
	peer_launch(p, &l);
	tap_ok(strstr(peer_result(p, 2)->reason, "cannot change to folder") != NULL,
	    "folders are entered as the user");
	peer_stop(p);
	free(p);
}

static int
count_descriptors(pid_t pid)
{
	char path[64];
	int n = 0;

	for (int fd = 0; fd < 200; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd);
		n += readlink(path, (char[8]){ 0 }, 8) != -1;
	}
	return n;
}

struct holder {
	pid_t pid;
	int n;
};

/* Of a job there are its shell first, and what loads programs: each opens files. */
static bool
holds_so_many(void *arg)
{
	const struct holder *h = arg;

	return count_descriptors(h->pid) == h->n;
}

static bool
comes_to_hold(pid_t pid, int n)
{
	struct holder h = { pid, n };

	return peer_until(holds_so_many, &h);
}

static bool
has_no_children(void *arg)
{
	const struct peer *p = arg;
	char path[64], text[64] = "";
	int fd;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)p->pid, (int)p->pid);
	if ((fd = open(path, O_RDONLY)) == -1)
		return true;
	n = read(fd, text, sizeof(text));
	close(fd);
	return n == 0;
}

/* Whether its stdin, stdout and stderr are what they were before any job had its own. */
static bool
has_null(pid_t pid)
{
	char path[64], where[64];
	ssize_t n = 0;

	for (int fd = 0; fd <= 2 && n != -1; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd);
		n = readlink(path, where, sizeof(where) - 1);
		where[n > 0 ? n : 0] = '\0';
		if (strcmp(where, "/dev/null") != 0)
			return false;
	}
	return true;
}

static void
test_nothing_left(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	struct launch l;
	int before;

	peer_start(p);
	peer_sync(p);
	before = count_descriptors(p->pid);
	peer_launch_init(&l, p, 1, "exec sleep 1000");
	l.stdin_text = xstrdup("text");
	peer_launch(p, &l);
	tap_ok(comes_to_hold((pid_t)peer_started(p, 1)->pid, 3),
	    "a job has the descriptors 0, 1 and 2 and no other");
	tap_ok(comes_to_hold(p->pid, before + 2), "a running job costs the runner two descriptors");
	for (int i = 2; i <= 30; i++)
		peer_run(p, i, "(setsid true &) ; sleep 0 & exit 3");
	for (int i = 2; i <= 30; i++)
		peer_result(p, i);
	peer_cancel(p, 1, 1000000);
	peer_result(p, 1);
	tap_ok(peer_until(has_no_children, p), "no zombie is left, of jobs or of orphans");
	tap_ok(comes_to_hold(p->pid, before), "no descriptor is left");
	tap_ok(has_null(p->pid), "and those of the runner itself are as before");
	peer_stop(p);
	free(p);
}

/* Resident memory in KiB. */
static long
resident(pid_t pid)
{
	char path[64], line[256];
	long kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if ((f = fopen(path, "r")) == NULL)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "VmRSS:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	fclose(f);
	return kib;
}

static void
test_memory(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	const int jobs = 1000;
	struct launch l;
	int right = 0;
	long kib;

	peer_start(p);
	for (int i = 1; i <= jobs; i++) {
		peer_launch_init(&l, p, i, "");
		free(l.command);
		l.command = NULL;
		strv_push(&l.argv, "sleep");
		strv_push(&l.argv, "1000");
		peer_launch(p, &l);
	}
	peer_sync(p);
	for (int i = 1; i <= jobs; i++)
		peer_started(p, i);
	kib = resident(p->pid);
	if (SANITIZED)
		tap_note("%d running jobs: %ld KiB, most of it the sanitizers'", jobs, kib);
	else
		tap_ok(kib <= 6 * 1024, "%d running jobs take no more than 6 MiB: %ld KiB", jobs,
		    kib);
	for (int i = 1; i <= jobs; i++)
		peer_cancel(p, i, 1000000);
	for (int i = 1; i <= jobs; i++)
		right += peer_result(p, i)->outcome == OUTCOME_CANCELLED;
	tap_is_int(right, jobs, "all of them can be cancelled at once");
	peer_stop(p);
	free(p);
}

int
main(void)
{
	test_statuses();
	test_output();
	test_surroundings();
	test_signals();
	test_errors();
	test_user();
	test_nothing_left();
	test_memory();
	return tap_done();
}
