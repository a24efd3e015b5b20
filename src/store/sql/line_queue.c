/*
 * line_queue: who of those that wait for a queue is let through. See line.h.
 *
 * In order of priority, and of time within one; but each tenth is the one that is ready longest,
 * whatever its priority. The count is in the table, so that a restart takes no turn away: one that
 * N others precede is let through at the latest with the 10 (N + 1)-th.
 */
#include "store/sql/db.h"
#include "store/sql/line.h"
#include "store/sql/occ.h"

#define FAIR 10
/* So many of a queue are let through ahead of their claim; a claim that takes some lets in more. */
#define AHEAD_MAX 1000

static int
count_stage(struct db *db, const char *gate, enum stage stage, int64_t max, int64_t *n,
    struct err *e)
{
	return db_number(db, e, n, 0,
	    "SELECT count(*) FROM (SELECT 1 FROM lines WHERE gate = ? AND stage = ? LIMIT ?)"
	    " AS found",
	    BIND(S(gate), I(stage), I(max)));
}

/* How many more may be let through. */
static int
room_of(struct db *db, const char *gate, int64_t *room, struct err *e)
{
	int64_t limit, running, ahead;
	int rc;

	/* A paused one has no room; one without a limit, as much as is let through at once. */
	if ((rc = db_number(db, e, &limit, INT64_MAX,
		 "SELECT CASE WHEN paused = 1 THEN 0 ELSE max_running END FROM queues"
		 " WHERE name = ?",
		 BIND(S(gate + 2)))) < 0 ||
	    (rc = count_stage(db, gate, LINE_HOLDS, limit, &running, e)) < 0 ||
	    (rc = count_stage(db, gate, LINE_FRONT, AHEAD_MAX, &ahead, e)) < 0)
		return rc;
	*room = limit - running < AHEAD_MAX ? limit - running : AHEAD_MAX;
	*room -= ahead;
	return 0;
}

/* Each of these: 1, or 0 if none waits. */
static int
best(struct db *db, const char *gate, struct standing *s, struct err *e)
{
	struct cursor *st;
	int rc;

	if ((rc = db_first(db, e, &st,
		 "SELECT job_id, scheduled_for FROM lines WHERE gate = ? AND stage = 2"
		 " ORDER BY rank, due, job_id, scheduled_for LIMIT 1",
		 BIND(S(gate)))) <= 0)
		return rc;
	*s = (struct standing){col_int(st, 0), col_int(st, 1)};
	db_reset(st);
	return 1;
}

/* A look at the head of each rank, however many wait. */
static int
oldest(struct db *db, const char *gate, struct standing *s, struct err *e)
{
	int64_t due = INT64_MAX;
	struct cursor *st;
	int rc, found = 0;

	for (int64_t rank = 0; rank < OCC_RANKS; rank++) {
		if ((rc = db_first(db, e, &st,
			 "SELECT due, job_id, scheduled_for FROM lines"
			 " WHERE gate = ? AND stage = 2 AND rank = ?"
			 " ORDER BY due, job_id, scheduled_for LIMIT 1",
			 BIND(S(gate), I(rank)))) < 0)
			return rc;
		if (rc == 0)
			continue;
		if (!found || col_int(st, 0) < due) {
			due = col_int(st, 0);
			*s = (struct standing){col_int(st, 1), col_int(st, 2)};
		}
		found = 1;
		db_reset(st);
	}
	return found;
}

/* *released is how many the queue let through before, and then with these. */
static int
let_through(struct db *db, const char *gate, int64_t room, int64_t *released, struct err *e)
{
	struct standing s;
	int rc = 1;

	for (; room > 0; room--) {
		bool fair = (*released + 1) % FAIR == 0;

		if ((rc = fair ? oldest(db, gate, &s, e) : best(db, gate, &s, e)) <= 0 ||
		    (rc = line_release(db, &s, HOLD_QUEUE, e)) < 0)
			return rc;
		++*released;
	}
	return 0;
}

int
line_settle_queue(struct db *db, const char *gate, struct err *e)
{
	int64_t room, before, released;
	int rc;

	if ((rc = room_of(db, gate, &room, e)) < 0 || room <= 0)
		return rc;
	if ((rc = db_number(db, e, &before, 0, "SELECT released FROM queues WHERE name = ?",
		 BIND(S(gate + 2)))) < 0)
		return rc;
	released = before;
	if ((rc = let_through(db, gate, room, &released, e)) < 0 || released == before)
		return rc;
	return db_do(db, e, "UPDATE queues SET released = ? WHERE name = ?",
	    BIND(I(released % FAIR), S(gate + 2)));
}
