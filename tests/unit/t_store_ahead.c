/*
 * t_store_ahead: chunks of jobs that are announced before they are submitted, on PostgreSQL: they
 * are stored in their order and once, nobody sees or waits for them before, and whatever happens to
 * what was done ahead, they are stored the usual way.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "job/job.h"
#include "pg_proxy.h"
#include "pg_server.h"
#include "pg_store.h"
#include "store/ahead.h"
#include "store/lease.h"
#include "store/queue.h"
#include "tap.h"
#include "time/duration.h"
#include "time/zone.h"

#define JOBS 40 /* of a chunk */
#define CHUNKS 6

struct chunk {
	struct submit what;
	struct job jobs[JOBS];
	int64_t ids[JOBS];
};

/* The k-th of the batch; its jobs are due in another order than they have. */
static void
fill(struct chunk *c, int k, const char *batch)
{
	*c = (struct chunk){.what = {.jobs = c->jobs,
				.n = JOBS,
				.now = T0,
				.zone = zone_utc(),
				.boot_id = "boot",
				.batch = batch,
				.batch_from = (int64_t)k * JOBS}};
	for (int i = 0; i < JOBS; i++) {
		job_init(&c->jobs[i]);
		c->jobs[i].user = xstrdup("ann");
		c->jobs[i].command = xasprintf("echo %d", k * JOBS + i);
		c->jobs[i].schedule = xasprintf("2026-03-01T10:00:%02dZ", (k * 7 + i * 11) % 60);
	}
}

static struct chunk *
new_chunks(const char *batch)
{
	struct chunk *c = xcalloc(CHUNKS, sizeof(*c));

	for (int k = 0; k < CHUNKS; k++)
		fill(&c[k], k, batch);
	return c;
}

static void
free_chunks(struct chunk *c)
{
	for (int k = 0; k < CHUNKS; k++)
		for (int i = 0; i < JOBS; i++)
			job_release(&c[k].jobs[i]);
	free(c);
}

static void
announce(struct store *s, struct chunk *c)
{
	store_submit_ahead(s, &c->what, c->ids);
}

static int
store(struct store *s, struct chunk *c, struct err *e)
{
	size_t bad;

	return store_submit(s, &c->what, c->ids, &bad, e);
}

static int64_t
stored(void)
{
	return pg_server_number("SELECT count(*) FROM jobsched.jobs");
}

/* As `submit --file` does; between: what happens before the k-th of them is stored. */
static int
store_all(struct store *s, struct chunk *c, int at, void (*between)(struct store *), struct err *e)
{
	int announced = 0, rc = 0;

	for (int k = 0; k < CHUNKS && rc == 0; k++) {
		while (announced < CHUNKS && announced < k + SUBMITS_AHEAD)
			announce(s, &c[announced++]);
		if (k == at)
			between(s);
		rc = store(s, &c[k], e);
	}
	return rc;
}

/* Each once, beside others, with the id that was said, and in their order. */
static void
check_all(struct store *s, const struct chunk *c, int64_t others, const char *name)
{
	int64_t faults, last = 0, all = CHUNKS * JOBS + others;
	int found = 0, wrong = 0;
	struct job_view v;
	struct err e;

	for (int k = 0; k < CHUNKS; k++)
		for (int i = 0; i < JOBS; i++) {
			wrong += c[k].ids[i] <= last;
			last = c[k].ids[i];
			if (store_job_get(s, last, &v, &e) < 0) {
				wrong++;
				continue;
			}
			wrong += strcmp(v.job.command, c[k].jobs[i].command) != 0 ||
				 v.state != JOB_PENDING;
			job_view_release(&v);
		}
	tap_is_int(wrong, 0, "%s: in their order", name);
	tap_is_int(stored(), all, "%s: once", name);
	store_check(s, pg_store_fault, &found, &faults, &e);
	tap_is_int(faults, 0, "%s: sound", name);
	tap_is_int(pg_server_number("SELECT sum(value) FROM jobsched.counters"
				    " WHERE name = 'enqueued'"),
	    all, "%s: counted", name);
}

/* ---- what may happen between ---- */

#define BUSY "pg_stat_activity WHERE application_name = 'jobsched' AND state <> 'idle'"

static void
until_busy(int64_t n)
{
	int64_t end = clock_boot() + 60 * USEC;

	while (pg_server_number("SELECT count(*) FROM " BUSY) < n && clock_boot() < end)
		;
}

static void
look_ahead(struct store *s)
{
	(void)s;
	until_busy(SUBMITS_AHEAD);
	tap_is_int(pg_server_number("SELECT count(*) FROM " BUSY), SUBMITS_AHEAD,
	    "the server works at what is announced");
	tap_is_int(stored(), JOBS, "which is not seen");
}

static void
write_alone(struct store *s)
{
	struct store *other = pg_store_open(pg_server_uri());
	struct err e;

	(void)s;
	store_patience(other, 500000);
	tap_is_int(store_pause_all(other, INSTANT_NONE, "stop", T0, &e), 0,
	    "who needs the database alone does not wait for what is announced");
	store_close(other);
}

static void
end_them(struct store *s)
{
	(void)s;
	until_busy(1);
	pg_server_sql("SELECT pg_terminate_backend(pid) FROM " BUSY);
}

static void
submit_another(struct store *s)
{
	struct chunk *c = xcalloc(1, sizeof(*c));
	struct err e;

	fill(c, 0, NULL);
	tap_is_int(store(s, c, &e), 0, "another that was not announced is stored in between");
	for (int i = 0; i < JOBS; i++)
		job_release(&c->jobs[i]);
	free(c);
}

static void
with(const char *batch, int at, void (*between)(struct store *), const char *name)
{
	struct store *s = pg_store_new();
	struct chunk *c = new_chunks(batch);
	struct err e = {0};

	tap_is_int(store_all(s, c, at, between, &e), 0, "%s: they are stored", name);
	check_all(s, c, between == submit_another ? JOBS : 0, name);
	if (batch != NULL)
		tap_is_int(pg_server_number("SELECT sum(count) FROM jobsched.batch_ids"),
		    CHUNKS * JOBS, "%s: and noted", name);
	free_chunks(c);
	store_close(s);
}

/* ---- and other cases ---- */

/* Some cannot be stored ahead. */
static void
test_mixed(void)
{
	struct store *s = pg_store_new();
	struct chunk *c = new_chunks(NULL);
	struct err e = {0};

	c[1].jobs[5].queue = xstrdup("q");
	c[2].jobs[6].name = xstrdup("named");
	c[3].jobs[7].order_key = xstrdup("key");
	tap_is_int(store_all(s, c, -1, NULL, &e), 0, "mixed: they are stored");
	check_all(s, c, 0, "mixed");
	free_chunks(c);
	store_close(s);
}

static void
test_wrong_batch(void)
{
	struct store *s = pg_store_new();
	struct chunk *c = new_chunks("b");
	struct err e = {0};

	announce(s, &c[1]);
	tap_is_int(store(s, &c[1], &e), E_CONFLICT, "a chunk that is not the next is refused");
	tap_ok(strstr(e.text, "is being submitted twice") != NULL, "in the same words: %s", e.text);
	tap_is_int(stored(), 0, "and nothing of it is there");
	announce(s, &c[0]);
	tap_is_int(store(s, &c[0], &e), 0, "the next one is stored");
	free_chunks(c);
	store_close(s);
}

static void
test_outdated(void)
{
	struct store *s = pg_store_new();
	struct chunk *c = new_chunks(NULL);
	struct err e = {0};

	announce(s, &c[0]);
	pg_server_sql("UPDATE jobsched.schema_version SET version = 99, lowest = 99");
	tap_is_int(store(s, &c[0], &e), E_STORE, "it is refused by a schema of another version");
	tap_ok(store_outdated(s), "and that is known");
	pg_server_sql("UPDATE jobsched.schema_version SET version = 1, lowest = 1");
	tap_is_int(stored(), 0, "nothing of it is there");
	free_chunks(c);
	store_close(s);
}

/* Their ends go by connections of their own, which may be lost like any other. */
static void
test_lost(const char *uri)
{
	struct store *s = pg_store_new(), *far = pg_store_open(uri);
	struct chunk *c = new_chunks("b");
	struct err e = {0};

	announce(far, &c[0]);
	announce(far, &c[1]);
	pg_proxy_lose_one_commit();
	tap_is_int(store(far, &c[0], &e), 0, "the answer to a chunk's end is asked for if it was lost");
	tap_ok(pg_proxy_has_lost() && stored() == JOBS, "and its jobs are there once");
	pg_proxy_lose_request();
	tap_is_int(store(far, &c[1], &e), E_STORE, "an end that was lost is none");
	tap_ok(pg_proxy_has_lost() && stored() == JOBS, "and nothing is there");
	announce(far, &c[1]);
	tap_is_int(store(far, &c[1], &e), 0, "and it can be stored then");
	tap_is_int(stored(), INT64_C(2) * JOBS, "once");
	tap_is_int(pg_server_number("SELECT sum(count) FROM jobsched.batch_ids"), INT64_C(2) * JOBS,
	    "and is noted so");
	free_chunks(c);
	store_close(far);
	store_close(s);
}

/* Nobody submits them. */
static void
test_forgotten(void)
{
	struct store *s = pg_store_new();
	struct chunk *c = new_chunks(NULL);

	announce(s, &c[0]);
	announce(s, &c[1]);
	store_close(s);
	tap_is_int(stored(), 0, "what is announced and never submitted is not stored");
	free_chunks(c);
}

int
main(void)
{
	const char *why, *uri;

	if (!pg_server_start(&why)) {
		tap_skip("all that needs a server", why);
		return tap_done();
	}
	with(NULL, -1, NULL, "chunks");
	with("batch", -1, NULL, "a batch");
	with("batch", 1, look_ahead, "unseen");
	with("batch", 1, write_alone, "nobody waits");
	with("batch", 2, end_them, "connections that end");
	with(NULL, 2, submit_another, "another");
	test_mixed();
	test_wrong_batch();
	test_outdated();
	test_forgotten();
	uri = pg_proxy_start();
	test_lost(uri);
	pg_proxy_stop();
	pg_server_stop();
	return tap_done();
}
