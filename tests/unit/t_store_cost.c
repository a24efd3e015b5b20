/*
 * t_store_cost: what the daemon and the commands for one job ask of SQLite touches as many pages of
 * the database among many jobs as among few.
 */
#include <inttypes.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "job/job.h"
#include "scratch.h"
#include "store/lease.h"
#include "store/clock.h"
#include "store/sqlite/handle.h"
#include "store/store.h"
#include "tap.h"
#include "time/zone.h"

#define T0 INT64_C(1772359200000000)
#define DAY_US INT64_C(86400000000)
#define FEW 300
#define MANY 30000
#define AT_ONCE 100
/* A tree that is one or two levels deeper, for each of some rows; not a look at all of them. */
#define FACTOR 3
#define EXTRA 20

static char *dir;

static void
need(int rc, const struct err *e)
{
	if (rc >= 0)
		return;
	printf("Bail out! %s\n", e->text);
	exit(1);
}

/* At times of the year to come, in an order that has nothing to do with that of their ids. */
static char *
random_time(int64_t i)
{
	int64_t minute = 1 + i * 7919 % 500000;

	return xasprintf("2026-%02d-%02dT%02d:%02d:00.000Z", (int)(4 + minute / 40320 % 9),
	    (int)(1 + minute / 1440 % 28), (int)(minute / 60 % 24), (int)(minute % 60));
}

/* together: all at one instant a year later, and before the others then. */
static void
fill(struct store *s, int n, bool together)
{
	struct submit what = {.n = AT_ONCE, .now = T0, .zone = zone_utc(), .boot_id = "b"};
	struct job jobs[AT_ONCE];
	int64_t ids[AT_ONCE];
	struct err e;
	size_t bad;

	for (int i = 0; i < AT_ONCE; i++) {
		job_init(&jobs[i]);
		jobs[i].user = xstrdup("ann");
		jobs[i].command = xstrdup("true");
		jobs[i].priority = together ? 9 : jobs[i].priority;
	}
	what.jobs = jobs;
	for (int64_t at = 0; at < n; at += AT_ONCE) {
		for (int i = 0; i < AT_ONCE; i++) {
			free(jobs[i].schedule);
			jobs[i].schedule =
			    together ? xstrdup("2028-01-01T00:00:00.000Z") : random_time(at + i);
		}
		need(store_submit(s, &what, ids, &bad, &e), &e);
	}
	for (int i = 0; i < AT_ONCE; i++)
		job_release(&jobs[i]);
}

/* ---- what is asked ---- */

static int64_t runner;
static struct claims claims;

static int
up(struct store *s, struct err *e)
{
	struct node n = {.capacity = 8};
	int rc;

	n.id = xstrdup("n");
	n.host = xstrdup("h");
	n.version = xstrdup("1");
	strlcpy(n.proc.boot, "another", sizeof(n.proc.boot));
	rc = store_node_up(s, &n, T0, e);
	node_release(&n);
	return rc < 0 ? rc : store_runner_add(s, "n", T0, &runner, e);
}

static int
beat(struct store *s, struct err *e)
{
	struct moment now = {.wall_clock = T0, .boot_clock = 1};

	return store_node_beat(s, "n", &now, e);
}

static int
next_ready(struct store *s, struct err *e)
{
	int64_t when;

	return store_next_ready(s, &when, e);
}

static int
claim_at(struct store *s, int64_t now, int64_t limit, struct err *e)
{
	static const struct strv labels;
	struct claim_request request = {.node = "n", .runner = runner, .labels = &labels,
	    .now = now, .limit = limit, .zone = zone_utc()};
	int rc;

	claims_release(&claims);
	memset(&claims, 0, sizeof(claims));
	rc = store_claim_ready(s, &request, &claims, e);

	if (rc >= 0)
		tap_is_int((int64_t)claims.n, limit, "so many are claimed");
	return rc;
}

/* In a year all are due that are due at random times. */
static int
claim(struct store *s, struct err *e)
{
	return claim_at(s, T0 + 366 * DAY_US, AT_ONCE, e);
}

/* So few that a look at all that are due would show. */
static int
claim_together(struct store *s, struct err *e)
{
	return claim_at(s, T0 + 1000 * DAY_US, AT_ONCE / 10, e);
}

static int
finish(struct store *s, struct err *e)
{
	struct result results[AT_ONCE];
	struct finished done[AT_ONCE];

	for (size_t i = 0; i < claims.n; i++) {
		result_init(&results[i]);
		results[i].fence = claims.v[i].fence;
		results[i].outcome = i % 10 == 0 ? OUTCOME_FAILED : OUTCOME_OK;
		results[i].exit_status = i % 10 == 0;
		results[i].started_at = results[i].finished_at = T0 + 366 * DAY_US;
	}
	return store_finish_attempts(s, results, claims.n, T0 + 366 * DAY_US, done, e);
}

static int
ignore(void *arg, const struct open_attempt *a)
{
	(void)arg;
	(void)a;
	return 0;
}

static int
open_attempts(struct store *s, struct err *e)
{
	return store_open_attempts(s, runner, ignore, NULL, e);
}

static int
cancels(struct store *s, struct err *e)
{
	return store_cancels_wanted(s, "n", ignore, NULL, e);
}

static int
step(struct store *s, struct err *e)
{
	struct clock_step none = {.kind = STEP_NONE,
	    .now = {.wall_clock = T0, .boot_clock = 1}, .zone = zone_utc()};
	struct clock_stepped done = {0};

	return store_clock_step(s, &none, &done, e);
}

static int
prune(struct store *s, struct err *e)
{
	struct retention keep = {DAY_US, DAY_US, DAY_US, 1};
	struct pruned done;

	return store_prune(s, &keep, T0, &done, e);
}

static int
status(struct store *s, struct err *e)
{
	struct store_status status;
	int rc = store_status(s, T0, &status, e);

	if (rc >= 0)
		store_status_release(&status);
	return rc;
}

static int
metrics(struct store *s, struct err *e)
{
	struct store_metrics metrics;

	return store_metrics(s, T0, &metrics, e);
}

static int
get(struct store *s, struct err *e)
{
	struct job_view view;
	int rc = store_job_get(s, FEW / 2, &view, e);

	if (rc >= 0)
		job_view_release(&view);
	return rc;
}

static int
ignore_row(void *arg, const struct ledger_row *row)
{
	(void)arg;
	(void)row;
	return 0;
}

static int
attempts(struct store *s, struct err *e)
{
	struct ledger_filter filter;

	ledger_filter_init(&filter);
	filter.job_id = claims.v[0].job_id;
	return store_ledger(s, &filter, ignore_row, NULL, e);
}

static int
cancel(struct store *s, struct err *e)
{
	bool running;

	return store_job_cancel(s, FEW / 3, false, T0, &running, e);
}

static int
down(struct store *s, struct err *e)
{
	return store_node_down(s, "n", NULL, T0, e);
}

static const struct {
	const char *name;
	int (*run)(struct store *, struct err *);
} asked[] = {
    {"a node comes up", up},
    {"a heartbeat", beat},
    {"when the next is ready", next_ready},
    {"a step of the clock that was not finished", step},
    {"a claim", claim},
    {"what is open", open_attempts},
    {"whose end is wanted", cancels},
    {"ends", finish},
    {"a claim of what is due together", claim_together},
    {"what is too old", prune},
    {"the state of all", status},
    {"the metrics", metrics},
    {"one job", get},
    {"its attempts", attempts},
    {"its cancellation", cancel},
    {"a node goes down", down},
};

#define ASKED (sizeof(asked) / sizeof(asked[0]))

static int
pages(struct store *s)
{
	sqlite3 *sql = sqlite_of(s)->sql;
	int hit, miss, most;

	sqlite3_db_status(sql, SQLITE_DBSTATUS_CACHE_HIT, &hit, &most, 1);
	sqlite3_db_status(sql, SQLITE_DBSTATUS_CACHE_MISS, &miss, &most, 1);
	return hit + miss;
}

static void
measure(int n, int touched[ASKED])
{
	char *path = xasprintf("%s/%d.db", dir, n);
	struct store *s;
	struct err e;

	need(store_open(&s, path, STORE_CREATE, &e), &e);
	fill(s, n, false);
	fill(s, n, true);
	for (size_t i = 0; i < ASKED; i++) {
		pages(s);
		need(asked[i].run(s, &e), &e);
		touched[i] = pages(s);
	}
	claims_release(&claims);
	memset(&claims, 0, sizeof(claims));
	store_close(s);
	free(path);
}

int
main(void)
{
	int few[ASKED], many[ASKED];

	dir = scratch_new("t_store_cost");
	measure(FEW, few);
	measure(MANY, many);
	for (size_t i = 0; i < ASKED; i++)
		tap_ok(many[i] <= FACTOR * few[i] + EXTRA, "%s: %d pages among few, %d among many",
		    asked[i].name, few[i], many[i]);
	scratch_remove(dir);
	free(dir);
	return tap_done();
}
