/*
 * txn: transactions, see db.h, and the handle itself.
 *
 * A write takes its lock at its begin, when it has read nothing yet, and so never has to be
 * repeated.
 */
#include <assert.h>

#include "base/err.h"
#include "store/sql/db.h"
#include "store/sql/line.h"
#include "store/sql/row.h"

/* Its members are all pointers to functions. */
static bool
is_whole(const struct db_driver *driver)
{
	const char *p = (const char *)driver;

	for (size_t at = 0; at < sizeof(*driver); at += sizeof(void *)) {
		void *slot;

		memcpy(&slot, p + at, sizeof(slot));
		if (slot == NULL)
			return false;
	}
	return true;
}

void
db_init(struct db *db, const struct db_driver *driver, char *name)
{
	assert(is_whole(driver));
	db->driver = driver;
	db->name = name;
}

void
db_release(struct db *db)
{
	free(db->store.uri);
	free(db->store.leader);
	strv_clear(&db->gates);
	strv_clear(&db->texts);
	free(db->node_gate);
	free(db->doubt.fences);
	free(db->name);
}

static void
rollback(struct db *db)
{
	db->driver->rollback(db);
	memset(db->counted, 0, sizeof(db->counted));
	strv_clear(&db->gates);
}

int
db_begin(struct db *db, struct err *e)
{
	assert(db->on_row == 0);
	db->now = INSTANT_NONE;
	db->last[0] = db->last[1] = -1;
	db->dependents = DB_DEPENDENTS;
	db->unsure = false;
	return db->driver->begin(db, e);
}

int
db_end(struct db *db, int rc, struct err *e)
{
	assert(db->on_row == 0);
	if (rc >= 0)
		rc = line_settle(db, e);
	if (rc >= 0)
		rc = count_write(db, e);
	if (rc >= 0)
		rc = db->driver->commit(db, e);
	if (rc < 0)
		rollback(db);
	return rc;
}

int
db_begin_read(struct db *db, struct err *e)
{
	assert(db->on_row == 0);
	return db->driver->begin_read(db, e);
}

int
db_end_read(struct db *db, int rc, struct err *e)
{
	int end;

	assert(db->on_row == 0);
	end = db->driver->end_read(db, e);
	return rc < 0 ? rc : end;
}

int
db_reach(struct db *db, enum db_reach reach, struct err *e)
{
	return db->driver->reach(db, reach, e);
}
