/*
 * backup: a copy that is whole, while others write.
 *
 * All pages in one step, within one snapshot: whoever writes meanwhile is not held up, and does not
 * make the copy begin again.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/err.h"
#include "store/sqlite/handle.h"

static int
create_private(const char *file, struct err *e)
{
	int fd = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd == -1 && errno == EEXIST)
		return err_set(e, E_CONFLICT, "'%s' exists", file);
	if (fd == -1)
		return err_errno(e, errno == EACCES ? E_PERM : E_FAIL, "cannot create '%s'", file);
	close(fd);
	return 0;
}

static int
copy_pages(struct sqlite_db *s, sqlite3 *to)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", s->sql, "main");

	if (b == NULL)
		return sqlite3_errcode(to);
	sqlite3_backup_step(b, -1);
	return sqlite3_backup_finish(b);
}

/* The reader that begins here is what the copy is of. */
static int
copy(struct sqlite_db *s, sqlite3 *to, const char *file, struct err *e)
{
	int64_t unused;
	int rc;

	if ((rc = db_begin_read(&s->db, e)) < 0)
		return rc;
	if ((rc = db_number(&s->db, e, &unused, 0, "PRAGMA user_version", NOBIND)) >= 0 &&
	    (rc = copy_pages(s, to)) != SQLITE_OK) {
		errno = sqlite3_system_errno(to);
		rc = errno != 0
			 ? err_errno(e, E_FAIL, "cannot write '%s'", file)
			 : err_set(e, E_FAIL, "cannot write '%s': %s", file, sqlite3_errstr(rc));
	}
	return db_end_read(&s->db, rc, e);
}

static int
sync_folder(const char *file, struct err *e)
{
	const char *slash = strrchr(file, '/');
	char folder[4096];
	int fd, rc;

	snprintf(folder, sizeof(folder), "%.*s", slash != NULL ? (int)(slash - file) + 1 : 1,
	    slash != NULL ? file : ".");
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	rc = fd == -1 || fsync(fd) == -1;
	if (rc != 0)
		err_errno(e, E_FAIL, "cannot sync '%s'", folder);
	if (fd != -1)
		close(fd);
	return rc != 0 ? E_FAIL : 0;
}

int
sqlite_backup(struct store *store, const char *file, struct err *e)
{
	sqlite3 *to = NULL;
	struct turn *turn;
	int rc;

	if ((rc = create_private(file, e)) < 0)
		return rc;
	if (sqlite3_open_v2(file, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
	    SQLITE_OK)
		rc = err_set(e, E_FAIL, "cannot open '%s': %s", file, sqlite3_errmsg(to));
	else {
		turn = turn_take(sqlite_of(store));
		rc = copy(sqlite_of(store), to, file, e);
		turn_give(turn);
	}
	sqlite3_close(to);
	if (rc >= 0)
		rc = sync_folder(file, e);
	if (rc < 0)
		unlink(file);
	return rc;
}
