/*
 * t_store_after: jobs that come after others.
 */
#include "t_store.h"
#include "tap.h"

static struct job
after(const char *refs, bool any)
{
	struct job job = fx_once(T0);

	strv_push(&job.after, refs);
	job.after_any = any;
	return job;
}

static struct job
named(const char *name)
{
	struct job job = fx_once(T0);

	job.name = xstrdup(name);
	return job;
}

static void
test_success(struct fx *fx)
{
	int64_t a = fx_submit(fx, named("a")), b = fx_submit(fx, after("a", false)), fence;
	struct claims c;

	fx_is(fx, b, JOB_PENDING, "a job that comes after another is pending");
	fence = fx_claim_one(fx);
	tap_is_int(fx_claim_one(fx), 0, "it does not run before the other has ended");
	tap_is_int(fx_next(fx), INSTANT_NONE, "and waits for no time");
	fx->now += MINUTE_US;
	fx_end(fx, fence, OUTCOME_OK);
	fx_is(fx, a, JOB_DONE, "when that is done");
	c = fx_claim(fx, 10);
	tap_ok(c.n == 1 && c.v[0].job_id == b, "it runs");
	tap_is_int(c.n == 1 ? c.v[0].ready_at : 0, fx->now, "ready since then");
	fx_end(fx, c.v[0].fence, OUTCOME_OK);
	claims_release(&c);
	fx_is(fx, b, JOB_DONE, "and is done");
}

static void
test_several(struct fx *fx)
{
	struct job job = after("a", false);
	int64_t id, fence;

	fx_submit(fx, named("a"));
	fx->now = T0 + 1;
	fence = fx_claim_one(fx);
	fx_submit(fx, named("b"));
	strv_push(&job.after, "b");
	id = fx_submit(fx, job);
	fx_end(fx, fence, OUTCOME_OK);
	fence = fx_claim_one(fx);
	tap_is_int(fx_claim_one(fx), 0, "it waits for all of them");
	fx_end(fx, fence, OUTCOME_OK);
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_is(fx, id, JOB_DONE, "and then runs");
}

static int
copy_detail(void *arg, const struct ledger_row *r)
{
	char **text = arg;

	free(*text);
	*text = r->detail != NULL ? xstrdup(r->detail) : NULL;
	return 0;
}

static void
fate_is(struct fx *fx, int64_t id, const char *want, const char *name)
{
	struct ledger_filter f;
	char *got = NULL;

	ledger_filter_init(&f);
	f.job_id = id;
	fx_need(fx, store_ledger(fx->s, &f, copy_detail, &got, &fx->e), "ledger");
	tap_is_str(got, want, "%s", name);
	free(got);
}

static void
test_failure(struct fx *fx)
{
	int64_t a = fx_submit(fx, named("a")), b, c;
	struct job job = after("a", false);

	job.name = xstrdup("b");
	b = fx_submit(fx, job);
	c = fx_submit(fx, after("b", false));
	fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	fx_is(fx, a, JOB_FAILED, "when one fails");
	fx_is(fx, b, JOB_FAILED, "what comes after it fails");
	fx_is(fx, c, JOB_FAILED, "and what comes after that");
	fx_ledger_is(fx, b, "skipped(prerequisite x1)", "the ledger says why");
	fate_is(fx, b, "job 1 'a' failed", "and which one failed");
	fate_is(fx, c, "job 2 'b' failed", "also where that never ran itself");
	tap_is_int(fx_claim_count(fx), 0, "none of them runs");
	fx_need(fx, store_job_retry(fx->s, b, fx->now, &fx->e), "retry");
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_is(fx, b, JOB_DONE, "but each may be retried by hand");
}

static void
test_any(struct fx *fx)
{
	int64_t b;

	fx_submit(fx, named("a"));
	b = fx_submit(fx, after("a", true));
	fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_is(fx, b, JOB_DONE, "--after-any runs however the other ended");
}

static void
test_retry_first(struct fx *fx)
{
	struct job job = named("a");
	int64_t b;

	job.retries = 1;
	fx_submit(fx, job);
	b = fx_submit(fx, after("a", false));
	fx->now = fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED).retry_at;
	fx_is(fx, b, JOB_PENDING, "a failure that is tried again is no end");
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_is(fx, b, JOB_DONE, "the retry counts");
}

static void
test_cancelled(struct fx *fx)
{
	int64_t a = fx_submit(fx, named("a")), b = fx_submit(fx, after("a", false)), c;
	bool running;

	fx_need(fx, store_job_cancel(fx->s, a, true, T0, &running, &fx->e), "cancel");
	fx_is(fx, b, JOB_FAILED, "a cancelled prerequisite fails what comes after it");
	fate_is(fx, b, "job 1 'a' was cancelled", "which is told");
	c = fx_submit(fx, after("a", false));
	fx_is(fx, c, JOB_FAILED, "one that is submitted later fails at once");
	fx_ledger_is(fx, c, "skipped(prerequisite x1)", "with the reason");
	fate_is(fx, c, "job 1 'a' was cancelled", "and with which job it was");
	c = fx_submit(fx, after("a", true));
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_is(fx, c, JOB_DONE, "unless any end will do");
}

static void
test_done_before(struct fx *fx)
{
	int64_t b;

	fx_submit(fx, named("a"));
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	b = fx_submit(fx, after("1", false));
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_is(fx, b, JOB_DONE, "one that was done before holds nothing up");
}

static void
test_periodic(struct fx *fx)
{
	struct job job = fx_periodic("0 * * * *");
	int64_t b;

	job.name = xstrdup("a");
	fx_submit(fx, job);
	b = fx_submit(fx, after("a", false));
	fx->now = T0 + HOUR_US;
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_is(fx, b, JOB_DONE, "of a periodic job the next occurrence that ends counts");
	b = fx_submit(fx, after("a", false));
	fx_need(fx, store_job_run(fx->s, 1, fx->now, &fx->e), "run");
	fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	fx_is(fx, b, JOB_PENDING, "one by hand does not");
	fx->now += HOUR_US;
	fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	fx_is(fx, b, JOB_FAILED, "one that fails fails what waits for it");
	fate_is(fx, b, "job 1 'a' failed", "which is told");
}

static void
test_unknown(struct fx *fx)
{
	int64_t id = 0;

	fx_refused(fx, fx_try_submit(fx, after("nobody", false), SUBMIT_NEW, &id), E_NOTFOUND,
	    "no such job: 'nobody'", "a prerequisite that is not there is refused");
	tap_is_int(
	    store_job_find(fx->s, "1", NULL, &id, &fx->e), E_NOTFOUND, "and nothing is stored");
}

static void
test_paused(struct fx *fx)
{
	int64_t b;

	fx_submit(fx, named("a"));
	b = fx_submit(fx, after("a", false));
	fx_need(fx, store_job_pause(fx->s, b, INSTANT_NONE, NULL, T0, &fx->e), "pause");
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	tap_is_int(fx_claim_one(fx), 0, "held for two reasons, it waits for both");
	fx_need(fx, store_job_resume(fx->s, b, T0, &fx->e), "resume");
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_is(fx, b, JOB_DONE, "and then runs");
}

static int
add_one(void *arg, const struct job_view *v)
{
	(void)v;
	++*(int *)arg;
	return 0;
}

static int
count_of(struct fx *fx, enum job_state state)
{
	struct job_filter filter;
	int n = 0;

	job_filter_init(&filter);
	filter.state = state;
	fx_need(fx, store_job_list(fx->s, &filter, add_one, &n, &fx->e), "list");
	return n;
}

#define MANY 1200

static void
submit_many(struct fx *fx, const char *refs)
{
	struct job job = after(refs, false);
	struct submit s = {.n = 1, .now = fx->now, .jobs = &job};
	int64_t id;
	size_t bad;

	for (int i = 0; i < MANY; i++)
		fx_need(fx, store_submit(fx->s, &s, &id, &bad, &fx->e), "submit");
	job_release(&job);
}

static void
test_many_fail(struct fx *fx)
{
	struct job job;
	int64_t b;
	int first;

	fx_submit(fx, named("a"));
	submit_many(fx, "a");
	job = after("a", false);
	job.name = xstrdup("b");
	fx_submit(fx, job);
	b = fx_submit(fx, after("b", false));
	fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	first = count_of(fx, JOB_FAILED);
	tap_ok(first > 1 && first < MANY, "of very many dependents one transaction fails some");
	tap_ok(fx_next(fx) <= fx->now, "the daemon is to go on at once");
	for (int i = 0; i < 10 && count_of(fx, JOB_FAILED) < MANY + 3; i++)
		fx_claim_count(fx);
	tap_is_int(count_of(fx, JOB_FAILED), MANY + 3, "and with the next claims all fail");
	fx_is(fx, b, JOB_FAILED, "with those that depend on the last of them");
	tap_is_int(fx_next(fx), INSTANT_NONE, "then nothing is left to do");
}

static void
test_many_go_on(struct fx *fx)
{
	struct job job = fx_periodic("@every 1h");
	struct claims c;
	int64_t late;
	int n = 0;

	job.name = xstrdup("a");
	fx_submit(fx, job);
	submit_many(fx, "a");
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	late = fx_submit(fx, after("a", false));
	for (int i = 0; i < 10 && n < MANY; i++) {
		c = fx_claim(fx, 2 * MANY);
		n += (int)c.n;
		claims_release(&c);
	}
	tap_is_int(n, MANY, "very many dependents all go on");
	tap_is_int(fx_next(fx), fx->now + HOUR_US, "but not who came after that end");
	fx_is(fx, late, JOB_PENDING, "and waits for the next one");
}

const struct test after_tests[] = {
    {"success", test_success},
    {"several", test_several},
    {"failure", test_failure},
    {"any", test_any},
    {"retries first", test_retry_first},
    {"cancelled", test_cancelled},
    {"done before", test_done_before},
    {"periodic", test_periodic},
    {"unknown", test_unknown},
    {"paused", test_paused},
    {"many fail", test_many_fail},
    {"many go on", test_many_go_on},
    {NULL, NULL},
};
