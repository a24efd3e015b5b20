/*
 * t_base: the small tools that everything stands on.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/strv.h"
#include "base/utf8.h"
#include "scratch.h"
#include "tap.h"

#define HOUR INT64_C(3600000000)

static void
test_strv(void)
{
	struct strv a = {0}, b = {0};
	char *joined;

	joined = strv_join(&a, " ");
	tap_is_str(joined, "", "an empty vector joins to nothing");
	free(joined);
	for (int i = 0; i < 100; i++)
		strv_push(&a, "word");
	tap_ok(a.n == 100 && a.v[100] == NULL, "a vector ends in NULL however it grew");
	strv_copy(&b, &a);
	tap_ok(strv_equal(&a, &b) && a.v[0] != b.v[0], "a copy is equal and its own");
	strv_take(&b, xstrdup("more"));
	tap_ok(!strv_equal(&a, &b), "one word more is not equal");
	strv_clear(&a);
	strv_setenv(&a, "A", "1");
	strv_setenv(&a, "AB", "2");
	strv_setenv(&a, "A", "3=4");
	tap_is_int((int64_t)a.n, 2, "setting a name again replaces it");
	tap_is_str(strv_env(&a, "A"), "3=4", "a value may hold '='");
	tap_is_str(strv_env(&a, "AB"), "2", "a longer name is another name");
	tap_is_str(strv_env(&a, "B"), NULL, "what is not set is NULL");
	strv_putenv(&a, "A=5=6");
	strv_putenv(&a, "B=");
	strv_putenv(&a, "C");
	tap_is_str(strv_env(&a, "A"), "5=6", "a whole setting replaces the one of its name");
	tap_is_str(strv_env(&a, "B"), "", "a value may be empty");
	tap_is_str(strv_env(&a, "C"), NULL, "a word without '=' sets nothing");
	joined = strv_join(&a, ", ");
	tap_is_str(joined, "A=5=6, AB=2, B=", "words are joined in their order");
	free(joined);
	strv_clear(&a);
	strv_clear(&b);
	tap_ok(a.v == NULL && a.n == 0, "a cleared vector is empty");
}

static void
test_buf(void)
{
	struct buf b = {0};
	char *s;

	buf_addstr(&b, "ab");
	buf_add(&b, "\0c", 2);
	buf_addf(&b, "%d", 42);
	tap_ok(b.len == 6 && memcmp(b.data, "ab\0c42", 6) == 0, "a buf holds any bytes");
	buf_drop(&b, 3);
	s = buf_string(&b);
	tap_is_str(s, "c42", "what was dropped at the front is gone");
	tap_ok(b.data == NULL && b.len == 0, "taking the string empties the buf");
	free(s);
	for (int i = 0; i < 100000; i++)
		buf_addc(&b, 'x');
	tap_ok(b.len == 100000 && b.data[99999] == 'x', "a buf grows");
	buf_clear(&b);
	tap_ok(b.len == 0 && b.cap > 0, "clear keeps the memory");
	buf_reuse(&b);
	tap_ok(b.len == 0 && b.data == NULL, "a large buffer gives its memory back after use");
	buf_addstr(&b, "some");
	buf_reuse(&b);
	tap_ok(b.len == 0 && b.data != NULL, "a small one keeps it");
	buf_release(&b);
}

static void
test_utf8(void)
{
	static const struct {
		const char *text, *why;
		bool valid, printable;
	} cases[] = {
	    {"", "nothing", true, true},
	    {"plain ~", "ASCII", true, true},
	    {"gr\xc3\xbc\xc3\x9f", "two bytes", true, true},
	    {"\xe2\x82\xac", "three bytes", true, true},
	    {"\xf0\x9f\x98\x80", "four bytes", true, true},
	    {"\xf4\x8f\xbf\xbf", "U+10FFFF", true, true},
	    {"a\nb", "a line end", true, false},
	    {"\x7f", "DEL", true, false},
	    {"\xc2\x85", "a C1 control", true, false},
	    {"\x80", "a lone continuation", false, false},
	    {"\xc3", "a cut sequence", false, false},
	    {"\xc0\xaf", "an overlong form of two bytes", false, false},
	    {"\xe0\x80\xaf", "an overlong form of three bytes", false, false},
	    {"\xf0\x80\x80\xaf", "an overlong form of four bytes", false, false},
	    {"\xed\xa0\x80", "a surrogate", false, false},
	    {"\xf4\x90\x80\x80", "beyond U+10FFFF", false, false},
	    {"\xff", "a byte that UTF-8 never has", false, false},
	};
	struct buf b = {0};
	char *s;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = strlen(cases[i].text);

		tap_is_int(utf8_valid(cases[i].text, len), cases[i].valid, "valid or not: %s",
		    cases[i].why);
		tap_is_int(utf8_printable(cases[i].text, len), cases[i].printable,
		    "printable or not: %s", cases[i].why);
	}
	utf8_escape(&b, "\xc3\xbc\x1b[1m\n\xff", 8, false);
	s = buf_string(&b);
	tap_is_str(s, "\xc3\xbc\\x1b[1m\\x0a\\xff", "what could drive a terminal is escaped");
	free(s);
	utf8_escape(&b, "a\tb\n\x1b", 5, true);
	s = buf_string(&b);
	tap_is_str(s, "a\tb\n\\x1b", "line ends and tabs stay if asked");
	free(s);
}

/* Of each length, and each byte of it, wherever it lies. */
static void
test_hash_fast(void)
{
	char text[33] = "0123456789abcdefghijklmnopqrstu", other[34];
	int64_t alike = 0, unlike = 0;

	for (size_t len = 0; len < 32; len++) {
		memcpy(other + 1, text, sizeof(text));
		unlike += hash_fast(1, text, len) != hash_fast(1, other + 1, len);
		alike += hash_fast(1, text, len) == hash_fast(1, text, len + 1);
		alike += hash_fast(1, text, len) == hash_fast(2, text, len);
		for (size_t i = 0; i < len; i++) {
			other[i + 1] ^= 0x20;
			alike += hash_fast(1, text, len) == hash_fast(1, other + 1, len);
			other[i + 1] ^= 0x20;
		}
	}
	tap_is_int(unlike, 0, "the fast hash of the same bytes is the same");
	tap_is_int(alike, 0, "and that of others is another");
}

/* FNV's own test values: a change would re-draw every `~` and every jitter of every user. */
static void
test_hash(void)
{
	static const int64_t numbers[] = { 0, 1, 255, 256, -1, INT64_MAX, INT64_MIN };

	tap_ok(hash_bytes(HASH_SEED, "", 0) == UINT64_C(0xcbf29ce484222325), "hash of nothing");
	tap_ok(hash_bytes(HASH_SEED, "a", 1) == UINT64_C(0xaf63dc4c8601ec8c), "hash of 'a'");
	tap_ok(
	    hash_bytes(HASH_SEED, "foobar", 6) == UINT64_C(0x85944171f73967e8), "hash of 'foobar'");
	tap_ok(hash_string(hash_string(HASH_SEED, "a"), "bc") !=
		   hash_string(hash_string(HASH_SEED, "ab"), "c"),
	    "two strings are not one");
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		tap_ok(hash_number(HASH_SEED, numbers[i]) ==
			hash_bytes(HASH_SEED, &numbers[i], sizeof(numbers[i])),
		    "hash of %lld is that of its bytes", (long long)numbers[i]);
	tap_ok(hash_string(HASH_SEED, NULL) != hash_string(HASH_SEED, ""), "NULL is not empty");
}

static void
test_own_process(void)
{
	struct proc_id id, other;
	int fd;

	proc_self(&id);
	tap_is_int(id.pid, getpid(), "the own id has the own pid");
	tap_ok(id.start > 0 && id.start == proc_start_time(getpid()), "and a start time");
	tap_is_int((int64_t)strlen(id.boot), BOOT_ID_SIZE - 1, "and a boot id");
	tap_ok(proc_alive(&id), "the own process lives");
	fd = proc_open(&id);
	tap_ok(fd != -1 || errno == ENOSYS, "it can be opened where there are pidfds");
	if (fd != -1)
		close(fd);
	other = id;
	other.start++;
	tap_ok(!proc_alive(&other), "with another start time it is somebody else");
	tap_ok(proc_signal(&other, SIGKILL) == -1 && errno == ESRCH, "who is not signalled");
	other = id;
	other.boot[0] = other.boot[0] == 'x' ? 'y' : 'x';
	tap_ok(!proc_alive(&other), "with another boot id it is somebody else");
	other = id;
	other.pid = 0;
	tap_ok(!proc_alive(&other), "pid 0 is nobody");
}

static void
test_child(void)
{
	struct proc_id id;
	int status, hold[2];
	siginfo_t si;
	pid_t pid;
	char c;

	if (pipe(hold) == -1 || (pid = fork()) == -1)
		abort();
	if (pid == 0) {
		/* Lives until it is killed, or the test is. */
		close(hold[1]);
		_exit((int)read(hold[0], &c, 1));
	}
	proc_self(&id);
	id.pid = pid;
	id.start = proc_start_time(pid);
	tap_ok(proc_alive(&id), "a child lives");
	tap_is_int(proc_signal(&id, SIGKILL), 0, "and can be signalled");
	waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT);
	tap_ok(!proc_alive(&id), "a zombie does not live");
	tap_ok(proc_start_time(pid) == id.start, "but still has its start time");
	waitpid(pid, &status, 0);
	tap_ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "the signal was for it");
	tap_is_int((int64_t)proc_start_time(pid), 0, "a reaped process has no start time");
	tap_ok(proc_signal(&id, SIGKILL) == -1 && errno == ESRCH, "and is not signalled");
	close(hold[0]);
	close(hold[1]);
}

/* With no descriptor left nobody can look into /proc; that must not be taken for a death. */
static void
test_no_descriptors(void)
{
	struct rlimit before, none;
	struct proc_id id;
	int looked, opened, error;

	proc_self(&id);
	if (getrlimit(RLIMIT_NOFILE, &before) == -1)
		abort();
	none = before;
	none.rlim_cur = 3;
	setrlimit(RLIMIT_NOFILE, &none);
	looked = proc_look(&id);
	error = errno;
	opened = proc_open(&id);
	setrlimit(RLIMIT_NOFILE, &before);
	tap_ok(looked == -1 && error == EMFILE, "without descriptors nobody can tell who lives");
	tap_is_int(opened, -1, "nor get hold of anybody");
	tap_is_int(proc_look(&id), 1, "afterwards the own process lives");
}

/* Another's clock is an hour ahead of the boot clock, as far as its answers tell. */
static void
follow(int64_t ahead, int64_t took)
{
	int64_t now = clock_boot();

	clock_follow(now + HOUR + ahead, now - took, now);
}

/* However long it takes from one clock to the other. */
static bool
is_ahead(int64_t us)
{
	int64_t before = clock_boot(), wall = clock_wall(), after = clock_boot();

	return wall - after <= HOUR + us && HOUR + us <= wall - before;
}

/* For the rest of this process. */
static void
test_follow(void)
{
	follow(0, 1000);
	tap_ok(is_ahead(0), "another clock is followed");
	follow(-400000, 500000);
	tap_ok(is_ahead(0), "an answer that took long makes it no later");
	follow(-400000, 1000);
	tap_ok(is_ahead(-400000), "a prompt one does");
	follow(0, 1000);
	tap_ok(is_ahead(0), "also when it goes on");
	follow(-10 * HOUR, 500000);
	tap_ok(is_ahead(-10 * HOUR), "and one that took long, if the clock was set");
}

static void
test_replace(const char *dir)
{
	char *path = xasprintf("%s/file", dir), *missing = xasprintf("%s/no/file", dir);
	struct buf b = {0};
	struct stat st;
	struct err e;

	tap_is_int(io_replace_file(path, "one", 3, 0640, &e), 0, "a file is written");
	tap_is_int(io_replace_file(path, "second", 6, 0600, &e), 0, "and replaced");
	tap_ok(stat(path, &st) == 0 && (st.st_mode & 07777) == 0600, "with the mode asked for");
	tap_is_int(io_read_file(path, &b, 100, &e), 0, "it can be read");
	tap_ok(b.len == 6 && memcmp(b.data, "second", 6) == 0, "and holds what was written last");
	buf_clear(&b);
	tap_is_int(
	    io_read_file(path, &b, 5, &e), E_INPUT, "what is longer than allowed is refused");
	tap_is_int(io_read_file(missing, &b, 5, &e), E_FAIL, "what is not there cannot be read");
	tap_is_int(io_replace_file(missing, "x", 1, 0600, &e), E_FAIL, "nor written");
	unlink(path);
	tap_ok(rmdir(dir) == 0 && mkdir(dir, 0700) == 0, "no temporary file is left");
	buf_release(&b);
	free(path);
	free(missing);
}

static void
test_folders(const char *dir)
{
	char *deep = xasprintf("%s/a/b", dir), *up = xasprintf("%s/a", dir);
	char *link = xasprintf("%s/link", dir);
	struct stat st;
	struct err e;

	tap_is_int(io_private_dir(deep, &e), 0, "folders are made with those above them");
	chmod(deep, 0755);
	tap_is_int(io_private_dir(deep, &e), 0, "an own folder is made private");
	tap_ok(stat(deep, &st) == 0 && (st.st_mode & 077) == 0, "so that nobody else can enter");
	if (symlink(deep, link) == -1)
		abort();
	tap_is_int(io_private_dir(link, &e), E_PERM, "a link is not a private folder");
	unlink(link);
	rmdir(deep);
	rmdir(up);
	free(deep);
	free(up);
	free(link);
}

static void
test_err(void)
{
	struct err e;
	char longer[600];

	errno = ENOENT;
	tap_is_int(err_errno(&e, E_FAIL, "cannot open '%s'", "x"), E_FAIL, "the code is returned");
	tap_is_str(e.text, "cannot open 'x': No such file or directory", "errno is appended");
	tap_is_int(err_prefix(&e, "line %d", 3), E_FAIL, "a prefix keeps the code");
	tap_is_str(
	    e.text, "line 3: cannot open 'x': No such file or directory", "and is put before");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	err_set(&e, E_INPUT, "%s", longer);
	tap_is_int((int64_t)strlen(e.text), (int64_t)sizeof(e.text) - 1, "a long one is cut");
}

int
main(void)
{
	char *dir = scratch_new("t_base");

	test_err();
	test_strv();
	test_buf();
	test_utf8();
	test_hash_fast();
	test_hash();
	test_own_process();
	test_child();
	test_no_descriptors();
	test_replace(dir);
	test_folders(dir);
	scratch_remove(dir);
	free(dir);
	test_follow();
	return tap_done();
}
