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
#include "store/pg/array.h"
#include "store/pg/finish.h"
#include "store/pg/handle.h"
#include "store/sql/count.h"
#include "store/sql/notice.h"
#include "store/sql/slots.h"

#define OUTPUT_MAX (8 << 20) /* bytes of outputs in one statement */

/* ---- the batch ---- */

_Static_assert(sizeof(((struct pg_db *)0)->finish) / sizeof(char *) == KINDS, "one for each");

struct batch {
	int kind;
	struct buf numbers[NUMBERS], outputs[OUTPUTS], places[PLACES], quiet;
	const struct result **v; /* from 1 on, as in the statement */
	size_t n;
};

/* Those whose rows have a known place, and the others. */
struct batches {
	struct batch hinted, looked_up;
	size_t output; /* of all */
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
	b->kind |= OUTPUT;
}

/* Nothing else is tried again here: what is not well is dead. */
static bool
is_quiet(int64_t wish, const struct result *r)
{
	return !notice_wanted(wish, r, r->outcome != OUTCOME_OK);
}

static int64_t
quiet_wishes(const struct result *r)
{
	int64_t wishes = 0;

	for (int wish = 0; wish <= 1 + MAIL_ALWAYS; wish++)
		wishes |= (int64_t)is_quiet(wish, r) << wish;
	return wishes;
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
		array_add(&b->numbers[i], numbers[i]);
	if ((b->kind & HINTED) == 0)
		array_add(&b->quiet, quiet_wishes(r));
	if (r->outcome != OUTCOME_OK)
		b->kind |= FAILED;
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
	for (int i = 0; i < PLACES; i++)
		buf_release(&b->places[i]);
	buf_release(&b->quiet);
	free(b->v);
}

/*
 * Whether one statement can do it, if its attempt turns out to be of the simple kind. Of failures
 * the commonest: the program said so, or was killed, and left nothing for who tries it again by
 * hand. (What is well needs no more of that.)
 */
static bool
is_simple(const struct pg_db *pg, size_t output, const struct result *r)
{
	bool failed = (r->outcome == OUTCOME_FAILED || r->outcome == OUTCOME_KILLED) &&
		      r->checkpoint_len < 0;

	return (r->outcome == OUTCOME_OK || (failed && !pg->db.store.tell_failures)) &&
	       !r->not_started && r->reason == NULL &&
	       output + (size_t)r->output_len <= OUTPUT_MAX;
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

/* Whose start was told of, if it was, was counted then. */
static void
note(struct pg_db *pg, const struct hint *h, bool told, const struct result *r)
{
	struct pg_ended *ended = &pg->ended;

	ended->v = mem_grow(ended->v, ended->n, &ended->cap, sizeof(*ended->v));
	ended->v[ended->n++] = (struct finished){.fence = r->fence,
	    .job_id = h->job_id,
	    .scheduled_for = h->scheduled_for,
	    .attempt = h->number,
	    .outcome = r->outcome,
	    .dead = r->outcome != OUTCOME_OK,
	    .retry_at = INSTANT_NONE};
	count_add(&pg->db, N_FINISHED + (int)r->outcome, 1);
	if (h->main)
		count_moved(
		    &pg->db, REST_OPEN, r->outcome == OUTCOME_OK ? REST_DONE : REST_FAILED);
	if (!told && r->started_at != INSTANT_NONE)
		count_started(&pg->db, r->started_at - h->expected);
}

/* To its first row. */
static int
run(struct pg_db *pg, struct batch *b, int64_t now, struct cursor **st, struct err *e)
{
	const char **text = &pg->finish[b->kind];
	struct val values[NUMBERS + 1 + OUTPUTS + 1 + PLACES];
	int k = 0;

	if (*text == NULL)
		*text = db_own_text(&pg->db, finish_text(b->kind));
	for (int i = 0; i < NUMBERS; i++)
		values[k++] = array_numbers(&b->numbers[i]);
	values[k++] = I((int64_t)b->n);
	for (int i = 0; i < OUTPUTS; i++) {
		buf_addstr(&b->outputs[i], b->outputs[i].len == 0 ? "{}" : "}");
		buf_add(&b->outputs[i], "", 1);
		values[k++] = S(b->outputs[i].data);
	}
	values[k++] = I(now);
	for (int i = 0; i < PLACES && (b->kind & HINTED) != 0; i++)
		values[k++] = array_places(&b->places[i]);
	if ((b->kind & HINTED) == 0)
		values[k++] = array_numbers(&b->quiet);
	return db_first(&pg->db, e, st, *text, values, (size_t)k);
}

static int
end_looked_up(struct pg_db *pg, struct batch *b, int64_t now, struct err *e)
{
	struct cursor *st;
	int rc = run(pg, b, now, &st, e);

	for (; rc > 0; rc = db_next(&pg->db, e, st)) {
		struct hint h = {.job_id = col_int(st, 1),
		    .scheduled_for = col_int(st, 2),
		    .number = (int)col_int(st, 3),
		    .expected = col_int(st, 5),
		    .main = col_int(st, 6) != 0};

		note(pg, &h, !col_is_null(st, 4), b->v[col_int(st, 0)]);
	}
	return rc;
}

/* What was ended leaves its list; the others are still to be looked up. */
static int
end_hinted(struct pg_db *pg, struct batches *b, int64_t now, struct err *e)
{
	struct batch *hinted = &b->hinted;
	struct cursor *st;
	size_t n;
	int rc;

	if ((rc = run(pg, hinted, now, &st, e)) <= 0)
		return rc;
	n = array_count(st, 0);
	if ((size_t)col_int(st, 1) != n) {
		db_reset(st);
		pg->moved = true;
		return err_set(e, E_STORE, "an attempt is not where it was");
	}
	for (size_t i = 0; i < n; i++) {
		const struct result **r = &hinted->v[array_number(st, 0, i)];
		const struct hint *h = hint_find(&pg->hints, (*r)->fence);

		note(pg, h, h->told, *r);
		*r = NULL;
	}
	db_reset(st);
	for (size_t i = 1; i <= hinted->n; i++)
		if (hinted->v[i] != NULL)
			add_result(&b->looked_up, hinted->v[i], now);
	return 0;
}

static int
compare_fences(const void *a, const void *b)
{
	const struct result *const *x = a, *const *y = b;

	return ((*x)->fence > (*y)->fence) - ((*x)->fence < (*y)->fence);
}

/* The hinted by their fences, each once. */
static void
fill(struct pg_db *pg, struct batches *b, const struct result *v, size_t n, int64_t now)
{
	const struct result **known = xcalloc(n + 1, sizeof(*known));
	size_t nknown = 0;

	for (size_t i = 0; i < n; i++) {
		const struct hint *h = hint_find(&pg->hints, v[i].fence);

		if (!is_simple(pg, b->output, &v[i]) || find(&pg->ended, v[i].fence) != NULL ||
		    (h != NULL && !is_quiet(h->mail, &v[i])))
			continue;
		b->output += (size_t)(v[i].output_len > 0 ? v[i].output_len : 0);
		if (h != NULL)
			known[nknown++] = &v[i];
		else
			add_result(&b->looked_up, &v[i], now);
	}
	qsort(known, nknown, sizeof(*known), compare_fences);
	for (size_t i = 0; i < nknown; i++) {
		const struct hint *h = hint_find(&pg->hints, known[i]->fence);

		if (i > 0 && known[i]->fence == known[i - 1]->fence)
			continue;
		array_add_place(&b->hinted.places[P_OCCURRENCE], &h->occurrence);
		array_add_place(&b->hinted.places[P_ATTEMPT], &h->attempt);
		b->hinted.kind |= h->gated ? GATED : 0;
		add_result(&b->hinted, known[i], now);
	}
	free(known);
}

static int
end_batches(struct pg_db *pg, struct batches *b, int64_t now, struct err *e)
{
	size_t before = pg->ended.n;
	int rc;

	pg->share = true;
	if ((rc = db_begin(&pg->db, e)) < 0)
		return rc;
	if (b->hinted.n > 0)
		rc = end_hinted(pg, b, now, e);
	if (rc >= 0 && b->looked_up.n > 0)
		rc = end_looked_up(pg, &b->looked_up, now, e);
	rc = db_end(&pg->db, rc, e);
	if (rc < 0 && !pg->db.unsure)
		pg->ended.n = before;
	sort(&pg->ended);
	return rc;
}

/* After an error none of these is told; after one that leaves it open, all may be stored. */
static int
end_simple(struct pg_db *pg, const struct result *v, size_t n, int64_t now, struct err *e)
{
	struct batches b = {.hinted = {.kind = HINTED, .v = xcalloc(n + 1, sizeof(*b.hinted.v))},
	    .looked_up = {.kind = GATED, .v = xcalloc(n + 1, sizeof(*b.looked_up.v))}};
	int rc = 0;

	pg->moved = false;
	fill(pg, &b, v, n, now);
	if (b.hinted.n + b.looked_up.n > 0)
		rc = end_batches(pg, &b, now, e);
	batch_release(&b.hinted);
	batch_release(&b.looked_up);
	return rc;
}

static void
forget(struct pg_db *pg, const struct result *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		hint_drop(&pg->hints, v[i].fence);
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

	if (pg->ended.n > 0 && (rc = look_again(pg, e)) < 0)
		return rc;
	rc = end_simple(pg, v, n, now, e);
	if (rc < 0 && pg->moved) {
		forget(pg, v, n);
		rc = end_simple(pg, v, n, now, e);
	}
	if (rc < 0 || (rc = end_others(pg, v, n, now, done, e)) < 0)
		return rc;
	forget(pg, v, n);
	pg->ended.n = 0;
	return 0;
}
