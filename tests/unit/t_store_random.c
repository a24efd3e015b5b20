/*
 * t_store_random: everything in any order. Random operations on a few jobs of every kind; what is
 * not allowed is refused, and all the while the store holds what it promises.
 */
#include "base/hash.h"
#include "store/queue.h"
#include "t_store.h"
#include "tap.h"

#define OPERATIONS 1500
#define JOBS 25

struct dice {
	uint64_t state;
};

static int64_t
roll(struct dice *d, int64_t sides)
{
	d->state = d->state * 6364136223846793005u + 1442695040888963407u;
	return (int64_t)((d->state >> 33) % (uint64_t)sides);
}

static struct job
any_job(struct fx *fx, struct dice *d)
{
	static const char *const schedules[] = {
	    "* * * * *", "*/5 * * * *", "@every 90s", "@reboot"};
	bool periodic = roll(d, 2) == 0;
	struct job job = periodic ? fx_periodic(schedules[roll(d, 4)])
				  : fx_once(fx->now + (roll(d, 10) - 3) * MINUTE_US);

	job.priority = roll(d, 10);
	job.overlap = (enum overlap)roll(d, 3);
	job.missed = (enum missed)roll(d, 3);
	job.retries = roll(d, 3);
	job.backoff = MINUTE_US;
	if (roll(d, 4) == 0)
		job.deadline = 5 * MINUTE_US;
	if (roll(d, 4) == 0)
		job.jitter = MINUTE_US;
	if (periodic && roll(d, 4) == 0)
		job.count = 1 + roll(d, 5);
	if (roll(d, 3) == 0)
		job.name = xasprintf("n%d", (int)roll(d, 8));
	if (roll(d, 5) == 0)
		job.order_key = xasprintf("k%d", (int)roll(d, 2));
	if (roll(d, 5) == 0)
		job.queue = xstrdup("q");
	if (!periodic && roll(d, 4) == 0) {
		char ref[8];

		snprintf(ref, sizeof(ref), "%d", (int)roll(d, JOBS) + 1);
		strv_push(&job.after, ref);
		job.after_any = roll(d, 2) == 0;
	}
	return job;
}

static void
submit_any(struct fx *fx, struct dice *d)
{
	int64_t id;

	fx_try_submit(fx, any_job(fx, d), (enum submit_how)roll(d, 3), &id);
}

static void
change_tab(struct fx *fx, struct dice *d)
{
	struct job job = any_job(fx, d);
	struct tab_change c = {&job, (uint64_t)roll(d, 99) + 1, 0};
	int64_t id;
	size_t bad;

	strv_clear(&job.after);
	free(job.name);
	job.name = xasprintf("tab%d", (int)roll(d, 3));
	job.tab = xstrdup("/tab");
	job.tab_key = xstrdup(job.name);
	if (store_job_find(fx->s, job.name, "ann", &id, &fx->e) == 0)
		c.id = id;
	if (c.id != 0 && roll(d, 3) == 0)
		c.job = NULL;
	fx_need(fx, store_tab_change(fx->s, &c, 1, fx->now, zone_utc(), "boot-1", &bad, &fx->e),
	    "tab change");
	job_release(&job);
}

struct open {
	int64_t fences[64];
	size_t n;
};

static int
add_fence(void *arg, const struct open_attempt *o)
{
	struct open *open = arg;

	open->fences[open->n++] = o->fence;
	return open->n == 64;
}

static void
end_any(struct fx *fx, struct dice *d)
{
	static const enum outcome outcomes[] = {OUTCOME_OK, OUTCOME_OK, OUTCOME_OK, OUTCOME_FAILED,
	    OUTCOME_FAILED, OUTCOME_LOST, OUTCOME_CANCELLED};
	struct open open = {.n = 0};
	int64_t fence, how;

	fx_need(fx, store_open_attempts(fx->s, 0, add_fence, &open, &fx->e), "open attempts");
	if (open.n == 0)
		return;
	fence = open.fences[roll(d, (int64_t)open.n)];
	how = roll(d, 9);
	if (how < 7)
		fx_end(fx, fence, outcomes[how]);
	else
		fx_undo(fx, fence, how == 7 ? WHY_UNDONE : WHY_LOCKED);
}

/* What concerns all jobs at once. */
static void
do_global(struct fx *fx, struct dice *d)
{
	static const struct retention keep = {HOUR_US, HOUR_US, HOUR_US, 2};
	struct node n = {.id = xstrdup(NODE), .capacity = 1, .proc = {.pid = 1, .start = 1}};
	struct pruned p;

	switch (roll(d, 5)) {
	case 0:
		fx_need(fx, store_pause_all(fx->s, fx->now + 5 * MINUTE_US, NULL, fx->now, &fx->e),
		    "pause");
		break;
	case 1:
		(void)store_resume_all(fx->s, fx->now, &fx->e);
		break;
	case 2:
		strlcpy(n.proc.boot, roll(d, 2) == 0 ? "boot-1" : "boot-2", sizeof(n.proc.boot));
		fx_need(fx, store_node_up(fx->s, &n, fx->now, &fx->e), "node up");
		break;
	case 3:
		fx_need(fx, store_prune(fx->s, &keep, fx->now, &p, &fx->e), "prune");
		break;
	default:
		fx->now += roll(d, 20) == 0 ? DAY_US : 10 * MINUTE_US;
	}
	node_release(&n);
}

static void
do_any(struct fx *fx, struct dice *d)
{
	int64_t id = roll(d, JOBS) + 1;
	bool running;

	if (roll(d, 12) == 0) {
		do_global(fx, d);
		return;
	}
	switch (roll(d, 16)) {
	case 0:
	case 1:
		submit_any(fx, d);
		return;
	case 2:
		change_tab(fx, d);
		return;
	case 3:
		(void)store_job_cancel(fx->s, id, roll(d, 2) == 0, fx->now, &running, &fx->e);
		return;
	case 4:
		(void)store_job_pause(fx->s, id,
		    roll(d, 2) == 0 ? INSTANT_NONE : fx->now + MINUTE_US, NULL, fx->now, &fx->e);
		return;
	case 5:
		(void)store_job_resume(fx->s, id, fx->now, &fx->e);
		return;
	case 6:
		(void)store_job_run(fx->s, id, fx->now, &fx->e);
		return;
	case 7:
		(void)store_job_retry(fx->s, id, fx->now, &fx->e);
		return;
	case 8:
		fx->now += roll(d, 3 * MINUTE_US);
		return;
	case 9:
	case 10:
	case 11:
		fx_claim_count(fx);
		return;
	default:
		end_any(fx, d);
	}
}

static void
print_fault(void *arg, const char *line)
{
	(void)arg;
	tap_note("%s", line);
}

/* Lets everything that is open come to an end: nothing may be stuck. */
static int64_t
drain(struct fx *fx)
{
	struct open open;
	int64_t quiet = 0;

	(void)store_resume_all(fx->s, fx->now, &fx->e);
	for (int64_t id = 1; id <= 300; id++)
		(void)store_job_resume(fx->s, id, fx->now, &fx->e);
	for (int i = 0; i < 3000 && quiet < 3; i++) {
		fx_claim_count(fx);
		open.n = 0;
		fx_need(fx, store_open_attempts(fx->s, 0, add_fence, &open, &fx->e), "open");
		for (size_t k = 0; k < open.n; k++)
			fx_end(fx, open.fences[k], OUTCOME_OK);
		quiet = open.n == 0 && fx_next(fx) == INSTANT_NONE ? quiet + 1 : 0;
		if (open.n == 0 && fx_next(fx) != INSTANT_NONE && fx_next(fx) > fx->now)
			fx->now = fx_next(fx);
	}
	return quiet;
}

static int
cancel_periodic(void *arg, const struct job_view *v)
{
	struct fx *fx = arg;
	bool running;

	if (v->job.periodic)
		(void)store_job_cancel(fx->s, v->job.id, true, fx->now, &running, &fx->e);
	return 0;
}

static int
count_pending(void *arg, const struct job_view *v)
{
	if (v->state == JOB_PENDING || v->state == JOB_RUNNING) {
		tap_note("job %" PRId64 " is %s, next %" PRId64, v->job.id,
		    job_state_word(v->state), v->next_run_at);
		++*(int64_t *)arg;
	}
	return 0;
}

static void
run_seed(struct fx *fx, uint64_t seed)
{
	struct dice d = {hash_bytes(HASH_SEED, &seed, sizeof(seed))};
	struct job_filter f;
	struct queue_limit limit = {.name = "q", .max_running = 1};
	int64_t faults = 0, stuck = 0;

	fx_need(fx, store_queue_limits(fx->s, &limit, 1, fx->now, &fx->e), "queue limits");
	for (int i = 0; i < OPERATIONS && faults == 0; i++) {
		do_any(fx, &d);
		if (i % 50 == 0)
			fx_need(
			    fx, store_check(fx->s, print_fault, NULL, &faults, &fx->e), "check");
	}
	tap_is_int(faults, 0, "seed %d: the store holds what it promises all the while", (int)seed);
	job_filter_init(&f);
	fx_need(fx, store_job_list(fx->s, &f, cancel_periodic, fx, &fx->e), "list");
	drain(fx);
	fx_need(fx, store_job_list(fx->s, &f, count_pending, &stuck, &fx->e), "list");
	tap_is_int(stuck, 0, "seed %d: and nothing is stuck", (int)seed);
}

static void
test_one(struct fx *fx)
{
	run_seed(fx, 1);
}

static void
test_two(struct fx *fx)
{
	run_seed(fx, 2);
}

static void
test_three(struct fx *fx)
{
	run_seed(fx, 3);
}

const struct test random_tests[] = {
    {"random 1", test_one},
    {"random 2", test_two},
    {"random 3", test_three},
    {NULL, NULL},
};
