/*
 * t_journal: what was flushed is read back, whatever was torn, cut or refused by the disk.
 */
#include "wire/journal.h"

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "guard.h"
#include "scratch.h"
#include "tap.h"

static char *dir, path[64], lock_path[80];

static void
add(struct journal *j, const char *text)
{
	struct buf body = { 0 };

	buf_addstr(&body, text);
	journal_add(j, FRAME_END, &body);
	buf_release(&body);
}

static void
collect(void *arg, enum frame_type type, const void *body, size_t len)
{
	struct buf *all = arg;

	if (type == FRAME_END)
		buf_add(all, body, len);
	buf_addc(all, ' ');
}

/* All bodies that a reader finds, each followed by a blank. */
static char *
contents(void)
{
	struct buf all = { 0 };
	struct err e;

	if (journal_read(path, collect, &all, &e) < 0)
		errx(1, "%s", e.text);
	return buf_string(&all);
}

static void
is_contents(const char *want, const char *what)
{
	char *got = contents();

	tap_is_str(got, want, "%s", what);
	free(got);
}

static struct journal *
create(void)
{
	struct journal *j;
	struct err e;

	if (journal_create(&j, path, &e) < 0)
		errx(1, "%s", e.text);
	return j;
}

static bool
exists(const char *name)
{
	return access(name, F_OK) == 0;
}

static void
test_life(void)
{
	struct journal *j = create(), *other;
	bool alive = false;
	struct stat st;
	struct err e;
	int lock;

	tap_ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600, "a journal is private");
	tap_ok(!journal_dirty(j), "a new journal has nothing to write");
	add(j, "one");
	add(j, "two");
	tap_ok(journal_dirty(j), "what was added is to be written");
	is_contents("", "what was added is not in the file");
	tap_is_int(journal_flush(j, &e), 0, "a flush");
	tap_ok(!journal_dirty(j), "it leaves nothing to write");
	tap_is_int((int64_t)journal_size(j), 2 * (FRAME_HEADER + 3), "the size is known");
	is_contents("one two ", "what was flushed is in the file, in order");
	tap_is_int(journal_create(&other, path, &e), E_CONFLICT, "a second owner is refused");
	tap_ok(journal_claim(path, &alive, &e) == -1 && alive, "its owner is seen to live");
	journal_close(j, false);
	tap_is_int(journal_create(&other, path, &e), E_FAIL, "an old journal is not written over");
	lock = journal_claim(path, &alive, &e);
	tap_ok(lock >= 0 && !alive, "a journal whose owner has gone can be claimed");
	is_contents("one two ", "and read");
	journal_remove(path, lock);
	tap_ok(!exists(path) && !exists(lock_path), "and removed with its lock");
	is_contents("", "no file is no records");
}

static void
test_close(void)
{
	struct journal *j = create();
	struct err e;

	add(j, "one");
	journal_flush(j, &e);
	journal_close(j, true);
	tap_ok(!exists(path) && !exists(lock_path), "a journal that owes nothing leaves nothing");
}

static void
test_cut(void)
{
	struct journal *j = create();
	struct buf live = { 0 }, body = { 0 };
	struct err e;

	add(j, "old");
	journal_flush(j, &e);
	add(j, "never written");
	buf_addstr(&body, "live");
	frame_add(&live, FRAME_END, &body);
	tap_is_int(journal_cut(j, &live, &e), 0, "a cut");
	is_contents("live ", "only what is live is left");
	tap_ok(!journal_dirty(j), "what was added is replaced as well");
	add(j, "next");
	journal_flush(j, &e);
	is_contents("live next ", "a cut journal goes on");
	buf_clear(&live);
	tap_is_int(journal_cut(j, &live, &e), 0, "a cut to nothing");
	tap_is_int((int64_t)journal_size(j), 0, "empties it");
	add(j, "again");
	journal_flush(j, &e);
	is_contents("again ", "and it goes on");
	add(j, "dropped");
	journal_drop(j);
	tap_ok(!journal_dirty(j), "what was added can be forgotten");
	journal_close(j, true);
	buf_release(&live);
	buf_release(&body);
}

static void
set_file_limit(rlim_t max)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = max;
	setrlimit(RLIMIT_FSIZE, &limit);
}

/* RLIMIT_FSIZE is the full disk: a write comes short, the next one fails. */
static void
test_full_disk(void)
{
	struct journal *j = create();
	struct stat st;
	struct err e;

	signal(SIGXFSZ, SIG_IGN);
	add(j, "one");
	journal_flush(j, &e);
	set_file_limit(journal_size(j) + FRAME_HEADER + 10);
	add(j, "two");
	add(j, "three");
	tap_is_int(journal_flush(j, &e), E_FAIL, "a full disk is told");
	tap_ok(strstr(e.text, "cannot write journal") != NULL, "by '%s'", e.text);
	tap_ok(stat(path, &st) == 0 && (size_t)st.st_size == journal_size(j),
	    "nothing half-written stays behind");
	tap_ok(journal_dirty(j), "the records stay added");
	set_file_limit(RLIM_INFINITY);
	tap_is_int(journal_flush(j, &e), 0, "once there is room they are written");
	is_contents("one two three ", "each once and in order");
	journal_close(j, true);
}

/* A kill can leave a part of the last record, or rubbish: all before it is read. */
static void
test_torn(void)
{
	uint64_t state = 88172645463325252;
	struct journal *j = create();
	struct buf b = { 0 };
	struct err e;
	size_t size, good = 0, prefix = 0;
	bool alive;

	add(j, "one");
	add(j, "two");
	add(j, "three");
	journal_flush(j, &e);
	size = journal_size(j);
	if (io_read_file(path, &b, 4096, &e) < 0)
		errx(1, "%s", e.text);
	for (size_t n = 0; n <= size; n++) {
		const char *want = n < FRAME_HEADER + 3 ? "" :
		    n < 2 * (FRAME_HEADER + 3)		? "one " :
		    n < size				? "one two " :
							  "one two three ";
		char *got;

		if (io_replace_file(path, b.data, n, 0600, &e) < 0)
			errx(1, "%s", e.text);
		got = contents();
		good += strcmp(got, want) == 0;
		free(got);
	}
	tap_is_int((int64_t)good, (int64_t)size + 1, "cut at any byte, all whole records are read");
	for (int round = 0; round < 200; round++) {
		size_t at = guard_random(&state) % size;
		char *got;

		b.data[at] ^= 0x40;
		if (io_replace_file(path, b.data, size, 0600, &e) < 0)
			errx(1, "%s", e.text);
		b.data[at] ^= 0x40;
		got = contents();
		prefix += strncmp(got, "one two three ", strlen(got)) == 0;
		free(got);
	}
	tap_is_int(prefix, 200, "a damaged record and what follows it are not believed");
	journal_close(j, false);
	journal_remove(path, journal_claim(path, &alive, &e));
	buf_release(&b);
}

static void
test_killed_owner(void)
{
	struct err e;
	bool alive;
	int status, lock;
	pid_t pid;

	if ((pid = fork()) == 0) {
		struct journal *j = create();

		add(j, "last words");
		journal_flush(j, &e);
		raise(SIGKILL);
	}
	waitpid(pid, &status, 0);
	lock = journal_claim(path, &alive, &e);
	tap_ok(lock >= 0, "a killed owner's journal can be claimed");
	is_contents("last words ", "with all that it flushed");
	journal_remove(path, lock);
}

/* Large results come in records longer than any read. */
static void
test_long_records(void)
{
	struct journal *j = create();
	struct buf body = { 0 }, all = { 0 };
	struct err e;

	memset(buf_room(&body, 300000), 'x', 300000);
	body.len = 300000;
	for (int i = 0; i < 3; i++)
		journal_add(j, FRAME_END, &body);
	journal_flush(j, &e);
	tap_is_int(journal_read(path, collect, &all, &e), 0, "long records");
	tap_is_int((int64_t)all.len, INT64_C(3) * 300001, "are read whole");
	journal_close(j, true);
	buf_release(&body);
	buf_release(&all);
}

int
main(void)
{
	dir = scratch_new("t_journal");
	snprintf(path, sizeof(path), "%s/journal", dir);
	snprintf(lock_path, sizeof(lock_path), "%s.lock", path);
	test_life();
	test_close();
	test_cut();
	test_full_disk();
	test_torn();
	test_killed_owner();
	test_long_records();
	tap_ok(rmdir(dir) == 0, "nothing is left behind");
	free(dir);
	return tap_done();
}
