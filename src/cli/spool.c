/*
 * spool: see spool.h.
 */
#include "cli/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

#define BLOCK (64 * 1024)

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
spool_open(struct spool *l, const char *path, struct err *e)
{
	bool standard = strcmp(path, "-") == 0;
	struct stat st;
	off_t start;

	memset(l, 0, sizeof(*l));
	l->name = standard ? "standard input" : path;
	l->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (l->fd < 0)
		return err_errno(e, E_INPUT, "cannot open '%s'", path);
	if (fstat(l->fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (start = lseek(l->fd, 0, SEEK_CUR)) >= 0)
		l->size = st.st_size - start;
	/* So that what cannot be read is refused before anything else is done. */
	if (fill(l, e) == 0)
		return 0;
	spool_close(l);
	return e->code;
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

void
spool_close(struct spool *l)
{
	if (l->fd > STDIN_FILENO)
		close(l->fd);
	l->fd = -1;
	buf_release(&l->buf);
}
