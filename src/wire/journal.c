/*
 * journal: see journal.h. Records are written at a kept offset, not appended: what a failed write
 * left behind is cut off, or overwritten by the next one, and can never stand between two whole
 * records.
 */
#include "wire/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <libutil.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/failpoint.h"
#include "base/io.h"
#include "base/mem.h"

struct journal {
	char *path;
	int fd, lock;
	off_t size;
	struct buf added; /* not written yet */
};

/* The lock file, locked; -1 with errno EWOULDBLOCK if somebody has it. */
static int
lock_open(const char *path)
{
	char *lock = xasprintf("%s.lock", path);
	int fd = flopen(lock, O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW, 0600);

	free(lock);
	return fd;
}

static void
lock_unlink(const char *path)
{
	char *lock = xasprintf("%s.lock", path);

	unlink(lock);
	free(lock);
}

int
journal_create(struct journal **made, const char *path, struct err *e)
{
	struct journal *j;
	int fd, lock = FAILPOINT("journal.create") ? -1 : lock_open(path);

	if (lock == -1 && errno == EWOULDBLOCK)
		return err_set(e, E_CONFLICT, "journal '%s' belongs to a running process", path);
	if (lock == -1)
		return err_errno(e, E_FAIL, "cannot lock '%s.lock'", path);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1) {
		err_errno(e, E_FAIL, "cannot create journal '%s'", path);
		close(lock);
		return E_FAIL;
	}
	j = xcalloc(1, sizeof(*j));
	j->path = xstrdup(path);
	j->fd = fd;
	j->lock = lock;
	*made = j;
	return 0;
}

void
journal_add(struct journal *j, enum frame_type type, const struct buf *body)
{
	frame_add(&j->added, type, body);
}

bool
journal_dirty(const struct journal *j)
{
	return j->added.len > 0;
}

void
journal_drop(struct journal *j)
{
	buf_release(&j->added);
}

/* All of data at offset. 0, or -1 with errno and the file cut back to offset. */
static int
write_at(int fd, const struct buf *data, off_t offset)
{
	size_t done = 0;
	ssize_t n;
	int saved;

	while (done < data->len) {
		n = pwrite(fd, data->data + done, data->len - done, offset + (off_t)done);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			saved = errno;
			if (ftruncate(fd, offset) == -1)
				saved = errno;
			errno = saved;
			return -1;
		}
		done += (size_t)n;
	}
	return 0;
}

int
journal_flush(struct journal *j, struct err *e)
{
	if (j->added.len == 0)
		return 0;
	if (FAILPOINT("journal.write") || write_at(j->fd, &j->added, j->size) == -1)
		return err_errno(e, E_FAIL, "cannot write journal '%s'", j->path);
	(void)FAILPOINT("journal.written");
	j->size += (off_t)j->added.len;
	buf_reuse(&j->added);
	return 0;
}

size_t
journal_size(const struct journal *j)
{
	return (size_t)j->size;
}

/* The live frames in a new file in place of the old one; its descriptor or -1 with errno. */
static int
replace(const char *path, const struct buf *live)
{
	char *fresh = xasprintf("%s.new", path);
	int fd, saved;

	fd = open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd != -1 && (write_at(fd, live, 0) == -1 || rename(fresh, path) == -1)) {
		saved = errno;
		close(fd);
		unlink(fresh);
		errno = saved;
		fd = -1;
	}
	free(fresh);
	return fd;
}

int
journal_cut(struct journal *j, const struct buf *live, struct err *e)
{
	int fd = j->fd;

	/* Nothing is left: emptying the file in place works on a full disk, too. */
	if (live->len == 0 && ftruncate(j->fd, 0) == -1)
		return err_errno(e, E_FAIL, "cannot empty journal '%s'", j->path);
	if (live->len > 0 && (fd = replace(j->path, live)) == -1)
		return err_errno(e, E_FAIL, "cannot rewrite journal '%s'", j->path);
	if (fd != j->fd) {
		close(j->fd);
		j->fd = fd;
	}
	j->size = (off_t)live->len;
	journal_drop(j);
	return 0;
}

void
journal_close(struct journal *j, bool remove)
{
	close(j->fd);
	if (remove)
		journal_remove(j->path, j->lock);
	else
		close(j->lock);
	buf_release(&j->added);
	free(j->path);
	free(j);
}

int
journal_claim(const char *path, bool *alive, struct err *e)
{
	int lock = lock_open(path);

	*alive = lock == -1 && errno == EWOULDBLOCK;
	if (lock == -1 && !*alive)
		return err_errno(e, E_FAIL, "cannot lock '%s.lock'", path);
	return lock;
}

void
journal_unlink(const char *path)
{
	unlink(path);
	lock_unlink(path);
}

void
journal_remove(const char *path, int lock)
{
	journal_unlink(path);
	close(lock);
}

/* Hands on the whole records at the start of b and drops them. False at one that is broken. */
static bool
take_records(struct buf *b, void (*each)(void *, enum frame_type, const void *, size_t),
    void *arg)
{
	enum frame_type type;
	const void *body;
	size_t len, done = 0;
	ssize_t n;

	while ((n = frame_peek(b->data + done, b->len - done, &type, &body, &len)) > 0) {
		each(arg, type, body, len);
		done += (size_t)n;
	}
	if (done > 0)
		buf_drop(b, done);
	return n == 0;
}

int
journal_read(const char *path,
    void (*each)(void *arg, enum frame_type, const void *body, size_t len), void *arg,
    struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), rc = 0;
	struct buf b = { 0 };
	ssize_t n;

	if (fd == -1 && errno == ENOENT)
		return 0;
	if (fd == -1)
		return err_errno(e, E_FAIL, "cannot open journal '%s'", path);
	do {
		n = read(fd, buf_room(&b, 1 << 16), 1 << 16);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			rc = err_errno(e, E_FAIL, "cannot read journal '%s'", path);
		else
			b.len += (size_t)n;
	} while (n != 0 && rc == 0 && (n == -1 || take_records(&b, each, arg)));
	buf_release(&b);
	close(fd);
	return rc;
}
