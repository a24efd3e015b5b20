/*
 * t_store_fx: see t_store.h.
 */
#include "t_store.h"
#include "tap.h"

#include "base/buf.h"

void
fx_need(struct fx *fx, int rc, const char *what)
{
	if (rc >= 0)
		return;
	printf("Bail out! %s: %s\n", what, fx->e.text);
	exit(1);
}

struct job
fx_once(int64_t at)
{
	char text[INSTANT_TEXT];
	struct job job;

	instant_json(at, text, sizeof(text));
	job = fx_periodic(text);
	job.periodic = false;
	return job;
}

struct job
fx_periodic(const char *schedule)
{
	struct job job;

	job_init(&job);
	job.user = xstrdup("ann");
	job.command = xstrdup("true");
	job.schedule = xstrdup(schedule);
	job.periodic = true;
	return job;
}

int
fx_try_submit(struct fx *fx, struct job job, enum submit_how how, int64_t *id)
{
	struct submit what = {
	    .jobs = &job,
	    .n = 1,
	    .how = how,
	    .now = fx->now,
	    .zone = zone_utc(),
	    .boot_id = "boot-1",
	};
	size_t bad = 0;
	int rc = store_submit(fx->s, &what, id, &bad, &fx->e);

	job_release(&job);
	return rc;
}

int64_t
fx_submit_how(struct fx *fx, struct job job, enum submit_how how)
{
	int64_t id = 0;

	fx_need(fx, fx_try_submit(fx, job, how, &id), "submit");
	return id;
}

int64_t
fx_submit(struct fx *fx, struct job job)
{
	return fx_submit_how(fx, job, SUBMIT_NEW);
}

struct claims
fx_claim(struct fx *fx, int64_t limit)
{
	struct claim_request q = {
	    .node = NODE,
	    .runner = fx->runner,
	    .now = fx->now,
	    .limit = limit,
	    .zone = zone_utc(),
	};
	struct claims c = {0};

	fx_need(fx, store_claim_ready(fx->s, &q, &c, &fx->e), "claim");
	return c;
}

int64_t
fx_claim_one(struct fx *fx)
{
	struct claims c = fx_claim(fx, 100);
	int64_t fence = c.n > 0 ? c.v[0].fence : 0;

	if (c.n > 1)
		tap_ok(false, "one claim, and not %zu", c.n);
	claims_release(&c);
	return fence;
}

int64_t
fx_claim_count(struct fx *fx)
{
	struct claims c = fx_claim(fx, 1000);
	int64_t n = (int64_t)c.n;

	claims_release(&c);
	return n;
}

struct finished
fx_finish(struct fx *fx, const struct result *r)
{
	struct finished done;

	fx_need(fx, store_finish_attempts(fx->s, r, 1, fx->now, &done, &fx->e), "finish");
	return done;
}

struct finished
fx_end(struct fx *fx, int64_t fence, enum outcome outcome)
{
	struct result r;

	result_init(&r);
	r.fence = fence;
	r.outcome = outcome;
	r.started_at = r.finished_at = fx->now;
	r.exit_status = outcome == OUTCOME_OK ? 0 : outcome == OUTCOME_FAILED ? 1 : -1;
	return fx_finish(fx, &r);
}

struct finished
fx_undo(struct fx *fx, int64_t fence, int why)
{
	struct result r;

	result_init(&r);
	r.fence = fence;
	r.not_started = true;
	r.why_not = why == WHY_LOCKED ? WHY_LOCKED : WHY_UNDONE;
	return fx_finish(fx, &r);
}

struct job_view
fx_view(struct fx *fx, int64_t id)
{
	struct job_view v;

	fx_need(fx, store_job_get(fx->s, id, &v, &fx->e), "job");
	return v;
}

bool
fx_is(struct fx *fx, int64_t id, enum job_state want, const char *name)
{
	struct job_view v = fx_view(fx, id);
	bool held = tap_is_str(job_state_word(v.state), job_state_word(want), "%s", name);

	job_view_release(&v);
	return held;
}

int64_t
fx_next(struct fx *fx)
{
	int64_t when;

	fx_need(fx, store_next_ready(fx->s, &when, &fx->e), "next ready");
	return when;
}

static int
add_row(void *arg, const struct ledger_row *r)
{
	struct buf *b = arg;

	if (b->len > 0)
		buf_addc(b, ' ');
	if (r->outcome == OUTCOME_SKIPPED)
		buf_addf(b, "skipped(%s x%" PRId64 ")", r->reason, r->count);
	else
		buf_addf(b, "%s:%" PRId64 "%s%s", outcome_word(r->outcome), r->attempt,
		    r->dead ? "!" : "", r->manual ? "m" : "");
	return 0;
}

char *
fx_ledger(struct fx *fx, int64_t id)
{
	struct ledger_filter f;
	struct buf b = {0};

	ledger_filter_init(&f);
	f.job_id = id;
	fx_need(fx, store_ledger(fx->s, &f, add_row, &b, &fx->e), "ledger");
	return buf_string(&b);
}

bool
fx_ledger_is(struct fx *fx, int64_t id, const char *want, const char *name)
{
	char *got = fx_ledger(fx, id);
	bool held = tap_is_str(got, want, "%s", name);

	free(got);
	return held;
}

bool
fx_refused(struct fx *fx, int rc, int code, const char *text, const char *name)
{
	if (rc != code || text == NULL)
		return tap_is_int(rc, code, "%s", name);
	return tap_is_str(fx->e.text, text, "%s", name);
}
