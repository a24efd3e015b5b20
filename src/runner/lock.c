/*
 * lock: see lock.h.
 */
#include "runner/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/failpoint.h"
#include "base/io.h"
#include "base/mem.h"
#include "wire/joblock.h"

/*
 * The locked file, and what fstat(2) says of it. Whoever removes it has its lock: one that we got
 * too late has no name any more.
 */
static int
open_locked(const char *path, int mode, struct stat *st)
{
	int fd, saved;

	for (;;) {
		fd = open(path, mode | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
		if (fd == -1)
			return -1;
		if (flock(fd, LOCK_EX | LOCK_NB) == -1 || fstat(fd, st) == -1)
			break;
		if (st->st_nlink > 0)
			return fd;
		close(fd);
	}
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/*
 * Somebody has cleaned up the runtime folder. Without a folder for locks no job could start any
 * more, and each would fail for good. What runs lost its lock with the folder, but the store still
 * knows that it runs.
 */
static int
make_folder(const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash != NULL ? xasprintf("%.*s", (int)(slash - path), path) : xstrdup(".");
	int rc = io_private_dir(folder, e);

	free(folder);
	return rc;
}

/* Whether the process that the file names is gone. LOCK_TAKEN: it is, or none is named. */
static enum lock_answer
look_for_survivor(const char *path, int fd, struct err *e)
{
	struct joblock holder;
	int named, lives = 0;

	if ((named = joblock_read_from(fd, &holder)) == 1)
		lives = proc_look(&holder.proc);
	if (named == -1 || lives == -1) {
		err_errno(e, E_FAIL, "lock '%s': cannot tell whether an earlier attempt still runs",
		    path);
		return LOCK_FAILED;
	}
	if (lives == 0)
		return LOCK_TAKEN;
	err_set(e, E_CONFLICT, "lock '%s': process %d of an earlier attempt still runs", path,
	    (int)holder.proc.pid);
	return LOCK_HELD;
}

enum lock_answer
lock_take(const char *path, bool tree, int *fd, int64_t *file, struct err *e)
{
	int mode = (tree ? O_RDONLY : O_RDWR) | O_CREAT;
	enum lock_answer answer = LOCK_TAKEN;
	struct stat st;

	*fd = FAILPOINT("lock.take") ? -1 : open_locked(path, mode, &st);
	if (*fd == -1 && errno == ENOENT) {
		if (make_folder(path, e) < 0)
			return LOCK_FAILED;
		*fd = open_locked(path, mode, &st);
	}
	if (*fd == -1 && errno == EWOULDBLOCK) {
		err_set(e, E_CONFLICT, "lock '%s' is held by another process", path);
		return LOCK_HELD;
	}
	if (*fd == -1) {
		err_errno(e, E_FAIL, "cannot take lock '%s'", path);
		return LOCK_FAILED;
	}
	*file = (int64_t)st.st_ino;
	/*
	 * None of ours can be named here and live: those are reaped before their lock is dropped.
	 * Most are ours, and just made.
	 */
	if (st.st_size > 0 && (answer = look_for_survivor(path, *fd, e)) != LOCK_TAKEN)
		lock_drop(fd, false);
	(void)FAILPOINT("lock.taken");
	return answer;
}

int
lock_open_for_writing(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY | O_CLOEXEC);
}

void
lock_drop(int *fd, bool tree)
{
	if (*fd == -1)
		return;
	if (!tree)
		flock(*fd, LOCK_UN);
	close(*fd);
	*fd = -1;
}

void
lock_let_go(int fd)
{
	flock(fd, LOCK_UN);
}

void
lock_remove(const char *path, int64_t fence, int *fd)
{
	bool has;
	struct stat st;

	if (*fd == -1)
		has = (*fd = open_locked(path, O_RDONLY, &st)) != -1;
	else
		has = flock(*fd, LOCK_EX | LOCK_NB) == 0 && fstat(*fd, &st) == 0 && st.st_nlink > 0;
	/* While we have it nobody comes to another end: they see that the file has gone. */
	if (has && joblock_names(*fd, fence))
		unlink(path);
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}
