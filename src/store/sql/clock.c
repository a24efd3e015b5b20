/*
 * clock: see clock.h. The mark is one row of table settings, "BOOT BOOT_CLOCK WALL_CLOCK LAST_JOB".
 * A step that takes several transactions is another row as long as it is not finished, so that
 * whoever comes after a crash neither leaves jobs out nor moves them twice.
 */
#include "store/sql/clock.h"

#include <inttypes.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/sql/db.h"
#include "store/sql/define.h"
#include "store/sql/setting.h"
#include "store/sql/slots.h"

#define MARK "clock"
#define STEP "clock_step"
#define LOOKED 5000 /* jobs looked at in one transaction, most of which have nothing to follow */
#define BATCH 1000  /* jobs dealt with in one */

/* ---- the mark ---- */

int
clock_keep(struct db *db, const struct moment *now, struct err *e)
{
	int64_t last;
	char *text;
	int rc;

	if ((rc = db_number(db, e, &last, 0, "SELECT max(id) FROM jobs", NOBIND)) < 0)
		return rc;
	text = xasprintf("%s %" PRId64 " %" PRId64 " %" PRId64, now->boot, now->boot_clock,
	    now->wall_clock, last);
	rc = setting_set(db, MARK, text, e);
	free(text);
	return rc;
}

/* What cannot be read counts as no mark. */
static int
read_mark(struct db *db, struct clock_mark *mark, int64_t *last_job, struct err *e)
{
	char *text;
	int rc;

	memset(mark, 0, sizeof(*mark));
	*last_job = 0;
	if ((rc = setting_get(db, MARK, &text, e)) < 0 || text == NULL)
		return rc;
	if (sscanf(text, "%36s %" SCNd64 " %" SCNd64 " %" SCNd64, mark->boot, &mark->boot_clock,
		&mark->wall_clock, last_job) != 4)
		memset(mark, 0, sizeof(*mark));
	free(text);
	return 0;
}

int
sql_clock_mark(struct store *s, struct clock_mark *mark, struct err *e)
{
	int64_t last_job;

	return read_mark(db_of(s), mark, &last_job, e);
}

/* ---- a step ---- */

/* 1: one was begun and is not finished. */
static int
read_step(struct stepping *st, struct err *e)
{
	char *text;
	int kind, rc;

	if ((rc = setting_get(st->db, STEP, &text, e)) < 0 || text == NULL)
		return rc;
	rc = sscanf(text, "%d %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64, &kind,
		 &st->by, &st->now, &st->after, &st->last_job, &st->since) == 6;
	if (rc > 0)
		st->kind = (enum step)kind;
	free(text);
	return rc;
}

static int
write_step(struct stepping *st, struct err *e)
{
	char *text = xasprintf("%d %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64,
	    (int)st->kind, st->by, st->now, st->after, st->last_job, st->since);
	int rc = setting_set(st->db, STEP, text, e);

	free(text);
	return rc;
}

static int
begin_step(struct stepping *st, const struct clock_step *step, struct err *e)
{
	struct clock_mark mark;
	int rc;

	if ((rc = read_mark(st->db, &mark, &st->last_job, e)) < 0)
		return rc;
	st->kind = step->kind;
	st->by = step->by;
	st->now = step->now.wall_clock;
	st->since = mark.wall_clock;
	return clock_keep(st->db, &step->now, e);
}

/* Waits, or stands beside what its schedule has put there. */
#define MAIN                                                                     \
	"EXISTS (SELECT 1 FROM occurrences o WHERE o.state = 0"                  \
	" AND o.rank = 9 - j.priority AND o.ready_at = j.due_at AND o.job_id = j.id"
#define BESIDE                                                                   \
	"EXISTS (SELECT 1 FROM occurrences b INDEXED BY occurrences_beside"      \
	" WHERE b.job_id = j.id AND (b.state = 2 OR (b.state = 0 AND b.main = 0)))"

/*
 * The jobs of one batch of which something waits, or which are periodic. A cron job of which all
 * that waits is the next time of its schedule is left alone by a small step, unless that time has
 * come by it (plan_stepped): of most jobs nothing more than this has to be read.
 */
static int
find_jobs(struct stepping *st, int64_t end, int64_t *ids, size_t *n, struct err *e)
{
	bool small = st->kind == STEP_FORWARD || st->kind == STEP_BACKWARD;
	struct cursor *s;
	int rc = db_first(st->db, e, &s,
	    "SELECT j.id FROM jobs j WHERE j.id > ?1 AND j.id <= ?2 AND j.state = 'active'"
	    " AND CASE WHEN j.periodic = 1 AND j.due_for > ?3"
	    "  AND " DEFINE_IS_CRON("j.schedule")
	    " THEN " MAIN " AND (o.attempt > 1 OR o.manual <> 0 OR o.hold <> 0)) OR " BESIDE
	    " ELSE j.periodic = 1 OR " MAIN ") OR " BESIDE
	    " END ORDER BY j.id LIMIT ?4",
	    BIND(I(st->after), I(end),
		I(!small			? INT64_MAX :
			st->kind == STEP_FORWARD ? st->now :
						   INT64_MIN),
		I(BATCH)));

	for (*n = 0; rc > 0; rc = db_next(st->db, e, s))
		ids[(*n)++] = col_int(s, 0);
	return rc;
}

/* Up to which job a batch may go, and whether there are more. */
static int
find_end(struct stepping *st, int64_t *end, struct err *e)
{
	int rc = db_number(st->db, e, end, INT64_MAX,
	    "SELECT id FROM jobs WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?",
	    BIND(I(st->after), I(LOOKED - 1)));

	st->done->more = *end != INT64_MAX;
	return rc;
}

static int
step_batch(struct stepping *st, struct err *e)
{
	int64_t ids[BATCH], end;
	size_t n;
	int rc;

	if ((rc = find_end(st, &end, e)) < 0 || (rc = find_jobs(st, end, ids, &n, e)) < 0)
		return rc;
	if (n == BATCH) {
		end = ids[n - 1];
		st->done->more = true;
	}
	for (size_t i = 0; i < n; i++)
		if ((rc = clock_step_job(st, ids[i], e)) < 0)
			return rc;
	st->after = end;
	return st->done->more ? write_step(st, e) : setting_set(st->db, STEP, NULL, e);
}

static int
step(struct stepping *st, const struct clock_step *asked, struct err *e)
{
	int rc;

	if ((rc = read_step(st, e)) < 0)
		return rc;
	if (rc == 0 && asked->kind == STEP_NONE)
		return 0;
	if (rc == 0 && (rc = begin_step(st, asked, e)) < 0)
		return rc;
	return step_batch(st, e);
}

int
sql_clock_step(struct store *s, const struct clock_step *asked, struct clock_stepped *done,
    struct err *e)
{
	struct stepping st = {.db = db_of(s), .zone = asked->zone, .done = done};
	int rc;

	done->more = false;
	if ((asked->kind != STEP_NONE && (rc = db_reach(st.db, REACH_MANY, e)) < 0) ||
	    (rc = db_begin(st.db, e)) < 0)
		return rc;
	rc = db_end(st.db, step(&st, asked, e), e);
	return rc < 0 || done->more ? rc : db_reach(st.db, REACH_FEW, e);
}
