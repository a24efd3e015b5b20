/*
 * finish: how attempts end in a crowd of nodes, none of which waits for another.
 *
 * The end of a one-time job's attempt that went well, of which nobody is to be told and for which
 * nobody waits, changes its attempt and takes its occurrence away: one statement does that for all
 * of a batch. That of a periodic job, well or not, does no more if the job's next time waits and
 * nothing else of it does, and a failure is not tried again. The others go the usual way, in a
 * second transaction.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "store/pg/handle.h"
#include "store/sql/count.h"
#include "store/sql/slots.h"

#define OUTPUT_MAX (8 << 20) /* bytes of outputs in one statement */

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
	"  AND j.paused = 0 AND j.boot_id IS NULL AND (r.outcome = 'ok'"                \
	"   OR j.options IS NULL OR j.options !~ '\"retries\"') LIMIT 1) IS NOT NULL"

static const char statement[] =
    "WITH r AS MATERIALIZED (SELECT * FROM unnest(?1::bigint[], ?2::bigint[], ?3::bigint[],"
    "  ?4::bigint[], ?5::bigint[], ?6::bigint[], ?7::bigint[], ?8::bigint[], ?9::bigint[],"
    "  ?10::bigint[], ?11::bigint[], ?12::text[], ?13::text[])"
    "  AS r (fence, started_at, finished_at, exit_status, signal, user_time, system_time,"
    "  max_rss, output_bytes, dropped_at, dropped_bytes, outcome, output)),"
    /*
     * From the batch to its attempts, and from these to their occurrences, and never otherwise.
     * Of two who end the same, one finds the occurrence gone when it comes to take it away.
     */
    " found AS MATERIALIZED (SELECT r.*, o.* FROM r CROSS JOIN LATERAL"
    "  (SELECT a.ctid AS atid, a.job_id AS job, a.started_at AS began,"
    "   a.ready_at AS ready FROM attempts a"
    "   WHERE a.id = r.fence AND a.outcome = 'running' AND a.mail = 0 OFFSET 0) a"
    "  CROSS JOIN LATERAL (SELECT o.ctid AS tid, o.job_id, o.scheduled_for, o.attempt,"
    "    o.main, a.atid, a.began, a.ready FROM occurrences o"
    "   WHERE o.job_id = a.job AND o.state = 1"
    "    AND o.fence = r.fence AND o.wish = 0 AND o.gated = 0"
    "    AND " NONE("occurrences b WHERE (b.state = 2 OR (b.state = 0 AND b.main = 0))",
		    "b.job_id = o.job_id")
    "    AND " NONE("dependencies d WHERE true", "d.on_id = o.job_id")
    "    AND " NONE("checkpoints c WHERE true", "c.job_id = o.job_id")
    "    AND CASE WHEN o.main = 1 THEN r.outcome = 'ok'"
    "     ELSE o.manual = 0 AND " GOES_ON " END OFFSET 0) o),"
    " gone AS (DELETE FROM occurrences o USING found f WHERE o.ctid = f.tid RETURNING f.*),"
    " ended AS (UPDATE attempts a SET outcome = g.outcome, exit_status = g.exit_status,"
    "  signal = g.signal, dead = CASE WHEN g.outcome = 'ok' THEN 0 ELSE 1 END,"
    "  started_at = coalesce(g.started_at, g.began), finished_at = g.finished_at,"
    "  user_time = CASE WHEN coalesce(g.started_at, g.began) IS NOT NULL"
    "   THEN g.user_time END,"
    "  system_time = CASE WHEN coalesce(g.started_at, g.began) IS NOT NULL"
    "   THEN g.system_time END,"
    "  max_rss = CASE WHEN coalesce(g.started_at, g.began) IS NOT NULL"
    "   THEN g.max_rss END, output_bytes = g.output_bytes"
    "  FROM gone g WHERE a.ctid = g.atid),"
    " kept AS (INSERT INTO outputs (fence, data, dropped_at, dropped_bytes)"
    "  SELECT fence, decode(output, 'hex'), dropped_at, dropped_bytes"
    "  FROM gone WHERE output IS NOT NULL)"
    " SELECT fence, job_id, scheduled_for, attempt, began, ready, main FROM gone";

/* ---- the batch, as arrays in text ---- */

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
	A_DROPPED_AT,
	A_DROPPED,
	A_OUTCOME,
	A_OUTPUT,
	ARRAYS
};

struct batch {
	struct buf arrays[ARRAYS];
	size_t n, output;
};

static void
add(struct batch *b, int i, int64_t n, int64_t none)
{
	buf_addc(&b->arrays[i], b->n == 0 ? '{' : ',');
	if (n == none)
		buf_addstr(&b->arrays[i], "NULL");
	else
		pg_add_number(&b->arrays[i], n);
}

static void
add_output(struct batch *b, const struct result *r)
{
	static const char digits[] = "0123456789abcdef";
	struct buf *a = &b->arrays[A_OUTPUT];
	char *p;

	buf_addc(a, b->n == 0 ? '{' : ',');
	if (r->output_len <= 0 && r->dropped_bytes <= 0) {
		buf_addstr(a, "NULL");
		return;
	}
	p = buf_room(a, 2 * (size_t)r->output_len + 2);
	*p++ = '"';
	for (int64_t i = 0; i < r->output_len; i++) {
		unsigned char c = (unsigned char)r->output[i];

		*p++ = digits[c >> 4];
		*p++ = digits[c & 15];
	}
	*p = '"';
	a->len += 2 * (size_t)r->output_len + 2;
	b->output += (size_t)r->output_len;
}

static void
add_result(struct batch *b, const struct result *r, int64_t now)
{
	add(b, A_FENCE, r->fence, INT64_MIN);
	add(b, A_STARTED, r->started_at, INSTANT_NONE);
	add(b, A_FINISHED, r->finished_at != INSTANT_NONE ? r->finished_at : now, INT64_MIN);
	add(b, A_EXIT, r->exit_status, -1);
	add(b, A_SIGNAL, r->signal, 0);
	add(b, A_USER, r->user_time, INT64_MIN);
	add(b, A_SYSTEM, r->system_time, INT64_MIN);
	add(b, A_RSS, r->max_rss, INT64_MIN);
	add(b, A_BYTES, r->output_bytes, INT64_MIN);
	add(b, A_DROPPED_AT, r->dropped_at, INT64_MIN);
	add(b, A_DROPPED, r->dropped_bytes, INT64_MIN);
	buf_addc(&b->arrays[A_OUTCOME], b->n == 0 ? '{' : ',');
	buf_addstr(&b->arrays[A_OUTCOME], outcome_word(r->outcome));
	add_output(b, r);
	b->n++;
}

/*
 * Whether one statement can do it, if its attempt turns out to be of the simple kind. Of failures
 * the commonest: the program said so, or was killed.
 */
static bool
is_simple(const struct pg_db *pg, const struct batch *b, const struct result *r)
{
	bool failed = r->outcome == OUTCOME_FAILED || r->outcome == OUTCOME_KILLED;

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

static const struct result *
result_of(const struct result *v, size_t n, int64_t fence)
{
	size_t i = 0;

	while (i < n && v[i].fence != fence)
		i++;
	return i < n ? &v[i] : NULL;
}

static void
note(struct pg_db *pg, struct cursor *st, const struct result *r)
{
	struct pg_ended *ended = &pg->ended;
	bool told = !col_is_null(st, 4);

	ended->v = mem_grow(ended->v, ended->n, &ended->cap, sizeof(*ended->v));
	ended->v[ended->n++] = (struct finished){.fence = col_int(st, 0),
	    .job_id = col_int(st, 1),
	    .scheduled_for = col_int(st, 2),
	    .attempt = col_int(st, 3),
	    .outcome = r->outcome,
	    .dead = r->outcome != OUTCOME_OK,
	    .retry_at = INSTANT_NONE};
	count_add(&pg->db, N_FINISHED + (int)r->outcome, 1);
	if (col_int(st, 6) != 0)
		count_moved(&pg->db, REST_OPEN, REST_DONE);
	if (!told && r->started_at != INSTANT_NONE)
		count_started(&pg->db, r->started_at - col_int(st, 5));
}

static int
run(struct pg_db *pg, struct batch *b, const struct result *v, size_t n, struct err *e)
{
	struct val values[ARRAYS];
	const struct result *r = NULL;
	struct cursor *st;
	size_t at = 0;
	int rc;

	for (int i = 0; i < ARRAYS; i++) {
		buf_addstr(&b->arrays[i], "}");
		buf_add(&b->arrays[i], "", 1);
		values[i] = S(b->arrays[i].data);
	}
	rc = db_first(&pg->db, e, &st, statement, values, ARRAYS);
	for (; rc > 0; rc = db_next(&pg->db, e, st)) {
		/* They mostly come in the order in which they were asked. */
		if (at < n && v[at].fence == col_int(st, 0))
			r = &v[at];
		else
			r = result_of(v, n, col_int(st, 0));
		at = (size_t)(r - v) + 1;
		note(pg, st, r);
	}
	return rc;
}

/* After an error none of these is told; after one that leaves it open, all may be stored. */
static int
end_simple(struct pg_db *pg, const struct result *v, size_t n, int64_t now, struct err *e)
{
	struct batch b = {.n = 0};
	size_t before = pg->ended.n;
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		if (is_simple(pg, &b, &v[i]) && find(&pg->ended, v[i].fence) == NULL)
			add_result(&b, &v[i], now);
	if (b.n > 0) {
		pg->share = true;
		if ((rc = db_begin(&pg->db, e)) >= 0)
			rc = db_end(&pg->db, run(pg, &b, v, n, e), e);
		if (rc < 0 && !pg->db.unsure)
			pg->ended.n = before;
		sort(&pg->ended);
	}
	for (int i = 0; i < ARRAYS; i++)
		buf_release(&b.arrays[i]);
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
