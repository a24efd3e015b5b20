/*
 * ended: waits until no job of a database runs or is due: `ended DATABASE`. It looks often and
 * costs next to nothing, so that what is measured has the machine for itself. What waits for later
 * times does not count. Ends with 1 when that takes longer than two minutes.
 */
#include <sqlite3.h>
#include <stdbool.h>

#include "timing.h"

#define LOOK_US 5000
#define LIMIT_US 120e6

static const char open_sql[] = "SELECT EXISTS (SELECT 1 FROM occurrences WHERE state = 1)"
	" OR EXISTS (SELECT 1 FROM occurrences WHERE state = 0 AND rank = 4"
	" AND ready_at < (unixepoch() + 1) * 1000000)";

/* Whoever writes may keep us out for a moment: then there is still something to do. */
static bool
is_open(sqlite3_stmt *s)
{
	int rc = sqlite3_step(s);
	bool open = rc != SQLITE_ROW || sqlite3_column_int(s, 0) != 0;

	if (rc != SQLITE_ROW && rc != SQLITE_BUSY)
		errx(1, "%s", sqlite3_errmsg(sqlite3_db_handle(s)));
	sqlite3_reset(s);
	return open;
}

int
main(int argc, char *argv[])
{
	struct timespec pause = { .tv_nsec = LOOK_US * 1000 };
	double deadline = timing_now() + LIMIT_US;
	sqlite3_stmt *s;
	sqlite3 *db;

	if (argc != 2)
		errx(2, "usage: ended DATABASE");
	if (sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, open_sql, -1, &s, NULL) != SQLITE_OK)
		errx(1, "%s: %s", argv[1], sqlite3_errmsg(db));
	while (is_open(s)) {
		if (timing_now() > deadline)
			errx(1, "%s: jobs still run or are due after two minutes", argv[1]);
		nanosleep(&pause, NULL);
	}
	sqlite3_finalize(s);
	sqlite3_close(db);
	return 0;
}
