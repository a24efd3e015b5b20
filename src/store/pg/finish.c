/*
 * finish: how attempts end in a crowd of nodes, none of which waits for another.
 *
 * The end of a one-time job's attempt, of which nobody is to be told and for which nobody waits,
 * changes its attempt and takes its occurrence away; and if it failed, and is not tried again, the
 * job is a dead letter. One statement does that for all of a batch. That of a periodic job does no
 * more if the job's next time waits and nothing else of it does. The others go the usual way, in a
 * second transaction.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "store/pg/handle.h"
#include "store/sql/count.h"
#include "store/sql/slots.h"

#define OUTPUT_MAX (8 << 20) /* bytes of outputs in one statement */

/* Arrays of the statement, in its order: of numbers, and of the outputs, in text. */
enum {
	A_FENCE,
	A_STARTED,
	A_FINISHED,
	A_EXIT,
	A_SIGNAL,
	A_USER,
	A_SYSTEM,
	A_RSS,
	A_BYTES,
	A_OUTCOME,
	NUMBERS
};
enum { O_NUMBER, O_DROPPED_AT, O_DROPPED, O_DATA, OUTPUTS };

/* Of the i-th of the batch. Numbers that are unknown stand there as what none has. */
#define FENCE(i) "(?1)[" i "]"
#define STARTED(i) "nullif((?2)[" i "], '-9223372036854775808'::bigint)"
#define IF_BEGAN(value) \
	"CASE WHEN coalesce(" STARTED("g.i") ", g.began) IS NOT NULL THEN " value " END"
#define IS_OK(i) "(?10)[" i "] = 1"
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
	"  AND j.paused = 0 AND j.boot_id IS NULL AND (" IS_OK("r.i")                   \
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
 * What a statement changes rows by goes through it whole, row by row: so that is narrow, and the
 * batch is looked up in its arrays. These have no NULL in them, so each place is found at once.
 */
static const char statement[] =
    /*
     * From the batch to its attempts, and from these to their occurrences, and never otherwise.
     * Of two who end the same, one finds the occurrence gone when it comes to take it away.
     */
    "WITH found AS MATERIALIZED (SELECT o.* FROM generate_series(1, ?11) AS r (i)"
    "  CROSS JOIN LATERAL (SELECT a.ctid AS atid, a.job_id AS job, a.started_at AS began,"
    "   a.ready_at AS ready FROM attempts a"
    "   WHERE a.id = " FENCE("r.i") " AND a.outcome = 'running' AND a.mail = 0 OFFSET 0) a"
    "  CROSS JOIN LATERAL (SELECT o.ctid AS tid, r.i, a.atid, a.began, a.ready"
    "   FROM occurrences o WHERE o.job_id = a.job AND o.state = 1"
    "    AND o.fence = " FENCE("r.i") " AND o.wish = 0 AND o.gated = 0"
    "    AND " NONE("occurrences b WHERE (b.state = 2 OR (b.state = 0 AND b.main = 0))",
		    "b.job_id = o.job_id")
    "    AND " NONE("dependencies d WHERE true", "d.on_id = o.job_id")
    "    AND " NONE("checkpoints c WHERE true", "c.job_id = o.job_id")
    "    AND CASE WHEN o.main = 1 THEN " IS_OK("r.i") " OR (o.manual = 0 AND " DIES ")"
    "     ELSE o.manual = 0 AND " GOES_ON " END OFFSET 0) o),"
    " gone AS (DELETE FROM occurrences o USING found f WHERE o.ctid = f.tid"
    "  RETURNING f.i, f.atid, f.began, f.ready, o.job_id, o.scheduled_for, o.attempt, o.main),"
    " ended AS (UPDATE attempts a SET"
    "  outcome = CASE (?10)[g.i] WHEN 1 THEN 'ok' WHEN 2 THEN 'failed' ELSE 'killed' END,"
    "  dead = CASE WHEN " IS_OK("g.i") " THEN 0 ELSE 1 END,"
    "  started_at = coalesce(" STARTED("g.i") ", g.began), finished_at = (?3)[g.i],"
    "  exit_status = nullif((?4)[g.i], -1), signal = nullif((?5)[g.i], 0),"
    "  user_time = " IF_BEGAN("(?6)[g.i]") ", system_time = " IF_BEGAN("(?7)[g.i]") ","
    "  max_rss = " IF_BEGAN("(?8)[g.i]") ", output_bytes = (?9)[g.i]"
    "  FROM (SELECT i, atid, began FROM gone OFFSET 0) g WHERE a.ctid = g.atid),"
    " failed AS (UPDATE jobs j SET state = 'failed', ended_at = ?16 FROM (SELECT job_id"
    "   FROM gone WHERE main = 1 AND NOT (" IS_OK("i") ") OFFSET 0) g WHERE j.id = g.job_id),"
    " kept AS (INSERT INTO outputs (fence, data, dropped_at, dropped_bytes)"
    "  SELECT " FENCE("u.i") ", decode(u.data, 'hex'), u.at, u.bytes"
    "  FROM unnest(?12::bigint[], ?13::bigint[], ?14::bigint[], ?15::text[])"
    "   AS u (i, at, bytes, data) WHERE u.i IN (SELECT i FROM gone))"
    " SELECT i, job_id, scheduled_for, attempt, began, ready, main FROM gone";

/* ---- the batch ---- */

struct batch {
	struct buf numbers[NUMBERS], outputs[OUTPUTS];
	const struct result **v; /* from 1 on, as in the statement */
	size_t n, output;
};

static void
add_output(struct batch *b, const struct result *r)
{
	static const char digits[] = "0123456789abcdef";
	const int64_t numbers[] = {(int64_t)b->n + 1, r->dropped_at, r->dropped_bytes};
	struct buf *data = &b->outputs[O_DATA];
	char *p;

	if (r->output_len <= 0 && r->dropped_bytes <= 0)
		return;
	for (int i = 0; i < OUTPUTS; i++) {
		buf_addc(&b->outputs[i], b->outputs[i].len == 0 ? '{' : ',');
		if (i < O_DATA)
			pg_add_number(&b->outputs[i], numbers[i]);
	}
	p = buf_room(data, 2 * (size_t)r->output_len + 2);
	*p++ = '"';
	for (int64_t i = 0; i < r->output_len; i++) {
		unsigned char c = (unsigned char)r->output[i];

		*p++ = digits[c >> 4];
		*p++ = digits[c & 15];
	}
	*p = '"';
	data->len += 2 * (size_t)r->output_len + 2;
	b->output += (size_t)r->output_len;
}

static void
add_result(struct batch *b, const struct result *r, int64_t now)
{
	const int64_t numbers[NUMBERS] = {
	    [A_FENCE] = r->fence,
	    [A_STARTED] = r->started_at,
	    [A_FINISHED] = r->finished_at != INSTANT_NONE ? r->finished_at : now,
	    [A_EXIT] = r->exit_status,
	    [A_SIGNAL] = r->signal,
	    [A_USER] = r->user_time,
	    [A_SYSTEM] = r->system_time,
	    [A_RSS] = r->max_rss,
	    [A_BYTES] = r->output_bytes,
	    [A_OUTCOME] = (int64_t)r->outcome,
	};

	for (int i = 0; i < NUMBERS; i++)
		pg_array_add(&b->numbers[i], numbers[i]);
	add_output(b, r);
	b->v[++b->n] = r;
}

static void
batch_release(struct batch *b)
{
	for (int i = 0; i < NUMBERS; i++)
		buf_release(&b->numbers[i]);
	for (int i = 0; i < OUTPUTS; i++)
		buf_release(&b->outputs[i]);
	free(b->v);
}

/*
 * Whether one statement can do it, if its attempt turns out to be of the simple kind. Of failures
 * the commonest: the program said so, or was killed, and left nothing for who tries it again by
 * hand. (What is well needs no more of that.)
 */
static bool
is_simple(const struct pg_db *pg, const struct batch *b, const struct result *r)
{
	bool failed = (r->outcome == OUTCOME_FAILED || r->outcome == OUTCOME_KILLED) &&
		      r->checkpoint_len < 0;

	return (r->outcome == OUTCOME_OK || (failed && !pg->db.store.tell_failures)) &&
	       !r->not_started && r->reason == NULL &&
	       b->output + (size_t)r->output_len <= OUTPUT_MAX;
}

/* ---- one transaction of these ---- */

static int
compare(const void *a, const void *b)
{
	const struct finished *x = a, *y = b;

	return (x->fence > y->fence) - (x->fence < y->fence);
}

static void
sort(struct pg_ended *ended)
{
	if (ended->n > 1)
		qsort(ended->v, ended->n, sizeof(*ended->v), compare);
}

static struct finished *
find(struct pg_ended *ended, int64_t fence)
{
	struct finished key = {.fence = fence};

	return ended->n == 0
		   ? NULL
		   : bsearch(&key, ended->v, ended->n, sizeof(key), compare);
}

static void
note(struct pg_db *pg, struct cursor *st, const struct result *r)
{
	struct pg_ended *ended = &pg->ended;
	bool told = !col_is_null(st, 4);

	ended->v = mem_grow(ended->v, ended->n, &ended->cap, sizeof(*ended->v));
	ended->v[ended->n++] = (struct finished){.fence = r->fence,
	    .job_id = col_int(st, 1),
	    .scheduled_for = col_int(st, 2),
	    .attempt = col_int(st, 3),
	    .outcome = r->outcome,
	    .dead = r->outcome != OUTCOME_OK,
	    .retry_at = INSTANT_NONE};
	count_add(&pg->db, N_FINISHED + (int)r->outcome, 1);
	if (col_int(st, 6) != 0)
		count_moved(
		    &pg->db, REST_OPEN, r->outcome == OUTCOME_OK ? REST_DONE : REST_FAILED);
	if (!told && r->started_at != INSTANT_NONE)
		count_started(&pg->db, r->started_at - col_int(st, 5));
}

static int
run(struct pg_db *pg, struct batch *b, int64_t now, struct err *e)
{
	struct val values[NUMBERS + 1 + OUTPUTS + 1];
	struct cursor *st;
	int rc, k = 0;

	for (int i = 0; i < NUMBERS; i++)
		values[k++] = pg_array(&b->numbers[i]);
	values[k++] = I((int64_t)b->n);
	for (int i = 0; i < OUTPUTS; i++) {
		buf_addstr(&b->outputs[i], b->outputs[i].len == 0 ? "{}" : "}");
		buf_add(&b->outputs[i], "", 1);
		values[k++] = S(b->outputs[i].data);
	}
	values[k++] = I(now);
	rc = db_first(&pg->db, e, &st, statement, values, (size_t)k);
	for (; rc > 0; rc = db_next(&pg->db, e, st))
		note(pg, st, b->v[col_int(st, 0)]);
	return rc;
}

/* After an error none of these is told; after one that leaves it open, all may be stored. */
static int
end_simple(struct pg_db *pg, const struct result *v, size_t n, int64_t now, struct err *e)
{
	struct batch b = {.v = xcalloc(n + 1, sizeof(*b.v))};
	size_t before = pg->ended.n;
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		if (is_simple(pg, &b, &v[i]) && find(&pg->ended, v[i].fence) == NULL)
			add_result(&b, &v[i], now);
	if (b.n > 0) {
		pg->share = true;
		if ((rc = db_begin(&pg->db, e)) >= 0)
			rc = db_end(&pg->db, run(pg, &b, now, e), e);
		if (rc < 0 && !pg->db.unsure)
			pg->ended.n = before;
		sort(&pg->ended);
	}
	batch_release(&b);
	return rc;
}

/* ---- all ---- */

/* They may be stored. Of what became of their jobs, it is looked whether somebody is to be told. */
static void
keep_open(struct pg_db *pg, const struct result *v, size_t n)
{
	struct pg_ended *ended = &pg->ended;

	for (size_t i = 0; i < n; i++) {
		ended->v = mem_grow(ended->v, ended->n, &ended->cap, sizeof(*ended->v));
		ended->v[ended->n++] = (struct finished){.fence = v[i].fence,
		    .outcome = v[i].outcome,
		    .retry_at = INSTANT_NONE,
		    .notice = true};
	}
	sort(ended);
}

/* Those that are stored leave the list; the others go the usual way, and come to their places. */
static int
end_others(struct pg_db *pg, const struct result *v, size_t n, int64_t now,
    struct finished *done, struct err *e)
{
	struct result *rest = xcalloc(n, sizeof(*rest));
	struct finished *ends = xcalloc(n, sizeof(*ends)), *found;
	size_t nrest = 0, k = 0;
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		if (find(&pg->ended, v[i].fence) == NULL)
			rest[nrest++] = v[i];
	if (nrest > 0)
		rc = sql_finish_attempts(&pg->db.store, rest, nrest, now, ends, e);
	if (rc < 0 && pg->db.unsure)
		keep_open(pg, rest, nrest);
	for (size_t i = 0; i < n && rc >= 0; i++)
	{
		if ((found = find(&pg->ended, v[i].fence)) == NULL) {
			done[i] = ends[k++];
			continue;
		}
		done[i] = *found;
		found->stale = true; /* the same once more in this call */
	}
	free(rest);
	free(ends);
	return rc;
}

/* What an open commit was to store is asked for: what is not there was not stored. */
static int
look_again(struct pg_db *pg, struct err *e)
{
	struct pg_ended *ended = &pg->ended;
	size_t n = 0;
	int64_t running;
	int rc = 0;

	for (size_t i = 0; i < ended->n; i++) {
		if ((rc = db_number(&pg->db, e, &running, 0,
			 "SELECT EXISTS (SELECT 1 FROM attempts WHERE id = ?"
			 " AND outcome = 'running')",
			 BIND(I(ended->v[i].fence)))) < 0)
			return rc;
		if (running == 0)
			ended->v[n++] = ended->v[i];
	}
	ended->n = n;
	return rc;
}

int
pg_finish_attempts(struct store *s, const struct result *v, size_t n, int64_t now,
    struct finished *done, struct err *e)
{
	struct pg_db *pg = pg_of(s);
	int rc;

	if ((pg->ended.n > 0 && (rc = look_again(pg, e)) < 0) ||
	    (rc = end_simple(pg, v, n, now, e)) < 0 ||
	    (rc = end_others(pg, v, n, now, done, e)) < 0)
		return rc;
	pg->ended.n = 0;
	return 0;
}
