/*
 * singleton: see singleton.h. pidfile(3) does the locking.
 */
#include "daemon/singleton.h"

#include <errno.h>
#include <libutil.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

struct singleton {
	struct pidfh *database, *runtime;
};

/* An owner that ends just now may take its file away between our two looks at it. */
#define TRIES 100
/* 5 s. */
#define PATIENCE 250
#define PAUSE_US 20000

static struct pidfh *
open_locked(const char *path, pid_t *other)
{
	struct pidfh *fh;

	for (int i = 0; i < TRIES; i++) {
		*other = 0;
		if ((fh = pidfile_open(path, 0600, other)) != NULL || errno != ENOENT)
			return fh;
	}
	return NULL;
}

/*
 * A daemon that was killed while it started a process has its locks for as long as that takes to
 * become another program, and one that comes up just now has not yet said who it is. So only who is
 * named and lives is a reason to give up at once.
 */
static struct pidfh *
open_patiently(const char *path, pid_t *other)
{
	struct pidfh *fh = open_locked(path, other);

	for (int i = 0; fh == NULL && (errno == EEXIST || errno == EAGAIN) && i < PATIENCE; i++) {
		if (*other > 0 && (kill(*other, 0) == 0 || errno == EPERM)) {
			errno = EEXIST;
			break;
		}
		usleep(PAUSE_US);
		fh = open_locked(path, other);
	}
	return fh;
}

static int
take(struct pidfh **fh, const char *path, const char *what, int failure, pid_t *other,
    struct err *e)
{
	struct stat st;

	/* It is emptied when it is locked: not so what somebody has laid in its place. */
	if (lstat(path, &st) == 0 && (!S_ISREG(st.st_mode) || st.st_uid != geteuid()))
		return err_set(e, E_PERM, "'%s' is not a file of ours", path);
	if ((*fh = open_patiently(path, other)) != NULL)
		return 0;
	if (errno != EEXIST && errno != EAGAIN)
		return err_errno(e, errno == EACCES ? E_PERM : failure, "cannot lock '%s'", path);
	if (*other > 0)
		return err_set(e, E_CONFLICT, "another jobschedd runs on %s (pid %d)", what,
		    (int)*other);
	return err_set(e, E_CONFLICT, "another jobschedd runs on %s", what);
}

int
singleton_take(struct singleton **out, const char *database, const char *runtime, pid_t *other,
    struct err *e)
{
	struct singleton *s = xcalloc(1, sizeof(*s));
	char *lock = xasprintf("%s.lock", database != NULL ? database : "");
	char *pidfile = xasprintf("%s/jobschedd.pid", runtime);
	char *db = xasprintf("database '%s'", database != NULL ? database : "");
	char *folder = xasprintf("runtime folder '%s'", runtime);
	int rc = 0;

	if (database != NULL)
		rc = take(&s->database, lock, db, E_STORE, other, e);
	if (rc == 0)
		rc = take(&s->runtime, pidfile, folder, E_FAIL, other, e);
	if (rc < 0) {
		singleton_free(s);
		s = NULL;
	}
	*out = s;
	free(lock);
	free(pidfile);
	free(db);
	free(folder);
	return rc;
}

void
singleton_write(struct singleton *s)
{
	if (s->database != NULL)
		pidfile_write(s->database);
	pidfile_write(s->runtime);
}

void
singleton_free(struct singleton *s)
{
	if (s == NULL)
		return;
	if (s->runtime != NULL)
		pidfile_remove(s->runtime);
	if (s->database != NULL)
		pidfile_remove(s->database);
	free(s);
}
