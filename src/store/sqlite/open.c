/*
 * open: the database file and its handle, see store.h.
 */
#include <ctype.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "store/sqlite/handle.h"
#include "store/sqlite/memory.h"
#include "store/sqlite/migrate.h"
#include "store/sqlite/place.h"
#include "store/sqlite/sqlite.h"

/* What stays of the write-ahead log when all of it has gone into the database. */
#define SETTINGS                       \
	"PRAGMA synchronous = FULL;"   \
	"PRAGMA temp_store = MEMORY;"  \
	"PRAGMA secure_delete = FAST;" \
	"PRAGMA journal_size_limit = 16777216"

/*
 * How long to sleep until the next look, in units of about a millisecond. Who has just come looks
 * a few times in short order, for most locks are short. In a crowd he then stands back for those
 * who have waited longer; these must not look so often either that they take the time of who has
 * it.
 */
static int64_t
pace(int times, int64_t waited_us)
{
	if (times < 4)
		return times + 1;
	return waited_us < 2000000 ? 16 : 6;
}

/*
 * SQLite asks whether to go on waiting for a lock. Short sleeps that differ from process to
 * process: its own handler's 100 ms would make fifty writers wait for nobody. The bound counts what
 * was slept.
 */
static int
on_busy(void *arg, int times)
{
	struct sqlite_db *s = arg;
	int64_t us = 500 + (int64_t)((unsigned)times * 2654435761u + (unsigned)getpid()) % 1000;

	if (times == 0)
		s->waited_us = 0;
	us *= pace(times, s->waited_us);
	if (s->waited_us >= (int64_t)s->busy_ms * 1000)
		return 0;
	s->waited_us += us;
	usleep((useconds_t)us);
	return 1;
}

/*
 * No program of ours has threads; without this each allocation of SQLite takes a lock. Where it had
 * no memory, it would say so in places where nobody can look, such as the text of a column.
 */
static void
configure(void)
{
	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	memory_configure();
}

/* Of a file that cannot change: so nothing is made beside it, which could not be; the caller's. */
static char *
immutable_uri(const char *path)
{
	struct buf b = {0};

	buf_addstr(&b, "file:");
	for (; *path != '\0'; path++) {
		if (isalnum((unsigned char)*path) || strchr("/._-", *path) != NULL)
			buf_addc(&b, *path);
		else
			buf_addf(&b, "%%%02x", (unsigned char)*path);
	}
	buf_addstr(&b, "?immutable=1");
	return buf_string(&b);
}

static int
open_handle(struct sqlite_db *s, enum store_mode mode, bool empty, struct err *e)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_URI, rc;
	char *uri = mode == STORE_READ && place_is_frozen(s) ? immutable_uri(s->db.name) : NULL;

	flags |= mode == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	/* A path is absolute, and so no URI. */
	rc = sqlite3_open_v2(uri != NULL ? uri : s->db.name, &s->sql, flags, NULL);
	free(uri);
	if (rc != SQLITE_OK)
		return sqlite_fail_open(s, rc, sqlite3_system_errno(s->sql), e);
	if (!empty && (rc = place_check(s, e)) < 0)
		return rc;
	sqlite3_busy_handler(s->sql, on_busy, s);
	sqlite3_db_config(s->sql, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
	sqlite3_db_config(s->sql, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	/* Else a statement is prepared again whenever a partial index might suit the values bound.
	 */
	sqlite3_db_config(s->sql, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
	return sqlite_exec(s, SETTINGS, e);
}

static int
journal_is_wal(struct sqlite_db *s, const char *pragma, bool *wal, struct err *e)
{
	struct cursor *c;
	int rc;

	*wal = false;
	if ((rc = db_first(&s->db, e, &c, pragma, NOBIND)) <= 0)
		return rc;
	*wal = strcmp(col_text(c, 0), "wal") == 0;
	db_reset(c);
	return 0;
}

/* Several may try at once after the creation, and SQLite refuses some of them without waiting. */
static int
become_wal(struct sqlite_db *s, struct err *e)
{
	bool wal;
	int rc;

	s->waited_us = 0;
	for (int times = 1;; times++) {
		if ((rc = journal_is_wal(s, "PRAGMA journal_mode", &wal, e)) < 0 || wal)
			return rc;
		rc = journal_is_wal(s, "PRAGMA journal_mode = WAL", &wal, e);
		if (rc == 0 && wal)
			return 0;
		if (rc == 0)
			return err_set(e, E_STORE,
			    "database '%s' is on a file system without shared memory", s->db.name);
		if ((sqlite3_errcode(s->sql) & 0xff) != SQLITE_BUSY || !on_busy(s, times))
			return rc;
	}
}

static int
check_version(struct sqlite_db *s, struct err *e)
{
	int version, rc;
	bool known;

	if ((rc = sqlite_version(s, &version, &known, e)) < 0 || known)
		return rc;
	if (version < DB_VERSION)
		return err_set(e, E_STORE,
		    "database '%s' is of an older version (%d, this program's is %d): run "
		    "'jobsched db upgrade'",
		    s->db.name, version, DB_VERSION);
	return err_set(e, E_STORE,
	    "database '%s' is of a newer version (%d, this program's is %d): it needs a newer "
	    "jobsched",
	    s->db.name, version, DB_VERSION);
}

static int
open_file(struct sqlite_db *s, enum store_mode mode, struct err *e)
{
	bool empty;
	int rc;

	if ((rc = place_find(s, mode, &empty, e)) < 0)
		return rc;
	if ((rc = open_handle(s, mode, empty, e)) < 0 || (empty && (rc = migrate_create(s, e)) < 0))
		return rc;
	return mode != STORE_READ ? become_wal(s, e) : 0;
}

static struct sqlite_db *
handle_new(const char *locator, int busy_ms)
{
	struct sqlite_db *s = xcalloc(1, sizeof(*s));

	configure();
	db_init(&s->db, &sqlite_driver, xstrdup(locator));
	s->db.store.ops = &sqlite_ops;
	s->db.rows_at_once = true;
	s->busy_ms = busy_ms;
	return s;
}

static void
handle_free(struct sqlite_db *s)
{
	db_finalize(&s->db);
	sqlite3_close(s->sql);
	sqlite_ahead_end(s);
	db_release(&s->db);
	free(s);
}

int
sqlite_open_bounded(
    struct store **store, const char *locator, enum store_mode mode, int busy_ms, struct err *e)
{
	struct sqlite_db *s = handle_new(locator, busy_ms);
	int rc;

	if ((rc = open_file(s, mode, e)) < 0 || (rc = check_version(s, e)) < 0) {
		handle_free(s);
		return rc;
	}
	/* A command is over too soon to wait for others. */
	if (mode == STORE_CREATE)
		wal_keep_short(s);
	s->db.store.uri = xasprintf("sqlite:%s", s->db.name);
	*store = &s->db.store;
	return 0;
}

int
sqlite_open(struct store **store, const char *locator, enum store_mode mode, struct err *e)
{
	return sqlite_open_bounded(store, locator, mode, DB_BUSY_MS, e);
}

void
sqlite_close(struct store *store)
{
	/* Its locks and maps go with the process, as after a kill. */
	if (!store->leaving || memory_is_watched())
		handle_free(sqlite_of(store));
}

const char *
sqlite_path(const struct store *store)
{
	return ((const struct db *)store)->name;
}

int
sqlite_upgrade(const char *locator, int *from, int *to, struct err *e)
{
	struct sqlite_db *s = handle_new(locator, DB_BUSY_MS);
	int rc;

	if ((rc = open_file(s, STORE_WRITE, e)) == 0)
		rc = migrate_run(s, migrations, from, to, e);
	handle_free(s);
	return rc;
}
