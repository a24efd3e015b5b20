/*
 * t_store_line: order keys, queues and nodes: who has to stand in line, and who is let through.
 */
#include "t_store.h"
#include "tap.h"

#include "job/words.h"
#include "store/lease.h"
#include "store/queue.h"

#define MANY 3000

/* ---- order keys ---- */

static struct job
keyed(int64_t at, const char *key)
{
	struct job job = fx_once(at);

	job.order_key = xstrdup(key);
	return job;
}

static int64_t
submit_keyed(struct fx *fx, int64_t at, int64_t priority)
{
	struct job job = keyed(at, "k");

	job.priority = priority;
	return fx_submit(fx, job);
}

/* The job of the only claim, 0 if there is none; *fence is its fence. */
static int64_t
claim_job(struct fx *fx, int64_t *fence)
{
	struct claims c = fx_claim(fx, 100);
	int64_t id = c.n == 1 ? c.v[0].job_id : -(int64_t)c.n;

	*fence = c.n > 0 ? c.v[0].fence : 0;
	claims_release(&c);
	return id;
}

static void
test_key_order(struct fx *fx)
{
	/* Priority does not come before the order; the second is due last. */
	int64_t a = submit_keyed(fx, T0, 0), b = submit_keyed(fx, T0 + 2 * USEC, 9),
		c = submit_keyed(fx, T0 + USEC, 5), d = submit_keyed(fx, T0, 9), fence;
	const int64_t want[] = {a, d, c, b};
	struct job_view v;

	fx->now = T0 + MINUTE_US;
	for (int i = 0; i < 4; i++) {
		tap_is_int(claim_job(fx, &fence), want[i], "number %d in order of (due, id)", i + 1);
		tap_is_int(fx_claim_count(fx), 0, "and one at a time");
		if (i == 0) {
			v = fx_view(fx, b);
			tap_is_int(v.held, HELD_ORDER, "the others wait for their turn");
			job_view_release(&v);
		}
		fx->now += MINUTE_US;
		fx_end(fx, fence, i % 2 == 0 ? OUTCOME_OK : OUTCOME_FAILED);
	}
	tap_is_int(fx_next(fx), INSTANT_NONE, "and that was all");
}

static void
test_two_keys(struct fx *fx)
{
	fx_submit(fx, keyed(T0, "x"));
	fx_submit(fx, keyed(T0, "y"));
	fx_submit(fx, keyed(T0, "x"));
	fx_submit(fx, fx_once(T0));
	tap_is_int(fx_claim_count(fx), 3, "keys do not hold each other, nor jobs without one");
}

static void
test_key_hold(struct fx *fx)
{
	struct job job = keyed(T0, "k");
	int64_t a, b, fence;

	job.retries = 1;
	job.backoff = job.backoff_max = MINUTE_US;
	a = fx_submit(fx, job);
	b = fx_submit(fx, keyed(T0, "k"));
	tap_is_int(claim_job(fx, &fence), a, "the first runs");
	fx_end(fx, fence, OUTCOME_FAILED);
	tap_is_int(claim_job(fx, &fence), 0, "its waiting retry holds the key");
	fx->now += HOUR_US;
	tap_is_int(claim_job(fx, &fence), a, "it is tried again");
	fx_end(fx, fence, OUTCOME_FAILED);
	tap_is_int(claim_job(fx, &fence), b, "what failed for good lets the next go");
	fx_end(fx, fence, OUTCOME_OK);
	fx_need(fx, store_job_retry(fx->s, a, fx->now, &fx->e), "retry");
	tap_is_int(claim_job(fx, &fence), a, "and may be retried by hand");
}

static void
test_key_go(struct fx *fx)
{
	struct job job = keyed(T0, "k");
	int64_t a, b, c, fence;

	job.retries = 1;
	job.backoff = job.backoff_max = MINUTE_US;
	job.order_on_failure = ORDER_GO;
	a = fx_submit(fx, job);
	b = fx_submit(fx, keyed(T0, "k"));
	c = fx_submit(fx, keyed(T0, "k"));
	tap_is_int(claim_job(fx, &fence), a, "the first runs");
	fx_end(fx, fence, OUTCOME_FAILED);
	tap_is_int(claim_job(fx, &fence), b, "with go, its waiting retry lets the next go");
	fx->now += HOUR_US;
	tap_is_int(fx_claim_count(fx), 0, "but still one at a time");
	fx_end(fx, fence, OUTCOME_OK);
	tap_is_int(claim_job(fx, &fence), a, "and then the retry comes before those behind it");
	fx_end(fx, fence, OUTCOME_OK);
	tap_is_int(claim_job(fx, &fence), c, "and then these");
}

/* A job of the key that has failed once and was paused then; the next of the key. */
static int64_t
paused_in_retry(struct fx *fx, enum order_on_failure how, int64_t *b)
{
	struct job job = keyed(T0, "k");
	int64_t a, fence;

	job.retries = 1;
	job.backoff = job.backoff_max = MINUTE_US;
	job.order_on_failure = how;
	a = fx_submit(fx, job);
	*b = fx_submit(fx, keyed(T0, "k"));
	tap_is_int(claim_job(fx, &fence), a, "the first runs");
	fx_end(fx, fence, OUTCOME_FAILED);
	fx_need(fx, store_job_pause(fx->s, a, INSTANT_NONE, NULL, fx->now, &fx->e), "pause");
	fx->now += HOUR_US;
	return a;
}

static void
test_key_paused_retry(struct fx *fx)
{
	int64_t a, b, fence;

	a = paused_in_retry(fx, ORDER_HOLD, &b);
	tap_is_int(claim_job(fx, &fence), 0, "paused in its retry it still holds the key");
	fx_need(fx, store_job_resume(fx->s, a, fx->now, &fx->e), "resume");
	tap_is_int(claim_job(fx, &fence), a, "and is first when it is resumed");
	fx_end(fx, fence, OUTCOME_OK);
	tap_is_int(claim_job(fx, &fence), b, "then the next goes");
}

static void
test_key_paused_go(struct fx *fx)
{
	int64_t a, b, fence;

	a = paused_in_retry(fx, ORDER_GO, &b);
	tap_is_int(claim_job(fx, &fence), b, "with go it is passed over");
	fx_end(fx, fence, OUTCOME_OK);
	fx_need(fx, store_job_resume(fx->s, a, fx->now, &fx->e), "resume");
	tap_is_int(claim_job(fx, &fence), a, "and has its turn when it is resumed");
}

static void
test_key_leaves(struct fx *fx)
{
	int64_t a = submit_keyed(fx, T0, 5), b = submit_keyed(fx, T0, 5),
		c = submit_keyed(fx, T0, 5), d = submit_keyed(fx, T0, 5), fence;
	bool running;

	tap_is_int(claim_job(fx, &fence), a, "the first runs");
	fx_need(fx, store_job_cancel(fx->s, b, true, fx->now, &running, &fx->e), "cancel");
	fx_need(fx, store_job_pause(fx->s, c, INSTANT_NONE, NULL, fx->now, &fx->e), "pause");
	fx_undo(fx, fence, WHY_UNDONE);
	tap_is_int(claim_job(fx, &fence), a, "a claim that was undone is still first");
	fx_end(fx, fence, OUTCOME_OK);
	tap_is_int(claim_job(fx, &fence), d, "what is cancelled or paused is passed over");
	fx_need(fx, store_job_resume(fx->s, c, fx->now, &fx->e), "resume");
	tap_is_int(fx_claim_count(fx), 0, "what is resumed waits for its turn");
	fx_end(fx, fence, OUTCOME_OK);
	tap_is_int(claim_job(fx, &fence), c, "and has it");
}

static void
test_key_periodic(struct fx *fx)
{
	struct job job = fx_periodic("* * * * *");
	int64_t a = fx_submit(fx, keyed(T0, "k")), p, fence;

	job.order_key = xstrdup("k");
	p = fx_submit(fx, job);
	tap_is_int(claim_job(fx, &fence), a, "a job of the key runs");
	fx->now = T0 + 10 * MINUTE_US + 1;
	tap_is_int(fx_claim_count(fx), 0, "a periodic one waits for it");
	fx_end(fx, fence, OUTCOME_OK);
	tap_is_int(claim_job(fx, &fence), p, "runs once it has ended");
	fx_ledger_is(fx, p, "running:1 skipped(overlap x9)", "and those it was too late for overlapped");
	fx->now += MINUTE_US;
	tap_is_int(fx_claim_count(fx), 0, "it does not wait for itself");
}

static void
test_key_replaced(struct fx *fx)
{
	struct job job = keyed(T0, "k");
	int64_t a = fx_submit(fx, keyed(T0, "k")), b, fence;

	job.name = xstrdup("n");
	b = fx_submit(fx, job);
	tap_is_int(claim_job(fx, &fence), a, "a job of the key runs");
	job = fx_once(T0);
	job.name = xstrdup("n");
	fx_submit_how(fx, job, SUBMIT_REPLACE);
	fx->now++; /* the time of the one that it replaces is told of */
	tap_is_int(claim_job(fx, &fence), b, "one that has no key any more need not wait");
}

static void
test_key_many(struct fx *fx)
{
	int64_t fence, last = 0;
	int right = 0;

	for (int i = 0; i < MANY; i++)
		submit_keyed(fx, T0, 5);
	for (int i = 0; i < 20; i++) {
		int64_t id = 0;

		/* A claim puts so many in line, and is then called again. */
		for (int calls = 0; calls < 20 && id == 0; calls++)
			id = claim_job(fx, &fence);
		right += id > last;
		last = id;
		fx_end(fx, fence, OUTCOME_OK);
	}
	tap_is_int(right, 20, "thousands of one key run one after the other");
}

/* ---- queues ---- */

static struct job
queued(int64_t at, const char *queue)
{
	struct job job = fx_once(at);

	job.queue = xstrdup(queue);
	return job;
}

static void
limit(struct fx *fx, const char *name, int64_t max)
{
	struct queue_limit q = {name, max};

	fx_need(fx, store_queue_limits(fx->s, &q, max > 0 ? 1 : 0, fx->now, &fx->e), "limits");
}

static int64_t
claim_fences(struct fx *fx, int64_t *fences, int64_t max)
{
	struct claims c = fx_claim(fx, 1000);
	int64_t n = (int64_t)c.n;

	for (int64_t i = 0; i < n && i < max; i++)
		fences[i] = c.v[i].fence;
	claims_release(&c);
	return n;
}

static int
copy_view(void *arg, const struct queue_view *q)
{
	*(struct queue_view *)arg = *q;
	return 0;
}

static void
test_queue_limit(struct fx *fx)
{
	struct queue_view q = {0};
	int64_t fences[2], more[2], id = 0;
	struct job_view v;

	limit(fx, "q", 2);
	for (int i = 0; i < 5; i++)
		id = fx_submit(fx, queued(T0, "q"));
	tap_is_int(claim_fences(fx, fences, 2), 2, "no more of a queue run than it may");
	v = fx_view(fx, id);
	tap_is_int(v.held, HELD_QUEUE, "the others wait for their queue");
	job_view_release(&v);
	fx_need(fx, store_queue_list(fx->s, copy_view, &q, &fx->e), "queues");
	tap_ok(q.max_running == 2 && q.running == 2 && q.waiting == 3, "which can be seen");
	fx_submit(fx, fx_once(T0));
	fx_submit(fx, queued(T0, "other"));
	tap_is_int(fx_claim_count(fx), 2, "other jobs go on");
	tap_is_int(fx_next(fx), INSTANT_NONE, "and nobody has to look again");
	fx_end(fx, fences[0], OUTCOME_OK);
	tap_is_int(fx_next(fx), T0, "until a slot is free");
	tap_is_int(claim_fences(fx, more, 2), 1, "then one more runs");
	limit(fx, "q", 3);
	tap_is_int(claim_fences(fx, more, 2), 1, "a higher limit lets in another");
	limit(fx, "", 0);
	tap_is_int(claim_fences(fx, more, 2), 1, "and no limit the rest");
}

static void
test_queue_undone(struct fx *fx)
{
	int64_t a, b, fence;

	limit(fx, "q", 1);
	a = fx_submit(fx, queued(T0, "q"));
	b = fx_submit(fx, queued(T0, "q"));
	tap_is_int(claim_job(fx, &fence), a, "one runs");
	fx_undo(fx, fence, WHY_UNDONE);
	tap_is_int(claim_job(fx, &fence), b, "a claim that was undone gives its slot to the next");
	tap_is_int(fx_claim_count(fx), 0, "and stands in line itself");
	fx_end(fx, fence, OUTCOME_LOST);
	tap_is_int(claim_job(fx, &fence), a, "a lost attempt gives it back as well");
}

static void
test_queue_priority(struct fx *fx)
{
	struct job job;
	int64_t high, fence;

	limit(fx, "q", 1);
	for (int i = 0; i < 3; i++)
		fx_submit(fx, queued(T0, "q"));
	tap_ok(claim_job(fx, &fence) > 0, "one runs");
	job = queued(T0 + USEC, "q");
	job.priority = 9;
	high = fx_submit(fx, job);
	fx->now += USEC;
	tap_is_int(fx_claim_count(fx), 0, "and it is full");
	fx_end(fx, fence, OUTCOME_OK);
	tap_is_int(claim_job(fx, &fence), high, "the best priority is let in first");
}

#define LOW 5
#define HIGH 700

static int64_t
queued_as(struct fx *fx, int64_t priority)
{
	struct job job = queued(fx->now, "q");

	job.priority = priority;
	return fx_submit(fx, job);
}

/* One that is ready, until there are no more to be put in line: the fence of who got in. */
static int64_t
next_of_queue(struct fx *fx, int64_t *job)
{
	bool more = true;
	int64_t fence = 0;

	for (int calls = 0; more && calls < 20; calls++) {
		struct claims c = fx_claim(fx, 10);

		if (c.n > 0) {
			fence = c.v[0].fence;
			*job = c.v[0].job_id;
		}
		more = c.more;
		claims_release(&c);
	}
	return fence;
}

static void
test_queue_bound_at_once(struct fx *fx)
{
	int64_t low, job = 0, place = 0, fence;

	limit(fx, "q", 1);
	low = queued_as(fx, 0);
	fx->now += USEC;
	for (int i = 0; i < 30; i++)
		queued_as(fx, 9);
	while (job != low && place < 30) {
		fence = next_of_queue(fx, &job);
		place++;
		fx_end(fx, fence, OUTCOME_OK);
	}
	tap_ok(place <= 10, "who starts while the queue is empty counts as well (%d)", (int)place);
}

/* The bound holds in a queue as well, for those that come when it is full and when it is not. */
static void
test_queue_bound(struct fx *fx)
{
	int64_t low[LOW], n = 0, late = 0, job = 0, fence;

	limit(fx, "q", 1);
	fx_submit(fx, queued(T0, "q"));
	fence = fx_claim_one(fx);
	for (int i = 0; i < LOW; i++)
		low[i] = queued_as(fx, 0);
	fx->now += USEC;
	for (int i = 0; i < HIGH; i++)
		queued_as(fx, 9);
	fx_claim_count(fx);
	for (int64_t place = 1; place <= 20 * LOW && n < LOW; place++) {
		fx_end(fx, fence, OUTCOME_OK);
		queued_as(fx, 9);
		fence = next_of_queue(fx, &job);
		if (job == low[n])
			late += place > 10 * ++n;
	}
	tap_is_int(n, LOW, "a stream of high priority does not keep a queue from the others");
	tap_is_int(late, 0, "each tenth of the queue is the one that is ready longest");
}

static void
test_queue_pause(struct fx *fx)
{
	struct queue_view q = {0};
	int64_t id = fx_submit(fx, queued(T0, "q"));

	fx_need(fx, store_queue_pause(fx->s, "q", T0 + HOUR_US, "repair", T0, &fx->e), "pause");
	tap_is_int(fx_claim_count(fx), 0, "nothing of a paused queue starts");
	fx_is(fx, id, JOB_PENDING, "its jobs are pending");
	fx_need(fx, store_queue_list(fx->s, copy_view, &q, &fx->e), "queues");
	tap_ok(q.paused && q.paused_until == T0 + HOUR_US && q.waiting == 1, "which can be seen");
	tap_is_int(fx_next(fx), T0 + HOUR_US, "the daemon has to look at its end");
	fx->now = T0 + HOUR_US;
	tap_is_int(fx_claim_count(fx), 1, "then it goes on by itself");
	fx_refused(fx, store_queue_resume(fx->s, "q", fx->now, &fx->e), E_CONFLICT,
	    "queue 'q' is not paused", "what is not paused cannot be resumed");
	fx_need(fx, store_queue_pause(fx->s, "q", INSTANT_NONE, NULL, T0, &fx->e), "pause");
	fx_submit(fx, queued(T0, "q"));
	tap_is_int(fx_claim_count(fx), 0, "paused again");
	fx_need(fx, store_queue_resume(fx->s, "q", fx->now, &fx->e), "resume");
	tap_is_int(fx_claim_count(fx), 1, "and resumed");
}

static void
test_queue_missed(struct fx *fx)
{
	struct job job = fx_periodic("* * * * *");
	int64_t id;

	job.queue = xstrdup("q");
	job.missed = MISSED_SKIP;
	id = fx_submit(fx, job);
	fx_need(fx, store_queue_pause(fx->s, "q", INSTANT_NONE, NULL, T0, &fx->e), "pause");
	fx->now = T0 + MINUTE_US;
	fx_claim_count(fx);
	fx->now = T0 + HOUR_US - MINUTE_US / 4;
	fx_need(fx, store_queue_resume(fx->s, "q", fx->now, &fx->e), "resume");
	fx_claim_count(fx);
	fx_ledger_is(fx, id, "running:1 skipped(paused x58)",
	    "what fell into the pause was paused, the last of it is not late yet");
}

/* Those that have to stand in line come first; how many claims until the other job runs. */
static void
test_queue_full_of_waiting(struct fx *fx)
{
	struct claims c;
	int64_t other, calls = 0;
	bool found = false, more = true;

	limit(fx, "q", 1);
	for (int i = 0; i < MANY; i++)
		fx_submit(fx, queued(T0, "q"));
	other = fx_submit(fx, fx_once(T0 + USEC));
	fx->now = T0 + USEC;
	c = fx_claim(fx, 10);
	for (size_t i = 0; i < c.n; i++)
		found = found || c.v[i].job_id == other;
	tap_ok(found, "thousands that wait for their queue do not keep another job waiting");
	claims_release(&c);
	for (; more && calls < 50; calls++) {
		c = fx_claim(fx, 10);
		more = c.more;
		claims_release(&c);
	}
	tap_ok(calls < 20, "each of them is looked at once (%d claims)", (int)calls);
	tap_is_int(fx_next(fx), INSTANT_NONE, "and then none until a slot is free");
}

/* ---- nodes ---- */

static int64_t
claim_with(struct fx *fx, const char *node, const char *labels, bool recall, bool *elsewhere)
{
	struct strv words = {0};
	struct claim_request q = {
	    .node = node,
	    .runner = fx->runner,
	    .labels = &words,
	    .recall = recall,
	    .now = fx->now,
	    .limit = 100,
	    .zone = zone_utc(),
	};
	struct claims c = {0};
	int64_t n;

	words_parse(labels, &words);
	fx_need(fx, store_claim_ready(fx->s, &q, &c, &fx->e), "claim");
	n = (int64_t)c.n;
	*elsewhere = c.elsewhere;
	claims_release(&c);
	strv_clear(&words);
	return n;
}

static int64_t
claim_as(struct fx *fx, const char *node, const char *labels)
{
	bool elsewhere;

	return claim_with(fx, node, labels, false, &elsewhere);
}

static bool
is_awaited(struct fx *fx, const char *node, const char *labels)
{
	struct strv words = {0};
	bool any;

	words_parse(labels, &words);
	fx_need(fx, store_awaited(fx->s, node, &words, &any, &fx->e), "awaited");
	strv_clear(&words);
	return any;
}

static void
node_up(struct fx *fx, const char *id, const char *labels)
{
	struct node n = {
	    .id = xstrdup(id), .capacity = 1, .proc = {.boot = "boot-1", .pid = 1, .start = 1}};

	words_parse(labels, &n.labels);
	fx_need(fx, store_node_up(fx->s, &n, fx->now, &fx->e), "node up");
	node_release(&n);
}

static void
test_labels(struct fx *fx)
{
	struct job job = fx_once(T0);
	struct job_view v;
	int64_t id;

	strv_push(&job.require, "gpu");
	strv_push(&job.require, "fast");
	id = fx_submit(fx, job);
	node_up(fx, NODE, "[\"gpu\"]");
	tap_is_int(claim_as(fx, NODE, "[\"gpu\"]"), 0, "a node without all labels does not take it");
	v = fx_view(fx, id);
	tap_is_int(v.held, HELD_NODE, "it waits for a node");
	job_view_release(&v);
	tap_is_int(fx_next(fx), INSTANT_NONE, "and nobody looks again");
	node_up(fx, NODE, "[\"gpu\"]");
	tap_is_int(fx_next(fx), INSTANT_NONE, "not even the same node after a restart");
	node_up(fx, NODE, "[\"fast\", \"gpu\"]");
	tap_is_int(fx_next(fx), T0, "but a node with other labels does");
	tap_is_int(claim_as(fx, NODE, "[\"fast\", \"gpu\"]"), 1, "and takes it");
}

static void
test_on(struct fx *fx)
{
	static const struct {
		const char *on;
		int64_t n;
	} cases[] = {{"any", 1}, {"each", 1}, {NODE, 1}, {"beta", 0}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct job job = fx_once(T0);

		job.on = xstrdup(cases[i].on);
		fx_submit(fx, job);
		tap_is_int(claim_as(fx, NODE, "[]"), cases[i].n, "on %s", cases[i].on);
	}
	node_up(fx, "beta", "[]");
	tap_is_int(claim_as(fx, "beta", "[]"), 1, "a node takes what is for it");
}

static void
test_awaited(struct fx *fx)
{
	struct job gpu = fx_once(T0), beta = fx_once(T0);
	bool elsewhere;

	strv_push(&gpu.require, "gpu");
	beta.on = xstrdup("beta");
	fx_submit(fx, gpu);
	fx_submit(fx, beta);
	fx_submit(fx, fx_once(T0));
	tap_ok(!is_awaited(fx, "beta", "[\"gpu\"]"), "nobody is awaited before others refuse a job");
	tap_is_int(claim_with(fx, NODE, "[]", false, &elsewhere), 1, "a node takes what suits it");
	tap_ok(elsewhere, "and says that others are to look");
	tap_ok(!is_awaited(fx, NODE, "[]"), "it is not awaited itself");
	tap_ok(is_awaited(fx, "gamma", "[\"fast\", \"gpu\"]"), "one with the labels is");
	tap_ok(is_awaited(fx, "beta", "[]"), "and one that was named");
	tap_is_int(claim_as(fx, "beta", "[\"gpu\"]"), 0, "what was refused is not ready for all");
	tap_is_int(claim_with(fx, "beta", "[]", true, &elsewhere), 1, "who is awaited takes his own");
	tap_ok(!elsewhere, "and has refused nothing");
	tap_is_int(claim_with(fx, "gamma", "[\"gpu\"]", true, &elsewhere), 1, "each his own");
	tap_ok(!is_awaited(fx, "beta", "[\"gpu\"]"), "and then nothing is left");
}

/* Of text that cannot be compressed. */
static char *
long_text(size_t n, uint32_t seed)
{
	char *s = xmalloc(n + 1);

	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525 + 1013904223;
		s[i] = (char)('!' + (seed >> 16) % 94);
	}
	s[n] = '\0';
	return s;
}

static void
test_longest(struct fx *fx)
{
	struct job keyed_job = fx_once(T0), wanting = fx_once(T0);

	keyed_job.order_key = long_text(JOB_KEY_MAX, 1);
	for (uint32_t i = 0; i < JOB_REQUIRE_MAX / 8; i++)
		strv_take(&wanting.require, long_text(7, 3 + i));
	wanting.on = long_text(JOB_NAME_MAX, 2);
	fx_submit(fx, keyed_job);
	fx_submit(fx, wanting);
	tap_is_int(claim_as(fx, NODE, "[]"), 1, "the longest wants and keys keep nobody");
}

/* ---- several of them ---- */

static void
test_key_and_queue(struct fx *fx)
{
	struct job job;
	int64_t a, b, c, fence, other;

	limit(fx, "q", 1);
	other = fx_submit(fx, queued(T0, "q"));
	job = queued(T0, "q");
	job.order_key = xstrdup("k");
	a = fx_submit(fx, job);
	b = fx_submit(fx, keyed(T0, "k"));
	c = fx_submit(fx, queued(T0, "q"));
	tap_is_int(claim_job(fx, &fence), other, "a full queue");
	fx_end(fx, fence, OUTCOME_OK);
	tap_is_int(claim_job(fx, &fence), a, "the first of the key had to wait for its queue");
	fx_end(fx, fence, OUTCOME_OK);
	tap_is_int(fx_claim_count(fx), 2, "and so had the second of the key");
	fx_is(fx, b, JOB_RUNNING, "which runs");
	fx_is(fx, c, JOB_RUNNING, "beside the next of the queue");
}

const struct test line_tests[] = {
    {"order of a key", test_key_order},
    {"two keys", test_two_keys},
    {"a retry holds its key", test_key_hold},
    {"a retry lets go", test_key_go},
    {"paused in a retry", test_key_paused_retry},
    {"paused in a retry that lets go", test_key_paused_go},
    {"who leaves the line", test_key_leaves},
    {"a periodic job with a key", test_key_periodic},
    {"another definition", test_key_replaced},
    {"many of one key", test_key_many},
    {"limit of a queue", test_queue_limit},
    {"undone in a queue", test_queue_undone},
    {"priority in a queue", test_queue_priority},
    {"the bound of waiting in a queue", test_queue_bound},
    {"the bound in a queue that is empty first", test_queue_bound_at_once},
    {"pause of a queue", test_queue_pause},
    {"missed in a paused queue", test_queue_missed},
    {"a full queue", test_queue_full_of_waiting},
    {"labels", test_labels},
    {"on a node", test_on},
    {"awaited", test_awaited},
    {"the longest", test_longest},
    {"a key and a queue", test_key_and_queue},
    {NULL, NULL},
};
