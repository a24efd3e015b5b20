/*
 * check_schema: whether the database has the tables and columns of this version. See check.h.
 *
 * Before the first release the schema changes without a new version, so the version says nothing of
 * a database that was made earlier.
 */
#include "store/sqlite/check.h"

#include "base/err.h"
#include "base/mem.h"
#include "store/sqlite/handle.h"
#include "store/sqlite/schema.h"

static int
fail_model(sqlite3 *model, struct err *e)
{
	return err_set(
	    e, E_STORE, "cannot make a database to compare with: %s", sqlite3_errmsg(model));
}

static int
make_model(sqlite3 **model, struct err *e)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

	if (sqlite3_open_v2(":memory:", model, flags, NULL) != SQLITE_OK ||
	    sqlite3_exec(*model, schema_sql, NULL, NULL, NULL) != SQLITE_OK)
		return fail_model(*model, e);
	return 0;
}

/* One column that this version has, of `width`. */
static int
look_for(struct checking *c, const char *table, const char *column, int64_t width, struct err *e)
{
	int64_t has, is_there;
	char *line;
	int rc;

	if ((rc = db_number(c->db, e, &is_there, 0,
		 "SELECT count(*) FROM pragma_table_info(?)", BIND(S(table)))) < 0 ||
	    (rc = db_number(c->db, e, &has, 0,
		 "SELECT count(*) FROM pragma_table_info(?) WHERE name = ?",
		 BIND(S(table), S(column)))) < 0 ||
	    (has != 0 && is_there <= width))
		return rc;
	line = is_there == 0 ? xasprintf("there is no table %s", table)
	       : has == 0    ? xasprintf("table %s has no column %s", table, column)
			     : xasprintf("table %s has columns of another version", table);
	check_report(c, line);
	free(line);
	return 0;
}

/* In the order of tables; one fault of each is enough. What else is there is its owner's. */
static int
compare(struct checking *c, sqlite3 *model, sqlite3_stmt *st, struct err *e)
{
	char *told = NULL;
	int rc = 0, step = SQLITE_DONE;

	while (rc >= 0 && (step = sqlite3_step(st)) == SQLITE_ROW) {
		const char *table = (const char *)sqlite3_column_text(st, 0);
		const char *column = (const char *)sqlite3_column_text(st, 1);
		int64_t before = c->faults;

		if (told != NULL && strcmp(told, table) == 0)
			continue;
		rc = look_for(c, table, column, sqlite3_column_int64(st, 2), e);
		if (rc >= 0 && c->faults > before) {
			free(told);
			told = xstrdup(table);
		}
	}
	free(told);
	return rc >= 0 && step != SQLITE_DONE ? fail_model(model, e) : rc;
}

int
check_schema(struct checking *c, struct err *e)
{
	int64_t before = c->faults;
	sqlite3_stmt *st = NULL;
	sqlite3 *model = NULL;
	int rc;

	if ((rc = make_model(&model, e)) >= 0) {
		rc = sqlite3_prepare_v2(model,
			 "SELECT m.name, p.name,"
			 " (SELECT count(*) FROM pragma_table_info(m.name))"
			 " FROM sqlite_schema m, pragma_table_info(m.name) p"
			 " WHERE m.type = 'table' AND m.name <> 'sqlite_sequence'"
			 " ORDER BY m.name, p.cid",
			 -1, &st, NULL) != SQLITE_OK
			 ? fail_model(model, e)
			 : compare(c, model, st, e);
	}
	sqlite3_finalize(st);
	sqlite3_close(model);
	if (rc < 0 || c->faults == before)
		return rc;
	check_report(c, "the database was made by another development version: make a new one");
	return 1;
}
