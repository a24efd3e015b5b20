/*
 * t_store_life: what people do to jobs: cancel, pause, resume, run, retry.
 */
#include "t_store.h"
#include "tap.h"

/* ---- cancel ---- */

static bool
cancel(struct fx *fx, int64_t id, bool kill)
{
	bool running;

	fx_need(fx, store_job_cancel(fx->s, id, kill, fx->now, &running, &fx->e), "cancel");
	return running;
}

static void
test_cancel_pending(struct fx *fx)
{
	int64_t once = fx_submit(fx, fx_once(T0)), cron = fx_submit(fx, fx_periodic("0 * * * *"));
	bool running;
	struct job_view v;

	tap_ok(!cancel(fx, once, true), "a pending job was not running");
	cancel(fx, cron, true);
	fx_is(fx, once, JOB_CANCELLED, "a pending job is cancelled");
	fx_is(fx, cron, JOB_CANCELLED, "a periodic one too");
	fx->now = T0 + DAY_US;
	tap_is_int(fx_claim_count(fx), 0, "and never runs");
	fx_ledger_is(fx, once, "skipped(cancelled x1)", "the ledger says why");
	v = fx_view(fx, once);
	tap_is_int(v.next_run_at, INSTANT_NONE, "nothing of it waits");
	job_view_release(&v);
	tap_is_int(store_job_cancel(fx->s, once, true, fx->now, &running, &fx->e), 0,
	    "cancelling twice is the same as once");
	fx_ledger_is(fx, once, "skipped(cancelled x1)", "and is recorded once");
}

static void
test_cancel_done(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_once(T0));
	bool running;

	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_refused(fx, store_job_cancel(fx->s, id, true, T0, &running, &fx->e), E_CONFLICT,
	    "job 1 is done: it cannot be cancelled", "a job that is done is not cancelled");
	fx_is(fx, id, JOB_DONE, "and stays done");
}

static void
test_cancel_dead(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_once(T0));

	fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	cancel(fx, id, true);
	fx_is(fx, id, JOB_CANCELLED, "a dead letter is dropped by cancel");
}

static void
test_cancel_running(struct fx *fx)
{
	struct job job = fx_once(T0);
	struct job_view v;
	int64_t id, fence;

	job.retries = 3;
	id = fx_submit(fx, job);
	fence = fx_claim_one(fx);
	tap_ok(cancel(fx, id, true), "a running job was running");
	v = fx_view(fx, id);
	tap_is_int(v.state, JOB_RUNNING, "it is running until its attempt has ended");
	tap_ok(v.cancel_wanted, "which is wanted");
	job_view_release(&v);
	fx_end(fx, fence, OUTCOME_CANCELLED);
	fx_is(fx, id, JOB_CANCELLED, "then it is cancelled");
	tap_is_int(fx_next(fx), INSTANT_NONE, "and there are no retries");
	fx_ledger_is(fx, id, "cancelled:1", "the attempt is in the ledger");
}

static void
test_cancel_too_late(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_once(T0)), fence = fx_claim_one(fx);

	cancel(fx, id, true);
	fx_end(fx, fence, OUTCOME_OK);
	fx_is(fx, id, JOB_DONE, "what ended well before the signal came is done");
}

static void
test_cancel_no_kill(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_periodic("0 * * * *")), fence;
	struct job_view v;

	fx->now = T0 + HOUR_US;
	fence = fx_claim_one(fx);
	cancel(fx, id, false);
	v = fx_view(fx, id);
	tap_ok(!v.cancel_wanted && v.state == JOB_RUNNING, "--no-kill lets the attempt end");
	tap_is_int(v.next_run_at, INSTANT_NONE, "but nothing comes after it");
	job_view_release(&v);
	fx_end(fx, fence, OUTCOME_OK);
	fx_is(fx, id, JOB_CANCELLED, "then the schedule is over by the cancel");
	fx_ledger_is(fx, id, "ok:1 skipped(cancelled x1)", "the ledger has both");
}

static void
test_cancel_claimed(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_once(T0)), fence = fx_claim_one(fx);

	cancel(fx, id, true);
	fx_undo(fx, fence, WHY_UNDONE);
	fx_is(fx, id, JOB_CANCELLED, "a cancelled job whose claim is undone never runs");
	tap_is_int(fx_claim_one(fx), 0, "and is not claimed again");
	fx_ledger_is(fx, id, "skipped(cancelled x1)", "the ledger says why");
}

/* ---- pause ---- */

static void
pause_job(struct fx *fx, int64_t id, int64_t until, const char *reason)
{
	fx_need(fx, store_job_pause(fx->s, id, until, reason, fx->now, &fx->e), "pause");
}

static void
resume_job(struct fx *fx, int64_t id)
{
	fx_need(fx, store_job_resume(fx->s, id, fx->now, &fx->e), "resume");
}

static void
test_pause(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_once(T0));
	struct claims c;
	struct job_view v;

	pause_job(fx, id, INSTANT_NONE, "wait for the disk");
	v = fx_view(fx, id);
	tap_ok(v.state == JOB_PAUSED && v.paused && v.paused_until == INSTANT_NONE,
	    "a pending job is paused");
	tap_is_str(v.pause_reason, "wait for the disk", "with a reason");
	job_view_release(&v);
	tap_is_int(fx_claim_one(fx), 0, "and does not run");
	tap_is_int(fx_next(fx), INSTANT_NONE, "nothing waits for a time");
	pause_job(fx, id, T0 + HOUR_US, "another");
	v = fx_view(fx, id);
	tap_is_str(v.pause_reason, "another", "a second pause gives another reason");
	job_view_release(&v);
	fx->now = T0 + 5 * MINUTE_US;
	resume_job(fx, id);
	fx_is(fx, id, JOB_PENDING, "resumed, it is pending");
	c = fx_claim(fx, 1);
	tap_ok(c.n == 1 && c.v[0].scheduled_for == T0, "and runs for its time");
	tap_is_int(c.n == 1 ? c.v[0].ready_at : 0, fx->now, "ready since it was resumed");
	claims_release(&c);
	fx_refused(fx, store_job_resume(fx->s, id, fx->now, &fx->e), E_CONFLICT, NULL,
	    "what is not paused is not resumed");
}

static void
test_pause_until(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_once(T0));

	pause_job(fx, id, T0 + HOUR_US, NULL);
	tap_is_int(fx_next(fx), T0 + HOUR_US, "the daemon is to look when a pause ends");
	fx->now = T0 + HOUR_US - 1;
	tap_is_int(fx_claim_one(fx), 0, "not before");
	fx->now = T0 + HOUR_US;
	tap_ok(fx_claim_one(fx) > 0, "then the job runs by itself");
}

static void
test_pause_running(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_periodic("0 * * * *")), fence;
	struct job_view v;

	fx->now = T0 + HOUR_US;
	fence = fx_claim_one(fx);
	pause_job(fx, id, INSTANT_NONE, NULL);
	v = fx_view(fx, id);
	tap_ok(v.state == JOB_RUNNING && v.paused, "a running job is paused behind its attempt");
	job_view_release(&v);
	fx_end(fx, fence, OUTCOME_OK);
	fx_is(fx, id, JOB_PAUSED, "and is paused when that has ended");
	fx->now = T0 + 4 * HOUR_US + MINUTE_US;
	tap_is_int(fx_claim_one(fx), 0, "no further occurrence runs");
	resume_job(fx, id);
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_ledger_is(fx, id, "ok:1 skipped(paused x2) ok:1",
	    "what fell into the pause is treated as missed, and called paused");
}

static void
test_pause_retry(struct fx *fx)
{
	struct job job = fx_once(T0);
	int64_t id, fence;
	struct finished done;

	job.retries = 1;
	id = fx_submit(fx, job);
	fence = fx_claim_one(fx);
	pause_job(fx, id, INSTANT_NONE, NULL);
	done = fx_end(fx, fence, OUTCOME_FAILED);
	fx_is(fx, id, JOB_PAUSED, "a retry of a paused job");
	fx->now = done.retry_at;
	tap_is_int(fx_claim_one(fx), 0, "waits for the end of the pause");
	resume_job(fx, id);
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_ledger_is(fx, id, "ok:2 failed:1", "and then runs");
}

static void
test_pause_all(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_once(T0));
	struct store_status st;

	fx_need(fx, store_pause_all(fx->s, INSTANT_NONE, "move", fx->now, &fx->e), "pause");
	tap_is_int(fx_claim_count(fx), 0, "a paused scheduler claims nothing");
	tap_is_int(fx_next(fx), INSTANT_NONE, "and waits for nothing");
	fx_is(fx, id, JOB_PENDING, "the jobs keep their state");
	fx_need(fx, store_status(fx->s, T0, &st, &fx->e), "status");
	tap_ok(st.paused && st.paused_until == INSTANT_NONE, "the status says so");
	tap_is_str(st.pause_reason, "move", "with the reason");
	store_status_release(&st);
	fx_need(fx, store_pause_all(fx->s, T0 + HOUR_US, NULL, fx->now, &fx->e), "pause");
	tap_is_int(fx_next(fx), T0 + HOUR_US, "a pause with an end is looked at then");
	fx->now = T0 + HOUR_US;
	tap_is_int(fx_claim_count(fx), 1, "and ends by itself");
	fx_refused(fx, store_resume_all(fx->s, fx->now, &fx->e), E_CONFLICT,
	    "the scheduler is not paused", "what is not paused is not resumed");
}

static void
test_pause_all_missed(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_periodic("0 * * * *"));

	fx_need(fx, store_pause_all(fx->s, INSTANT_NONE, NULL, fx->now, &fx->e), "pause");
	fx->now = T0 + 3 * HOUR_US + MINUTE_US / 2;
	fx_need(fx, store_resume_all(fx->s, fx->now, &fx->e), "resume");
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_ledger_is(fx, id, "ok:1 skipped(paused x2)", "what fell into it is called paused");
}

/* ---- run ---- */

static void
run_job(struct fx *fx, int64_t id)
{
	fx_need(fx, store_job_run(fx->s, id, fx->now, &fx->e), "run");
}

static void
test_run(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_periodic("0 * * * *"));
	struct claims c;
	struct job_view v;

	fx->now = T0 + MINUTE_US;
	run_job(fx, id);
	c = fx_claim(fx, 10);
	tap_ok(c.n == 1 && c.v[0].manual && c.v[0].scheduled_for == fx->now,
	    "run makes an occurrence now, marked manual");
	fx_refused(fx, store_job_run(fx->s, id, fx->now, &fx->e), E_CONFLICT,
	    "job 1 is running: it cannot be run", "not beside one that runs");
	fx_end(fx, c.v[0].fence, OUTCOME_OK);
	claims_release(&c);
	v = fx_view(fx, id);
	tap_ok(
	    v.last_scheduled_at == INSTANT_NONE && v.started == 0, "it is none of the schedule's");
	tap_is_int(v.next_run_at, T0 + HOUR_US, "which goes on as it was");
	job_view_release(&v);
	fx_ledger_is(fx, id, "ok:1m", "the ledger marks it");
}

static void
test_run_ended(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_once(T0)), other;

	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx->now += MINUTE_US;
	run_job(fx, id);
	fx_is(fx, id, JOB_PENDING, "a job that is done may be run again by hand");
	fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	fx_is(fx, id, JOB_FAILED, "and may fail that way");
	run_job(fx, id);
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_is(fx, id, JOB_DONE, "or be mended");
	fx_ledger_is(fx, id, "ok:1m failed:1!m ok:1", "all of it is in the ledger");
	other = fx_submit(fx, fx_once(T0));
	cancel(fx, other, true);
	fx_refused(fx, store_job_run(fx->s, other, fx->now, &fx->e), E_CONFLICT,
	    "job 2 is cancelled: it cannot be run", "a cancelled job is not run");
}

static void
test_run_twice(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_once(T0 + HOUR_US)), a, b;

	run_job(fx, id);
	run_job(fx, id);
	a = fx_claim_one(fx);
	tap_is_int(fx_claim_one(fx), 0, "two runs by hand do not run beside each other");
	fx_end(fx, a, OUTCOME_OK);
	b = fx_claim_one(fx);
	tap_ok(b > a, "but one after the other");
	fx_end(fx, b, OUTCOME_OK);
	fx_is(fx, id, JOB_PENDING, "and the job's own time comes");
	fx->now = T0 + HOUR_US;
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_ledger_is(fx, id, "ok:1 ok:1m ok:1m", "three occurrences");
}

static void
test_run_paused(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_once(T0));

	pause_job(fx, id, INSTANT_NONE, NULL);
	run_job(fx, id);
	fx_is(fx, id, JOB_PAUSED, "run of a paused job leaves it paused");
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_is(fx, id, JOB_PAUSED, "runs, and the pause stays");
	tap_is_int(fx_claim_one(fx), 0, "its own time is held");
}

static void
test_main_waits_for_run(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_once(T0 + HOUR_US)), fence;

	run_job(fx, id);
	fence = fx_claim_one(fx);
	fx->now = T0 + HOUR_US;
	tap_is_int(fx_claim_one(fx), 0, "a one-time job due while it runs by hand waits");
	fx_end(fx, fence, OUTCOME_OK);
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_ledger_is(fx, id, "ok:1 ok:1m", "and is not lost");
	fx_is(fx, id, JOB_DONE, "then it is done");
}

/* ---- retry ---- */

static void
retry_job(struct fx *fx, int64_t id)
{
	fx_need(fx, store_job_retry(fx->s, id, fx->now, &fx->e), "retry");
}

static void
test_retry(struct fx *fx)
{
	struct job job = fx_once(T0);
	int64_t id;
	struct finished done;

	job.retries = 1;
	id = fx_submit(fx, job);
	fx->now = fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED).retry_at;
	fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	retry_job(fx, id);
	fx_is(fx, id, JOB_PENDING, "a dead letter is pending after a retry");
	done = fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	tap_ok(done.attempt == 3 && done.scheduled_for == T0 && !done.dead,
	    "the same occurrence goes on counting, with fresh retries");
	fx->now = done.retry_at;
	done = fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	tap_ok(done.attempt == 4 && done.dead, "as many as it had");
	retry_job(fx, id);
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_is(fx, id, JOB_DONE, "and again, until it is ok");
	fx_ledger_is(fx, id, "ok:5 failed:4! failed:3 failed:2! failed:1", "all in the ledger");
	fx_refused(fx, store_job_retry(fx->s, id, fx->now, &fx->e), E_CONFLICT,
	    "job 1 has no dead occurrence", "then there is nothing dead any more");
}

static void
test_retry_periodic(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_periodic("0 * * * *"));
	struct claims c;

	fx_refused(fx, store_job_retry(fx->s, id, fx->now, &fx->e), E_CONFLICT, NULL,
	    "a job without failures has nothing to retry");
	for (int i = 1; i <= 2; i++) {
		fx->now = T0 + i * HOUR_US;
		fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	}
	fx->now += MINUTE_US;
	retry_job(fx, id);
	c = fx_claim(fx, 10);
	tap_ok(c.n == 1 && c.v[0].scheduled_for == T0 + 2 * HOUR_US && c.v[0].attempt == 2,
	    "of a periodic job the newest dead occurrence is tried again");
	fx_end(fx, c.v[0].fence, OUTCOME_OK);
	claims_release(&c);
	tap_is_int(fx_next(fx), T0 + 3 * HOUR_US, "and the schedule goes on");
}

const struct test life_tests[] = {
    {"cancel pending", test_cancel_pending},
    {"cancel done", test_cancel_done},
    {"cancel dead", test_cancel_dead},
    {"cancel running", test_cancel_running},
    {"cancel too late", test_cancel_too_late},
    {"cancel without kill", test_cancel_no_kill},
    {"cancel claimed", test_cancel_claimed},
    {"pause", test_pause},
    {"pause until", test_pause_until},
    {"pause running", test_pause_running},
    {"pause retry", test_pause_retry},
    {"pause all", test_pause_all},
    {"pause all, missed", test_pause_all_missed},
    {"run", test_run},
    {"run ended", test_run_ended},
    {"run twice", test_run_twice},
    {"run paused", test_run_paused},
    {"one-time beside run", test_main_waits_for_run},
    {"retry", test_retry},
    {"retry periodic", test_retry_periodic},
    {NULL, NULL},
};
