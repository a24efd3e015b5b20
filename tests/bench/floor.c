/*
 * floor: the least that a submission can cost: a program that links SQLite and makes one durable
 * insert. `floor DATABASE [COMMAND [ARG...]]` runs the command afterwards, as a scheduler would.
 * `floor -k DATABASE` keeps it open until its standard input ends, as a daemon does: the last to
 * close a database tidies it up, and that would be measured.
 */
#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "timing.h"

static const char insert[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "CREATE TABLE IF NOT EXISTS jobs (id INTEGER PRIMARY KEY, command TEXT, due INTEGER);"
    "CREATE TABLE IF NOT EXISTS waiting (due INTEGER, job INTEGER, PRIMARY KEY (due, job))"
    " WITHOUT ROWID;"
    "BEGIN IMMEDIATE;"
    "INSERT INTO jobs (command, due) VALUES ('true', 1);"
    "INSERT INTO waiting VALUES (1, last_insert_rowid());"
    "COMMIT;";

static void
keep(void)
{
	char c;

	while (read(STDIN_FILENO, &c, 1) > 0)
		;
}

int
main(int argc, char *argv[])
{
	bool kept = argc == 3 && strcmp(argv[1], "-k") == 0;
	sqlite3 *db;

	if (argc < 2)
		errx(2, "usage: floor [-k] DATABASE [COMMAND [ARG...]]");
	argc -= kept;
	argv += kept;
	if (sqlite3_open(argv[1], &db) != SQLITE_OK ||
	    sqlite3_busy_timeout(db, 10000) != SQLITE_OK ||
	    sqlite3_exec(db, insert, NULL, NULL, NULL) != SQLITE_OK)
		errx(1, "%s: %s", argv[1], sqlite3_errmsg(db));
	if (kept)
		keep();
	if (argc > 2) {
		timing_spawn(argv + 2);
		timing_reap();
	}
	sqlite3_close(db);
	return 0;
}
