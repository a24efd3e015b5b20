/*
 * t_joblock: what is written into a lock file is read back, and nothing else is taken for it.
 */
#include "wire/joblock.h"

#include <err.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"
#include "tap.h"

static char *dir, path[64];

static bool
read_back(const char *text, size_t len, struct joblock *l)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd == -1 || write(fd, text, len) != (ssize_t)len)
		err(1, "%s", path);
	close(fd);
	return joblock_read(path, l);
}

static void
test_round_trip(void)
{
	static const struct joblock cases[] = {
		{ 1, { "0d7a8e3e-0000-4000-8000-123456789abc", 2, 3 } },
		{ INT64_MAX, { "0d7a8e3e-0000-4000-8000-123456789abc", INT32_MAX, INT64_MAX } },
	};
	char text[JOBLOCK_TEXT];
	struct joblock got;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct joblock *l = &cases[i];

		joblock_format(text, l->fence, &l->proc);
		tap_ok(text[JOBLOCK_TEXT - 1] == '\n', "case %zu ends its line", i);
		tap_ok(read_back(text, sizeof(text), &got), "case %zu is read", i);
		tap_ok(got.fence == l->fence && got.proc.pid == l->proc.pid &&
			got.proc.start == l->proc.start && strcmp(got.proc.boot, l->proc.boot) == 0,
		    "case %zu is what was written", i);
	}
}

static void
test_refused(void)
{
	static const char *const cases[] = {
		"", "1\n", "1 2 3\n", "x 2 3 boot\n", "1 -2 3 boot\n", "0 2 3 boot\n",
		"1 2 0 boot\n", "1  2 3 boot\n", "99999999999999999999 2 3 boot\n",
		"1 2 3 a-boot-id-that-is-longer-than-any-boot-id-is\n",
	};
	struct joblock l;
	char text[JOBLOCK_TEXT];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(text, ' ', sizeof(text));
		memcpy(text, cases[i], strlen(cases[i]));
		tap_ok(!read_back(text, sizeof(text), &l), "'%.*s' names nobody",
		    (int)strcspn(cases[i], "\n"), cases[i]);
	}
	tap_ok(!read_back("1 2 3 boot\n", 11, &l), "a part of the text names nobody");
	tap_ok(!joblock_read(dir, &l), "a folder names nobody");
	tap_ok(joblock_read_from(-1, &l) == -1, "what cannot be read is not nobody");
	unlink(path);
	tap_ok(!joblock_read(path, &l), "no file names nobody");
	if (mkfifo(path, 0600) == -1)
		err(1, "mkfifo");
	tap_ok(!joblock_read(path, &l), "a pipe names nobody, and does not hang");
	unlink(path);
	if (symlink("/proc/self/stat", path) == -1)
		err(1, "symlink");
	tap_ok(!joblock_read(path, &l), "a link is not followed");
}

int
main(void)
{
	char name[32];

	dir = scratch_new("t_joblock");
	joblock_name(42, name, sizeof(name));
	tap_is_str(name, "job-42.lock", "a lock is named by its job");
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	test_round_trip();
	test_refused();
	unlink(path);
	scratch_remove(dir);
	free(dir);
	return tap_done();
}
