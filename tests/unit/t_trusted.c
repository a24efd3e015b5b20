/*
 * t_trusted: which files may be read, and whether they changed.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/trusted.h"
#include "scratch.h"
#include "tap.h"

#define BOUND 100      /* bytes */
#define STRANGER 12345 /* a user id that is neither root's nor ours */

static char *folder;

static char *
at(const char *name)
{
	return xasprintf("%s/%s", folder, name);
}

/* Reads and releases. */
static int
try_read(const char *path, struct err *e)
{
	struct file_stamp stamp;
	struct buf text = { 0 };
	int rc = trusted_read(path, BOUND, &text, &stamp, e);

	buf_release(&text);
	return rc;
}

static void
test_read(void)
{
	struct file_stamp stamp, later;
	struct buf text = { 0 };
	struct err e;
	char *path = scratch_file(folder, "good", "@daily a\n", 0644);

	tap_ok(trusted_read(path, BOUND, &text, &stamp, &e) == 0 && text.len == 9 &&
		memcmp(text.data, "@daily a\n", 9) == 0,
	    "a file is read whole");
	tap_ok(file_stamp_get(path, &later) && file_stamp_equal(&stamp, &later),
	    "an unchanged file has an equal stamp");
	buf_release(&text);
	tap_ok(truncate(path, 3) == 0 && file_stamp_get(path, &later) &&
		!file_stamp_equal(&stamp, &later),
	    "a changed file has another stamp");
	unlink(path);
	tap_ok(!file_stamp_get(path, &later), "a file that has gone has no stamp");
	tap_is_int(try_read(path, &e), E_FAIL, "a file that has gone cannot be read");
	free(path);
}

static void
test_bound(void)
{
	struct err e;
	char *path = scratch_file(folder, "long", "", 0644);

	tap_ok(truncate(path, BOUND) == 0 && try_read(path, &e) == 0, "the bound may be reached");
	tap_ok(truncate(path, BOUND + 1) == 0 && try_read(path, &e) == E_INPUT,
	    "one byte more is refused");
	unlink(path);
	free(path);
}

static void
test_modes(void)
{
	static const struct {
		mode_t mode;
		int rc;
	} modes[] = { { 0600, 0 }, { 0644, 0 }, { 0755, 0 }, { 0400, 0 }, { 0664, E_PERM },
		{ 0646, E_PERM }, { 0622, E_PERM } };
	struct err e;

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		char *path = scratch_file(folder, "mode", "", modes[i].mode);

		tap_is_int(try_read(path, &e), modes[i].rc, "a file of mode %04o is %s",
		    (unsigned)modes[i].mode, modes[i].rc == 0 ? "read" : "refused");
		unlink(path);
		free(path);
	}
}

static void
test_other_kinds(void)
{
	char *fifo = at("fifo"), *sub = at("sub2"), *linked = scratch_file(folder, "linked", "", 0644);
	char *second = at("second");
	struct err e;

	if (mkfifo(fifo, 0600) == -1 || mkdir(sub, 0700) == -1 || link(linked, second) == -1)
		abort();
	tap_is_int(try_read(fifo, &e), E_FAIL, "a FIFO is refused and holds nobody up");
	tap_is_int(try_read(sub, &e), E_FAIL, "a folder is refused");
	tap_is_int(try_read("/dev/zero", &e), E_FAIL, "a device is refused");
	tap_is_int(try_read(linked, &e), E_PERM, "a file with a second link is refused");
	unlink(second);
	tap_is_int(try_read(linked, &e), 0, "and read again without it");
	free(fifo);
	free(sub);
	free(linked);
	free(second);
}

static void
test_symlinks(void)
{
	char *target = scratch_file(folder, "target", "", 0644), *path = at("symlink"), *open_to_all;
	struct err e;

	open_to_all = scratch_file(folder, "open", "", 0666);
	if (symlink("target", path) == -1)
		abort();
	tap_is_int(try_read(path, &e), 0, "a symbolic link to a good file is read");
	unlink(path);
	if (symlink("open", path) == -1)
		abort();
	tap_is_int(try_read(path, &e), E_PERM, "one to a file that others can write is refused");
	unlink(path);
	if (symlink("nowhere", path) == -1)
		abort();
	tap_is_int(try_read(path, &e), E_FAIL, "one to nowhere is refused");
	free(target);
	free(path);
	free(open_to_all);
}

/* Files of strangers can be made by root only. */
static void
test_strangers(void)
{
	char *target = at("target"), *path = at("strange"), *link_path = at("strange_link");
	struct err e;

	if (geteuid() != 0) {
		tap_is_int(try_read("/etc/passwd", &e), 0, "a file of root is read");
		goto out;
	}
	free(scratch_file(folder, "strange", "", 0644));
	if (chown(path, STRANGER, STRANGER) == -1 || symlink("target", link_path) == -1 ||
	    lchown(link_path, STRANGER, STRANGER) == -1)
		abort();
	tap_is_int(try_read(path, &e), E_PERM, "a stranger's file is refused");
	tap_is_int(try_read(target, &e), 0, "root's own is read");
	tap_is_int(try_read(link_path, &e), E_PERM, "a stranger's link to it is refused");
	if (chmod(folder, 0755) == -1 || seteuid(STRANGER) == -1)
		abort();
	tap_is_int(try_read(path, &e), 0, "a user's own file is read by that user");
	tap_is_int(try_read(target, &e), 0, "and so is root's");
	if (seteuid(0) == -1)
		abort();
out:
	free(target);
	free(path);
	free(link_path);
}

/* A folder on the way, with this owner, group and mode, and what it makes of a file in it. */
static void
test_way(void)
{
	static const struct {
		uid_t uid;
		gid_t gid;
		mode_t mode;
		int rc;
		const char *what;
	} ways[] = {
		{ 0, 0, 0755, 0, "root's, for itself" },
		{ 0, 0, 0775, 0, "root's, written by root's group" },
		{ 0, STRANGER, 0755, 0, "root's, read by a group" },
		{ 0, STRANGER, 0775, E_PERM, "root's, written by a group" },
		{ 0, 0, 0757, E_PERM, "root's, written by all" },
		{ 0, 0, 01777, 0, "root's, written by all, but sticky" },
		{ STRANGER, 0, 0755, E_PERM, "a stranger's" },
		{ STRANGER, 0, 01777, E_PERM, "a stranger's, and sticky" },
	};
	char *way = at("way"), *file = at("way/file"), *link_path = at("way_link");
	char *through = at("way_link/file");
	struct err e;

	if (geteuid() != 0) {
		tap_is_int(trusted_way("/nowhere/at/all", &e), 0, "only root's ways are judged");
		goto out;
	}
	if (mkdir(way, 0755) == -1 || symlink("way", link_path) == -1)
		abort();
	free(scratch_file(folder, "way/file", "", 0644));
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (chown(way, ways[i].uid, ways[i].gid) == -1 || chmod(way, ways[i].mode) == -1)
			abort();
		tap_is_int(try_read(file, &e), ways[i].rc, "a file in a folder: %s", ways[i].what);
		tap_is_int(trusted_way(through, &e), ways[i].rc, "through a link to it: %s",
		    ways[i].what);
	}
	if (chown(way, 0, 0) == -1 || chmod(way, 0755) == -1 ||
	    lchown(link_path, STRANGER, STRANGER) == -1)
		abort();
	tap_is_int(trusted_way(through, &e), E_PERM, "a stranger's link to a folder");
	tap_is_int(trusted_way("/nowhere/at/all", &e), 0, "what is not there is nobody's");
out:
	free(way);
	free(file);
	free(link_path);
	free(through);
}

static void
test_file(void)
{
	char *file = scratch_file(folder, "data", "", 0600), *none = at("no_data");
	struct err e;

	tap_is_int(trusted_file(file, &e), 0, "a file of one's own may be used");
	tap_is_int(trusted_file(none, &e), 0, "so may one that is not there");
	tap_is_int(trusted_file(folder, &e), E_PERM, "but no folder");
	if (chmod(file, 0660) == -1)
		abort();
	tap_is_int(trusted_file(file, &e), E_PERM, "nor what others can write");
	if (geteuid() == 0 && (chmod(file, 0600) == -1 || chown(file, STRANGER, 0) == -1))
		abort();
	tap_is_int(trusted_file(file, &e), E_PERM, "nor a stranger's");
	free(file);
	free(none);
}

int
main(void)
{
	folder = scratch_new("t_trusted");
	test_read();
	test_bound();
	test_modes();
	test_other_kinds();
	test_symlinks();
	test_strangers();
	test_way();
	test_file();
	scratch_remove(folder);
	free(folder);
	return tap_done();
}
