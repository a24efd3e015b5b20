/*
 * t_store_ledger: attempts and skips in one list, and what attempts wrote.
 */
#include "base/buf.h"
#include "t_store.h"
#include "tap.h"

static int
add_row(void *arg, const struct ledger_row *r)
{
	struct buf *b = arg;

	buf_addf(b, "%s%" PRId64 "%s", b->len > 0 ? " " : "", r->job_id,
	    r->outcome == OUTCOME_SKIPPED ? "s" : "");
	return 0;
}

static void
ledger_is(struct fx *fx, const struct ledger_filter *f, const char *want, const char *name)
{
	struct buf b = {0};
	char *got;

	fx_need(fx, store_ledger(fx->s, f, add_row, &b, &fx->e), "ledger");
	got = buf_string(&b);
	tap_is_str(got, want, "%s", name);
	free(got);
}

static struct ledger_filter
any(void)
{
	struct ledger_filter f;

	ledger_filter_init(&f);
	return f;
}

/* In order: 1 ok, 2 skipped, 3 failed, 4 running; a minute apart. */
static void
fill(struct fx *fx)
{
	struct job job = fx_once(T0 + MINUTE_US);

	fx_submit(fx, fx_once(T0));
	job.deadline = USEC;
	fx_submit(fx, job);
	fx_submit(fx, fx_once(T0 + 2 * MINUTE_US));
	fx_submit(fx, fx_once(T0 + 3 * MINUTE_US));
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx->now = T0 + MINUTE_US + 2 * USEC;
	fx_claim_one(fx);
	fx->now = T0 + 2 * MINUTE_US;
	fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	fx->now = T0 + 3 * MINUTE_US;
	fx_claim_one(fx);
}

static void
test_filters(struct fx *fx)
{
	struct ledger_filter f = any();

	fill(fx);
	ledger_is(fx, &f, "4 3 2s 1", "attempts and skips come newest first");
	f.limit = 3;
	ledger_is(fx, &f, "4 3 2s", "up to a limit");
	f = any();
	f.outcome = OUTCOME_RUNNING;
	ledger_is(fx, &f, "4", "what runs");
	f.node = NODE;
	ledger_is(fx, &f, "4", "on a node");
	f.node = "other";
	ledger_is(fx, &f, "", "or another");
	f = any();
	f.outcome = OUTCOME_FAILED;
	ledger_is(fx, &f, "3", "by outcome");
	f.outcome = OUTCOME_SKIPPED;
	ledger_is(fx, &f, "2s", "skips only");
	f = any();
	f.since = T0 + 2 * MINUTE_US;
	ledger_is(fx, &f, "4 3", "since a time");
	f = any();
	f.job_id = 2;
	ledger_is(fx, &f, "2s", "of one job");
	f.job_id = 77;
	ledger_is(fx, &f, "", "or of one that is not there");
	f = any();
	f.node = NODE;
	ledger_is(fx, &f, "4 3 1", "a skip happened on no node");
}

static void
test_long(struct fx *fx)
{
	struct ledger_filter f = any();
	struct buf b = {0};

	fx_submit(fx, fx_periodic("* * * * *"));
	for (int i = 1; i <= 600; i++) {
		fx->now = T0 + i * MINUTE_US;
		fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	}
	fx_need(fx, store_ledger(fx->s, &f, add_row, &b, &fx->e), "ledger");
	tap_is_int((int64_t)b.len, 600 * 2 - 1, "a long ledger is told whole");
	buf_clear(&b);
	f.job_id = 1;
	fx_need(fx, store_ledger(fx->s, &f, add_row, &b, &fx->e), "ledger");
	tap_is_int((int64_t)b.len, 600 * 2 - 1, "that of one job too");
	buf_clear(&b);
	f.since = T0 + 500 * MINUTE_US;
	fx_need(fx, store_ledger(fx->s, &f, add_row, &b, &fx->e), "ledger");
	tap_is_int((int64_t)b.len, 101 * 2 - 1, "or from a time on");
	buf_release(&b);
}

/* ---- output ---- */

static void
end_with(struct fx *fx, int64_t fence, const char *data, size_t len)
{
	struct result r;

	result_init(&r);
	r.fence = fence;
	r.outcome = OUTCOME_FAILED;
	r.exit_status = 1;
	r.started_at = r.finished_at = fx->now;
	r.output = xmemdup(data, len);
	r.output_len = r.output_bytes = (int64_t)len;
	if (len > 3) {
		r.dropped_at = 2;
		r.dropped_bytes = 100;
		r.output_bytes += 100;
	}
	fx_finish(fx, &r);
	result_release(&r);
}

static void
output_is(struct fx *fx, int64_t attempt, const char *want, size_t len, const char *name)
{
	struct output out;
	int rc = store_output(fx->s, 1, attempt, &out, &fx->e);

	tap_ok(rc == 0 && out.len == (int64_t)len && (len == 0 || memcmp(out.data, want, len) == 0),
	    "%s", name);
	if (rc == 0)
		free(out.data);
}

static void
test_output(struct fx *fx)
{
	struct job job = fx_once(T0);
	struct output out;

	job.retries = 5;
	fx_submit(fx, job);
	fx_refused(fx, store_output(fx->s, 1, 0, &out, &fx->e), E_NOTFOUND, NULL,
	    "a job that never ran wrote nothing");
	end_with(fx, fx_claim_one(fx), "a\0b", 3);
	output_is(fx, 0, "a\0b", 3, "what an attempt wrote is kept, byte for byte");
	fx->now += HOUR_US;
	end_with(fx, fx_claim_one(fx), "headtail", 8);
	fx_need(fx, store_output(fx->s, 1, 0, &out, &fx->e), "output");
	tap_ok(out.len == 8 && out.dropped_at == 2 && out.dropped_bytes == 100,
	    "with where something is missing");
	free(out.data);
	output_is(fx, 1, "a\0b", 3, "that of an earlier attempt by its number");
	fx->now += HOUR_US;
	fx_claim_one(fx);
	output_is(fx, 0, "headtail", 8, "while one runs, the newest that ended is shown");
	fx_end(fx, 3, OUTCOME_OK);
	output_is(fx, 0, "", 0, "one that wrote nothing has an empty output");
	fx_refused(fx, store_output(fx->s, 1, 9, &out, &fx->e), E_NOTFOUND,
	    "job 1 has no attempt 9", "an attempt that is not there has none");
	fx_refused(fx, store_output(fx->s, 5, 0, &out, &fx->e), E_NOTFOUND, NULL,
	    "nor has a job that is not there");
}

const struct test ledger_tests[] = {
    {"filters", test_filters},
    {"long", test_long},
    {"output", test_output},
    {NULL, NULL},
};
