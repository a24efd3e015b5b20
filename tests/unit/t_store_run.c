/*
 * t_store_run: many that SQLite claims with one statement, and what is in their way: it is as if
 * each were claimed alone.
 */
#include <sqlite3.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "job/job.h"
#include "probe.h"
#include "scratch.h"
#include "store/store.h"
#include "tap.h"
#include "time/zone.h"

#define T0 INT64_C(1772359200000000)
#define N 40

static char *dir, *path;

static void
need(int rc, const struct err *e)
{
	if (rc >= 0)
		return;
	printf("Bail out! %s\n", e->text);
	exit(1);
}

/* Due at T0, all of them, with ids from 1. The one at `odd` has a deadline, and that is past. */
static struct store *
due(int odd)
{
	struct submit what = {.n = N, .now = T0 - 1, .zone = zone_utc(), .boot_id = "b"};
	struct job jobs[N];
	int64_t ids[N];
	struct store *s;
	struct err e;
	size_t bad;

	unlink(path);
	need(store_open(&s, path, STORE_CREATE, &e), &e);
	for (int i = 0; i < N; i++) {
		job_init(&jobs[i]);
		jobs[i].user = xstrdup("ann");
		jobs[i].command = xstrdup("true");
		jobs[i].schedule = xstrdup("2026-03-01T10:00:00.000Z");
		if (i == odd)
			jobs[i].deadline = 1;
	}
	what.jobs = jobs;
	need(store_submit(s, &what, ids, &bad, &e), &e);
	for (int i = 0; i < N; i++)
		job_release(&jobs[i]);
	return s;
}

static void
claim(struct store *s, int64_t limit, struct claims *c)
{
	static const struct strv labels;
	struct claim_request request = {.node = "n", .runner = 1, .labels = &labels,
	    .now = T0 + 2, .limit = limit, .zone = zone_utc()};
	struct err e;

	memset(c, 0, sizeof(*c));
	need(store_claim_ready(s, &request, c, &e), &e);
}

/* Each job once, and each under the fence of its own attempt. */
static int64_t
in_order(const struct claims *c)
{
	int64_t good = 0;

	for (size_t i = 0; i < c->n; i++) {
		char *text = xasprintf("SELECT count(*) FROM attempts a JOIN occurrences o"
		    " ON o.fence = a.id AND o.state = 1 WHERE a.id = %lld AND a.job_id = %lld"
		    " AND o.job_id = a.job_id AND o.runner = 1 AND a.outcome = 'running'",
		    (long long)c->v[i].fence, (long long)c->v[i].job_id);

		good += probe_number(path, text);
		free(text);
	}
	return good;
}

static void
all_of_them(void)
{
	struct store *s = due(-1);
	struct claims c;

	claim(s, N - 3, &c);
	tap_is_int((int64_t)c.n, N - 3, "as many as are wanted");
	tap_is_int(in_order(&c), N - 3, "each with its attempt");
	claims_release(&c);
	tap_is_int(probe_number(path, "SELECT count(*) FROM occurrences WHERE state = 0"), 3,
	    "the others wait");
	claim(s, N, &c);
	tap_is_int((int64_t)c.n, 3, "and are claimed then");
	claims_release(&c);
	store_close(s);
}

static void
one_needs_thought(void)
{
	struct store *s = due(20);
	struct claims c;

	claim(s, N, &c);
	tap_is_int((int64_t)c.n, N - 1, "those before and after one that is too late");
	tap_is_int(c.skipped, 1, "which is skipped");
	tap_is_int(in_order(&c), N - 1, "each with its attempt");
	claims_release(&c);
	store_close(s);
}

static void
tried_before(void)
{
	struct store *s = due(-1);
	struct claims c;
	int64_t second = 0;

	probe_do(path, "INSERT INTO attempts (id, job_id, scheduled_for, attempt, manual, outcome, ready_at,"
	    " claimed_at) SELECT 1, id, due_for, 1, 0, 'ok', due_at, due_at FROM jobs WHERE id = 21");
	claim(s, N, &c);
	tap_is_int((int64_t)c.n, N, "all, where one has an attempt of that number");
	tap_is_int(in_order(&c), N, "each with its attempt");
	for (size_t i = 0; i < c.n; i++)
		second += c.v[i].attempt == 2;
	tap_is_int(second, 1, "which gets the next number");
	claims_release(&c);
	tap_is_int(probe_number(path, "SELECT count(*) FROM attempts"), N + 1, "and nothing else is left");
	store_close(s);
}

static void
runs_already(void)
{
	struct store *s = due(-1);
	struct claims c;

	probe_do(path, "INSERT INTO occurrences SELECT 1, rank, ready_at, job_id, scheduled_for - 1, 1, 0, 0, 1,"
	    " 0, 0, 0, 99999, 9 FROM occurrences WHERE job_id = 21");
	claim(s, N, &c);
	tap_is_int((int64_t)c.n, N - 1, "all but one that runs already");
	tap_is_int(in_order(&c), N - 1, "each with its attempt");
	claims_release(&c);
	tap_is_int(probe_number(path, "SELECT count(*) FROM attempts"), N - 1, "and nothing else is left");
	tap_is_int(probe_number(path, "SELECT count(*) FROM occurrences WHERE state = 2 AND job_id = 21"), 1,
	    "that one is held");
	store_close(s);
}

int
main(void)
{
	dir = scratch_new("t_store_run");
	path = xasprintf("%s/test.db", dir);
	all_of_them();
	one_needs_thought();
	tried_before();
	runs_already();
	free(path);
	scratch_remove(dir);
	free(dir);
	return tap_done();
}
