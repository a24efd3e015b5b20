/*
 * describe: the tables and their columns, see store/sql/driver.h.
 */
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
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
    "SELECT c.relname::text, a.attname::text, t.typname::text,"
    " coalesce(a.attnum = ANY (i.indkey), false)"
    " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
    "  AND NOT a.attisdropped JOIN pg_type t ON t.oid = a.atttypid"
    " LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary"
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
		    .kind = kind_of(col_text(st, 2)),
		    .key = col_int(st, 3) != 0};

		each(arg, &c);
	}
	return rc;
}

int
pg_numbered(struct db *db, struct err *e)
{
	char *text;
	int rc = 0;
	PGresult *res = pg_exec(pg_db(db),
	    "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
	    " WHERE c.relnamespace = to_regnamespace('jobsched') AND a.attidentity <> ''",
	    e);

	if (res == NULL)
		return e->code;
	for (int i = 0; i < PQntuples(res) && rc >= 0; i++) {
		const char *table = PQgetvalue(res, i, 0), *column = PQgetvalue(res, i, 1);

		text = xasprintf("SELECT setval(pg_get_serial_sequence('%s', '%s'),"
				 " (SELECT max(%s) FROM %s))", table, column, column, table);
		rc = pg_run(pg_db(db), text, e);
		free(text);
	}
	PQclear(res);
	return rc;
}
