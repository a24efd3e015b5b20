/*
 * t_store_sqlite: what is SQLite's own: files that are not ours, too new or too old, not to be
 * written, held by others, damaged, on a full disk; and many processes at once.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "job/job.h"
#include "probe.h"
#include "scratch.h"
#include "store/sqlite/handle.h"
#include "store/sqlite/migrate.h"
#include "store/sqlite/sqlite.h"
#include "store/store.h"
#include "tap.h"
#include "time/zone.h"

#define T0 INT64_C(1772359200000000)

static char *dir, *path;

/* ---- help ---- */

static void
new_dir(void)
{
	if (dir != NULL)
		scratch_remove(dir);
	free(dir);
	free(path);
	/* What is tested here would fill or wait for a disk. */
	dir = scratch_new("t_store_sqlite");
	path = xasprintf("%s/test.db", dir);
}

static void
write_file(const char *name, const void *data, size_t len)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd == -1 || io_write_all(fd, data, len) == -1)
		abort();
	close(fd);
}

/* Opens and closes. */
static int
try_open(const char *name, enum store_mode mode, struct err *e)
{
	struct store *s;
	int rc = store_open(&s, name, mode, e);

	if (rc == 0)
		store_close(s);
	return rc;
}

static struct store *
must_open(enum store_mode mode)
{
	struct store *s;
	struct err e;

	if (store_open(&s, path, mode, &e) < 0) {
		printf("Bail out! %s\n", e.text);
		exit(1);
	}
	return s;
}

static int
submit_sized(struct store *s, size_t len, struct err *e)
{
	struct submit what = {.n = 1, .now = T0, .zone = zone_utc(), .boot_id = "b"};
	struct job job;
	int64_t id;
	size_t bad;
	int rc;

	job_init(&job);
	job.user = xstrdup("ann");
	job.command = xmalloc(len + 1);
	memset(job.command, 'x', len);
	job.command[len] = '\0';
	job.schedule = xstrdup("2026-03-01T10:00:00.000Z");
	what.jobs = &job;
	rc = store_submit(s, &what, &id, &bad, e);
	job_release(&job);
	return rc;
}

static int
submit(struct store *s, struct err *e)
{
	return submit_sized(s, 1, e);
}

/* want has %s where the sentence has the path. */
static char *
with_path(const char *want)
{
	const char *at = strstr(want, "%s");

	return xasprintf("%.*s%s%s", (int)(at - want), want, path, at + 2);
}

static bool
refused(int rc, int code, const struct err *e, const char *want, const char *name)
{
	char *whole = with_path(want);
	bool held = tap_is_int(rc, code, "%s", name);

	if (rc < 0)
		held = tap_is_str(e->text, whole, "%s: and the sentence says so", name) && held;
	free(whole);
	return held;
}

/* What the child returns is its exit status; it prints nothing. */
static int
in_child(int (*what)(void))
{
	int status;
	pid_t pid;

	fflush(stdout);
	if ((pid = fork()) == 0)
		_exit(what());
	if (waitpid(pid, &status, 0) != pid)
		abort();
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* ---- creating and opening ---- */

static void
test_create(void)
{
	struct store *s;
	struct stat st;
	struct err e;

	new_dir();
	refused(try_open(path, STORE_WRITE, &e), E_STORE, &e, "there is no database '%s'",
	    "a database that is not there is not opened for writing");
	tap_is_int(try_open(path, STORE_READ, &e), E_STORE, "nor for reading");
	tap_ok(access(path, F_OK) == -1, "and not made by that");
	umask(0);
	s = must_open(STORE_CREATE);
	umask(022);
	tap_ok(
	    stat(path, &st) == 0 && (st.st_mode & 0777) == 0600, "a new one is its owner's only");
	submit(s, &e);
	{
		char *wal = xasprintf("%s-wal", path);

		tap_ok(stat(wal, &st) == 0 && (st.st_mode & 0777) == 0600, "so is its log");
		free(wal);
	}
	tap_is_str(store_path(s), path, "it tells its path");
	store_close(s);
	tap_is_int(probe_number(path, "PRAGMA application_id"), DB_APPLICATION, "it is marked as ours");
	tap_is_int(probe_number(path, "PRAGMA user_version"), DB_VERSION, "and has a version");
	tap_is_int(try_open(path, STORE_READ, &e), 0, "it can be read");
	tap_is_int(try_open(path, STORE_WRITE, &e), 0, "and written");
	tap_is_int(try_open(path, STORE_CREATE, &e), 0, "and is not made again");
	tap_is_int(probe_number(path, "SELECT count(*) FROM jobs"), 1, "what was in it stays");
	tap_is_int(probe_number(path, "SELECT count(*) FROM job_status WHERE state = 'pending'"), 1,
	    "and people can ask for it");
	tap_is_int(probe_number(path, "SELECT count(*) FROM ledger"), 0, "and for the ledger");
}

static void
test_places(void)
{
	char *name, *link;
	struct store *s;
	struct err e;

	new_dir();
	name = xasprintf("%s/no/such.db", dir);
	tap_is_int(try_open(name, STORE_CREATE, &e), E_STORE, "a folder that is not there");
	free(name);
	tap_is_int(try_open(dir, STORE_CREATE, &e), E_STORE, "a folder in place of a file");
	store_close(must_open(STORE_CREATE));
	link = xasprintf("%s/link.db", dir);
	if (symlink(path, link) == -1 || store_open(&s, link, STORE_WRITE, &e) < 0)
		abort();
	tap_is_str(store_path(s), path, "through a link the path is the file's own");
	store_close(s);
	if (chdir(dir) == -1 || store_open(&s, "test.db", STORE_WRITE, &e) < 0)
		abort();
	tap_is_str(store_path(s), path, "and so it is from a relative one");
	store_close(s);
	if (chdir("/") == -1)
		abort();
	free(link);
	name = xasprintf("%s/a%%20b?c#d.db", dir);
	tap_is_int(
	    try_open(name, STORE_CREATE, &e), 0, "a name may hold what means something in URIs");
	tap_is_int(try_open(name, STORE_READ, &e), 0, "each time");
	free(name);
}

/* Many at once have to wait for each other for as long as the disk takes. */
#define PATIENCE_MS 600000

static int
create_one(void)
{
	struct store *s;
	struct err e;
	int rc;

	if (sqlite_open_bounded(&s, path, STORE_CREATE, PATIENCE_MS, &e) < 0) {
		printf("# %s\n", e.text);
		fflush(stdout);
		return 1;
	}
	rc = submit(s, &e) < 0;
	store_close(s);
	return rc;
}

static void
test_ten_at_once(void)
{
	int failures = 0, status;

	for (int round = 0; round < 5; round++) {
		new_dir();
		fflush(stdout);
		for (int i = 0; i < 10; i++)
			if (fork() == 0)
				_exit(create_one());
		for (int i = 0; i < 10; i++)
			failures += wait(&status) == -1 || status != 0;
		failures += probe_number(path, "SELECT count(*) FROM jobs") != 10;
	}
	tap_is_int(failures, 0, "ten processes that create one database at once all get it");
}

/* ---- files that are not ours ---- */

static void
test_garbage(void)
{
	static const char text[] =
	    "This is no database, and longer than a hundred bytes, so that it "
	    "could hold the header of one if it were one, which it is not.";
	struct err e;

	new_dir();
	write_file(path, text, sizeof(text));
	refused(try_open(path, STORE_CREATE, &e), E_STORE, &e, "'%s' is not a jobsched database",
	    "a text file");
	write_file(path, "x", 1);
	tap_is_int(try_open(path, STORE_CREATE, &e), E_STORE, "a file of one byte");
	write_file(path, "", 0);
	refused(try_open(path, STORE_WRITE, &e), E_STORE, &e,
	    "'%s' is empty, not a jobsched database", "an empty file");
	tap_is_int(try_open(path, STORE_CREATE, &e), 0, "but one may be created in it");
}

/* How many files there are, and a copy of the database's bytes. */
static int
snapshot(struct buf *b)
{
	struct err e;
	char *command = xasprintf("test $(ls %s | wc -l) -eq 1", dir);
	int rc = system(command);

	buf_clear(b);
	if (io_read_file(path, b, 1 << 24, &e) < 0)
		abort();
	free(command);
	return rc == 0;
}

static void
stays_untouched(const char *setup, const char *name)
{
	static const enum store_mode modes[] = {STORE_READ, STORE_WRITE, STORE_CREATE};
	struct buf before = {0}, after = {0};
	int from, to, refusals = 0;
	struct err e;

	new_dir();
	probe_do(path, setup);
	snapshot(&before);
	for (int i = 0; i < 3; i++)
		refusals += try_open(path, modes[i], &e) == E_STORE;
	refusals += store_upgrade(path, &from, &to, &e) == E_STORE;
	refused(E_STORE, E_STORE, &e, "'%s' is not a jobsched database", name);
	tap_is_int(refusals, 4, "%s is refused however it is opened", name);
	tap_ok(snapshot(&after) && before.len == after.len &&
		   memcmp(before.data, after.data, after.len) == 0,
	    "%s stays as it was, with nothing beside it", name);
	buf_release(&before);
	buf_release(&after);
}

static void
test_foreign(void)
{
	stays_untouched("CREATE TABLE t (a)", "another program's database");
	stays_untouched(
	    "PRAGMA application_id = 7; CREATE TABLE jobs (a)", "one with a mark of its own");
	stays_untouched("PRAGMA user_version = 3", "one without tables");
	stays_untouched("PRAGMA journal_mode = WAL; CREATE TABLE t (a)", "one with a log");
}

/* ---- versions ---- */

static void
test_newer(void)
{
	struct store *s;
	struct err e;
	int from, to;

	new_dir();
	s = must_open(STORE_CREATE);
	tap_is_int(submit(s, &e), 0, "a store that is open");
	tap_ok(!store_outdated(s), "and of this program's version");
	probe_do(path, "PRAGMA user_version = 99");
	refused(submit(s, &e), E_STORE, &e,
	    "database '%s' was upgraded by another program meanwhile",
	    "is not written after another program has upgraded it");
	tap_ok(store_outdated(s), "and says that it never will be");
	store_close(s);
	tap_is_int(try_open(path, STORE_CREATE, &e), E_STORE, "a newer database is refused");
	tap_ok(strstr(e.text, "is of a newer version (99, this program's is 1)") != NULL,
	    "and it is said why: %s", e.text);
	tap_is_int(store_upgrade(path, &from, &to, &e), E_STORE, "it cannot be upgraded either");
	tap_is_int(probe_number(path, "PRAGMA user_version"), 99, "and stays as it was");
}

static void
make_old(void)
{
	char *text = xasprintf("PRAGMA application_id = %d; VACUUM", DB_APPLICATION);

	new_dir();
	probe_do(path, text);
	free(text);
}

static void
test_older(void)
{
	struct store *s;
	struct err e;
	int from = -1, to = -1;

	make_old();
	tap_is_int(try_open(path, STORE_CREATE, &e), E_STORE, "an older database is refused");
	tap_ok(strstr(e.text, "run 'jobsched db upgrade'") != NULL, "and it is said what to do");
	tap_is_int(store_upgrade(path, &from, &to, &e), 0, "it can be upgraded");
	tap_ok(from == 0 && to == DB_VERSION, "from its version to this program's");
	s = must_open(STORE_WRITE);
	tap_is_int(submit(s, &e), 0, "and then works");
	store_close(s);
	tap_is_int(store_upgrade(path, &from, &to, &e), 0, "upgrading twice is no error");
	tap_ok(from == DB_VERSION && to == DB_VERSION, "and does nothing");
}

static void
test_steps(void)
{
	static const struct migration good[] = {{2, "ALTER TABLE settings ADD COLUMN two INTEGER"},
	    {3, "UPDATE settings SET two = 2"}, {0, NULL}};
	static const struct migration bad[] = {
	    {4, "CREATE TABLE four (a)"}, {5, "CREATE TABLE four (a)"}, {0, NULL}};
	struct store *s;
	struct err e;
	int from, to;

	new_dir();
	s = must_open(STORE_CREATE);
	store_setting_set(s, "k", "v", &e);
	tap_is_int(migrate_run(sqlite_of(s), good, &from, &to, &e), 0, "steps are taken in order");
	tap_ok(from == 1 && to == 3, "each once");
	tap_is_int(probe_number(path, "SELECT two FROM settings"), 2, "on the data that is there");
	tap_is_int(migrate_run(sqlite_of(s), bad, &from, &to, &e), E_STORE, "a step that fails");
	tap_is_int(probe_number(path, "PRAGMA user_version"), 3, "leaves the version as it was");
	tap_is_int(probe_number(path, "SELECT count(*) FROM sqlite_master WHERE name = 'four'"), 0,
	    "and nothing of the steps before it");
	store_close(s);
}

/* ---- permissions ---- */

static int
as_nobody(void)
{
	struct err e;
	int rc;

	if (geteuid() == 0 && (setgid(65534) == -1 || setuid(65534) == -1))
		return 99;
	if ((rc = try_open(path, STORE_WRITE, &e)) == E_PERM &&
	    strstr(e.text, "not permitted to write database") == NULL)
		return 98;
	return -rc;
}

static int
read_as_nobody(void)
{
	struct err e;

	if (geteuid() == 0 && (setgid(65534) == -1 || setuid(65534) == -1))
		return 99;
	return -try_open(path, STORE_READ, &e);
}

static void
test_permissions(void)
{
	new_dir();
	store_close(must_open(STORE_CREATE));
	chmod(dir, 0755);
	chmod(path, 0444);
	tap_is_int(
	    in_child(as_nobody), -E_PERM, "a file that may not be written is not opened for it");
	chmod(path, 0000);
	tap_is_int(in_child(read_as_nobody), -E_PERM, "one that may not be read not at all");
	chmod(path, 0600);
	chmod(dir, 0000);
	if (geteuid() == 0)
		tap_is_int(in_child(read_as_nobody), -E_PERM, "nor one in a closed folder");
	chmod(dir, 0700);
}

/* ---- held by others ---- */

struct holder {
	pid_t pid;
	int go;
};

/* A process that has the write lock until it is killed. */
static struct holder
hold(void)
{
	struct holder h;
	sqlite3 *db;
	int ready[2];
	char c;

	if (pipe(ready) == -1)
		abort();
	fflush(stdout);
	if ((h.pid = fork()) == 0) {
		if (sqlite3_open(path, &db) != SQLITE_OK ||
		    sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
			_exit(1);
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	if (read(ready[0], &c, 1) != 1)
		abort();
	close(ready[0]);
	close(ready[1]);
	h.go = 0;
	return h;
}

static void
let_go(struct holder h)
{
	kill(h.pid, SIGKILL);
	waitpid(h.pid, NULL, 0);
}

static void
test_busy(void)
{
	struct holder h;
	struct store *s;
	struct err e;
	int64_t when;

	new_dir();
	store_close(must_open(STORE_CREATE));
	if (sqlite_open_bounded(&s, path, STORE_WRITE, 1000, &e) < 0)
		abort();
	h = hold();
	refused(submit(s, &e), E_STORE, &e,
	    "database '%s' is busy: another process has held it for more than 1 s",
	    "a database that another process holds is waited for, up to a bound");
	tap_is_int(store_next_ready(s, &when, &e), 0, "it can be read meanwhile");
	let_go(h);
	tap_is_int(submit(s, &e), 0, "and written when the other is gone");
	store_close(s);
}

/* ---- damage ---- */

static void
count_line(void *arg, const char *line)
{
	(void)line;
	++*(int *)arg;
}

static void
test_corrupt(void)
{
	struct store *s = NULL;
	char junk[4096 * 3];
	int64_t faults = 0;
	struct err e;
	int fd, lines = 0, rc;

	new_dir();
	s = must_open(STORE_CREATE);
	for (int i = 0; i < 50; i++)
		submit_sized(s, 2000, &e);
	store_close(s);
	memset(junk, 0xa5, sizeof(junk));
	fd = open(path, O_WRONLY);
	if (fd == -1 || pwrite(fd, junk, sizeof(junk), 4096) != (ssize_t)sizeof(junk))
		abort();
	close(fd);
	rc = store_open(&s, path, STORE_WRITE, &e);
	if (rc == 0)
		rc = submit(s, &e);
	refused(rc, E_STORE, &e, "database '%s' is damaged", "a damaged database");
	if (s != NULL && store_check(s, count_line, &lines, &faults, &e) == 0)
		tap_ok(faults > 0 && lines == faults, "its check tells the faults");
	store_close(s);
}

static void
test_check_finds(void)
{
	static const char *const breaks[] = {
	    "UPDATE occurrences SET state = 1, fence = 77",
	    "UPDATE jobs SET due_at = 5",
	    "UPDATE jobs SET state = 'failed'",
	    "DELETE FROM jobs",
	    "UPDATE counters SET value = -1 WHERE name = 'enqueued'",
	    "UPDATE counters SET value = 7 WHERE name = 'jobs.open'",
	    "INSERT INTO attempts (job_id, scheduled_for, attempt, manual, outcome, ready_at,"
	    " claimed_at) VALUES (1, 1, 1, 0, 'running', 1, 1)",
	    "INSERT INTO attempts (job_id, scheduled_for, attempt, manual, outcome, ready_at,"
	    " claimed_at, finished_at) VALUES (1, 1, 1, 0, 'ok', 1, 1, 1), (1, 1, 2, 0, 'ok', 1, "
	    "1, 1)",
	    "UPDATE occurrences SET state = 2",
	    "INSERT INTO skips (job_id, reason, count, first_scheduled_for, last_scheduled_for,"
	    " recorded_at, after_fence) VALUES (99, 'missed', 1, 1, 1, 1, 0)",
	};
	struct store *s;
	struct err e;
	int64_t faults;
	int lines;

	for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
		new_dir();
		s = must_open(STORE_CREATE);
		submit(s, &e);
		probe_do(path, breaks[i]);
		lines = 0;
		faults = 0;
		store_check(s, count_line, &lines, &faults, &e);
		tap_ok(faults > 0 && lines == faults, "check finds: %.40s", breaks[i]);
		store_close(s);
	}
}

/* ---- no space ---- */

/* 0: as it should be; else the step that was not. */
static int
until_full(struct store *s, struct err *e)
{
	int rc = 0;

	for (int i = 0; i < 2000 && rc == 0; i++)
		rc = submit_sized(s, 100000, e);
	if (rc != E_STORE)
		return 1;
	/* What was acknowledged is there, and it can be read. */
	return probe_number(path, "SELECT max(id) <> count(*) FROM jobs") != 0 ? 2 : 0;
}

static int
file_size_limit(void)
{
	struct rlimit small = {4 << 20, RLIM_INFINITY}, big = {RLIM_INFINITY, RLIM_INFINITY};
	struct store *s = must_open(STORE_WRITE);
	struct err e;
	int rc;

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	if ((rc = until_full(s, &e)) != 0)
		return rc;
	if (strstr(e.text, "File too large") == NULL)
		return 3;
	setrlimit(RLIMIT_FSIZE, &big);
	rc = submit(s, &e) < 0 ? 4 : 0;
	store_close(s);
	return rc;
}

static int
small_disk(void)
{
	struct store *s;
	struct err e;
	int rc;

	if (unshare(CLONE_NEWNS) == -1 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("tmpfs", dir, "tmpfs", 0, "size=4m") == -1)
		return 77;
	s = must_open(STORE_CREATE);
	if ((rc = until_full(s, &e)) != 0)
		return rc;
	if (strstr(e.text, "no space left for database") == NULL)
		return 3;
	store_close(s);
	if (mount("tmpfs", dir, "tmpfs", MS_REMOUNT, "size=64m") == -1)
		return 77;
	s = must_open(STORE_WRITE);
	rc = submit(s, &e) < 0 ? 4 : 0;
	store_close(s);
	if (mount("tmpfs", dir, "tmpfs", MS_REMOUNT | MS_RDONLY, "size=64m") == -1)
		return 77;
	if (rc == 0 && (try_open(path, STORE_WRITE, &e) != E_STORE ||
			   strstr(e.text, "read-only file system") == NULL))
		rc = 5;
	return rc;
}

static void
test_no_space(void)
{
	int rc;

	new_dir();
	store_close(must_open(STORE_CREATE));
	tap_is_int(in_child(file_size_limit), 0,
	    "past a limit of the file's size nothing is half stored, and it goes on afterwards");
	new_dir();
	rc = in_child(small_disk);
	if (rc == 77)
		tap_note("no small file system can be made here");
	else
		tap_is_int(rc, 0, "nor on a full or read-only file system");
}

/* ---- many at once ---- */

static int
submit_twenty(void)
{
	int failures = 0;
	struct store *s;
	struct err e;

	if (sqlite_open_bounded(&s, path, STORE_WRITE, PATIENCE_MS, &e) < 0)
		return 1;
	for (int i = 0; i < 20; i++)
		if (submit(s, &e) < 0) {
			printf("# %s\n", e.text);
			failures = 1;
		}
	fflush(stdout);
	store_close(s);
	return failures;
}

static void
test_many_writers(void)
{
	int failures = 0, status;
	struct store *s;
	int64_t faults;
	struct err e;

	new_dir();
	store_close(must_open(STORE_CREATE));
	fflush(stdout);
	for (int i = 0; i < 30; i++)
		if (fork() == 0)
			_exit(submit_twenty());
	for (int i = 0; i < 30; i++)
		failures += wait(&status) == -1 || status != 0;
	tap_is_int(failures, 0, "thirty writers at once all get their turn");
	tap_is_int(probe_number(path, "SELECT count(*) FROM jobs"), 600, "and nothing is lost");
	s = must_open(STORE_READ);
	store_check(s, NULL, NULL, &faults, &e);
	tap_is_int(faults, 0, "the database is whole");
	store_close(s);
}

/* A writer that is killed in its transaction leaves nothing of it. */
static void
test_killed_writer(void)
{
	struct store *s;
	struct err e;

	new_dir();
	s = must_open(STORE_CREATE);
	for (int i = 0; i < 20; i++) {
		pid_t pid;

		fflush(stdout);
		if ((pid = fork()) == 0) {
			struct store *own = must_open(STORE_WRITE);

			for (;;)
				submit_sized(own, 3000, &e);
		}
		usleep(3000 + 500 * i);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	tap_is_int(submit(s, &e), 0, "after writers were killed the store goes on");
	store_close(s);
	tap_is_int(probe_number(path, "SELECT count(*) <> (SELECT count(*) FROM jobs) FROM occurrences"), 0,
	    "with whole transactions only");
}

int
main(void)
{
	test_create();
	test_places();
	test_ten_at_once();
	test_garbage();
	test_foreign();
	test_newer();
	test_older();
	test_steps();
	test_permissions();
	test_busy();
	test_corrupt();
	test_check_finds();
	test_no_space();
	test_many_writers();
	test_killed_writer();
	scratch_remove(dir);
	free(dir);
	free(path);
	zone_cache_free();
	return tap_done();
}
