/*
 * t_store_crowd: nodes that claim and end jobs on PostgreSQL at the same time, none of which waits
 * for another.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "job/job.h"
#include "pg_server.h"
#include "pg_store.h"
#include "store/lease.h"
#include "store/queue.h"
#include "tap.h"
#include "time/duration.h"
#include "time/zone.h"

/* ---- a crowd ---- */

#define CROWD 4
#define CROWD_JOBS 3000

/* One in so many is of another kind: they go another way than the most. */
static void
make_jobs(struct store *s)
{
	struct submit what = {
	    .n = CROWD_JOBS, .now = T0, .zone = zone_utc(), .boot_id = "boot", .how = SUBMIT_NEW};
	struct job *jobs = xcalloc(CROWD_JOBS, sizeof(*jobs));
	int64_t *ids = xcalloc(CROWD_JOBS, sizeof(*ids));
	size_t bad;
	struct err e;

	for (int i = 0; i < CROWD_JOBS; i++) {
		job_init(&jobs[i]);
		jobs[i].user = xstrdup("ann");
		jobs[i].command = xstrdup("true");
		jobs[i].schedule = xstrdup("2026-03-01T10:00:00Z");
		jobs[i].priority = i % 10;
		jobs[i].order_key = i % 50 == 0	  ? xasprintf("key-%d", i % 3)
				    : i % 50 == 1 ? xasprintf("own-%d", i)
						  : NULL;
		jobs[i].queue = i % 70 == 0  ? xstrdup("narrow")
				: i % 7 == 0 ? xstrdup("wide")
					     : NULL;
		jobs[i].mail = i % 11 == 0 ? xstrdup("root") : NULL;
		jobs[i].retries = i % 40 == 0;
		jobs[i].deadline = i % 30 == 0 ? DAY_US : 0;
	}
	what.jobs = jobs;
	if (store_submit(s, &what, ids, &bad, &e) < 0)
		printf("Bail out! %s\n", e.text);
	for (int i = 0; i < CROWD_JOBS; i++)
		job_release(&jobs[i]);
	free(jobs);
	free(ids);
}

/* Every fortieth fails at first. */
static void
finish_all(struct store *s, const struct claims *c)
{
	struct result *v = xcalloc(c->n, sizeof(*v));
	struct finished *done = xcalloc(c->n, sizeof(*done));
	struct err e;

	for (size_t i = 0; i < c->n; i++) {
		result_init(&v[i]);
		v[i].fence = c->v[i].fence;
		v[i].outcome = c->v[i].job.retries > 0 && c->v[i].attempt == 1 ? OUTCOME_FAILED
									       : OUTCOME_OK;
		v[i].exit_status = v[i].outcome != OUTCOME_OK;
		v[i].started_at = v[i].finished_at = T0 + 1;
		if (c->v[i].job_id % 3 == 0) {
			v[i].output = xstrdup("out");
			v[i].output_len = v[i].output_bytes = 3;
		}
	}
	if (store_finish_attempts(s, v, c->n, T0 + 1, done, &e) < 0)
		printf("# %s\n", e.text);
	for (size_t i = 0; i < c->n; i++)
		result_release(&v[i]);
	free(v);
	free(done);
}

static void
be_node(int number)
{
	char name[32];
	struct store *s = pg_store_open(pg_server_uri());
	struct claim_request q = {.node = name, .now = T0 + DAY_US / 2, .zone = zone_utc()};
	int idle = 0;
	struct err e;

	snprintf(name, sizeof(name), "node-%d", number);
	if (store_runner_add(s, name, T0, &q.runner, &e) < 0)
		_exit(1);
	while (idle < 20) {
		struct claims c = {0};

		q.limit = 10 + number * 20;
		if (store_claim_ready(s, &q, &c, &e) < 0) {
			printf("# %s\n", e.text);
			fflush(stdout);
			_exit(1);
		}
		idle = c.n > 0 ? 0 : idle + 1;
		if (c.n > 0)
			finish_all(s, &c);
		claims_release(&c);
	}
	store_close(s);
	_exit(0);
}

static void
test_crowd(void)
{
	struct store *s = pg_store_new();
	static const struct queue_limit narrow = {"narrow", 2};
	int status, failed = 0;
	struct err e;

	store_queue_limits(s, &narrow, 1, T0, &e);
	make_jobs(s);
	for (int i = 0; i < CROWD; i++)
		if (fork() == 0)
			be_node(i);
	for (int i = 0; i < CROWD; i++)
		/* The server is a child as well. */
		if (waitpid(-1, &status, 0) == -1 || status != 0)
			failed++;
	tap_is_int(failed, 0, "%d nodes take what is ready, all at once", CROWD);
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.attempts WHERE outcome = 'ok'"),
	    CROWD_JOBS, "each job succeeds, once");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.attempts WHERE outcome = 'failed'"),
	    CROWD_JOBS / 40, "those that failed were tried again");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.outputs"), CROWD_JOBS / 3 + CROWD_JOBS / 120,
	    "every output is kept");
	tap_ok(pg_server_number("SELECT count(DISTINCT node) FROM jobsched.attempts") > 1,
	    "several nodes had some");
	tap_is_int(pg_server_number("SELECT sum(value) FROM jobsched.counters WHERE name = 'claimed'"),
	    CROWD_JOBS + CROWD_JOBS / 40, "the totals count each");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.lines"), 0, "nobody stands in line");
	pg_store_holds(s);
	store_close(s);
}

/* ---- order keys, queues, nodes, mail ---- */

/* What each of these jobs is; nothing keeps the first OPEN from running now, on node "alpha". */
static const struct kind {
	const char *key, *queue, *on, *mail;
} kinds[] = {
    {.queue = "wide"},
    {.queue = "wide", .mail = "root"},
    {.key = "a"},
    {.key = "b", .queue = "wide"},
    {.on = "alpha"},
    {.mail = "root"},
    {.mail = "root"},
    {.key = "a"}, /* comes after another */
    {.queue = "narrow"},
    {.on = "beta"},
};

#define OPEN 7
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void
make_kinds(struct store *s, size_t from, size_t to)
{
	struct submit what = {.n = to - from, .now = T0, .zone = zone_utc(), .how = SUBMIT_NEW};
	struct job jobs[KINDS];
	int64_t ids[KINDS];
	size_t bad;
	struct err e;

	for (size_t i = 0; i < what.n; i++) {
		const struct kind *kind = &kinds[from + i];

		job_init(&jobs[i]);
		jobs[i].user = xstrdup("ann");
		jobs[i].command = xstrdup("true");
		jobs[i].schedule = xstrdup("2026-03-01T10:00:00Z");
		jobs[i].order_key = xstrdup(kind->key);
		jobs[i].queue = xstrdup(kind->queue);
		jobs[i].on = xstrdup(kind->on);
		jobs[i].mail = xstrdup(kind->mail);
	}
	what.jobs = jobs;
	if (store_submit(s, &what, ids, &bad, &e) < 0)
		printf("Bail out! %s\n", e.text);
	for (size_t i = 0; i < what.n; i++)
		job_release(&jobs[i]);
}

/* The last of them fails, and somebody is to be told. */
static int
end_kinds(struct store *s, const struct claims *c, size_t from, size_t to, struct finished *done,
    struct err *e)
{
	struct result v[KINDS];

	for (size_t i = from; i < to; i++) {
		struct result *r = &v[i - from];

		result_init(r);
		r->fence = c->v[i].fence;
		r->outcome = i == OPEN - 1 ? OUTCOME_FAILED : OUTCOME_OK;
		r->exit_status = i == OPEN - 1;
		r->started_at = r->finished_at = T0;
	}
	return store_finish_attempts(s, v, to - from, T0, done, e);
}

static const char others_write[] = "SELECT pg_advisory_lock_shared(1786994481, 1)";
static const char others_wrote[] = "SELECT pg_advisory_unlock_shared(1786994481, 1)";

/* What nothing keeps from running waits for no other node, neither to begin nor to end. */
static void
test_open_lines(struct store *s, struct store *second, int64_t runner)
{
	struct finished done[KINDS];
	struct claims c;
	struct err e;

	make_kinds(s, 0, OPEN);
	pg_server_sql(others_write);
	tap_is_int(pg_store_claim(s, runner, &c, &e), 0, "a claim while another node claims");
	tap_is_int((int)c.n, OPEN, "has what stands in no line but an open one");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.lines WHERE stage = 0"), 5,
	    "they have their keys and slots");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.lines"), 5,
	    "and stand in line no more");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.attempts WHERE mail = 1"), 3,
	    "who is to be told is noted");
	tap_is_int(end_kinds(s, &c, 0, 3, done, &e), 0, "some end, while another node ends others");
	/* Who has not claimed them does not know where they are. */
	tap_is_int(end_kinds(second, &c, 3, OPEN - 1, done, &e), 0, "and others, told by another process");
	tap_ok(!done[0].stale && !done[1].stale, "which counts");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.lines"), 0, "they leave their lines");
	pg_server_sql(others_wrote);
	tap_is_int(end_kinds(s, &c, OPEN - 1, OPEN, done, &e), 0, "one fails");
	tap_ok(done[0].dead && done[0].notice, "and somebody is told");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.notices"), 1, "of it alone");
	claims_release(&c);
}

/* What has to stand in line does so, and its turn comes. */
static void
test_closed_lines(struct store *s, int64_t runner)
{
	static const struct queue_limit narrow = {"narrow", 1};
	struct finished done[KINDS];
	struct claims c, next;
	struct err e;

	store_queue_limits(s, &narrow, 1, T0, &e);
	make_kinds(s, 2, 3);
	make_kinds(s, OPEN, KINDS);
	make_kinds(s, OPEN + 1, OPEN + 2);
	tap_is_int(pg_store_claim(s, runner, &c, &e), 0, "a claim of some that have to wait");
	tap_is_int((int)c.n, 2, "has one with the key, and one of the queue");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.occurrences WHERE state = 2"), 3,
	    "the others are held");
	tap_is_int(end_kinds(s, &c, 0, 2, done, &e), 0, "both end");
	tap_is_int(pg_store_claim(s, runner, &next, &e), 0, "then");
	tap_is_int((int)next.n, 2, "the next ones have their turn");
	tap_is_int(end_kinds(s, &next, 0, 2, done, &e), 0, "they end");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.occurrences"), 1,
	    "and one is left, for another node");
	claims_release(&c);
	claims_release(&next);
}

static void
test_lines(void)
{
	struct store *s = pg_store_new(), *second = pg_store_open(pg_server_uri());
	int64_t runner;

	runner = pg_store_runner(s);
	test_open_lines(s, second, runner);
	test_closed_lines(s, runner);
	pg_store_holds(s);
	store_close(second);
	store_close(s);
}

/*
 * That a claim or an end may go by what the lines and the queues are, while others claim and end,
 * rests on this: who changes what they go by does so alone.
 */
static void
test_alone(void)
{
	static const struct queue_limit wide = {"wide", 1};
	struct store *s = pg_store_new();
	struct submit what = {.n = 1, .now = T0, .zone = zone_utc(), .how = SUBMIT_NEW};
	struct job job;
	int64_t id;
	size_t bad;
	struct err e;

	job_init(&job);
	job.user = xstrdup("ann");
	job.command = xstrdup("true");
	job.schedule = xstrdup("2026-03-01T10:00:00Z");
	what.jobs = &job;
	store_patience(s, 300000);
	pg_server_sql(others_write);
	tap_is_int(store_submit(s, &what, &id, &bad, &e), 0, "who submits waits for no other node");
	job.order_key = xstrdup("a");
	tap_is_int(store_submit(s, &what, &id, &bad, &e), E_STORE, "unless it is for a key");
	job.queue = job.order_key;
	job.order_key = NULL;
	tap_is_int(store_submit(s, &what, &id, &bad, &e), E_STORE, "or a queue");
	tap_is_int(store_queue_limits(s, &wide, 1, T0, &e), E_STORE, "who limits a queue does");
	tap_is_int(store_queue_pause(s, "wide", INSTANT_NONE, "stop", T0, &e), E_STORE,
	    "who pauses one does");
	tap_is_int(store_pause_all(s, INSTANT_NONE, "stop", T0, &e), E_STORE, "or all");
	pg_server_sql(others_wrote);
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.jobs"), 1, "and has not done it");
	job_release(&job);
	store_close(s);
}

/* ---- what is periodic ---- */

#define CLOCKWORK 4

/* So many that fail or not, of which the last could be tried again; due now, or each day. */
static void
make_some(struct store *s, bool periodic)
{
	struct submit what = {.n = CLOCKWORK,
	    .now = periodic ? T0 - DAY_US : T0,
	    .zone = zone_utc(),
	    .boot_id = "boot",
	    .how = SUBMIT_NEW};
	struct job jobs[CLOCKWORK];
	int64_t ids[CLOCKWORK];
	size_t bad;
	struct err e;

	for (int i = 0; i < CLOCKWORK; i++) {
		job_init(&jobs[i]);
		jobs[i].user = xstrdup("ann");
		jobs[i].command = xstrdup("true");
		jobs[i].schedule = xstrdup(periodic ? "0 10 * * *" : "2026-03-01T10:00:00Z");
		jobs[i].periodic = periodic;
		jobs[i].retries = i == CLOCKWORK - 1;
	}
	what.jobs = jobs;
	if (store_submit(s, &what, ids, &bad, &e) < 0)
		printf("Bail out! %s\n", e.text);
	for (int i = 0; i < CLOCKWORK; i++)
		job_release(&jobs[i]);
}

/* The first went well, the others did not. */
static int
end_some(
    struct store *s, const struct claims *c, size_t n, struct finished *done, struct err *e)
{
	struct result v[CLOCKWORK];

	for (size_t i = 0; i < n; i++) {
		result_init(&v[i]);
		v[i].fence = c->v[i].fence;
		v[i].outcome = i == 0 ? OUTCOME_OK : i == 1 ? OUTCOME_FAILED : OUTCOME_KILLED;
		v[i].exit_status = i < 2 ? (int)i : -1;
		v[i].signal = i < 2 ? 0 : 9;
		v[i].started_at = v[i].finished_at = T0 + 1;
	}
	return store_finish_attempts(s, v, n, T0 + 1, done, e);
}

/* The first once more, and the one that could be tried again: that fails. */
static void
end_the_rest(struct store *s, struct claims *c)
{
	struct finished done[2];
	struct err e;

	c->v[1].fence = c->v[CLOCKWORK - 1].fence;
	tap_is_int(end_some(s, c, 2, done, &e), 0, "one that may be tried again fails");
	tap_ok(done[0].stale && !done[1].dead && done[1].retry_at != INSTANT_NONE,
	    "and will be, and nothing ends twice");
	pg_store_holds(s);
	claims_release(c);
}

static void
test_clockwork(void)
{
	struct store *s = pg_store_new();
	struct finished done[CLOCKWORK];
	int64_t runner;
	struct claims c;
	struct err e;

	make_some(s, true);
	runner = pg_store_runner(s);
	pg_server_sql(others_write);
	tap_is_int(pg_store_claim(s, runner, &c, &e), 0, "a claim while another node claims");
	tap_is_int((int)c.n, CLOCKWORK, "has the periodic jobs that are due");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.jobs j JOIN jobsched.occurrences o ON o.job_id = j.id"
				    " WHERE j.started = 1 AND j.last_fence > 0 AND j.last_scheduled_at = 1772359200000000"
				    " AND o.state = 0 AND o.main = 1 AND o.ready_at = j.due_at AND j.due_for ="
				    " j.last_scheduled_at + 86400000000"),
	    CLOCKWORK, "and their next times wait");
	tap_is_int(end_some(s, &c, CLOCKWORK - 1, done, &e), 0,
	    "they end, well or not, while another node ends others");
	tap_ok(!done[0].dead && done[1].dead && done[2].dead && done[2].outcome == OUTCOME_KILLED,
	    "and it is known which failed for good");
	pg_server_sql(others_wrote);
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.attempts WHERE (outcome = 'ok' AND"
				    " dead = 0 AND exit_status = 0) OR (outcome = 'failed' AND dead = 1 AND exit_status = 1)"
				    " OR (outcome = 'killed' AND dead = 1 AND signal = 9 AND exit_status IS NULL)"),
	    CLOCKWORK - 1, "the ledger has their ends");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.job_status WHERE state = 'pending'"),
	    CLOCKWORK - 1, "their next times wait");
	end_the_rest(s, &c);
	store_close(s);
}

/* ---- dead letters ---- */

static void
test_dead_letters(void)
{
	struct store *s = pg_store_new();
	struct finished done[CLOCKWORK];
	int64_t runner;
	struct claims c;
	struct err e;

	make_some(s, false);
	runner = pg_store_runner(s);
	pg_server_sql(others_write);
	tap_is_int(pg_store_claim(s, runner, &c, &e), 0, "one-time jobs are claimed");
	tap_is_int((int)c.n, CLOCKWORK, "all of them");
	tap_is_int(end_some(s, &c, CLOCKWORK - 1, done, &e), 0,
	    "they end, well or not, while another node ends others");
	tap_ok(!done[0].dead && done[1].dead && done[2].dead, "and it is known which failed for good");
	pg_server_sql(others_wrote);
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.job_status WHERE state = 'failed'"), 2,
	    "these are dead letters");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.jobs WHERE state = 'failed' AND ended_at IS NOT NULL"),
	    2, "which have ended");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.attempts WHERE dead = 1"), 2, "in the ledger, too");
	end_the_rest(s, &c);
	store_close(s);
}

/* ---- where rows are ---- */

/*
 * A handle remembers where the rows of its claims are. Here they are elsewhere when these end, in
 * places that others have now; some are not what they were.
 */
static void
test_moved(void)
{
	struct store *s = pg_store_new();
	struct started_row started = {.started_at = T0};
	struct finished done[CLOCKWORK];
	int64_t runner;
	struct claims c;
	struct err e;

	make_some(s, false);
	runner = pg_store_runner(s);
	if (pg_store_claim(s, runner, &c, &e) < 0)
		printf("Bail out! %s\n", e.text);
	tap_is_int((int)c.n, CLOCKWORK, "jobs are claimed");
	started.fence = c.v[0].fence;
	pg_server_sql(others_write);
	for (int i = 0; i < 2; i++)
		tap_is_int(store_start_attempts(s, &started, 1, &e), 0, "a start, while another node writes");
	tap_is_int(pg_store_finish(s, c.v[0].fence, &done[0], &e), 0, "its end");
	tap_ok(!done[0].stale && done[0].job_id == c.v[0].job_id && done[0].attempt == 1, "is known");
	tap_is_int(pg_server_number("SELECT sum(value) FROM jobsched.counters WHERE name = 'started'"), 1,
	    "and its start is counted once");
	pg_server_sql("UPDATE jobsched.attempts SET manual = 0");
	tap_is_int(pg_store_finish(s, c.v[1].fence, &done[1], &e), 0, "an attempt was moved");
	tap_ok(!done[1].stale && done[1].job_id == c.v[1].job_id, "and is found");
	pg_server_sql("CREATE TABLE jobsched.o AS SELECT * FROM jobsched.occurrences ORDER BY job_id DESC;"
		      "TRUNCATE jobsched.occurrences;"
		      "INSERT INTO jobsched.occurrences SELECT * FROM jobsched.o; DROP TABLE jobsched.o");
	pg_server_sql(others_wrote);
	for (int i = 2; i < CLOCKWORK - 1; i++) {
		tap_is_int(pg_store_finish(s, c.v[i].fence, &done[i], &e), 0, "an occurrence was moved");
		tap_ok(!done[i].stale && done[i].job_id == c.v[i].job_id, "and is found");
	}
	pg_server_sql("UPDATE jobsched.occurrences SET fence = fence + 1000");
	tap_is_int(pg_store_finish(s, c.v[CLOCKWORK - 1].fence, &done[0], &e), 0, "an occurrence is another's");
	tap_ok(done[0].stale, "and is left alone");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.occurrences"), 1, "and there");
	pg_server_sql("UPDATE jobsched.occurrences SET fence = fence - 1000");
	tap_ok(pg_store_finish(s, c.v[CLOCKWORK - 1].fence, &done[0], &e) == 0 && !done[0].stale, "else it ends");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.attempts WHERE outcome = 'ok'"),
	    CLOCKWORK, "each end is stored");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.occurrences"), 0, "and nothing runs");
	pg_store_holds(s);
	claims_release(&c);
	store_close(s);
}

int
main(void)
{
	const char *why;

	if (!pg_server_start(&why)) {
		tap_skip("all that needs a server", why);
		return tap_done();
	}
	test_crowd();
	test_lines();
	test_alone();
	test_clockwork();
	test_dead_letters();
	test_moved();
	pg_server_stop();
	return tap_done();
}
