/*
 * ground: see ground.h.
 */
#include "daemon/ground.h"

#include <event2/event.h>
#include <libgen.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/trusted.h"
#include "daemon/daemon.h"
#include "daemon/singleton.h"
#include "daemon/wake.h"
#include "store/store.h"

static int
make_folders(struct daemon *d, struct err *e)
{
	int rc = io_private_dir(d->sockets, e);

	return rc < 0 ? rc : io_private_dir(d->locks, e);
}

int
ground_runtime(struct daemon *d, struct err *e)
{
	/* First of all: folders of ours may be below that of the database. */
	if (conf_check_folder(&d->conf, e) < 0)
		return e->code;
	d->sockets = xstrdup(d->conf.runtime_dir); /* a reload frees the config */
	d->locks = xasprintf("%s/locks", d->conf.runtime_dir);
	d->journals = xasprintf("%s/runners", d->conf.state_dir);
	d->wake_path = xasprintf("%s/wake.sock", d->conf.runtime_dir);
	if (trusted_way(d->sockets, e) < 0)
		return e->code;
	return make_folders(d, e);
}

int
ground_state(struct daemon *d, struct err *e)
{
	int rc = trusted_way(d->conf.state_dir, e);

	if (rc == 0)
		rc = io_mkdirs(d->conf.state_dir, 0700, e);
	return rc < 0 ? rc : io_private_dir(d->journals, e);
}

/*
 * The file of the database under its real name, so that all who use it lock the same; its
 * folder is made. The caller's; NULL where several daemons may share the database.
 */
static int
database_file(const struct daemon *d, char **file, struct err *e)
{
	const char *path = d->conf.database, *colon = strstr(path, "://");
	char *copy, *folder, *real;
	int rc;

	*file = NULL;
	if (colon != NULL)
		return 0;
	if (strncmp(path, "sqlite:", 7) == 0)
		path += 7;
	copy = xstrdup(path);
	folder = dirname(copy);
	/* Whoever can write to the database, or put another in its place, says what runs. */
	if ((rc = trusted_way(path, e)) == 0 && (rc = trusted_file(path, e)) == 0)
		rc = io_mkdirs(folder, 0700, e);
	if (rc == 0 && (*file = realpath(path, NULL)) == NULL &&
	    (real = realpath(folder, NULL)) != NULL) {
		*file = xasprintf("%s/%s", real, strrchr(path, '/') + 1);
		free(real);
	}
	free(copy);
	return rc;
}

/* Before the database is touched: a daemon that is refused must not have upgraded it. */
int
ground_lock(struct daemon *d, int *other, struct err *e)
{
	char *file;
	pid_t pid = 0;
	int rc = database_file(d, &file, e);

	if (rc == 0)
		rc = singleton_take(&d->singleton, file, d->conf.runtime_dir, &pid, e);
	*other = (int)pid;
	free(file);
	return rc;
}

/* False if another file, or none, is where the database was opened. */
static bool
store_in_place(const struct daemon *d)
{
	const char *path = store_path(d->store);
	struct stat st;

	return path == NULL ||
	    (stat(path, &st) == 0 && st.st_dev == d->store_dev && st.st_ino == d->store_ino);
}

void
ground_note_store(struct daemon *d)
{
	const char *path = store_path(d->store);
	struct stat st;

	if (path != NULL && stat(path, &st) == 0) {
		d->store_dev = st.st_dev;
		d->store_ino = st.st_ino;
	}
}

bool
ground_check_store(struct daemon *d)
{
	if (store_in_place(d))
		return true;
	log_error("database '%s' was removed or replaced: stopping, for nobody else sees what is "
		  "done in the old one", store_path(d->store));
	d->failure = E_STORE;
	event_base_loopbreak(d->base);
	return false;
}

bool
ground_check_version(struct daemon *d)
{
	if (!store_outdated(d->store))
		return true;
	log_error("database '%s' is of another version than this jobschedd by now: stopping; what "
		  "runs goes on, and its ends are kept for the next one", store_uri(d->store));
	d->failure = E_STORE;
	event_base_loopbreak(d->base);
	return false;
}

bool
ground_keep_folders(struct daemon *d, struct err *e)
{
	if (access(d->locks, W_OK | X_OK) == 0 && access(d->wake_path, F_OK) == 0)
		return true;
	if (make_folders(d, e) < 0)
		return false;
	/* A bound socket whose name is gone hears nothing any more. */
	return wake_renew(d->wake, e) == 0;
}
