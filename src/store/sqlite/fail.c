/*
 * fail: SQLite's failures in words, see handle.h. What the disk, its owner or another process did
 * is told as such; what is left is told as SQLite tells it.
 */
#include <errno.h>

#include "base/err.h"
#include "store/sqlite/handle.h"

static bool
is_permission(int errnum)
{
	return errnum == EACCES || errnum == EPERM;
}

static int
fail_busy(const struct sqlite_db *s, struct err *e)
{
	return err_set(e, E_STORE,
	    "database '%s' is busy: another process has held it for more than %d s", s->db.name,
	    s->busy_ms / 1000);
}

static int
fail_cantopen(const struct sqlite_db *s, int errnum, struct err *e)
{
	if (is_permission(errnum))
		return err_set(e, E_PERM, "not permitted to open database '%s'", s->db.name);
	/* SQLite reports EISDIR for a folder, at times nothing at all, as for files beside it. */
	if (errnum == 0)
		return err_set(e, E_STORE, "cannot open database '%s' and what belongs to it",
		    s->db.name);
	errno = errnum;
	return err_errno(e, E_STORE, "cannot open database '%s'", s->db.name);
}

static int
fail_io(const struct sqlite_db *s, int rc, int errnum, struct err *e)
{
	bool reading = rc == SQLITE_IOERR_READ || rc == SQLITE_IOERR_SHORT_READ;

	if (errnum == ENOSPC || errnum == EDQUOT)
		return err_set(e, E_STORE, "no space left for database '%s'", s->db.name);
	if (errnum == 0)
		return err_set(e, E_STORE, "cannot %s database '%s': %s",
		    reading ? "read" : "write", s->db.name, sqlite3_errstr(rc));
	errno = errnum;
	return err_errno(
	    e, E_STORE, "cannot %s database '%s'", reading ? "read" : "write", s->db.name);
}

static int
fail(const struct sqlite_db *s, int rc, int errnum, const char *message, struct err *e)
{
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return fail_busy(s, e);
	case SQLITE_FULL:
		return err_set(e, E_STORE, "no space left for database '%s'", s->db.name);
	case SQLITE_IOERR:
		return fail_io(s, rc, errnum, e);
	case SQLITE_READONLY:
		return err_set(e, E_STORE, "database '%s' is read-only", s->db.name);
	case SQLITE_CORRUPT:
		return err_set(e, E_STORE, "database '%s' is damaged", s->db.name);
	case SQLITE_NOTADB:
		return err_set(e, E_STORE, "'%s' is not a jobsched database", s->db.name);
	case SQLITE_CANTOPEN:
		return fail_cantopen(s, errnum, e);
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return err_set(e, E_PERM, "not permitted to use database '%s'", s->db.name);
	default:
		return err_set(e, E_STORE, "database '%s': %s", s->db.name, message);
	}
}

int
sqlite_fail(const struct sqlite_db *s, int rc, struct err *e)
{
	int full = sqlite3_extended_errcode(s->sql), errnum = sqlite3_system_errno(s->sql);

	/* The handle knows more of the same failure. */
	if ((full & 0xff) == (rc & 0xff))
		rc = full;
	/* Of some failed writes it knows no number; see step(). */
	return fail(s, rc, errnum != 0 ? errnum : errno, sqlite3_errmsg(s->sql), e);
}

int
sqlite_fail_open(const struct sqlite_db *s, int rc, int errnum, struct err *e)
{
	return fail(s, rc, errnum, sqlite3_errstr(rc), e);
}
