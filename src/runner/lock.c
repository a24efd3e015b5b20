/*
 * lock: see lock.h.
 */
#include "runner/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <libutil.h>
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

static int
open_locked(const char *path, bool tree)
{
	int mode = tree ? O_RDONLY : O_RDWR;

	return flopen(path, mode | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
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
look_for_survivor(const char *path, int fd, int64_t *file, struct err *e)
{
	struct joblock holder;
	int named, lives = 0;
	struct stat st;

	*file = 0;
	if (fstat(fd, &st) == 0) {
		*file = (int64_t)st.st_ino;
		/* Ours, just made: most are. */
		if (st.st_size == 0)
			return LOCK_TAKEN;
	}
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
	enum lock_answer answer;

	*fd = FAILPOINT("lock.take") ? -1 : open_locked(path, tree);
	if (*fd == -1 && errno == ENOENT) {
		if (make_folder(path, e) < 0)
			return LOCK_FAILED;
		*fd = open_locked(path, tree);
	}
	if (*fd == -1 && errno == EWOULDBLOCK) {
		err_set(e, E_CONFLICT, "lock '%s' is held by another process", path);
		return LOCK_HELD;
	}
	if (*fd == -1) {
		err_errno(e, E_FAIL, "cannot take lock '%s'", path);
		return LOCK_FAILED;
	}
	/*
	 * None of ours can be named here and live: those are reaped before their lock is dropped.
	 */
	if ((answer = look_for_survivor(path, *fd, file, e)) != LOCK_TAKEN)
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
lock_remove(const char *path, int64_t fence)
{
	struct joblock last;
	int fd = flopen(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	/* While we have it nobody comes to another end: flopen sees that the file has gone. */
	if (fd != -1 && joblock_read_from(fd, &last) == 1 && last.fence == fence)
		unlink(path);
	if (fd != -1)
		close(fd);
}
