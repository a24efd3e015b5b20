/*
 * t_store_list: jobs that match a filter, in the order of their ids.
 */
#include "base/buf.h"
#include "t_store.h"
#include "tap.h"

static int
add_id(void *arg, const struct job_view *v)
{
	struct buf *b = arg;

	buf_addf(b, "%s%" PRId64, b->len > 0 ? " " : "", v->job.id);
	return 0;
}

static void
list_is(struct fx *fx, const struct job_filter *f, const char *want, const char *name)
{
	struct buf b = {0};
	char *got;

	fx_need(fx, store_job_list(fx->s, f, add_id, &b, &fx->e), "list");
	got = buf_string(&b);
	tap_is_str(got, want, "%s", name);
	free(got);
}

static struct job_filter
any(void)
{
	struct job_filter f;

	job_filter_init(&f);
	return f;
}

/* 1 done, 2 failed, 3 cancelled, 4 paused, 5 running, 6 pending, 7 of another user and named. */
static void
fill(struct fx *fx)
{
	struct job job;
	bool running;

	for (int i = 0; i < 6; i++)
		fx_submit(fx, fx_once(T0 + i * USEC));
	job = fx_once(T0 + HOUR_US);
	free(job.user);
	job.user = xstrdup("bob");
	job.name = xstrdup("nightly-1");
	job.queue = xstrdup("q");
	strv_push(&job.labels, "team=db");
	strv_push(&job.labels, "x=y");
	fx_submit(fx, job);
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx->now = T0 + USEC;
	fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	fx_need(fx, store_job_cancel(fx->s, 3, true, T0, &running, &fx->e), "cancel");
	fx_need(fx, store_job_pause(fx->s, 4, INSTANT_NONE, NULL, T0, &fx->e), "pause");
	fx->now = T0 + 4 * USEC;
	fx_claim_one(fx);
}

static void
test_states(struct fx *fx)
{
	static const char *const want[JOB_NSTATES] = {[JOB_PENDING] = "6 7",
	    [JOB_RUNNING] = "5",
	    [JOB_PAUSED] = "4",
	    [JOB_DONE] = "1",
	    [JOB_FAILED] = "2",
	    [JOB_CANCELLED] = "3",
	    [JOB_RETIRED] = ""};
	struct job_filter f = any();

	fill(fx);
	list_is(fx, &f, "1 2 3 4 5 6 7", "without a filter all jobs are listed");
	for (int i = 0; i < JOB_NSTATES; i++) {
		f.state = i;
		list_is(fx, &f, want[i], job_state_word((enum job_state)i));
	}
}

static void
test_filters(struct fx *fx)
{
	struct job_filter f = any();

	fill(fx);
	f.user = "bob";
	list_is(fx, &f, "7", "by user");
	f = any();
	f.name_glob = "night*";
	list_is(fx, &f, "7", "by name");
	f.name_glob = "day*";
	list_is(fx, &f, "", "or another name");
	f = any();
	f.queue = "q";
	list_is(fx, &f, "7", "by queue");
	f = any();
	f.label = "team=db";
	list_is(fx, &f, "7", "by label");
	f.label = "team=d";
	list_is(fx, &f, "", "a whole one");
	f = any();
	f.due_before = T0 + HOUR_US;
	list_is(fx, &f, "6", "by when it is due");
	f.due_before++;
	list_is(fx, &f, "6 7", "exclusively");
	f.state = JOB_RUNNING;
	list_is(fx, &f, "", "all conditions hold at once");
}

static void
test_pages(struct fx *fx)
{
	struct job_filter f = any();
	struct buf b = {0};

	for (int i = 0; i < 600; i++)
		fx_submit(fx, fx_once(T0 + HOUR_US));
	f.after_id = 3;
	f.limit = 2;
	list_is(fx, &f, "4 5", "a list may go on after an id, and have a limit");
	f = any();
	f.state = JOB_PENDING;
	f.after_id = 598;
	list_is(fx, &f, "599 600", "in each kind of search");
	f = any();
	fx_need(fx, store_job_list(fx->s, &f, add_id, &b, &fx->e), "list");
	tap_is_int(
	    (int64_t)b.len, 9 * 2 + 90 * 3 + 501 * 4 - 1, "and is as long as there are jobs");
	buf_release(&b);
}

static int
resubmit(void *arg, const struct job_view *v)
{
	struct fx *fx = arg;
	bool running;

	return store_job_cancel(fx->s, v->job.id, true, T0, &running, &fx->e);
}

static void
test_change_meanwhile(struct fx *fx)
{
	struct job_filter f = any();

	for (int i = 0; i < 300; i++)
		fx_submit(fx, fx_once(T0 + HOUR_US));
	f.state = JOB_PENDING;
	fx_need(fx, store_job_list(fx->s, &f, resubmit, fx, &fx->e), "list");
	list_is(fx, &f, "", "the store may be changed while a list is read");
}

const struct test list_tests[] = {
    {"states", test_states},
    {"filters", test_filters},
    {"pages", test_pages},
    {"changes meanwhile", test_change_meanwhile},
    {NULL, NULL},
};
