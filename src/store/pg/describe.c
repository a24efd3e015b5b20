/*
 * describe: the tables and their columns, see store/sql/driver.h.
 */
#include <string.h>

#include "base/err.h"
#include "store/pg/handle.h"

static int
kind_of(const char *type)
{
	if (strcmp(type, "text") == 0)
		return VAL_TEXT;
	return strcmp(type, "bytea") == 0 ? VAL_BLOB : VAL_INT;
}

/* A table has a higher oid than those before it in the schema. */
static const char columns[] =
    "SELECT c.relname::text, a.attname::text, t.typname::text"
    " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
    "  AND NOT a.attisdropped JOIN pg_type t ON t.oid = a.atttypid"
    " WHERE c.relnamespace = to_regnamespace('jobsched') AND c.relkind = 'r'"
    " AND c.relname <> 'schema_version' ORDER BY c.oid, a.attnum";

int
pg_describe(
    struct db *db, void (*each)(void *, const struct db_column *), void *arg, struct err *e)
{
	struct cursor *st;
	int rc = db_first(db, e, &st, columns, NOBIND);

	for (; rc > 0; rc = db_next(db, e, st)) {
		struct db_column c = {.table = col_text(st, 0),
		    .name = col_text(st, 1),
		    .kind = kind_of(col_text(st, 2))};

		each(arg, &c);
	}
	return rc;
}
