/*
 * ready: when the daemon has to look again.
 */
#include "store/sql/db.h"
#include "store/sql/pause.h"
#include "store/sql/slots.h"

/*
 * Whether all is paused, and until when; whether every live node is to take no new work; whether
 * what waited for others is to be looked at; when the first pause of a job or a queue ends.
 */
#define AROUND                                                                       \
	"SELECT EXISTS (SELECT 1 FROM pauses WHERE ended_at IS NULL),"               \
	" (SELECT min(paused_until) FROM pauses WHERE ended_at IS NULL),"            \
	" (SELECT min(drain) FROM nodes WHERE live = 1),"                            \
	" EXISTS (SELECT 1 FROM endings),"                                           \
	" (SELECT min(paused_until) FROM jobs WHERE paused = 1),"                    \
	" (SELECT min(paused_until) FROM queues WHERE paused = 1)"

#define AROUND_COLUMNS 6

struct around {
	bool paused, drained, unsettled;
	int64_t until, resume;
	int64_t head; /* what waits and is ready first */
};

static int64_t
earlier(int64_t a, int64_t b)
{
	return a == INSTANT_NONE || (b != INSTANT_NONE && b < a) ? b : a;
}

static void
read_around(struct cursor *st, struct around *a)
{
	a->paused = col_int(st, 0) != 0;
	a->until = col_time(st, 1);
	a->drained = col_int(st, 2) != 0;
	a->unsettled = col_int(st, 3) != 0;
	a->resume = earlier(col_time(st, 4), col_time(st, 5));
}

static int64_t
next_ready(const struct around *a)
{
	if (a->paused || a->drained)
		return a->paused ? a->until : INSTANT_NONE;
	return a->unsettled ? 0 : earlier(a->head, a->resume);
}

/* Where the statements are what costs little. */
static int
look_twice(struct db *db, struct around *a, struct err *e)
{
	struct cursor *st;
	int rc;

	if ((rc = db_first(db, e, &st, AROUND, NOBIND)) <= 0)
		return rc;
	read_around(st, a);
	db_reset(st);
	return a->paused || a->drained || a->unsettled ? 0 : pause_ready(db, &a->head, e);
}

/* And where it is the questions that do. One statement sees one snapshot by itself. */
static int
look_once(struct db *db, struct around *a, struct err *e)
{
	struct cursor *st;
	int rc;

	if ((rc = db_first(db, e, &st, AROUND ", " PAUSE_HEADS, NOBIND)) <= 0)
		return rc;
	read_around(st, a);
	a->head = pause_earliest(st, AROUND_COLUMNS);
	db_reset(st);
	return 0;
}

int
sql_next_ready(struct store *s, int64_t *when, struct err *e)
{
	struct around a = {
	    .until = INSTANT_NONE, .resume = INSTANT_NONE, .head = INSTANT_NONE};
	struct db *db = db_of(s);
	int rc;

	*when = INSTANT_NONE;
	if (!db->rows_at_once)
		rc = look_once(db, &a, e);
	else if ((rc = db_begin_read(db, e)) >= 0)
		rc = db_end_read(db, look_twice(db, &a, e), e);
	if (rc < 0)
		return rc;
	*when = next_ready(&a);
	return 0;
}
