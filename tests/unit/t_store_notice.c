/*
 * t_store_notice: who is to be told of an end, and what an attempt puts by for the next.
 */
#include "store/notices.h"
#include "t_store.h"
#include "tap.h"
#include "time/duration.h"

/* ---- notices ---- */

struct keys {
	struct notice_key v[8];
	size_t n;
};

static int
add_key(void *arg, const struct notice_key *key)
{
	struct keys *k = arg;

	k->v[k->n++] = *key;
	return 0;
}

static struct keys
notices(struct fx *fx)
{
	struct keys k = {.n = 0};

	fx_need(fx, store_notices(fx->s, 8, add_key, &k, &fx->e), "notices");
	return k;
}

/* A job with an address, claimed. */
static int64_t
claimed(struct fx *fx, enum mail_on on, int64_t retries)
{
	struct job job = fx_once(fx->now);

	job.mail = xstrdup("a");
	job.mail_on = on;
	job.retries = retries;
	fx_submit(fx, job);
	return fx_claim_one(fx);
}

static void
test_wishes(struct fx *fx)
{
	static const struct {
		const char *name;
		enum mail_on on;
		enum outcome outcome;
		int64_t wrote, retries;
		bool want;
	} cases[] = {
	    {"failure: of a failure", MAIL_FAILURE, OUTCOME_FAILED, 0, 0, true},
	    {"failure: not of a success", MAIL_FAILURE, OUTCOME_OK, 9, 0, false},
	    {"failure: not of one that is tried again", MAIL_FAILURE, OUTCOME_FAILED, 9, 1, false},
	    {"failure: not of a cancel", MAIL_FAILURE, OUTCOME_CANCELLED, 9, 0, false},
	    {"output: of what was written", MAIL_OUTPUT, OUTCOME_OK, 1, 0, true},
	    {"output: not of silence", MAIL_OUTPUT, OUTCOME_FAILED, 0, 0, false},
	    {"always: of a silent success", MAIL_ALWAYS, OUTCOME_OK, 0, 0, true},
	    {"never", MAIL_NEVER, OUTCOME_FAILED, 9, 0, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t before = notices(fx).n;
		struct finished done;
		struct result r;

		result_init(&r);
		r.fence = claimed(fx, cases[i].on, cases[i].retries);
		r.outcome = cases[i].outcome;
		r.output_bytes = cases[i].wrote;
		done = fx_finish(fx, &r);
		tap_ok(done.notice == cases[i].want &&
			   notices(fx).n == before + (cases[i].want ? 1 : 0),
		    "%s", cases[i].name);
	}
}

static void
test_failures(struct fx *fx)
{
	struct job job = fx_once(T0);
	int64_t fence;
	struct keys k;

	fx_submit(fx, fx_once(T0));
	tap_ok(!fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED).notice,
	    "nobody is told of a failure whom nobody has asked to be");
	store_tell_failures(fx->s, true);
	job.retries = 1;
	job.backoff = job.backoff_max = USEC;
	fx_submit(fx, job);
	tap_ok(!fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED).notice, "one that is tried again is none");
	fx->now += MINUTE_US;
	fence = fx_claim_one(fx);
	tap_ok(fx_end(fx, fence, OUTCOME_FAILED).notice, "that of the last retry is");
	k = notices(fx);
	tap_ok(k.n == 1 && k.v[0].fence == fence && k.v[0].kind == NOTICE_ON_FAILURE,
	    "and on_failure is told of it, once");
}

static int
see_notice(void *arg, const struct ledger_row *r)
{
	char **text = arg;

	free(*text);
	*text = xstrdup(r->notice);
	return 1;
}

static char *
noted(struct fx *fx, int64_t job)
{
	struct ledger_filter f;
	char *text = NULL;

	ledger_filter_init(&f);
	f.job_id = job;
	fx_need(fx, store_ledger(fx->s, &f, see_notice, &text, &fx->e), "ledger");
	return text;
}

/* What fails with a job that it comes after has no attempt that could be told of. */
static void
test_prerequisite(struct fx *fx)
{
	struct job first = fx_once(T0), next = fx_once(T0);
	struct notice n;
	int64_t id;
	struct keys k;
	char *text;

	store_tell_failures(fx->s, true);
	first.name = xstrdup("first");
	fx_submit(fx, first);
	strv_push(&next.after, "first");
	next.mail = xstrdup("ops");
	next.mail_on = MAIL_FAILURE;
	id = fx_submit(fx, next);
	tap_ok(fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED).notice,
	    "the end of a job that others come after is to be looked at");
	k = notices(fx);
	tap_ok(k.n == 3 && k.v[0].fence < 0 && k.v[0].kind == NOTICE_MAIL &&
		   k.v[1].fence == k.v[0].fence && k.v[1].kind == NOTICE_ON_FAILURE &&
		   k.v[2].fence > 0,
	    "what fails with it is told, by mail and to on_failure, besides its own end");
	fx_need(fx, store_notice_get(fx->s, k.v[0].fence, &n, &fx->e), "get");
	tap_ok(n.job.id == id && n.dead && n.outcome == OUTCOME_SKIPPED && n.attempt == 0 &&
		   strcmp(n.reason, "prerequisite job 1 'first' failed") == 0,
	    "as one that did not run, with the reason");
	notice_release(&n);
	fx_need(fx, store_notice_done(fx->s, &k.v[0], "gone", fx->now, &fx->e), "done");
	k.v[0].tries++;
	text = noted(fx, id);
	tap_is_str(text, "mail: gone", "why it could not be told is with the skip");
	free(text);
	for (size_t i = 0; i < k.n; i++)
		fx_need(fx, store_notice_done(fx->s, &k.v[i], NULL, INSTANT_NONE, &fx->e), "done");
	tap_is_int((int64_t)notices(fx).n, 0, "and once");
	text = noted(fx, id);
	tap_ok(text == NULL, "and then the skip says no more of it");
	free(text);
}

static void
test_done(struct fx *fx)
{
	int64_t fence = claimed(fx, MAIL_FAILURE, 0);
	struct notice_key key;
	char *text;

	fx_end(fx, fence, OUTCOME_FAILED);
	key = notices(fx).v[0];
	tap_ok(key.due_at == fx->now && key.tries == 0, "a notice is due at once");
	fx_need(fx, store_notice_done(fx->s, &key, "no mailer", fx->now + USEC, &fx->e), "done");
	key = notices(fx).v[0];
	tap_ok(key.due_at == fx->now + USEC && key.tries == 1, "one that failed is due again");
	text = noted(fx, 0);
	tap_is_str(text, "mail: no mailer", "and the attempt says so");
	free(text);
	fx_need(fx, store_notice_done(fx->s, &key, NULL, INSTANT_NONE, &fx->e), "done");
	tap_is_int((int64_t)notices(fx).n, 0, "one that went well is forgotten");
	text = noted(fx, 0);
	tap_ok(text == NULL, "with the problem it had");
	free(text);
	fence = claimed(fx, MAIL_FAILURE, 0);
	fx_end(fx, fence, OUTCOME_FAILED);
	key = notices(fx).v[0];
	fx_need(fx, store_notice_done(fx->s, &key, "gone", INSTANT_NONE, &fx->e), "done");
	text = noted(fx, 0);
	tap_ok(notices(fx).n == 0 && strcmp(text, "mail: gone") == 0,
	    "one that is given up leaves its problem behind");
	free(text);
}

static void
test_get(struct fx *fx)
{
	char wrote[] = "oops";
	struct notice n;
	struct result r;

	result_init(&r);
	r.fence = claimed(fx, MAIL_FAILURE, 0);
	r.outcome = OUTCOME_FAILED;
	r.exit_status = 3;
	r.output = wrote;
	r.output_len = r.output_bytes = 4;
	fx_finish(fx, &r);
	fx_need(fx, store_notice_get(fx->s, r.fence, &n, &fx->e), "get");
	tap_ok(n.job.id == 1 && n.attempt == 1 && n.outcome == OUTCOME_FAILED &&
		   n.exit_status == 3 && n.dead && strcmp(n.job.mail, "a") == 0 &&
		   strcmp(n.node, NODE) == 0 && n.output.len == 4 &&
		   memcmp(n.output.data, "oops", 4) == 0,
	    "a notice says all there is to tell");
	notice_release(&n);
	fx_refused(fx, store_notice_get(fx->s, 99, &n, &fx->e), E_NOTFOUND,
	    "no attempt has the fence 99", "of an attempt that is not there is nothing to tell");
}

/* ---- checkpoints ---- */

/* What the only claim is handed, "-" for nothing; its fence. */
static int64_t
claim_with(struct fx *fx, const char *want, const char *name)
{
	struct claims c = fx_claim(fx, 10);
	int64_t fence = c.n == 1 ? c.v[0].fence : 0;
	char *got = fence != 0 && c.v[0].checkpoint != NULL
			? xstrndup(c.v[0].checkpoint, (size_t)c.v[0].checkpoint_len)
			: xstrdup("-");

	tap_is_str(got, want, "%s", name);
	free(got);
	claims_release(&c);
	return fence;
}

static void
put(struct fx *fx, int64_t fence, const char *text)
{
	fx_need(fx,
	    store_checkpoint_put(fx->s, fence, text, (int64_t)strlen(text), fx->now, &fx->e), "put");
}

static void
test_checkpoint(struct fx *fx)
{
	struct job job = fx_once(T0);
	char last[] = "three";
	struct result r;
	int64_t fence;

	job.retries = 9;
	job.backoff = job.backoff_max = USEC;
	fx_submit(fx, job);
	fence = claim_with(fx, "-", "a first attempt has nothing to go on from");
	put(fx, fence, "one");
	put(fx, fence, "two");
	fx_end(fx, fence, OUTCOME_FAILED);
	put(fx, fence, "late");
	fx->now += MINUTE_US;
	fence = claim_with(fx, "two", "the next has what was put last while it ran");
	result_init(&r);
	r.fence = fence;
	r.outcome = OUTCOME_LOST;
	r.checkpoint = last;
	r.checkpoint_len = 5;
	fx_finish(fx, &r);
	fx->now += MINUTE_US;
	fence = claim_with(fx, "three", "what came with the end is kept as well");
	put(fx, fence, "");
	fx_end(fx, fence, OUTCOME_FAILED);
	fx->now += MINUTE_US;
	fence = claim_with(fx, "-", "an empty one takes it away");
	put(fx, fence, "four");
	fx_end(fx, fence, OUTCOME_OK);
	tap_ok(store_checkpoint_put(fx->s, 999, "x", 1, fx->now, &fx->e) == 0,
	    "of an attempt that never was, nothing is kept");
}

static void
test_by_hand(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_once(T0)), fence = fx_claim_one(fx);

	put(fx, fence, "half");
	fx_end(fx, fence, OUTCOME_FAILED);
	fx_need(fx, store_job_retry(fx->s, id, fx->now, &fx->e), "retry");
	claim_with(fx, "half", "a retry by hand goes on from where it was");
}

/* What was put by just before the end, and was not stored by then, comes with the end. */
static void
fail_with(struct fx *fx, char *text)
{
	struct result r;

	result_init(&r);
	r.fence = fx_claim_one(fx);
	r.outcome = OUTCOME_FAILED;
	r.exit_status = 1;
	r.checkpoint = text;
	r.checkpoint_len = (int64_t)strlen(text);
	fx_finish(fx, &r);
}

static void
test_dead_with_one(struct fx *fx)
{
	char text[] = "most";
	int64_t id = fx_submit(fx, fx_once(T0)), fence;

	fail_with(fx, text);
	fx_need(fx, store_job_retry(fx->s, id, fx->now, &fx->e), "retry");
	fence = claim_with(fx, "most", "a dead letter keeps what came with its end");
	fx_end(fx, fence, OUTCOME_OK);
	id = fx_submit(fx, fx_periodic("0 0 * * *"));
	fx->now += DAY_US;
	fail_with(fx, text);
	fx_need(fx, store_job_retry(fx->s, id, fx->now, &fx->e), "retry");
	claim_with(fx, "most", "so does a dead occurrence of a periodic job");
}

/* A periodic job that always fails must not fill the database. */
static void
test_newest_dead(struct fx *fx)
{
	static const char *const texts[] = {"one", "two", "three"};
	int64_t id = fx_submit(fx, fx_periodic("0 0 * * *")), fence;

	for (int i = 0; i < 3; i++) {
		fx->now += DAY_US;
		fence = fx_claim_one(fx);
		put(fx, fence, texts[i]);
		fx_end(fx, fence, OUTCOME_FAILED);
	}
	fx_need(fx, store_job_retry(fx->s, id, fx->now, &fx->e), "retry");
	fence = claim_with(fx, "three", "the newest dead occurrence goes on from where it was");
	fx_end(fx, fence, OUTCOME_OK);
	fx_need(fx, store_job_retry(fx->s, id, fx->now, &fx->e), "retry");
	claim_with(fx, "-", "of those before it nothing is kept");
}

const struct test notice_tests[] = {
    {"when mail is due", test_wishes},
    {"dead occurrences", test_failures},
    {"what fails with a prerequisite", test_prerequisite},
    {"notices that were told", test_done},
    {"what there is to tell", test_get},
    {"checkpoints", test_checkpoint},
    {"checkpoints of the dead", test_newest_dead},
    {"a retry by hand", test_by_hand},
    {"a checkpoint that comes with the end of the dead", test_dead_with_one},
    {NULL, NULL},
};
