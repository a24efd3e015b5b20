/*
 * probe: see probe.h.
 */
#include "probe.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

static void __attribute__((noreturn))
bail(sqlite3 *db, const char *text)
{
	printf("Bail out! %s: %s\n", text, sqlite3_errmsg(db));
	exit(1);
}

void
probe_do(const char *database, const char *text)
{
	sqlite3 *db;

	if (sqlite3_open(database, &db) != SQLITE_OK ||
	    sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		bail(db, text);
	sqlite3_close(db);
}

int64_t
probe_number(const char *database, const char *text)
{
	sqlite3_stmt *st;
	sqlite3 *db;
	int64_t n;

	if (sqlite3_open(database, &db) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, text, -1, &st, NULL) != SQLITE_OK ||
	    sqlite3_step(st) != SQLITE_ROW)
		bail(db, text);
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return n;
}
