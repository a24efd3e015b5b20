/*
 * check_file: whether the file is whole; what is in it is for the logic to judge.
 */
#include "store/sqlite/check.h"

#include <inttypes.h>

#include "base/mem.h"
#include "store/sqlite/handle.h"

static int
check_file(struct checking *c, struct err *e)
{
	struct cursor *st;
	char *line;
	int rc = db_first(c->db, e, &st, "PRAGMA integrity_check", NOBIND);

	for (; rc > 0; rc = db_next(c->db, e, st))
		if (strcmp(col_text(st, 0), "ok") != 0)
			check_report(c, col_text(st, 0));
	if (rc < 0)
		return rc;
	turn_gap(c->turn);
	rc = db_first(c->db, e, &st, "PRAGMA foreign_key_check", NOBIND);
	for (; rc > 0; rc = db_next(c->db, e, st)) {
		line = xasprintf("table %s, row %" PRId64
				 ": refers to a row of table %s that is not there",
		    col_text(st, 0), col_int(st, 1), col_text(st, 2));
		check_report(c, line);
		free(line);
	}
	return rc;
}

static void
make_gap(struct checking *c)
{
	turn_gap(c->turn);
}

/*
 * In pieces, each with a snapshot of its own: a rule is one statement. So the log grows by what is
 * written during the longest of them.
 */
int
sqlite_check(
    struct store *s, void (*each)(void *, const char *), void *arg, int64_t *faults, struct err *e)
{
	struct checking c = {.db = db_of(s), .each = each, .arg = arg, .gap = make_gap};
	int rc;

	*faults = 0;
	if ((rc = db_reach(c.db, REACH_BULK, e)) < 0)
		return rc;
	c.turn = turn_take(sqlite_of(s));
	/* With other tables the rules mean nothing. */
	if ((rc = check_file(&c, e)) >= 0 && (rc = check_schema(&c, e)) == 0)
		rc = check_rows(&c, e);
	turn_give(c.turn);
	*faults = c.faults;
	return rc < 0 ? rc : 0;
}
