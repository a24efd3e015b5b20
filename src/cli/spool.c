/*
 * spool: see spool.h.
 */
#include "cli/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"

#define BLOCK (64 * 1024)

/* A file without a name, in TMPDIR or where large temporary files belong. */
static int
open_unlinked(struct err *e)
{
	const char *folder = getenv("TMPDIR");
	char *path = xasprintf("%s/jobsched.XXXXXX", folder != NULL ? folder : "/var/tmp");
	int fd = mkostemp(path, O_CLOEXEC);

	if (fd < 0)
		err_errno(e, E_FAIL, "cannot make a temporary file '%s'", path);
	else
		unlink(path);
	free(path);
	return fd;
}

/* Copies what `from` still gives up. */
static int
copy(int from, int to, const char *name, struct err *e)
{
	char *block = xmalloc(BLOCK);
	ssize_t n;
	int r = 0;

	while (r == 0 && (n = read(from, block, BLOCK)) != 0) {
		if (n < 0 && errno != EINTR)
			r = err_errno(e, E_FAIL, "cannot read '%s'", name);
		else if (n > 0 && io_write_all(to, block, (size_t)n) < 0)
			r = err_errno(e, E_FAIL, "cannot keep '%s' in a temporary file", name);
	}
	free(block);
	return r;
}

/* Replaces the descriptor by one of a regular file with the same bytes, at its beginning. */
static int
keep_copy(struct spool *l, struct err *e)
{
	int fd = open_unlinked(e);

	if (fd < 0)
		return e->code;
	if (copy(l->fd, fd, l->name, e) < 0) {
		close(fd);
		return e->code;
	}
	if (l->fd != STDIN_FILENO)
		close(l->fd);
	l->fd = fd;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_errno(e, E_FAIL, "cannot read the temporary file");
	return 0;
}

int
spool_open(struct spool *l, const char *path, struct err *e)
{
	bool standard = strcmp(path, "-") == 0;
	struct stat st;
	int r = 0;

	memset(l, 0, sizeof(*l));
	l->name = standard ? "standard input" : path;
	l->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (l->fd < 0)
		return err_errno(e, E_INPUT, "cannot open '%s'", path);
	if (fstat(l->fd, &st) < 0)
		r = err_errno(e, E_FAIL, "cannot read '%s'", l->name);
	else if (!S_ISREG(st.st_mode))
		r = keep_copy(l, e);
	if (r == 0 && fstat(l->fd, &st) == 0) {
		l->start = lseek(l->fd, 0, SEEK_CUR);
		l->size = st.st_size - l->start;
	}
	if (r < 0)
		spool_close(l);
	return r;
}

/* Reads one more block behind what is left of the one before. */
static int
fill(struct spool *l, struct err *e)
{
	ssize_t n;

	buf_drop(&l->buf, l->at);
	l->at = 0;
	do
		n = read(l->fd, buf_room(&l->buf, BLOCK), BLOCK);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_errno(e, E_FAIL, "cannot read '%s'", l->name);
	l->end = n == 0;
	l->buf.len += (size_t)n;
	return 0;
}

int
spool_next(struct spool *l, const char **text, size_t *len, struct err *e)
{
	size_t searched = 0, left;
	const char *end;

	for (;;) {
		left = l->buf.len - l->at;
		*text = left > 0 ? l->buf.data + l->at : NULL;
		end = left > searched ? memchr(*text + searched, '\n', left - searched) : NULL;
		if (end != NULL || l->end)
			break;
		searched = left;
		if (left > LINE_MAX_BYTES)
			return err_set(e, E_INPUT, "line %lld: longer than %d bytes",
			    (long long)l->number + 1, LINE_MAX_BYTES);
		if (fill(l, e) < 0)
			return e->code;
	}
	if (left == 0)
		return 0;
	*len = end != NULL ? (size_t)(end - *text) : left;
	l->at += *len + (end != NULL);
	l->read += (int64_t)*len + (end != NULL);
	l->number++;
	return 1;
}

int
spool_rewind(struct spool *l, struct err *e)
{
	if (lseek(l->fd, (off_t)l->start, SEEK_SET) < 0)
		return err_errno(e, E_FAIL, "cannot read '%s' again", l->name);
	buf_clear(&l->buf);
	l->at = 0;
	l->end = false;
	l->read = l->number = 0;
	return 0;
}

void
spool_close(struct spool *l)
{
	if (l->fd > STDIN_FILENO)
		close(l->fd);
	l->fd = -1;
	buf_release(&l->buf);
}
