/*
 * commit: transactions, see store/sql/driver.h.
 *
 * A write begins with BEGIN IMMEDIATE. Then it looks at the version, because another program may
 * have upgraded the database since it was opened.
 */
#include "base/err.h"
#include "store/sql/slots.h"
#include "store/sqlite/handle.h"

void
sqlite_rollback(struct db *db)
{
	struct err unused;

	/* SQLite has rolled back by itself after some errors (disk full …). */
	if (!sqlite3_get_autocommit(((struct sqlite_db *)db)->sql))
		db_do(db, &unused, "ROLLBACK", NOBIND);
}

int
sqlite_version(struct sqlite_db *s, int *version, bool *known, struct err *e)
{
	int64_t n, lowest = INT64_MAX;
	int rc;

	if ((rc = db_number(&s->db, e, &n, 0, "PRAGMA user_version", NOBIND)) < 0)
		return rc;
	if (n > DB_VERSION && (rc = db_number(&s->db, e, &lowest, INT64_MAX,
				   "SELECT CAST(value AS INTEGER) FROM settings WHERE key = '"
				   LOWEST_VERSION "'", NOBIND)) < 0)
		return rc;
	*version = (int)n;
	*known = n == DB_VERSION || lowest <= DB_VERSION;
	return 0;
}

static int
check_version(struct db *db, struct err *e)
{
	int version, rc;
	bool known;

	if ((rc = sqlite_version((struct sqlite_db *)db, &version, &known, e)) < 0 || known)
		return rc;
	db->store.outdated = true;
	return err_set(
	    e, E_STORE, "database '%s' was upgraded by another program meanwhile", db->name);
}

/* Whether commits wait for the disk from now on. Outside of transactions. */
static int
sync_commits(struct sqlite_db *s, bool sync, struct err *e)
{
	int rc;

	if (s->unsynced == !sync)
		return 0;
	/* If it fails nobody knows how it is now: then it is as if they did not. */
	s->unsynced = true;
	rc = sqlite_exec(s, sync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", e);
	if (rc == 0)
		s->unsynced = !sync;
	return rc;
}

int
sqlite_begin(struct db *db, struct err *e)
{
	struct sqlite_db *s = (struct sqlite_db *)db;
	int rc;

	if ((rc = sync_commits(s, !s->beats, e)) < 0 ||
	    (rc = db_do(db, e, "BEGIN IMMEDIATE", NOBIND)) < 0)
		return rc;
	if ((rc = check_version(db, e)) < 0)
		sqlite_rollback(db);
	return rc;
}

int
sqlite_commit(struct db *db, struct err *e)
{
	return db_do(db, e, "COMMIT", NOBIND);
}

int
sqlite_begin_read(struct db *db, struct err *e)
{
	return db_do(db, e, "BEGIN", NOBIND);
}

int
sqlite_end_read(struct db *db, struct err *e)
{
	return db_do(db, e, "END", NOBIND);
}

/*
 * A cache for what touches jobs at random times, many in each transaction: with a small one their
 * pages would be written and read again within each.
 */
int
sqlite_reach(struct db *db, enum db_reach reach, struct err *e)
{
	struct sqlite_db *s = (struct sqlite_db *)db;
	bool many = reach == REACH_MANY, bulk = reach == REACH_BULK || reach == REACH_WHOLE;

	if (reach == REACH_OWN || s->bulk || (!bulk && s->many == many))
		return 0;
	s->many = many;
	s->bulk = bulk;
	return sqlite_exec(s,
	    s->bulk   ? "PRAGMA cache_size = -65536"
	    : s->many ? "PRAGMA cache_size = -65536"
		      : "PRAGMA cache_size = -2000",
	    e);
}

/* If it cannot be undone here, the next transaction does, or is not begun. */
int
sqlite_node_beat(struct store *store, const char *id, const struct moment *now, struct err *e)
{
	struct sqlite_db *s = sqlite_of(store);
	struct err unused;
	int rc;

	s->beats = true;
	rc = sql_node_beat(store, id, now, e);
	s->beats = false;
	(void)sync_commits(s, true, &unused);
	return rc;
}
