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

struct around {
	bool paused, drained, unsettled;
	int64_t until, resume;
};

static int64_t
earlier(int64_t a, int64_t b)
{
	return a == INSTANT_NONE || (b != INSTANT_NONE && b < a) ? b : a;
}

static int
look_around(struct db *db, struct around *a, struct err *e)
{
	struct cursor *st;
	int rc;

	if ((rc = db_first(db, e, &st, AROUND, NOBIND)) <= 0)
		return rc;
	a->paused = col_int(st, 0) != 0;
	a->until = col_time(st, 1);
	a->drained = col_int(st, 2) != 0;
	a->unsettled = col_int(st, 3) != 0;
	a->resume = earlier(col_time(st, 4), col_time(st, 5));
	db_reset(st);
	return 0;
}

static int
next_ready(struct db *db, int64_t *when, struct err *e)
{
	struct around a = {.until = INSTANT_NONE, .resume = INSTANT_NONE};
	int64_t head;
	int rc;

	*when = INSTANT_NONE;
	if ((rc = look_around(db, &a, e)) < 0)
		return rc;
	if (a.paused || a.drained) {
		*when = a.paused ? a.until : INSTANT_NONE;
		return 0;
	}
	if (a.unsettled) {
		*when = 0;
		return 0;
	}
	if ((rc = pause_ready(db, &head, e)) == 0)
		*when = earlier(head, a.resume);
	return rc;
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
