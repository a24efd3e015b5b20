/*
 * t_store_prune: what goes when it is old, and what stays.
 */
#include "t_store.h"
#include "tap.h"

static const struct retention keep = {
    .attempts = 90 * DAY_US, .jobs = 90 * DAY_US, .outputs = 30 * DAY_US, .keep_attempts = 3};

static struct pruned
prune(struct fx *fx)
{
	struct pruned sum = {0}, p;
	int calls = 0;

	do {
		fx_need(fx, store_prune(fx->s, &keep, fx->now, &p, &fx->e), "prune");
		sum.attempts += p.attempts;
		sum.skips += p.skips;
		sum.jobs += p.jobs;
		sum.outputs += p.outputs;
	} while (p.more && ++calls < 1000);
	tap_ok(!p.more, "pruning comes to an end");
	return sum;
}

static bool
is_there(struct fx *fx, int64_t id)
{
	struct job_view v;

	if (store_job_get(fx->s, id, &v, &fx->e) < 0)
		return false;
	job_view_release(&v);
	return true;
}

static void
test_new_stays(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_once(T0));
	struct pruned p;

	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx->now = T0 + 90 * DAY_US;
	p = prune(fx);
	tap_ok(p.attempts == 0 && p.jobs == 0 && is_there(fx, id), "what is not too old stays");
	fx->now++;
	p = prune(fx);
	tap_ok(p.attempts == 1 && p.jobs == 1 && !is_there(fx, id),
	    "an ended job goes with its history");
}

static void
test_newest_stay(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_periodic("0 * * * *"));
	struct store_metrics m;
	struct pruned p;

	for (int i = 1; i <= 10; i++) {
		fx->now = T0 + i * HOUR_US;
		fx_end(fx, fx_claim_one(fx), i == 1 ? OUTCOME_FAILED : OUTCOME_OK);
	}
	fx->now = T0 + 100 * DAY_US;
	p = prune(fx);
	tap_is_int(p.attempts, 7, "old attempts go");
	fx_ledger_is(fx, id, "ok:1 ok:1 ok:1", "but for the newest of each job");
	fx_is(fx, id, JOB_PENDING, "a job that is not over stays");
	fx_need(fx, store_metrics(fx->s, fx->now, &m, &fx->e), "metrics");
	tap_ok(m.finished[OUTCOME_OK] == 9 && m.started == 10, "totals never fall");
	tap_is_int(prune(fx).attempts, 0, "a second time changes nothing");
}

static void
test_states(struct fx *fx)
{
	int64_t pending = fx_submit(fx, fx_once(T0 + 400 * DAY_US));
	int64_t cancelled = fx_submit(fx, fx_once(T0 + HOUR_US));
	int64_t failed = fx_submit(fx, fx_once(T0));
	int64_t running, paused;
	bool was;

	fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	running = fx_submit(fx, fx_once(T0));
	fx_claim_one(fx);
	paused = fx_submit(fx, fx_once(T0));
	fx_need(fx, store_job_cancel(fx->s, cancelled, true, T0, &was, &fx->e), "cancel");
	fx_need(fx, store_job_pause(fx->s, paused, INSTANT_NONE, NULL, T0, &fx->e), "pause");
	fx->now = T0 + 100 * DAY_US;
	tap_is_int(prune(fx).jobs, 2, "old jobs that have ended go");
	tap_ok(!is_there(fx, cancelled) && !is_there(fx, failed), "cancelled and failed ones");
	tap_ok(is_there(fx, pending) && is_there(fx, running) && is_there(fx, paused),
	    "others stay, however old");
}

static void
test_prerequisite(struct fx *fx)
{
	struct job job = fx_once(T0 + 300 * DAY_US);
	int64_t old, b;

	job.name = xstrdup("late");
	fx_submit(fx, job);
	job = fx_periodic("0 0 1 1 *");
	job.name = xstrdup("a");
	job.until = T0 + 400 * DAY_US;
	old = fx_submit(fx, job);
	job = fx_once(T0);
	strv_push(&job.after, "a");
	b = fx_submit(fx, job);
	fx->now = T0 + 100 * DAY_US;
	prune(fx);
	tap_ok(is_there(fx, old) && is_there(fx, b), "nothing goes that others wait for");
}

#define MANY 40

static void
test_checkpoints(struct fx *fx)
{
	struct claims c;
	int64_t ids[MANY];
	int kept = 0;

	for (int i = 0; i < MANY; i++)
		ids[i] = fx_submit(fx, fx_periodic("0 * * * *"));
	fx->now = T0 + HOUR_US;
	c = fx_claim(fx, MANY);
	for (size_t i = 0; i < c.n; i++) {
		fx_need(fx, store_checkpoint_put(fx->s, c.v[i].fence, "x", 1, fx->now, &fx->e), "put");
		fx_end(fx, c.v[i].fence, OUTCOME_FAILED);
	}
	tap_is_int((int64_t)c.n, MANY, "many periodic jobs fail and leave a checkpoint each");
	claims_release(&c);
	fx->now = T0 + 40 * DAY_US;
	prune(fx);
	for (int i = 0; i < MANY; i++)
		fx_need(fx, store_job_retry(fx->s, ids[i], fx->now, &fx->e), "retry");
	c = fx_claim(fx, 10 * MANY);
	for (size_t i = 0; i < c.n; i++)
		kept += c.v[i].checkpoint != NULL;
	tap_ok(c.n >= MANY && kept == 0, "those that are old go, however many they are");
	claims_release(&c);
}

static void
test_skips(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_periodic("0 * * * *"));

	fx->now = T0 + HOUR_US;
	fx_claim_one(fx);
	fx->now = T0 + 2 * HOUR_US;
	fx_claim_one(fx);
	fx->now = T0 + 100 * DAY_US;
	tap_is_int(prune(fx).skips, 1, "old skips go");
	fx_ledger_is(fx, id, "running:1", "what runs stays");
}

static void
test_outputs(struct fx *fx)
{
	struct result r;
	struct output out;

	fx_submit(fx, fx_once(T0));
	result_init(&r);
	r.fence = fx_claim_one(fx);
	r.outcome = OUTCOME_OK;
	r.started_at = r.finished_at = T0;
	r.output = xstrdup("x");
	r.output_len = r.output_bytes = 1;
	fx_finish(fx, &r);
	result_release(&r);
	fx->now = T0 + 31 * DAY_US;
	tap_is_int(prune(fx).outputs, 1, "outputs go first");
	fx_ledger_is(fx, 1, "ok:1", "their attempts stay");
	fx_refused(fx, store_output(fx->s, 1, 0, &out, &fx->e), E_NOTFOUND,
	    "the output of that attempt of job 1 is not kept", "and it is said that they are gone");
}

static void
test_tab_entry(struct fx *fx)
{
	struct job job = fx_periodic("0 * * * *");
	struct tab_change c = {&job, 1, 0};
	size_t bad;

	job.count = 1;
	job.tab = xstrdup("/t");
	job.tab_key = xstrdup("k");
	fx_need(fx, store_tab_change(fx->s, &c, 1, T0, zone_utc(), "b", &bad, &fx->e), "change");
	job_release(&job);
	fx->now = T0 + HOUR_US;
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx->now = T0 + 100 * DAY_US;
	prune(fx);
	tap_ok(is_there(fx, 1), "an entry that is still in its tab stays, or it would run again");
	c = (struct tab_change){NULL, 0, 1};
	fx_need(
	    fx, store_tab_change(fx->s, &c, 1, fx->now, zone_utc(), "b", &bad, &fx->e), "retire");
	fx->now += 100 * DAY_US;
	prune(fx);
	tap_ok(!is_there(fx, 1), "a retired one goes");
}

static void
test_many(struct fx *fx)
{
	struct pruned first;
	int64_t fence;

	for (int i = 0; i < 1200; i++) {
		fx_submit(fx, fx_once(T0));
		fence = fx_claim_one(fx);
		fx_end(fx, fence, i % 2 == 0 ? OUTCOME_OK : OUTCOME_FAILED);
	}
	fx->now = T0 + 100 * DAY_US;
	fx_need(fx, store_prune(fx->s, &keep, fx->now, &first, &fx->e), "prune");
	tap_ok(first.more && first.jobs < 1200, "one call is a short transaction");
	tap_is_int(first.jobs + prune(fx).jobs, 1200, "and all go in the end");
}

/* With its retries, and its runs by hand: one or a few of them, or more than go at once. */
static void
test_history(struct fx *fx)
{
	static const int runs[] = {0, 1, 5, 100};
	int64_t ids[4], all = 0;
	struct pruned p;

	for (int i = 0; i < 4; i++) {
		struct job job = fx_once(T0);

		job.retries = 1;
		job.backoff = 0;
		ids[i] = fx_submit(fx, job);
		fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
		fx->now += HOUR_US;
		fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
		all += 2;
		for (int n = 0; n < runs[i]; n++, all++) {
			fx->now++;
			fx_need(fx, store_job_run(fx->s, ids[i], fx->now, &fx->e), "run");
			fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
		}
	}
	fx->now += 100 * DAY_US;
	p = prune(fx);
	tap_is_int(p.attempts, all, "all attempts of a job go with it");
	tap_is_int(p.jobs, 4, "however many they are");
	tap_ok(!is_there(fx, ids[0]) && !is_there(fx, ids[3]), "and so does the job");
	fx_need(fx, store_check(fx->s, NULL, NULL, &all, &fx->e), "check");
	tap_is_int(all, 0, "nothing is left of them");
}

const struct test prune_tests[] = {
    {"what is new", test_new_stays},
    {"newest attempts", test_newest_stay},
    {"states", test_states},
    {"prerequisites", test_prerequisite},
    {"checkpoints", test_checkpoints},
    {"skips", test_skips},
    {"outputs", test_outputs},
    {"entries of tabs", test_tab_entry},
    {"histories", test_history},
    {"many", test_many},
    {NULL, NULL},
};
