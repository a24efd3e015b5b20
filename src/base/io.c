/*
 * io: see io.h.
 */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

int
io_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int
io_read_all(int fd, struct buf *b, size_t max, struct err *e)
{
	size_t start = b->len;
	ssize_t n;

	for (;;) {
		/* Most files are small, and need no large piece of memory. */
		size_t room = b->len - start < 4096 ? 4096 : 65536;

		n = read(fd, buf_room(b, room), room);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return err_errno(e, E_FAIL, "cannot read");
		if (n == 0)
			return 0;
		b->len += (size_t)n;
		if (b->len - start > max)
			return err_set(e, E_INPUT, "longer than %zu bytes", max);
	}
}

int
io_read_file(const char *path, struct buf *b, size_t max, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), rc;

	if (fd == -1)
		return err_errno(e, E_FAIL, "cannot open '%s'", path);
	if ((rc = io_read_all(fd, b, max, e)) < 0)
		err_prefix(e, "'%s'", path);
	close(fd);
	return rc;
}

static void
sync_folder_of(const char *path)
{
	char *copy = xstrdup(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd != -1) {
		fsync(fd);
		close(fd);
	}
	free(copy);
}

int
io_replace_file(const char *path, const void *data, size_t len, mode_t mode, struct err *e)
{
	char *temporary = xasprintf("%s.XXXXXX", path);
	int fd = mkostemp(temporary, O_CLOEXEC), rc = 0;

	if (fd == -1)
		rc = err_errno(e, E_FAIL, "cannot create '%s'", temporary);
	else if (io_write_all(fd, data, len) == -1 || fchmod(fd, mode) == -1 || fsync(fd) == -1)
		rc = err_errno(e, E_FAIL, "cannot write '%s'", temporary);
	else if (rename(temporary, path) == -1)
		rc = err_errno(e, E_FAIL, "cannot rename '%s' to '%s'", temporary, path);
	else
		sync_folder_of(path);
	if (rc < 0 && fd != -1)
		unlink(temporary);
	if (fd != -1)
		close(fd);
	free(temporary);
	return rc;
}

int
io_mkdirs(const char *path, mode_t mode, struct err *e)
{
	char *copy;
	int rc = 0;

	/* Mostly all of them are there. What fails here fails below, by the name of a folder. */
	if (mkdir(path, mode) == 0 || errno == EEXIST)
		return 0;
	copy = xstrdup(path);
	for (char *p = copy + 1; rc == 0; p++) {
		char was = *p;

		if (was != '/' && was != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, mode) == -1 && errno != EEXIST)
			rc = err_errno(e, errno == EACCES || errno == EPERM ? E_PERM : E_FAIL,
			    "cannot create folder '%s'", copy);
		*p = was;
		if (was == '\0')
			break;
	}
	free(copy);
	return rc;
}

int
io_private_dir(const char *path, struct err *e)
{
	struct stat st;
	int rc;

	if ((rc = io_mkdirs(path, 0700, e)) < 0)
		return rc;
	if (lstat(path, &st) == -1)
		return err_errno(e, E_FAIL, "cannot look at '%s'", path);
	if (!S_ISDIR(st.st_mode))
		return err_set(e, E_PERM, "'%s' is not a folder", path);
	if (st.st_uid != geteuid())
		return err_set(e, E_PERM, "folder '%s' belongs to another user", path);
	if ((st.st_mode & 077) != 0 && chmod(path, 0700) == -1)
		return err_errno(e, E_PERM, "cannot make '%s' private", path);
	return 0;
}

int
io_nameless(const char *name, const char *folder)
{
#ifdef HAVE_MEMFD_CREATE
	(void)folder;
	return memfd_create(name, MFD_CLOEXEC);
#else
	char *path = xasprintf("%s/%s.XXXXXX", folder, name);
	int fd = mkostemp(path, O_CLOEXEC);

	if (fd != -1)
		unlink(path);
	free(path);
	return fd;
#endif
}

int
io_set_nonblock(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags == -1 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

int
io_set_cloexec(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	return flags == -1 ? -1 : fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
}
