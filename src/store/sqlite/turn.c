/*
 * turn: those who read the whole of a database, see handle.h.
 *
 * What is written while one of them reads stays in the write-ahead log, and with several that
 * overlap the log is never free to begin anew. So they come one after the other, and before each,
 * and between the pieces of one, the log is copied and begun anew: by them, for it is they who held
 * it up, and the daemon should not have to copy at one commit what has gathered meanwhile.
 *
 * The turn is a lock on the log itself, of a kind that SQLite does not use. The log stays what it
 * is while a handle is open. One who stands still must not hold up the others for ever: TURN_MS.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/sqlite/handle.h"

#define TURN_MS 60000 /* for so long the others are waited for */
#define GAPS_MS 10000 /* and so long one tries to begin the log anew, all in all */
#define LOOK_MS 20

struct turn {
	const char *database;
	int log;      /* with our lock, or -1 */
	sqlite3 *sql; /* one that may write, once that is needed */
	int left_ms;  /* of GAPS_MS */
};

/* A file system without such locks has no turns, either. */
static void
wait_for_others(int log)
{
	for (int ms = 0; ms < TURN_MS && flock(log, LOCK_EX | LOCK_NB) == -1; ms += LOOK_MS) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return;
		usleep(LOOK_MS * 1000);
	}
}

/* Where that is not permitted, as on a file system that is read-only, the log does not grow. */
static sqlite3 *
open_to_cut(const char *path)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE;
	sqlite3 *sql;

	if (sqlite3_open_v2(path, &sql, flags, NULL) == SQLITE_OK &&
	    sqlite3_busy_timeout(sql, WAL_WAIT_MS) == SQLITE_OK &&
	    sqlite3_exec(sql, "PRAGMA synchronous = FULL", NULL, NULL, NULL) == SQLITE_OK)
		return sql;
	sqlite3_close(sql);
	return NULL;
}

/* Its file is cut to that when it is begun anew. */
static bool
is_long(const struct turn *t)
{
	struct stat st;

	return t->log != -1 && fstat(t->log, &st) == 0 && st.st_size > WAL_KEPT;
}

void
turn_gap(struct turn *t)
{
	if (!is_long(t))
		return;
	if (t->sql == NULL)
		t->sql = open_to_cut(t->database);
	if (t->sql == NULL)
		return;
	for (; t->left_ms > 0 && !wal_cut(t->sql); t->left_ms -= LOOK_MS + WAL_WAIT_MS)
		usleep(LOOK_MS * 1000);
}

struct turn *
turn_take(struct sqlite_db *s)
{
	struct turn *t = xcalloc(1, sizeof(*t));
	char *path = xasprintf("%s-wal", s->db.name);

	t->database = s->db.name;
	t->left_ms = GAPS_MS;
	t->log = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	free(path);
	if (t->log != -1)
		wait_for_others(t->log);
	turn_gap(t);
	return t;
}

void
turn_give(struct turn *t)
{
	turn_gap(t);
	sqlite3_close(t->sql);
	if (t->log != -1)
		close(t->log);
	free(t);
}
