/*
 * t_store_claim: what is claimed, in which order, and what a claim leaves behind.
 */
#include "t_store.h"
#include "tap.h"

static void
test_not_early(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_once(T0 + HOUR_US));

	fx->now = T0 + HOUR_US - 1;
	tap_is_int(fx_claim_one(fx), 0, "nothing is claimed a microsecond early");
	fx->now = T0 + HOUR_US;
	tap_ok(fx_claim_one(fx) > 0, "at its time it is");
	fx_is(fx, id, JOB_RUNNING, "then its job is running");
	tap_is_int(fx_claim_one(fx), 0, "nothing is claimed twice");
	tap_is_int(fx_next(fx), INSTANT_NONE, "nothing else waits");
}

static void
test_claim(struct fx *fx)
{
	struct job job = fx_once(T0);
	struct claims c;
	struct job_view v;
	int64_t id;

	job.timeout = 5 * USEC;
	strv_push(&job.env, "A=b");
	id = fx_submit(fx, job);
	fx->now = T0 + 7;
	c = fx_claim(fx, 10);
	tap_is_int((int64_t)c.n, 1, "one claim");
	tap_is_int(c.v[0].job_id, id, "of that job");
	tap_ok(
	    c.v[0].fence > 0 && c.v[0].attempt == 1 && !c.v[0].manual, "attempt 1, with a fence");
	tap_is_int(c.v[0].scheduled_for, T0, "for its time");
	tap_is_int(c.v[0].ready_at, T0, "ready since then");
	tap_ok(c.v[0].wait_lock, "a one-time job waits for its lock");
	tap_is_str(c.v[0].job.command, "true", "with its command");
	tap_is_str(strv_env(&c.v[0].job.env, "A"), "b", "and its environment");
	tap_ok(!c.more, "and that was all");
	v = fx_view(fx, id);
	tap_is_int(v.fence, c.v[0].fence, "the job shows the fence");
	tap_is_int(v.attempt, 1, "the attempt");
	tap_is_str(v.node, NODE, "and the node");
	tap_is_int(v.last_outcome, -1, "nothing has ended");
	job_view_release(&v);
	claims_release(&c);
}

static void
test_fences_grow(struct fx *fx)
{
	int64_t last = 0, fence;
	int growing = 0;

	fx_submit(fx, fx_once(T0));
	for (int i = 0; i < 5; i++) {
		fence = fx_claim_one(fx);
		growing += fence > last;
		last = fence;
		fx_undo(fx, fence, WHY_UNDONE);
	}
	tap_is_int(growing, 5, "a fence is never used twice, undone or not");
}

static int64_t
submit_at(struct fx *fx, int64_t at, int64_t priority)
{
	struct job job = fx_once(at);

	job.priority = priority;
	return fx_submit(fx, job);
}

static void
test_order(struct fx *fx)
{
	/* priority, offset: in order of submission; and the order in which they are due. */
	static const struct {
		int64_t priority, at;
		size_t place;
	} jobs[] = {{5, 10, 3}, {9, 20, 1}, {5, 5, 2}, {0, 1, 4}, {9, 3, 0}};
	struct claims c;
	int64_t ids[5];
	int right = 0;

	for (int i = 0; i < 5; i++)
		ids[i] = submit_at(fx, T0 + jobs[i].at * MINUTE_US, jobs[i].priority);
	fx->now = T0 + HOUR_US;
	c = fx_claim(fx, 9); /* fewer than ten: the tenth for the oldest is not due yet */
	for (int i = 0; i < 5 && c.n == 5; i++)
		right += c.v[jobs[i].place].job_id == ids[i];
	tap_is_int(right, 5, "best priority first, then the earliest");
	claims_release(&c);
}

static void
test_limit(struct fx *fx)
{
	struct claims c;

	for (int i = 0; i < 30; i++)
		fx_submit(fx, fx_once(T0));
	c = fx_claim(fx, 20);
	tap_is_int((int64_t)c.n, 20, "no more than the limit");
	tap_ok(c.more, "and it says that there are more");
	claims_release(&c);
	c = fx_claim(fx, 20);
	tap_is_int((int64_t)c.n, 10, "the rest comes next");
	tap_ok(!c.more, "and that is all");
	claims_release(&c);
	tap_is_int(fx_claim_count(fx), 0, "each once");
}

static void
test_no_limit(struct fx *fx)
{
	struct claims c;

	fx_submit(fx, fx_once(T0));
	c = fx_claim(fx, 0);
	tap_is_int((int64_t)c.n, 0, "a limit of 0 claims nothing");
	claims_release(&c);
}

/* How many claims of `size` the low one has to wait for, while high ones are always there. */
static int64_t
claims_until_low(struct fx *fx, int64_t size)
{
	int64_t low = submit_at(fx, T0 - HOUR_US, 0), n = 0;
	bool found = false;

	while (!found && n < 100) {
		struct claims c;

		for (int64_t i = 0; i < size; i++)
			submit_at(fx, T0, 9);
		c = fx_claim(fx, size);
		n++;
		for (size_t i = 0; i < c.n; i++)
			found = found || c.v[i].job_id == low;
		claims_release(&c);
	}
	return n;
}

static void
test_no_starvation(struct fx *fx)
{
	tap_is_int(claims_until_low(fx, 100), 1, "a tenth of a claim is for the oldest");
	tap_ok(claims_until_low(fx, 3) <= 5, "in small claims after some of them");
	tap_ok(claims_until_low(fx, 1) <= 11, "and in the smallest after ten");
}

static void
submit_many(struct fx *fx, int64_t at, int64_t priority, size_t n, int64_t *ids)
{
	struct job *jobs = xcalloc(n, sizeof(*jobs));
	struct submit what = {
	    .jobs = jobs, .n = n, .how = SUBMIT_NEW, .now = fx->now, .zone = zone_utc()};
	size_t bad;

	for (size_t i = 0; i < n; i++) {
		jobs[i] = fx_once(at);
		jobs[i].priority = priority;
	}
	fx_need(fx, store_submit(fx->s, &what, ids, &bad, &fx->e), "submit");
	for (size_t i = 0; i < n; i++)
		job_release(&jobs[i]);
	free(jobs);
}

#define LOW 10000
#define STEP 1000
#define ROUNDS 100

/* The bound: one that N others are ready longer than is among the next 10 (N + 1). */
static void
test_bound(struct fx *fx)
{
	int64_t *low = xcalloc(LOW, sizeof(*low)), high[STEP], claimed = 0, late = 0, n = 0;

	submit_many(fx, T0, 0, LOW, low);
	fx->now = T0 + MINUTE_US;
	for (int round = 0; round < ROUNDS; round++) {
		struct claims c;

		submit_many(fx, fx->now, 9, STEP, high);
		c = fx_claim(fx, STEP);
		for (size_t i = 0; i < c.n; i++)
			if (n < LOW && c.v[i].job_id == low[n])
				late += claimed + (int64_t)i + 1 > 10 * ++n + STEP;
		claimed += (int64_t)c.n;
		claims_release(&c);
	}
	tap_is_int(claimed, (int64_t)STEP * ROUNDS, "a stream of high priority takes every slot");
	tap_is_int(n, LOW, "a tenth goes to 10,000 of the lowest, in their order, until none is left");
	tap_is_int(late, 0, "none of them later than by its turn in that tenth");
	free(low);
}

static void
test_many_candidates(struct fx *fx)
{
	struct job job;
	struct claims c;
	int64_t calls = 0;
	bool more;

	/* All of them are skipped: the transaction stays short and says that there is more. */
	for (int i = 0; i < 2500; i++) {
		job = fx_once(T0);
		job.missed = MISSED_SKIP;
		fx_submit(fx, job);
	}
	fx->now = T0 + DAY_US;
	do {
		c = fx_claim(fx, 1000);
		more = c.more;
		calls++;
		claims_release(&c);
	} while (more && calls < 10);
	tap_is_int(calls, 2, "a claim looks at 2000 candidates, and is then called again");
	tap_is_int(fx_next(fx), INSTANT_NONE, "until nothing is left");
}

static int
sum_fences(void *arg, const struct open_attempt *o)
{
	*(int64_t *)arg += o->fence;
	return 0;
}

static int64_t
open_sum(struct fx *fx, int64_t runner)
{
	int64_t sum = 0;

	fx_need(fx, store_open_attempts(fx->s, runner, sum_fences, &sum, &fx->e), "open attempts");
	return sum;
}

static void
test_open_attempts(struct fx *fx)
{
	int64_t a, b, other;

	fx_need(fx, store_runner_add(fx->s, NODE, T0, &other, &fx->e), "runner");
	fx_submit(fx, fx_once(T0));
	a = fx_claim_one(fx);
	fx->runner = other;
	fx_submit(fx, fx_once(T0));
	b = fx_claim_one(fx);
	tap_is_int(open_sum(fx, 0), a + b, "what runs is known");
	tap_is_int(open_sum(fx, other), b, "by runner");
	fx_refused(fx, store_runner_remove(fx->s, other, &fx->e), E_CONFLICT, NULL,
	    "a runner with open attempts cannot be removed");
	fx_end(fx, b, OUTCOME_OK);
	tap_is_int(open_sum(fx, other), 0, "an ended attempt is not open");
	tap_is_int(store_runner_remove(fx->s, other, &fx->e), 0, "then it can");
}

static void
test_drained(struct fx *fx)
{
	struct node n = {
	    .id = xstrdup(NODE), .capacity = 1, .proc = {.boot = "boot-1", .pid = 1, .start = 1}};

	fx_need(fx, store_node_up(fx->s, &n, T0, &fx->e), "node up");
	node_release(&n);
	fx_submit(fx, fx_once(T0));
	fx_need(fx, store_node_drain(fx->s, NODE, NULL, true, T0, &fx->e), "drain");
	tap_is_int(fx_claim_count(fx), 0, "a drained node takes no new work");
	tap_is_int(fx_next(fx), INSTANT_NONE, "and need not look for any");
	fx_need(fx, store_node_drain(fx->s, NULL, NULL, false, T0, &fx->e), "undrain");
	tap_is_int(fx_claim_count(fx), 1, "until it is undrained");
}

const struct test claim_tests[] = {
    {"never early", test_not_early},
    {"a claim", test_claim},
    {"fences", test_fences_grow},
    {"order", test_order},
    {"limit", test_limit},
    {"no limit", test_no_limit},
    {"no starvation", test_no_starvation},
    {"the bound of waiting", test_bound},
    {"many candidates", test_many_candidates},
    {"open attempts", test_open_attempts},
    {"drained", test_drained},
    {NULL, NULL},
};
