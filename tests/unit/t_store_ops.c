/*
 * t_store_ops: what keeps a store running: nodes, runners, settings, status, backup.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "store/clock.h"
#include "store/lease.h"
#include "t_store.h"
#include "tap.h"

/* ---- nodes and runners ---- */

static int
see_node(void *arg, const struct node *n)
{
	struct node *copy = arg;

	node_release(copy);
	copy->id = xstrdup(n->id);
	copy->state = xstrdup(n->state);
	copy->role = xstrdup(n->role);
	copy->wake = xstrdup(n->wake);
	copy->running = n->running;
	copy->capacity = n->capacity;
	copy->last_tick_at = n->last_tick_at;
	copy->proc = n->proc;
	strv_copy(&copy->labels, &n->labels);
	return 0;
}

static void
show(struct fx *fx, struct node *n)
{
	fx_need(fx, store_node_list(fx->s, see_node, n, &fx->e), "nodes");
}

/* Who was told, each with a blank; whether each was there. */
static char told[64];
static bool there;

static bool
tell(const char *path)
{
	strlcat(told, path, sizeof(told));
	strlcat(told, " ", sizeof(told));
	return there;
}

static void
is_told(struct fx *fx, const char *expected, const char *what)
{
	for (int i = 0; i < 2; i++) {
		told[0] = '\0';
		there = i == 1;
		tap_ok(store_wake(fx->s, tell) == (there && expected[0] != '\0'),
		    "whether anybody %s", there ? "was there" : "was not");
		tap_is_str(told, expected, "%s", what);
	}
}

static void
test_node(struct fx *fx)
{
	struct node n = {.id = xstrdup(NODE),
	    .wake = xstrdup("/run/w"),
	    .capacity = 9,
	    .proc = {.boot = "boot-1", .pid = 77, .start = 88}};
	const struct moment beat = {"boot-1", 5 * MINUTE_US, T0 + MINUTE_US};
	struct node seen = {0};

	strv_push(&n.labels, "ssd");
	fx_need(fx, store_node_up(fx->s, &n, T0, &fx->e), "up");
	show(fx, &seen);
	tap_is_str(seen.id, NODE, "a node that came up is listed");
	tap_is_str(seen.state, "live", "as live");
	tap_is_str(seen.role, "leader", "and leading");
	tap_ok(seen.capacity == 9 && seen.proc.pid == 77 && seen.proc.start == 88 &&
		   seen.last_tick_at == INSTANT_NONE,
	    "with what it said of itself");
	tap_is_str(seen.wake, "/run/w", "and where it can be woken");
	is_told(fx, "/run/w ", "which is told to who wakes daemons");
	tap_ok(strv_equal(&seen.labels, &n.labels), "and its labels");
	fx_need(fx, store_node_beat(fx->s, NODE, &beat, &fx->e), "beat");
	fx_submit(fx, fx_once(T0));
	fx_claim_one(fx);
	fx_need(fx, store_node_drain(fx->s, NODE, NULL, true, T0, &fx->e), "drain");
	show(fx, &seen);
	tap_is_int(seen.last_tick_at, T0 + MINUTE_US, "its last tick is known");
	tap_is_int(seen.running, 1, "and how many it runs");
	tap_is_str(seen.state, "draining", "it drains as long as something runs");
	fx_end(fx, 1, OUTCOME_OK);
	show(fx, &seen);
	tap_is_str(seen.state, "drained", "and is drained then");
	fx_need(fx, store_node_down(fx->s, NODE, NULL, T0, &fx->e), "down");
	show(fx, &seen);
	tap_is_str(seen.state, "stopped", "one that went down is stopped");
	is_told(fx, "", "and nobody wakes it");
	fx_refused(fx, store_node_beat(fx->s, "nobody", &beat, &fx->e), E_NOTFOUND,
	    "no such node: 'nobody'", "one that never was has no heart");
	node_release(&n);
	node_release(&seen);
}

static int
see_runner(void *arg, const struct runner *r)
{
	struct runner *copy = arg;

	runner_release(copy);
	copy->id = r->id;
	copy->journal = xstrdup(r->journal);
	copy->socket = xstrdup(r->socket);
	return 0;
}

static void
test_runner(struct fx *fx)
{
	struct runner r = {
	    .node = xstrdup(NODE), .journal = xstrdup("/j"), .socket = xstrdup("/s")};
	struct runner seen = {0};
	int64_t again;

	fx_need(fx, store_runner_remove(fx->s, fx->runner, &fx->e), "remove");
	fx_need(fx, store_runner_add(fx->s, NODE, T0, &r.id, &fx->e), "add");
	tap_ok(r.id > fx->runner, "ids of runners are never used twice");
	fx_need(fx, store_runner_set(fx->s, &r, &fx->e), "set");
	fx_need(fx, store_runner_list(fx->s, NODE, see_runner, &seen, &fx->e), "list");
	tap_ok(seen.id == r.id, "a runner is listed for its node");
	tap_is_str(seen.journal, "/j", "with its journal");
	tap_is_str(seen.socket, "/s", "and its socket");
	runner_release(&seen);
	fx_need(fx, store_runner_list(fx->s, "other", see_runner, &seen, &fx->e), "list");
	tap_is_int(seen.id, 0, "and not for another's");
	fx_need(fx, store_runner_remove(fx->s, r.id, &fx->e), "remove");
	fx_need(fx, store_runner_add(fx->s, NODE, T0, &again, &fx->e), "add");
	tap_ok(again > r.id, "nor is that of one that was removed");
	runner_release(&r);
}

/* ---- settings ---- */

static void
test_settings(struct fx *fx)
{
	char *v;

	fx_need(fx, store_setting_get(fx->s, "k", &v, &fx->e), "get");
	tap_ok(v == NULL, "a setting that was not set has no value");
	fx_need(fx, store_setting_set(fx->s, "k", "1", &fx->e), "set");
	fx_need(fx, store_setting_set(fx->s, "k", "2", &fx->e), "set");
	fx_need(fx, store_setting_get(fx->s, "k", &v, &fx->e), "get");
	tap_is_str(v, "2", "one that was has the last");
	free(v);
}

/* ---- status ---- */

static void
test_status(struct fx *fx)
{
	struct job job = fx_once(T0);
	struct store_status st;
	struct job_view v;
	int64_t paused;
	bool running;

	for (int i = 0; i < 6; i++)
		fx_submit(fx, fx_once(T0)); /* 1..6 */
	fx->now = T0 + 2 * USEC;
	for (int i = 0; i < 3; i++) {
		struct claims c = fx_claim(fx, 1);

		fx_end(fx, c.v[0].fence, i == 0 ? OUTCOME_FAILED : OUTCOME_OK);
		claims_release(&c);
	}
	job.priority = 0;
	paused = fx_submit(fx, job);
	fx_need(fx, store_job_pause(fx->s, paused, INSTANT_NONE, NULL, T0, &fx->e), "pause");
	fx_need(fx, store_job_cancel(fx->s, 6, true, T0, &running, &fx->e), "cancel");
	{
		struct claims c = fx_claim(fx, 1);

		claims_release(&c);
	}
	fx_need(fx, store_status(fx->s, fx->now, &st, &fx->e), "status");
	tap_ok(st.jobs[JOB_PENDING] == 1 && st.jobs[JOB_RUNNING] == 1 && st.jobs[JOB_PAUSED] == 1 &&
		   st.jobs[JOB_DONE] == 2 && st.jobs[JOB_FAILED] == 1 &&
		   st.jobs[JOB_CANCELLED] == 1 && st.jobs[JOB_RETIRED] == 0,
	    "the jobs of each state are counted");
	tap_ok(st.due == 1 && st.oldest_due_age == 2 * USEC, "and what is due, and for how long");
	tap_ok(
	    st.lateness_p50 == 2 * USEC && st.lateness_p99 == 2 * USEC, "and how late jobs start");
	tap_ok(!st.paused, "and nothing is paused");
	store_status_release(&st);
	v = fx_view(fx, paused);
	job_view_release(&v);
}

static void
test_empty_status(struct fx *fx)
{
	struct store_status st;

	fx_need(fx, store_status(fx->s, T0, &st, &fx->e), "status");
	tap_ok(st.due == 0 && st.oldest_due_age == 0 && st.lateness_p50 == -1 &&
		   st.last_tick_at == INSTANT_NONE && st.jobs[JOB_PENDING] == 0,
	    "a new store has nothing to tell");
	store_status_release(&st);
}

static void
test_metrics(struct fx *fx)
{
	struct job job = fx_once(T0);
	struct store_metrics m;

	job.retries = 1;
	fx_submit(fx, job);
	fx->now = fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED).retry_at;
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_submit(fx, fx_once(T0));
	fx_claim_one(fx);
	fx_submit(fx, fx_once(fx->now - MINUTE_US));
	fx_need(fx, store_metrics(fx->s, fx->now, &m, &fx->e), "metrics");
	tap_ok(m.enqueued == 3 && m.claimed == 3 && m.started == 2 && m.retries == 1,
	    "what was done is counted");
	tap_ok(m.finished[OUTCOME_OK] == 1 && m.finished[OUTCOME_FAILED] == 1 && m.dead == 0,
	    "ends by their outcome");
	tap_ok(m.running == 1 && m.due == 1 && m.oldest_due_age >= MINUTE_US, "and what is there");
	tap_is_int(m.lateness[0], 2, "starts by their lateness");
}

static void
test_lateness_without_end(struct fx *fx)
{
	struct store_metrics m;
	struct result r;

	for (int i = 0; i < 3; i++) {
		fx_submit(fx, fx_once(T0));
		result_init(&r);
		r.fence = fx_claim_one(fx);
		r.outcome = OUTCOME_OK;
		r.started_at = r.finished_at = INT64_MAX / 2 + T0;
		fx_finish(fx, &r);
	}
	fx_need(fx, store_metrics(fx->s, fx->now, &m, &fx->e), "metrics");
	tap_ok(m.started == 3 && m.lateness_sum == INT64_MAX,
	    "a sum of lateness past all numbers holds up no end");
}

/* ---- backup ---- */

static void
test_backup(struct fx *fx)
{
	char *file = xasprintf("%s/copy", fx->dir), *uri = xasprintf("sqlite:%s", file);
	int64_t id = fx_submit(fx, fx_once(T0 + HOUR_US)), faults = -1;
	struct store *copy;
	struct job_view v;
	struct stat st;

	fx_need(fx, store_backup(fx->s, file, &fx->e), "backup");
	fx_submit(fx, fx_once(T0));
	tap_ok(stat(file, &st) == 0 && (st.st_mode & 0777) == 0600, "a backup is private");
	fx_need(fx, store_open(&copy, uri, STORE_WRITE, &fx->e), "open the backup");
	tap_is_int(store_job_get(copy, id, &v, &fx->e), 0, "and has the jobs of its time");
	job_view_release(&v);
	tap_is_int(store_job_get(copy, id + 1, &v, &fx->e), E_NOTFOUND, "and none of later");
	fx_need(fx, store_check(copy, NULL, NULL, &faults, &fx->e), "check");
	tap_is_int(faults, 0, "it is whole");
	store_close(copy);
	fx_refused(fx, store_backup(fx->s, file, &fx->e), E_CONFLICT, NULL,
	    "a file that is there is not overwritten");
	free(file);
	free(uri);
}

static void
test_uri(struct fx *fx)
{
	struct store *s;
	struct err e;

	tap_is_int(
	    store_open(&s, "nosuch:x", STORE_CREATE, &e), E_INPUT, "an unknown scheme is refused");
	tap_is_str(e.text, "unknown kind of database 'nosuch:'", "and named, without the rest");
	tap_is_int(store_open(&s, "sqlite:", STORE_CREATE, &e), E_INPUT, "so is no path at all");
	tap_is_int(store_open(&s, "", STORE_CREATE, &e), E_INPUT, "or nothing");
	tap_is_str(store_uri(fx->s), fx->uri, "the URI can be shown");
}

const struct test ops_tests[] = {
    {"node", test_node},
    {"runner", test_runner},
    {"settings", test_settings},
    {"status", test_status},
    {"empty status", test_empty_status},
    {"metrics", test_metrics},
    {"lateness without end", test_lateness_without_end},
    {"backup", test_backup},
    {"uri", test_uri},
    {NULL, NULL},
};
