/*
 * t_store_change: many jobs in one transaction, and one occurrence instead of its job.
 */
#include "t_store.h"
#include "tap.h"

#include "store/change.h"

static int64_t
change_as(struct fx *fx, enum job_act act, int state, const int64_t *ids, size_t n)
{
	struct job_change c = {
	    .act = act,
	    .state = state,
	    .kill = true,
	    .until = INSTANT_NONE,
	    .zone = zone_utc(),
	    .now = fx->now,
	};
	int64_t done = -1;

	fx_need(fx, store_job_change(fx->s, &c, ids, n, &done, &fx->e), "change");
	return done;
}

static void
test_many(struct fx *fx)
{
	int64_t ids[5], done;

	for (int i = 0; i < 4; i++)
		ids[i] = fx_submit(fx, fx_once(T0));
	ids[4] = 999;
	done = fx_claim_count(fx);
	tap_is_int(done, 4, "four run");
	ids[3] = fx_submit(fx, fx_once(T0 + HOUR_US));
	tap_is_int(change_as(fx, ACT_PAUSE, JOB_PENDING, ids, 5), 1, "a pending one is paused");
	fx_is(fx, ids[3], JOB_PAUSED, "it is");
	tap_is_int(change_as(fx, ACT_RESUME, -1, ids, 5), 1, "one can be resumed");
	tap_is_int(change_as(fx, ACT_CANCEL, -1, ids, 5), 4, "all that are there are cancelled");
	fx_is(fx, ids[3], JOB_CANCELLED, "a pending one at once");
	tap_is_int(change_as(fx, ACT_RETRY, -1, ids, 5), 0, "none can be retried");
	tap_is_int(change_as(fx, ACT_CANCEL, JOB_PENDING, ids, 5), 0, "and none is pending");
}

static void
test_many_retried(struct fx *fx)
{
	int64_t ids[3];
	struct claims c;

	for (int i = 0; i < 3; i++)
		ids[i] = fx_submit(fx, fx_once(T0));
	c = fx_claim(fx, 10);
	for (size_t i = 0; i < c.n; i++)
		fx_end(fx, c.v[i].fence, i == 0 ? OUTCOME_OK : OUTCOME_FAILED);
	claims_release(&c);
	tap_is_int(change_as(fx, ACT_RETRY, JOB_FAILED, ids, 3), 2, "what failed is retried");
	tap_is_int(fx_claim_count(fx), 2, "and runs");
}

static void
test_running_occurrence(struct fx *fx)
{
	struct job job = fx_periodic("0 * * * *");
	int64_t id, fence;

	job.retries = 3;
	id = fx_submit(fx, job);
	fx->now = T0 + HOUR_US;
	fence = fx_claim_one(fx);
	tap_is_int(change_as(fx, ACT_CANCEL_OCCURRENCE, -1, &id, 1), 1, "what runs is cancelled");
	fx_end(fx, fence, OUTCOME_FAILED);
	fx_is(fx, id, JOB_PENDING, "the job goes on");
	tap_is_int(fx_next(fx), T0 + 2 * HOUR_US, "without a retry of it");
	fx->now += HOUR_US;
	tap_ok(fx_claim_one(fx) > 0, "with the next");
}

static void
test_undone_occurrence(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_periodic("0 * * * *")), fence;

	fx->now = T0 + HOUR_US;
	fence = fx_claim_one(fx);
	change_as(fx, ACT_CANCEL_OCCURRENCE, -1, &id, 1);
	fx_undo(fx, fence, WHY_UNDONE);
	fx_ledger_is(fx, id, "skipped(cancelled x1)", "one that never started is recorded as such");
	tap_is_int(fx_claim_count(fx), 0, "and never runs");
}

static void
test_retry_occurrence(struct fx *fx)
{
	struct job job = fx_periodic("0 * * * *");
	int64_t id;

	job.retries = 3;
	id = fx_submit(fx, job);
	fx->now = T0 + HOUR_US;
	fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	tap_is_int(change_as(fx, ACT_CANCEL_OCCURRENCE, -1, &id, 1), 1, "its retry is cancelled");
	tap_is_int(fx_next(fx), T0 + 2 * HOUR_US, "the job goes on");
	fx_ledger_is(fx, id, "failed:1", "its attempt is what is known of it");
}

static void
test_next_occurrence(struct fx *fx)
{
	struct job job = fx_periodic("0 * * * *");
	int64_t id, once = fx_submit(fx, fx_once(T0 + DAY_US));

	job.until = T0 + 3 * HOUR_US;
	id = fx_submit(fx, job);
	tap_is_int(change_as(fx, ACT_CANCEL_OCCURRENCE, -1, &id, 1), 1, "the next is cancelled");
	tap_is_int(fx_next(fx), T0 + 2 * HOUR_US, "the one after it waits");
	fx_ledger_is(fx, id, "skipped(cancelled x1)", "which is recorded");
	change_as(fx, ACT_CANCEL_OCCURRENCE, -1, &id, 1);
	change_as(fx, ACT_CANCEL_OCCURRENCE, -1, &id, 1);
	fx_is(fx, id, JOB_DONE, "after the last of them the job is done");
	tap_is_int(change_as(fx, ACT_CANCEL_OCCURRENCE, -1, &id, 1), 0, "and has none");
	change_as(fx, ACT_CANCEL_OCCURRENCE, -1, &once, 1);
	fx_is(fx, once, JOB_CANCELLED, "a one-time job is cancelled");
}

const struct test change_tests[] = {
    {"many", test_many},
    {"many are retried", test_many_retried},
    {"the occurrence that runs", test_running_occurrence},
    {"an occurrence that was undone", test_undone_occurrence},
    {"the occurrence that is to be retried", test_retry_occurrence},
    {"the next occurrence", test_next_occurrence},
    {NULL, NULL},
};
