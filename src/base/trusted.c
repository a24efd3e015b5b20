/*
 * trusted: see trusted.h.
 */
#include "base/trusted.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"

static int64_t
nanoseconds(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

static struct file_stamp
stamp_of(const struct stat *st)
{
	return (struct file_stamp){st->st_dev, st->st_ino, st->st_size, nanoseconds(&st->st_mtim),
	    nanoseconds(&st->st_ctim)};
}

bool
file_stamp_equal(const struct file_stamp *a, const struct file_stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size && a->mtime == b->mtime &&
	       a->ctime == b->ctime;
}

bool
file_stamp_get(const char *path, struct file_stamp *stamp)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return false;
	*stamp = stamp_of(&st);
	return true;
}

static bool
is_trusted(uid_t uid)
{
	return uid == 0 || uid == geteuid();
}

static int
check_owner(const char *path, const struct stat *st, struct err *e)
{
	if (!is_trusted(st->st_uid))
		return err_set(e, E_PERM, "'%s' belongs to user %ju, not to %s", path,
		    (uintmax_t)st->st_uid, geteuid() == 0 ? "root" : "you or root");
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return err_set(e, E_PERM,
		    "'%s' can be written by others than its owner (mode %04o)", path,
		    (unsigned)st->st_mode & 07777);
	return 0;
}

static int
check_file(const char *path, const struct stat *st, struct err *e)
{
	if (!S_ISREG(st->st_mode))
		return err_set(e, E_FAIL, "'%s' is not a regular file", path);
	if (check_owner(path, st, e) < 0)
		return e->code;
	if (st->st_nlink > 1)
		return err_set(e, E_PERM, "'%s' has %ju links: one may be in anyone's folder", path,
		    (uintmax_t)st->st_nlink);
	return 0;
}

/* A link says which file is read, so it has to be of someone who may say that. */
static int
check_link(const char *path, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) == -1)
		return err_errno(e, E_FAIL, "cannot look at '%s'", path);
	if (S_ISLNK(st.st_mode) && !is_trusted(st.st_uid))
		return err_set(
		    e, E_PERM, "the link '%s' belongs to user %ju", path, (uintmax_t)st.st_uid);
	return 0;
}

static int
read_checked(
    int fd, const char *path, size_t max, struct buf *text, struct file_stamp *stamp, struct err *e)
{
	struct file_stamp after;
	struct stat st;

	if (fstat(fd, &st) == -1)
		return err_errno(e, E_FAIL, "cannot look at '%s'", path);
	if (check_file(path, &st, e) < 0)
		return e->code;
	*stamp = stamp_of(&st);
	if (io_read_all(fd, text, max, e) < 0)
		return err_prefix(e, "'%s'", path);
	if (fstat(fd, &st) == -1)
		return err_errno(e, E_FAIL, "cannot look at '%s'", path);
	after = stamp_of(&st);
	if (!file_stamp_equal(stamp, &after))
		return err_set(e, E_FAIL, "'%s' changed while it was read", path);
	return 0;
}

int
trusted_read(
    const char *path, size_t max, struct buf *text, struct file_stamp *stamp, struct err *e)
{
	int fd, rc;

	if (trusted_way(path, e) < 0 || check_link(path, e) < 0)
		return e->code;
	/* Without O_NONBLOCK a FIFO would hold the daemon until someone writes to it. */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return err_errno(e, errno == EACCES ? E_PERM : E_FAIL, "cannot open '%s'", path);
	rc = read_checked(fd, path, max, text, stamp, e);
	close(fd);
	return rc;
}

int
trusted_file(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return errno == ENOENT ? 0 : err_errno(e, E_FAIL, "cannot look at '%s'", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, E_PERM, "'%s' is not a regular file", path);
	return check_owner(path, &st, e);
}

/* ---- the way to a file ---- */

static int
check_folder(const char *path, const struct stat *st, struct err *e)
{
	bool others = (st->st_mode & S_IWOTH) != 0 ||
	    ((st->st_mode & S_IWGRP) != 0 && st->st_gid != 0);

	if (!is_trusted(st->st_uid))
		return err_set(e, E_PERM, "'%s' belongs to user %ju, not to root", path,
		    (uintmax_t)st->st_uid);
	/* In a sticky folder what is root's stays at its place: its owner is looked at next. */
	if (S_ISDIR(st->st_mode) && others && (st->st_mode & S_ISVTX) == 0)
		return err_set(e, E_PERM, "folder '%s' can be written by others than root (mode "
		    "%04o)", path, (unsigned)st->st_mode & 07777);
	return 0;
}

static int walk(const char *path, struct err *e);

/* One step of the way: 1 goes on, 0 ends it, as what is not there has nothing below. */
static int
step(const char *path, struct err *e)
{
	char real[PATH_MAX];
	struct stat st;

	if (lstat(path, &st) == -1)
		return errno == ENOENT ? 0 : err_errno(e, E_FAIL, "cannot look at '%s'", path);
	if (S_ISLNK(st.st_mode)) {
		if (check_folder(path, &st, e) < 0)
			return e->code;
		/* A link to nowhere, and one in a circle, are for whoever opens the file. */
		if (realpath(path, real) == NULL)
			return 0;
		return walk(real, e) < 0 ? e->code : 1;
	}
	if (S_ISDIR(st.st_mode) && check_folder(path, &st, e) < 0)
		return e->code;
	return 1;
}

/* The root folder, then each part of an absolute path. */
static int
walk(const char *path, struct err *e)
{
	char *part;
	int rc = step("/", e);

	for (const char *p = path + 1; rc == 1 && *p != '\0'; p += *p == '/') {
		p += strcspn(p, "/");
		part = xstrndup(path, (size_t)(p - path));
		rc = step(part, e);
		free(part);
	}
	return rc < 0 ? rc : 0;
}

int
trusted_way(const char *path, struct err *e)
{
	char *cwd, *whole;
	int rc;

	if (geteuid() != 0)
		return 0;
	if (path[0] == '/')
		return walk(path, e);
	if ((cwd = getcwd(NULL, 0)) == NULL)
		return err_errno(e, E_FAIL, "cannot tell the current folder");
	whole = xasprintf("%s/%s", cwd, path);
	free(cwd);
	rc = walk(whole, e);
	free(whole);
	return rc;
}
