/*
 * check: whether the schema has the tables and columns of this version, and whether the rows hold
 * what they promise. Whether the pages are whole is the server's to say.
 *
 * The schema is made again among the temporary tables, which nobody else sees and which go with
 * this connection, and compared.
 */
#include "store/sql/check.h"

#include "base/err.h"
#include "base/mem.h"
#include "store/pg/handle.h"
#include "store/pg/schema.h"

/* The first fault of each table. */
static const char differences[] =
    "SELECT DISTINCT ON (m.relname) m.relname::text,"
    " CASE WHEN r.oid IS NULL THEN 'there is no table ' || m.relname"
    " WHEN c.attname IS NULL THEN 'table ' || m.relname || ' has no column ' || a.attname"
    " ELSE 'table ' || m.relname || ' has columns of another version' END"
    " FROM pg_class m JOIN pg_attribute a ON a.attrelid = m.oid AND a.attnum > 0"
    "  AND NOT a.attisdropped"
    " LEFT JOIN pg_class r ON r.relname = m.relname AND r.relkind = m.relkind"
    "  AND r.relnamespace = to_regnamespace('jobsched')"
    " LEFT JOIN pg_attribute c ON c.attrelid = r.oid AND c.attname = a.attname"
    "  AND NOT c.attisdropped"
    " WHERE m.relnamespace = pg_my_temp_schema() AND m.relkind IN ('r', 'v')"
    " AND (c.attname IS NULL OR c.atttypid <> a.atttypid OR c.attnotnull <> a.attnotnull)"
    " ORDER BY m.relname, a.attnum";

static int
report_differences(struct checking *c, struct pg_db *pg, struct err *e)
{
	PGresult *res = pg_exec(pg, differences, e);
	int n;

	if (res == NULL)
		return e->code;
	n = PQntuples(res);
	for (int i = 0; i < n; i++)
		check_report(c, PQgetvalue(res, i, 1));
	PQclear(res);
	if (n > 0)
		check_report(
		    c, "the database was made by another development version: make a new one");
	return n > 0;
}

/* 1: anything differs. */
static int
check_schema(struct checking *c, struct pg_db *pg, struct err *e)
{
	struct err unused;
	int rc;

	if ((rc = pg_run(pg, "BEGIN; SET LOCAL search_path TO pg_temp, jobsched", e)) < 0)
		return rc;
	if ((rc = pg_run(pg, pg_schema_sql, e)) == 0)
		rc = report_differences(c, pg, e);
	(void)pg_run(pg, "ROLLBACK", &unused);
	return rc;
}

int
pg_check(
    struct store *s, void (*each)(void *, const char *), void *arg, int64_t *faults, struct err *e)
{
	struct checking c = {.db = db_of(s), .each = each, .arg = arg};
	struct pg_db *pg = pg_of(s);
	struct err unused;
	int rc;

	*faults = 0;
	if ((rc = pg_connect(pg, e)) < 0 || (rc = check_schema(&c, pg, e)) < 0)
		return rc;
	*faults = c.faults;
	/* With other tables the rules mean nothing. */
	if (rc > 0)
		return 0;
	/*
	 * Of tables that were filled a moment ago the server knows nothing yet, and would go
	 * through one of them for each row of another: minutes. Who is not their owner goes
	 * without, and so does a standby.
	 */
	(void)pg_run(pg, "ANALYZE jobs, occurrences, attempts, skips, lines, counters", &unused);
	if ((rc = db_begin_read(c.db, e)) < 0)
		return rc;
	/* It goes through all of every table, and not for somebody who has gone. */
	if ((rc = pg_run(pg,
		 "SET LOCAL enable_seqscan TO on; SET LOCAL enable_hashjoin TO on;"
		 " SET LOCAL enable_mergejoin TO on;"
		 " SELECT set_config(name, '10s', true) FROM pg_settings"
		 " WHERE name = 'client_connection_check_interval'",
		 e)) == 0)
		rc = check_rows(&c, e);
	*faults = c.faults;
	return db_end_read(c.db, rc, e);
}
