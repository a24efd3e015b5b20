/*
 * place: the database file before SQLite has it: found or made, permitted, and ours; see place.h.
 */
#include "store/sqlite/place.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/sqlite/handle.h"

/* Of a SQLite file: see its format's description; the application id is at 68. */
#define HEADER_SIZE 100

static int
touch(struct sqlite_db *s, struct err *e)
{
	int fd = open(s->db.name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	/* Never an existing one: closing it would drop the locks of this process's other handles.
	 */
	if (fd == -1 && errno == EEXIST)
		return 0;
	if (fd == -1)
		return sqlite_fail_open(s, SQLITE_CANTOPEN, errno, e);
	close(fd);
	return 0;
}

static int
resolve(struct sqlite_db *s, enum store_mode mode, bool *empty, struct err *e)
{
	char *path = realpath(s->db.name, NULL);
	struct stat st;
	int rc;

	if (path == NULL && errno == ENOENT && mode == STORE_CREATE) {
		if ((rc = touch(s, e)) < 0)
			return rc;
		path = realpath(s->db.name, NULL);
	}
	if (path == NULL && errno == ENOENT)
		return err_set(e, E_STORE, "there is no database '%s'", s->db.name);
	if (path == NULL)
		return sqlite_fail_open(s, SQLITE_CANTOPEN, errno, e);
	free(s->db.name);
	s->db.name = path;
	if (stat(path, &st) == -1)
		return sqlite_fail_open(s, SQLITE_CANTOPEN, errno, e);
	if (!S_ISREG(st.st_mode))
		return err_set(e, E_STORE, "'%s' is not a database file", path);
	*empty = st.st_size == 0;
	return 0;
}

static int
check_access(struct sqlite_db *s, enum store_mode mode, struct err *e)
{
	int want = mode == STORE_READ ? R_OK : R_OK | W_OK;

	if (faccessat(AT_FDCWD, s->db.name, want, AT_EACCESS) == 0)
		return 0;
	if (errno == EROFS)
		return err_set(
		    e, E_STORE, "database '%s' is on a read-only file system", s->db.name);
	if (errno == EACCES || errno == EPERM)
		return err_set(e, E_PERM, "not permitted to %s database '%s'",
		    mode == STORE_READ ? "read" : "write", s->db.name);
	return sqlite_fail_open(s, SQLITE_CANTOPEN, errno, e);
}

/* What somebody else has put beside the database would be taken for a part of it. */
static int
check_beside(const struct sqlite_db *s, struct err *e)
{
	static const char *const ends[] = { "-wal", "-shm", "-journal" };
	struct stat st, own;
	char *path;
	int rc = 0;

	if (stat(s->db.name, &own) == -1)
		return 0;
	for (size_t i = 0; rc == 0 && i < sizeof(ends) / sizeof(ends[0]); i++) {
		path = xasprintf("%s%s", s->db.name, ends[i]);
		if (lstat(path, &st) == 0 && st.st_uid != own.st_uid && st.st_uid != 0 &&
		    st.st_uid != geteuid())
			rc = err_set(e, E_PERM, "'%s' belongs to another user than the database",
			    path);
		free(path);
	}
	return rc;
}

int
place_check(const struct sqlite_db *s, struct err *e)
{
	unsigned char header[HEADER_SIZE] = {0};
	sqlite3_file *file = NULL;
	uint32_t application;
	int rc = sqlite3_file_control(s->sql, "main", SQLITE_FCNTL_FILE_POINTER, &file);

	if (rc == SQLITE_OK)
		rc = file->pMethods->xRead(file, header, HEADER_SIZE, 0);
	if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ)
		return sqlite_fail_open(s, rc, sqlite3_system_errno(s->sql), e);
	application = (uint32_t)header[68] << 24 | (uint32_t)header[69] << 16 |
		      (uint32_t)header[70] << 8 | header[71];
	if (rc == SQLITE_IOERR_SHORT_READ || memcmp(header, "SQLite format 3", 16) != 0 ||
	    application != DB_APPLICATION)
		return err_set(e, E_STORE, "'%s' is not a jobsched database", s->db.name);
	return 0;
}

int
place_find(struct sqlite_db *s, enum store_mode mode, bool *empty, struct err *e)
{
	int rc;

	*empty = false;
	if ((rc = resolve(s, mode, empty, e)) < 0 || (rc = check_access(s, mode, e)) < 0 ||
	    (rc = check_beside(s, e)) < 0)
		return rc;
	if (*empty && mode != STORE_CREATE)
		return err_set(e, E_STORE, "'%s' is empty, not a jobsched database", s->db.name);
	return 0;
}

bool
place_is_frozen(const struct sqlite_db *s)
{
	char *wal;
	struct stat st;
	bool none;

	if (faccessat(AT_FDCWD, s->db.name, W_OK, AT_EACCESS) == 0 || errno != EROFS)
		return false;
	wal = xasprintf("%s-wal", s->db.name);
	none = stat(wal, &st) == -1 ? errno == ENOENT : st.st_size == 0;
	free(wal);
	return none;
}
