/*
 * file: see file.h.
 */
#include "conf/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/trusted.h"
#include "conf/parse.h"

#define FILE_MAX (1024 * 1024) /* bytes */

static int
check_file(int fd, const char *path, bool system, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return err_errno(e, E_FAIL, "cannot look at '%s'", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, E_INPUT, "'%s' is not a regular file", path);
	if (system && st.st_uid != 0)
		return err_set(e, E_PERM, "'%s' is not root's", path);
	if (system && (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return err_set(e, E_PERM, "'%s' can be written by others than root", path);
	return 0;
}

static int
read_fd(struct conf *c, int fd, const char *path, struct err *e)
{
	struct buf text = { 0 };
	const char *nul;
	int line = 1, rc;

	if ((rc = io_read_all(fd, &text, FILE_MAX, e)) < 0)
		err_prefix(e, "'%s'", path);
	else if ((nul = memchr(text.data, '\0', text.len)) != NULL) {
		for (const char *p = text.data; p < nul; p++)
			line += *p == '\n';
		rc = err_set(e, E_INPUT, "%s:%d: a NUL byte", path, line);
	} else {
		buf_addc(&text, '\0');
		rc = conf_parse(c, path, text.data, text.len - 1, e);
	}
	buf_release(&text);
	return rc;
}

int
conf_file_read(
    struct conf *c, const char *path, bool system, bool must_exist, bool *found, struct err *e)
{
	int fd, rc;

	*found = false;
	if (system && (rc = trusted_way(path, e)) < 0)
		return rc;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	*found = fd != -1;
	if (fd == -1 && !must_exist && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd == -1)
		return err_errno(
		    e, errno == EACCES ? E_PERM : E_INPUT, "cannot open config '%s'", path);
	if ((rc = check_file(fd, path, system, e)) == 0)
		rc = read_fd(c, fd, path, e);
	close(fd);
	return rc;
}
