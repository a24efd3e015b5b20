/*
 * finish_text: the statements of finish.c, for each kind of batch one.
 */
#include "base/buf.h"
#include "job/job.h"
#include "store/pg/finish.h"
#include "store/pg/lines.h"
#include "store/store.h"

/*
 * In these texts @ is which one of the batch, # whether that is well, and ^ what may be so as well
 * where some have gates. Numbers that are unknown stand in the arrays as what none has.
 */
#define FENCE "(?1)[@]"
#define STARTED "coalesce(nullif((?2)[@], '-9223372036854775808'::bigint), a.started_at)"
#define IF_BEGAN(value) "CASE WHEN " STARTED " IS NOT NULL THEN " value " END"
#define IS_OK "(?10)[@] = 1"
_Static_assert(OUTCOME_OK == 1 && OUTCOME_FAILED == 2 && OUTCOME_KILLED == 3, "as in statement");

/*
 * Whether there is none of these rows for the one in hand. Mostly there is none at all, which is
 * found out once; else it is looked for row by row, and not by reading all of a table first.
 */
#define NONE(rows, of)                                            \
	"(NOT EXISTS (SELECT 1 FROM " rows ")"                    \
	" OR (SELECT 1 FROM " rows " AND " of " LIMIT 1) IS NULL)"

/*
 * The next time of a periodic job waits, so that its end ends nothing else. Whoever claims that, or
 * changes the job, waits for what runs to end, or keeps out who shares the writers' lock.
 */
#define GOES_ON                                                                         \
	"(SELECT 1 FROM jobs j JOIN occurrences m ON m.state = 0"                       \
	"  AND m.rank = 9 - j.priority AND m.ready_at = j.due_at AND m.job_id = j.id"   \
	"  AND m.main = 1 WHERE j.id = o.job_id AND j.periodic = 1 AND j.state = 'active'" \
	"  AND j.paused = 0 AND j.boot_id IS NULL AND (#"                               \
	"   OR j.options IS NULL OR j.options !~ '\"retries\"') LIMIT 1) IS NOT NULL"

/*
 * A one-time job fails for good. Nothing else of it is open, so that nobody but who takes away what
 * has run may touch it, of those who share the writers' lock.
 */
#define DIES                                                                              \
	"(SELECT 1 FROM jobs j WHERE j.id = o.job_id AND j.periodic = 0 AND j.state = 'active'" \
	"  AND j.paused = 0 AND j.boot_id IS NULL"                                        \
	"  AND (j.options IS NULL OR j.options !~ '\"retries\"') LIMIT 1) IS NOT NULL"

/*
 * Nobody waits for what it has, its key or a slot of its queue. (Who is put in line keeps out who
 * shares the writers' lock.) Its own rows are found first, and by their index: the other one has
 * all columns, and the server would read that whole.
 */
#define NOBODY_NEXT                                                                  \
	"(SELECT 1 FROM (SELECT l.gate, l.ctid FROM lines l WHERE l.job_id = o.job_id" \
	"  AND l.scheduled_for = o.scheduled_for OFFSET 0) l"                        \
	" WHERE (SELECT 1 FROM lines w WHERE w.gate = l.gate AND w.stage = 2 LIMIT 1)" \
	"  IS NOT NULL OR (l.gate LIKE 'k:%' AND (SELECT 1 FROM lines w"             \
	"   WHERE w.gate = l.gate AND w.stage = 1 LIMIT 1) IS NOT NULL) LIMIT 1) IS NULL"

/* A running occurrence of which the end is no more than that. */
#define SIMPLE                                                                       \
	"o.fence = " FENCE " AND o.wish = 0 AND (o.gated = 0^)"                      \
	" AND " NONE("occurrences b WHERE (b.state = 2 OR (b.state = 0 AND b.main = 0))", \
	    "b.job_id = o.job_id")                                                   \
	" AND " NONE("dependencies d WHERE true", "d.on_id = o.job_id")              \
	" AND " NONE("checkpoints c WHERE true", "c.job_id = o.job_id")              \
	" AND CASE WHEN o.main = 1 THEN # OR (o.manual = 0 AND " DIES ")"            \
	"  ELSE o.manual = 0 AND " GOES_ON " END"

/*
 * What a statement changes rows by goes through it whole, row by row: so that is narrow, and the
 * batch is looked up in its arrays. These have no NULL in them, so each place is found at once.
 *
 * From the batch to its attempts, and from these to their occurrences, and never otherwise. Of two
 * who end the same, one finds the occurrence gone when it comes to take it away.
 */
static const char by_fence[] =
    "WITH found AS MATERIALIZED (SELECT o.* FROM generate_series(1, ?11) AS r (i)"
    "  CROSS JOIN LATERAL (SELECT a.ctid AS atid, a.job_id AS job, a.started_at AS began,"
    "   a.ready_at AS ready FROM attempts a"
    "   WHERE a.id = " FENCE " AND a.outcome = 'running'"
    "   AND (?17)[@] >> a.mail::int & 1 = 1 OFFSET 0) a"
    "  CROSS JOIN LATERAL (SELECT o.ctid AS tid, r.i, a.atid, a.began, a.ready"
    "   FROM occurrences o WHERE o.job_id = a.job AND o.state = 1 AND " SIMPLE
    "    OFFSET 0) o),"
    " gone AS (DELETE FROM occurrences o USING found f WHERE o.ctid = f.tid"
    "  RETURNING f.i, f.atid, f.began, f.ready, o.job_id, o.scheduled_for, o.attempt, o.main,"
    "  o.gated),";

/*
 * Where the rows are is known; if one is not there any more, it is looked up. (The server must not
 * see that an index has all that run: it would read that, and compare each with every place.)
 */
static const char by_place[] =
    "WITH gone AS (DELETE FROM occurrences o WHERE o.ctid = ANY (?17) AND o.state + 0 = 1"
    "  AND " SIMPLE
    "  RETURNING @::bigint AS i, o.job_id, o.main";
static const char by_place_gated[] = ", o.scheduled_for, o.gated";

static const char ended[] =
    " ended AS (UPDATE attempts a SET"
    "  outcome = CASE WHEN # THEN 'ok' WHEN (?10)[@] = 2 THEN 'failed' ELSE 'killed' END,"
    "  dead = CASE WHEN # THEN 0 ELSE 1 END, started_at = " STARTED ", finished_at = (?3)[@],"
    "  exit_status = nullif((?4)[@], -1), signal = nullif((?5)[@], 0),"
    "  user_time = " IF_BEGAN("(?6)[@]") ", system_time = " IF_BEGAN("(?7)[@]") ","
    "  max_rss = " IF_BEGAN("(?8)[@]") ", output_bytes = (?9)[@]";

static const char failed[] =
    ", failed AS (UPDATE jobs j SET state = 'failed', ended_at = ?16 FROM (SELECT job_id"
    "   FROM gone WHERE main = 1 AND NOT (#) OFFSET 0) g WHERE j.id = g.job_id)";

static const char kept[] =
    ", kept AS (INSERT INTO outputs (fence, data, dropped_at, dropped_bytes)"
    "  SELECT " FENCE ", decode(u.data, 'hex'), u.at, u.bytes"
    "  FROM unnest(?12::bigint[], ?13::bigint[], ?14::bigint[], ?15::text[])"
    "   AS u (i, at, bytes, data) WHERE u.i IN (SELECT i FROM gone))";

/* Adds one of these texts. */
static void
add_text(struct buf *b, const char *text, const char *which, int kind)
{
	for (; *text != '\0'; text++) {
		if (*text == '@')
			buf_addstr(b, which);
		else if (*text == '#' && (kind & FAILED) != 0)
			add_text(b, IS_OK, which, kind);
		else if (*text == '#')
			buf_addstr(b, "true");
		else if (*text == '^' && (kind & GATED) != 0)
			add_text(b, " OR " NOBODY_NEXT, which, kind);
		else if (*text == '^')
			continue;
		else
			buf_addc(b, *text);
	}
}

char *
finish_text(int kind)
{
	struct buf b = {0};

	if (kind & HINTED) {
		add_text(&b, by_place, "width_bucket(o.fence, ?1)", kind);
		buf_addstr(&b, kind & GATED ? by_place_gated : "");
		buf_addstr(&b, "),");
	} else {
		add_text(&b, by_fence, "r.i", kind);
	}
	add_text(&b, ended, "g.i", kind);
	if (kind & HINTED)
		add_text(&b,
		    " FROM (SELECT i FROM gone OFFSET 0) g WHERE a.ctid = (?18)[@]"
		    " AND a.id = " FENCE " AND a.outcome = 'running' RETURNING 1)",
		    "g.i", kind);
	else
		buf_addstr(&b,
		    " FROM (SELECT i, atid FROM gone OFFSET 0) g WHERE a.ctid = g.atid)");
	if (kind & FAILED)
		add_text(&b, failed, "i", kind);
	if (kind & OUTPUT)
		add_text(&b, kept, "u.i", kind);
	buf_addstr(&b, kind & GATED ? LINES_LEFT("gone g") : "");
	buf_addstr(&b, kind & HINTED ? " SELECT (SELECT array_agg(i) FROM gone),"
				       " (SELECT count(*) FROM ended)"
				     : " SELECT i, job_id, scheduled_for, attempt, began, ready,"
				       " main FROM gone");
	return buf_string(&b);
}
