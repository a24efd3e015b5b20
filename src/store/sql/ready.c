/*
 * ready: when the daemon has to look again.
 */
#include "store/sql/db.h"
#include "store/sql/depend.h"
#include "store/sql/pause.h"
#include "store/sql/slots.h"

/* 1: all is paused, and *until is when that ends. */
static int
all_paused(struct db *db, int64_t *until, struct err *e)
{
	struct cursor *st;
	int rc;

	if ((rc = db_first(db, e, &st, "SELECT paused_until FROM pauses WHERE ended_at IS NULL",
		 NOBIND)) <= 0)
		return rc;
	*until = col_time(st, 0);
	db_reset(st);
	return 1;
}

/* 1: every live node is to take no new work. */
static int
all_drained(struct db *db, struct err *e)
{
	int64_t drained;
	int rc =
	    db_number(db, e, &drained, 0, "SELECT min(drain) FROM nodes WHERE live = 1", NOBIND);

	return rc < 0 ? rc : drained != 0;
}

static int
next_ready(struct db *db, int64_t *when, struct err *e)
{
	int64_t resume;
	bool unsettled;
	int rc;

	*when = INSTANT_NONE;
	if ((rc = all_paused(db, when, e)) != 0 || (rc = all_drained(db, e)) != 0 ||
	    (rc = depend_unsettled(db, &unsettled, e)) < 0)
		return rc;
	if (unsettled) {
		*when = 0;
		return 0;
	}
	if ((rc = pause_ready(db, when, e)) < 0 ||
	    (rc = db_number(db, e, &resume, INSTANT_NONE,
		 "SELECT min(at) FROM (SELECT min(paused_until) AS at FROM jobs WHERE paused = 1"
		 " UNION ALL SELECT min(paused_until) FROM queues WHERE paused = 1) AS ends",
		 NOBIND)) < 0)
		return rc;
	if (resume != INSTANT_NONE && (*when == INSTANT_NONE || resume < *when))
		*when = resume;
	return 0;
}

int
sql_next_ready(struct store *s, int64_t *when, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	if ((rc = db_begin_read(db, e)) < 0)
		return rc;
	rc = db_end_read(db, next_ready(db, when, e), e);
	return rc < 0 ? rc : 0;
}
