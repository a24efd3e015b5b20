/*
 * t_spool: the lines of files and pipes; the jobs that are kept, and the set of names of a file.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "cli/shelf.h"
#include "cli/names.h"
#include "cli/spool.h"
#include "job/field.h"
#include "job/job.h"
#include "tap.h"

#include <fcntl.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name, *text;
	const char *want; /* each line in brackets */
} cases[] = {
	{ "an empty file has no line", "", "" },
	{ "one line", "a\n", "[a]" },
	{ "a last line without an end", "a\nb", "[a][b]" },
	{ "empty lines are lines", "\n\na\n\n", "[][][a][]" },
	{ "a carriage return stays", "a\r\n", "[a\r]" },
};

/* All lines, each in brackets. The caller's. */
static char *
read_all(struct spool *l)
{
	struct buf b = { 0 };
	struct err e;
	const char *text;
	size_t len;
	int r;

	while ((r = spool_next(l, &text, &len, &e)) > 0)
		buf_addf(&b, "[%.*s]", (int)len, text);
	if (r < 0)
		buf_addf(&b, "error: %s", e.text);
	return buf_string(&b);
}

static void
check_lines(struct spool *l, const char *want, const char *how, const char *name)
{
	char *got = read_all(l);

	tap_is_str(got, want, "%s: %s", how, name);
	free(got);
}

static void
test_file(const char *name, const char *text, size_t len, const char *want)
{
	char path[] = "/tmp/t_spool.XXXXXX";
	int fd = mkstemp(path);
	struct spool l;
	struct err e;

	if (fd < 0 || io_write_all(fd, text, len) < 0)
		abort();
	close(fd);
	if (tap_ok(spool_open(&l, path, &e) == 0, "file: %s: opens", name)) {
		check_lines(&l, want, "file", name);
		spool_close(&l);
	}
	unlink(path);
}

/* Standard input is a pipe. */
static void
test_pipe(const char *name, const char *text, const char *want)
{
	struct spool l;
	struct err e;
	int ends[2], keep = dup(STDIN_FILENO);

	if (pipe(ends) < 0 || io_write_all(ends[1], text, strlen(text)) < 0)
		abort();
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	if (tap_ok(spool_open(&l, "-", &e) == 0, "pipe: %s: opens", name)) {
		check_lines(&l, want, "pipe", name);
		spool_close(&l);
	}
	if (keep >= 0)
		dup2(keep, STDIN_FILENO);
	close(keep);
}

/* Lines that end right before, at and after the end of a block. */
static void
test_blocks(void)
{
	const size_t block = 65536;

	for (size_t n = block - 2; n <= block + 2; n++) {
		struct buf text = { 0 }, want = { 0 };
		char *line = xmalloc(n), *name = xasprintf("a line of %zu bytes", n), *wanted;

		memset(line, 'x', n);
		buf_add(&text, line, n);
		buf_addstr(&text, "\ny\n");
		buf_addc(&want, '[');
		buf_add(&want, line, n);
		buf_addstr(&want, "][y]");
		wanted = buf_string(&want);
		test_file(name, text.data, text.len, wanted);
		free(wanted);
		free(name);
		free(line);
		buf_release(&text);
	}
}

static void
test_too_long(void)
{
	size_t n = LINE_MAX_BYTES + 200000;
	struct spool l;
	struct err e;
	char path[] = "/tmp/t_spool.XXXXXX", *text = xmalloc(n), *got;
	int fd = mkstemp(path);

	memset(text, 'x', n);
	if (fd < 0 || io_write_all(fd, "a\n", 2) < 0 || io_write_all(fd, text, n) < 0)
		abort();
	close(fd);
	if (tap_ok(spool_open(&l, path, &e) == 0, "a file with a huge line opens")) {
		got = read_all(&l);
		tap_is_str(got, "[a]error: line 2: longer than 16777216 bytes",
		    "a line that is too long is refused by its number");
		free(got);
		spool_close(&l);
	}
	unlink(path);
	free(text);
}

static void
test_missing(void)
{
	struct spool l;
	struct err e;

	tap_is_int(spool_open(&l, "/nonexistent/file", &e), E_INPUT, "a file that is not there");
	tap_is_str(e.text, "cannot open '/nonexistent/file': No such file or directory", "is named");
}

static void
test_names(void)
{
	struct names s = { 0 };
	char name[32];
	int wrong = 0;

	tap_ok(!names_has(&s, "u", "n"), "an empty set has no name");
	for (int i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "name-%d", i);
		wrong += names_has(&s, "u", name) || !names_add(&s, "u", name);
	}
	tap_is_int(wrong, 0, "10,000 names are new, each once");
	for (int i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "name-%d", i);
		wrong += !names_has(&s, "u", name) || names_add(&s, "u", name);
	}
	tap_is_int(wrong, 0, "10,000 names are there then");
	tap_ok(!names_has(&s, "v", "name-1"), "another user's name is another name");
	tap_ok(!names_has(&s, "uname", "-1"), "user and name do not run together");
	names_release(&s);
}

/* ---- jobs that are kept ---- */

/* Each member another than job_init makes it; i tells them apart. */
static struct job
odd_job(int i)
{
	struct job job;
	char text[64];

	job_init(&job);
	snprintf(text, sizeof(text), "[\"a=%d\",\"\",\"x \\\"y\\\"\"]", i);
	for (const struct field *f = job_fields; f->name != NULL; f++) {
		if (f->type == FIELD_TEXT || f->type == FIELD_WORDS)
			(void)field_set_text(f, &job, text);
		else if (f->type == FIELD_BOOL || f->type == FIELD_CHOICE)
			field_set_int(f, &job, field_int(f, &job) == 1 ? 0 : 1);
		else
			field_set_int(f, &job, -1 - i);
	}
	return job;
}

/* An odd one, and one of which hardly anything is set. */
static struct job
some_job(int i)
{
	struct job job;

	if (i % 2 == 0)
		return odd_job(i);
	job_init(&job);
	job.command = xasprintf("true %d", i);
	return job;
}

static bool
is_same(const struct job *a, const struct job *b)
{
	for (const struct field *f = job_fields; f->name != NULL; f++)
		if (!field_equal(f, a, b))
			return false;
	return true;
}

/* How many came back as they were. */
static int
read_kept(struct shelf *k)
{
	int64_t number;
	struct job got;
	struct err e;
	size_t size;
	int right = 0, r;

	for (int i = 0; (r = shelf_next(k, &got, &number, &size, &e)) > 0; i++) {
		struct job want = some_job(i);

		right += number == 10 * i && size > 0 && is_same(&got, &want);
		job_release(&want);
		job_release(&got);
	}
	return r < 0 ? r : right;
}

static void
test_kept(int n, bool in_file)
{
	struct shelf k = { .fd = -1 };
	struct err e;
	int failed = 0;

	for (int i = 0; i < n; i++) {
		struct job job = some_job(i);

		failed += shelf_add(&k, &job, 10 * i, &e) < 0;
		job_release(&job);
	}
	failed += shelf_rewind(&k, &e) < 0;
	tap_is_int(failed, 0, "%d jobs are kept", n);
	tap_is_int(k.fd >= 0, in_file, "%d jobs: %s", n, in_file ? "in a file" : "in memory");
	tap_is_int(read_kept(&k), n, "%d jobs come back as they were", n);
	shelf_release(&k);
}

static void
test_kept_nowhere(void)
{
	struct shelf k = { .fd = -1 };
	struct job job = odd_job(1);
	struct err e;
	int r = 0;

	setenv("TMPDIR", "/nonexistent", 1);
	for (int i = 0; i < 20000 && r == 0; i++)
		r = shelf_add(&k, &job, i, &e);
	tap_is_int(r, E_FAIL, "without a place for the file they are refused");
	tap_ok(strstr(e.text, "/nonexistent/jobsched.") != NULL, "and the place is named");
	job_release(&job);
	shelf_release(&k);
}

int
main(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		test_file(cases[i].name, cases[i].text, strlen(cases[i].text), cases[i].want);
		test_pipe(cases[i].name, cases[i].text, cases[i].want);
	}
	test_blocks();
	test_too_long();
	test_missing();
	test_names();
	test_kept(0, false);
	test_kept(100, false);
	test_kept(20000, true);
	test_kept_nowhere();
	return tap_done();
}
