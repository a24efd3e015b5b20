/*
 * t_store_end: how attempts end: once, with retries, undone, behind a lock that others hold.
 */
#include "job/plan.h"
#include "t_store.h"
#include "tap.h"

static struct job
retrying(int64_t retries)
{
	struct job job = fx_once(T0);

	job.retries = retries;
	job.backoff = MINUTE_US;
	return job;
}

static void
test_ok(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_once(T0)), fence = fx_claim_one(fx);
	struct finished done;
	struct job_view v;

	fx->now += USEC;
	done = fx_end(fx, fence, OUTCOME_OK);
	tap_ok(!done.stale && !done.dead && done.retry_at == INSTANT_NONE, "an end is taken");
	tap_ok(done.job_id == id && done.scheduled_for == T0 && done.attempt == 1,
	    "and told of which attempt it is");
	v = fx_view(fx, id);
	tap_is_int(v.state, JOB_DONE, "the job is done");
	tap_ok(v.last_outcome == OUTCOME_OK && v.fence == 0 && v.attempt == 1 && v.started == 1,
	    "with its outcome");
	tap_is_str(v.node, NODE, "and where it was");
	job_view_release(&v);
	done = fx_end(fx, fence, OUTCOME_FAILED);
	tap_ok(done.stale, "the same attempt cannot end twice");
	fx_ledger_is(fx, id, "ok:1", "the first end stands");
	tap_ok(fx_end(fx, fence + 100, OUTCOME_OK).stale, "nor can one that never was");
	tap_is_int(fx_claim_count(fx), 0, "an occurrence that was ok is never run again");
}

static void
test_twice_in_one(struct fx *fx)
{
	struct result r[2];
	struct finished done[2];

	fx_submit(fx, fx_once(T0));
	result_init(&r[0]);
	r[0].fence = fx_claim_one(fx);
	r[0].outcome = OUTCOME_OK;
	r[1] = r[0];
	fx_need(fx, store_finish_attempts(fx->s, r, 2, T0, done, &fx->e), "finish");
	tap_ok(!done[0].stale && done[1].stale, "the same result twice in one call is taken once");
}

static void
test_dead(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_once(T0));
	struct finished done = fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	struct store_metrics m;

	tap_ok(done.dead, "without retries a failure is final");
	fx_is(fx, id, JOB_FAILED, "the job is a dead letter");
	tap_is_int(fx_claim_count(fx), 0, "it does not run again");
	fx_need(fx, store_metrics(fx->s, T0, &m, &fx->e), "metrics");
	tap_ok(m.dead == 1 && m.finished[OUTCOME_FAILED] == 1, "and is counted");
}

static void
test_retries(struct fx *fx)
{
	int64_t id = fx_submit(fx, retrying(2));
	struct finished done;

	done = fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	tap_ok(!done.dead && done.retry_at >= T0 + MINUTE_US / 2 && done.retry_at <= T0 + MINUTE_US,
	    "a failure is tried again after the backoff");
	fx_is(fx, id, JOB_PENDING, "the job is pending until then");
	tap_is_int(fx_next(fx), done.retry_at, "the daemon is to look then");
	fx->now = done.retry_at - 1;
	tap_is_int(fx_claim_one(fx), 0, "not before");
	fx->now = done.retry_at;
	done = fx_end(fx, fx_claim_one(fx), OUTCOME_KILLED);
	tap_is_int(done.attempt, 2, "that is attempt 2");
	tap_ok(done.retry_at > fx->now + MINUTE_US - 1, "and the backoff grows");
	fx->now = done.retry_at;
	done = fx_end(fx, fx_claim_one(fx), OUTCOME_TIMEOUT);
	tap_ok(done.attempt == 3 && done.dead, "the third failure with two retries is the last");
	fx_is(fx, id, JOB_FAILED, "and the job failed");
	fx_ledger_is(fx, id, "timeout:3! killed:2 failed:1", "all are in the ledger");
}

/* A claim of it met the attempt that ran, and it was held for that. */
static void
test_run_beside_retry(struct fx *fx)
{
	int64_t id = fx_submit(fx, retrying(1)), first, by_hand;
	struct finished done;

	fx_need(fx, store_job_run(fx->s, id, fx->now, &fx->e), "run");
	first = fx_claim_one(fx);
	tap_is_int(fx_claim_one(fx), 0, "a run by hand waits for what runs");
	done = fx_end(fx, first, OUTCOME_FAILED);
	by_hand = fx_claim_one(fx);
	tap_ok(by_hand != 0 && done.retry_at > fx->now, "and not for the retry of that");
	fx_undo(fx, by_hand, WHY_UNDONE);
	fx->now = done.retry_at;
	first = fx_claim_one(fx);
	tap_is_int(fx_claim_one(fx), 0, "nor do both run at a time");
	fx_undo(fx, first, WHY_UNDONE);
	first = fx_claim_one(fx);
	fx_end(fx, first, OUTCOME_OK);
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_is(fx, id, JOB_DONE, "after both the job is done");
	fx_ledger_is(fx, id, "ok:2 ok:1m failed:1", "and all are in the ledger");
}

/* db check has it that nothing is held in vain. */
static void
count_fault(void *arg, const char *line)
{
	(void)arg;
	tap_note("%s", line);
}

static void
test_held_in_vain(struct fx *fx)
{
	int64_t id = fx_submit(fx, retrying(1)), faults = 0, fence;

	fx_need(fx, store_job_run(fx->s, id, fx->now, &fx->e), "run");
	fence = fx_claim_one(fx);
	fx_claim_one(fx);
	fx_end(fx, fence, OUTCOME_FAILED);
	fx_need(fx, store_check(fx->s, count_fault, NULL, &faults, &fx->e), "check");
	tap_is_int(faults, 0, "nothing is held for an attempt that has ended");
	fence = fx_claim_one(fx);
	fx_undo(fx, fence, WHY_UNDONE);
	fx_need(fx, store_check(fx->s, count_fault, NULL, &faults, &fx->e), "check");
	tap_is_int(faults, 0, "or whose claim was undone");
}

static void
test_paused_while_running(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_once(T0)), fence = fx_claim_one(fx);
	struct job_view v;

	fx_need(fx, store_job_pause(fx->s, id, T0 + HOUR_US, "later", fx->now, &fx->e), "pause");
	fx_end(fx, fence, OUTCOME_OK);
	v = fx_view(fx, id);
	tap_ok(v.state == JOB_DONE && !v.paused, "a job that was paused while it ran is done");
	job_view_release(&v);
	tap_is_int(fx_next(fx), INSTANT_NONE, "and nobody waits for the end of its pause");
}

static void
test_which_fail(struct fx *fx)
{
	static const enum outcome outcomes[] = {
	    OUTCOME_FAILED, OUTCOME_KILLED, OUTCOME_TIMEOUT, OUTCOME_LOST, OUTCOME_ERROR};
	int64_t id;

	for (int i = 0; i < 5; i++) {
		struct finished done;

		id = fx_submit(fx, retrying(1));
		done = fx_end(fx, fx_claim_one(fx), outcomes[i]);
		tap_ok(done.retry_at != INSTANT_NONE, "%s counts as a failure",
		    outcome_word(outcomes[i]));
		fx->now = done.retry_at;
		fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
		fx_is(fx, id, JOB_DONE, "and its retry that is ok ends it");
	}
}

static void
test_periodic_failure(struct fx *fx)
{
	struct job job = fx_periodic("0 * * * *");
	int64_t id, fence;
	struct finished done;

	job.retries = 1;
	job.backoff = MINUTE_US;
	id = fx_submit(fx, job);
	fx->now = T0 + HOUR_US;
	done = fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	tap_ok(
	    done.retry_at < fx->now + HOUR_US, "a retry of a periodic job waits beside the next");
	fx->now = done.retry_at;
	fence = fx_claim_one(fx);
	done = fx_end(fx, fence, OUTCOME_FAILED);
	tap_ok(done.dead && done.attempt == 2 && done.scheduled_for == T0 + HOUR_US,
	    "its occurrence dies");
	fx_is(fx, id, JOB_PENDING, "but a periodic job never does");
	tap_is_int(fx_next(fx), T0 + 2 * HOUR_US, "its next time comes");
	fx->now = T0 + 2 * HOUR_US;
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_ledger_is(fx, id, "ok:1 failed:2! failed:1", "all is in the ledger");
}

static void
test_undone(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_once(T0)), fence = fx_claim_one(fx);
	struct claims c;

	fx_undo(fx, fence, WHY_UNDONE);
	fx_is(fx, id, JOB_PENDING, "an undone claim waits again");
	fx_ledger_is(fx, id, "", "and leaves no attempt");
	c = fx_claim(fx, 10);
	tap_ok(c.n == 1 && c.v[0].attempt == 1 && c.v[0].fence > fence,
	    "it is claimed again as the same attempt under a new fence");
	tap_ok(fx_undo(fx, fence, WHY_UNDONE).stale, "the old fence means nothing any more");
	tap_ok(fx_end(fx, fence, OUTCOME_OK).stale, "nor does a result under it");
	fx_end(fx, c.v[0].fence, OUTCOME_OK);
	fx_is(fx, id, JOB_DONE, "and then it runs");
	claims_release(&c);
}

static void
test_undone_retry(struct fx *fx)
{
	int64_t id = fx_submit(fx, retrying(1));

	fx->now = fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED).retry_at;
	fx_undo(fx, fx_claim_one(fx), WHY_UNDONE);
	fx_ledger_is(fx, id, "failed:1", "an undone retry leaves what was before it");
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_ledger_is(fx, id, "ok:2 failed:1", "and is tried under its number");
}

static void
test_undone_periodic(struct fx *fx)
{
	struct job job = fx_periodic("0 * * * *");
	struct job_view v;
	int64_t id;

	job.count = 1;
	id = fx_submit(fx, job);
	fx->now = T0 + HOUR_US;
	fx_undo(fx, fx_claim_one(fx), WHY_UNDONE);
	v = fx_view(fx, id);
	tap_is_int(v.started, 0, "an undone claim is no start");
	tap_is_int(v.next_run_at, T0 + HOUR_US, "the occurrence of a periodic job waits again");
	job_view_release(&v);
	fx->now += 5 * MINUTE_US;
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_ledger_is(fx, id, "ok:1", "it runs late, and is not skipped");
	fx_is(fx, id, JOB_DONE, "it was the only one that may start");
}

static void
test_locked(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_once(T0));
	struct finished done = fx_undo(fx, fx_claim_one(fx), WHY_LOCKED);

	tap_is_int(done.retry_at, T0 + USEC, "a one-time job waits for a lock that others hold");
	tap_is_int(fx_claim_one(fx), 0, "a little");
	fx->now += USEC;
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_ledger_is(fx, id, "ok:1", "and no attempt is spent by that");
}

static void
test_locked_periodic(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_periodic("0 * * * *"));
	struct job job = fx_periodic("0 * * * *");
	struct claims c;
	int64_t waiting;

	fx->now = T0 + HOUR_US;
	c = fx_claim(fx, 1);
	tap_ok(!c.v[0].wait_lock, "an occurrence with --overlap=skip does not wait for a lock");
	fx_undo(fx, c.v[0].fence, WHY_LOCKED);
	claims_release(&c);
	fx_ledger_is(fx, id, "skipped(overlap x1)", "it overlapped with who holds it");
	fx_is(fx, id, JOB_PENDING, "and the next one comes");

	job.overlap = OVERLAP_WAIT;
	waiting = fx_submit(fx, job);
	fx->now = T0 + 2 * HOUR_US;
	c = fx_claim(fx, 10);
	for (size_t i = 0; i < c.n; i++) {
		if (c.v[i].job_id == waiting)
			tap_ok(c.v[i].wait_lock, "with --overlap=wait it does");
		fx_undo(fx, c.v[i].fence, WHY_LOCKED);
	}
	claims_release(&c);
	fx->now += USEC;
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_ledger_is(fx, waiting, "ok:1", "and runs when it is free");
}

static void
test_locked_last(struct fx *fx)
{
	struct job job = fx_periodic("0 * * * *");
	int64_t id;

	job.count = 2;
	id = fx_submit(fx, job);
	for (int i = 1; i <= 2; i++) {
		fx->now = T0 + i * HOUR_US;
		fx_undo(fx, fx_claim_one(fx), WHY_LOCKED);
	}
	fx_ledger_is(fx, id, "skipped(overlap x2)", "what overlaps does not count for --count");
	for (int i = 3; i <= 4; i++) {
		fx->now = T0 + i * HOUR_US;
		if (i == 4)
			fx_undo(fx, fx_claim_one(fx), WHY_LOCKED);
		fx->now += USEC;
		fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	}
	fx_ledger_is(fx, id, "ok:1 ok:1 skipped(overlap x2)",
	    "the last that it counts waits for its lock: none comes after it");
	fx_is(fx, id, JOB_DONE, "then the schedule is over");
}

static void
test_started(struct fx *fx)
{
	struct started_row row;
	struct store_metrics m;
	struct result r;

	fx_submit(fx, fx_once(T0));
	fx->now += 3 * USEC;
	row.fence = fx_claim_one(fx);
	row.started_at = T0 + 4 * USEC;
	fx_need(fx, store_start_attempts(fx->s, &row, 1, &fx->e), "start");
	fx_need(fx, store_start_attempts(fx->s, &row, 1, &fx->e), "start");
	result_init(&r);
	r.fence = row.fence;
	r.outcome = OUTCOME_OK;
	r.started_at = row.started_at;
	r.finished_at = T0 + 5 * USEC;
	fx_finish(fx, &r);
	fx_need(fx, store_metrics(fx->s, fx->now, &m, &fx->e), "metrics");
	tap_is_int(m.started, 1, "a start is counted once, however often it is told");
	tap_is_int(m.lateness_sum, 4 * USEC, "with how late it was");
	tap_is_int(m.lateness[7], 1, "in the bucket up to 5 s");
}

/* Whatever was asked for, nobody can start a job before it is known. */
static void
test_late_from(struct fx *fx)
{
	struct store_metrics m;
	struct result r;

	fx_submit(fx, fx_once(T0 - HOUR_US));
	fx->now += 3 * USEC;
	result_init(&r);
	r.fence = fx_claim_one(fx);
	r.outcome = OUTCOME_OK;
	r.started_at = T0 + 4 * USEC;
	r.finished_at = T0 + 5 * USEC;
	fx_finish(fx, &r);
	fx_need(fx, store_metrics(fx->s, fx->now, &m, &fx->e), "metrics");
	tap_is_int(m.lateness_sum, 4 * USEC, "a time that was past is late from its submission");
}

static int
keep_row(void *arg, const struct ledger_row *r)
{
	struct ledger_row *copy = arg;

	*copy = *r;
	copy->reason = xstrdup(r->reason);
	copy->job_name = copy->node = NULL;
	return 1;
}

static void
test_result_kept(struct fx *fx)
{
	struct job job = fx_once(T0);
	struct ledger_filter f;
	struct ledger_row row;
	struct result r;

	fx_submit(fx, job);
	result_init(&r);
	r.fence = fx_claim_one(fx);
	r.outcome = OUTCOME_KILLED;
	r.signal = 9;
	r.started_at = T0 + 2;
	r.finished_at = T0 + 10;
	r.user_time = 3;
	r.system_time = 4;
	r.max_rss = 5;
	r.output_bytes = 6;
	r.reason = xstrdup("why");
	fx_finish(fx, &r);
	result_release(&r);
	ledger_filter_init(&f);
	fx_need(fx, store_ledger(fx->s, &f, keep_row, &row, &fx->e), "ledger");
	tap_ok(row.outcome == OUTCOME_KILLED && row.signal == 9 && row.exit_status == -1,
	    "a signal is kept, and no exit status");
	tap_ok(row.started_at == T0 + 2 && row.finished_at == T0 + 10 && row.lateness == 2,
	    "with its times");
	tap_ok(
	    row.user_time == 3 && row.system_time == 4 && row.max_rss == 5 && row.output_bytes == 6,
	    "and what it used");
	tap_is_str(row.reason, "why", "and the reason");
	free((char *)(uintptr_t)row.reason);
}

static void
test_never_started(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_once(T0));
	struct ledger_filter f;
	struct ledger_row row;
	struct result r;

	result_init(&r);
	r.fence = fx_claim_one(fx);
	r.outcome = OUTCOME_ERROR;
	r.finished_at = T0;
	r.reason = xstrdup("exec: no such file");
	fx_finish(fx, &r);
	result_release(&r);
	ledger_filter_init(&f);
	f.job_id = id;
	fx_need(fx, store_ledger(fx->s, &f, keep_row, &row, &fx->e), "ledger");
	tap_ok(row.started_at == INSTANT_NONE && row.lateness == -1 && row.user_time == -1,
	    "what could not start has no start, no lateness and used nothing");
	free((char *)(uintptr_t)row.reason);
}

const struct test end_tests[] = {
    {"ok", test_ok},
    {"twice in one call", test_twice_in_one},
    {"dead", test_dead},
    {"retries", test_retries},
    {"a run by hand beside a retry", test_run_beside_retry},
    {"held in vain", test_held_in_vain},
    {"paused while running", test_paused_while_running},
    {"which outcomes fail", test_which_fail},
    {"a periodic job's failure", test_periodic_failure},
    {"undone", test_undone},
    {"undone retry", test_undone_retry},
    {"undone periodic", test_undone_periodic},
    {"locked", test_locked},
    {"locked periodic", test_locked_periodic},
    {"locked last", test_locked_last},
    {"started", test_started},
    {"lateness of what was past", test_late_from},
    {"what a result holds", test_result_kept},
    {"never started", test_never_started},
    {NULL, NULL},
};
