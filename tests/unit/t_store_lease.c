/*
 * t_store_lease: daemons of several hosts at one store: who leads, and what becomes of one that is
 * not heard of any more.
 */
#include "store/lease.h"
#include "t_store.h"
#include "tap.h"

#define LEASE (30 * USEC)

static struct node
node_of(const char *id, int64_t pid)
{
	struct node n = {
	    .id = xstrdup(id),
	    .host = xasprintf("host-of-%s", id),
	    .capacity = 9,
	    .lease = LEASE,
	    .proc = {.boot = "boot-1", .pid = (pid_t)pid, .start = 88},
	};

	return n;
}

static struct node
come_up(struct fx *fx, const char *id, int64_t pid)
{
	struct node n = node_of(id, pid);

	fx_need(fx, store_node_up(fx->s, &n, fx->now, &fx->e), "node up");
	return n;
}

static struct lease
renew(struct fx *fx, const struct node *n)
{
	struct lease l;

	fx_need(fx, store_lease_renew(fx->s, n, fx->now, &l, &fx->e), "renew");
	return l;
}

static void
count_node(void *arg, const char *node)
{
	int *n = arg;

	(void)node;
	++*n;
}

static struct rescued
rescue(struct fx *fx, int *told)
{
	struct rescued r;

	*told = 0;
	fx_need(fx, store_rescue(fx->s, fx->now, fx->now, count_node, told, &r, &fx->e), "rescue");
	return r;
}

static void
test_leader(struct fx *fx)
{
	struct node a = come_up(fx, NODE, 1), b;
	const struct tab_state tab = {.path = xstrdup("/t"), .loaded_at = T0};
	struct lease l;

	tap_is_int(renew(fx, &a).term, 1, "the first that came up leads");
	fx->now += USEC;
	b = come_up(fx, "beta", 2);
	tap_is_int(renew(fx, &b).term, 0, "another follows");
	fx->now += LEASE / 2;
	tap_is_int(renew(fx, &a).term, 1, "who leads goes on leading");
	renew(fx, &b);
	fx->now += LEASE;
	l = renew(fx, &b);
	tap_ok(l.term == 0 && !l.lost, "not before the lease is over does another lead");
	fx->now++;
	tap_is_int(renew(fx, &b).term, 2, "then the next does, with a higher term");
	tap_is_int(renew(fx, &a).term, 0, "and who comes late does not take it back");

	store_lead(fx->s, NODE, 1);
	fx_refused(fx, store_tab_set(fx->s, &tab, &fx->e), E_CONFLICT,
	    "node 'alpha' does not lead any more (term 1)", "a write with an old term is refused");
	store_lead(fx->s, "beta", 2);
	fx_need(fx, store_tab_set(fx->s, &tab, &fx->e), "tab");
	tap_ok(true, "the leader's is not");
	store_lead(fx->s, NULL, 0);
	free(tab.path);
	node_release(&a);
	node_release(&b);
}

static void
test_rescue(struct fx *fx)
{
	struct node a = come_up(fx, NODE, 1), b = come_up(fx, "beta", 2);
	struct job job = fx_once(T0);
	int64_t id, fence;
	struct rescued r;
	int told;

	renew(fx, &a);
	job.retries = 1;
	job.backoff = 0;
	id = fx_submit(fx, job);
	fence = fx_claim_one(fx);
	fx->now += LEASE;
	renew(fx, &b);
	r = rescue(fx, &told);
	tap_ok(r.nodes == 0 && r.attempts == 0 && told == 0, "as long as its lease goes on a node "
							      "has what it runs");
	fx->now++;
	r = rescue(fx, &told);
	tap_ok(r.nodes == 1 && r.attempts == 1 && told == 1 && !r.more,
	    "then it is given up, and what ran on it is lost");
	fx_ledger_is(fx, id, "lost:1", "the ledger has it");
	tap_ok(fx_end(fx, fence, OUTCOME_OK).stale, "an end that comes later is refused");
	tap_ok(renew(fx, &a).lost, "and so is its lease");
	fx->now += HOUR_US;
	renew(fx, &b);
	tap_is_int(fx_claim_count(fx), 0, "it gets no work");
	fx_need(fx, store_node_up(fx->s, &a, fx->now, &fx->e), "node up");
	tap_ok(!renew(fx, &a).lost, "come up anew it has a lease");
	fence = fx_claim_one(fx);
	tap_ok(fence != 0, "and work");
	fx_end(fx, fence, OUTCOME_OK);
	fx_ledger_is(fx, id, "ok:2 lost:1", "the retry was the second attempt");
	node_release(&a);
	node_release(&b);
}

/* A job with so many retries is claimed by a node that is given up: its fence. */
static int64_t
give_up(struct fx *fx, int retries, int64_t *id)
{
	struct node a = come_up(fx, NODE, 1);
	struct job job = fx_once(T0);
	int64_t fence;
	int told;

	renew(fx, &a);
	job.retries = retries;
	job.backoff = 5 * USEC;
	*id = fx_submit(fx, job);
	fence = fx_claim_one(fx);
	fx->now += LEASE + 1;
	tap_is_int(rescue(fx, &told).attempts, 1, "a node is given up with an attempt");
	fx_need(fx, store_node_up(fx->s, &a, fx->now, &fx->e), "node up");
	node_release(&a);
	return fence;
}

static int
count_attempt(void *arg, const struct open_attempt *a)
{
	int *n = arg;

	(void)a;
	++*n;
	return 0;
}

static int
given_up(struct fx *fx)
{
	int n = 0;

	fx_need(fx, store_given_up(fx->s, fx->runner, count_attempt, &n, &fx->e), "given up");
	return n;
}

static void
say_not_started(struct fx *fx, int64_t fence)
{
	struct finished done;
	struct result r;

	result_init(&r);
	r.fence = fence;
	r.not_started = true;
	fx_need(fx, store_finish_attempts(fx->s, &r, 1, fx->now, &done, &fx->e), "finish");
	tap_ok(done.stale, "that comes too late to be an end");
}

static void
test_given_back(struct fx *fx)
{
	int64_t id, fence = give_up(fx, 0, &id);

	fx_is(fx, id, JOB_FAILED, "without retries it is dead");
	tap_is_int(given_up(fx), 1, "its node is to say whether it had started it");
	say_not_started(fx, fence);
	fx_is(fx, id, JOB_PENDING, "it had not: the job lives again");
	tap_is_int(given_up(fx), 0, "which is settled");
	say_not_started(fx, fence);
	fence = fx_claim_one(fx);
	tap_is_int(fx_claim_count(fx), 0, "once");
	fx_end(fx, fence, OUTCOME_FAILED);
	fx_is(fx, id, JOB_FAILED, "and it has no more attempts than it would have had");
	fx_ledger_is(fx, id, "failed:2! lost:1!", "the ledger has both");
}

static void
test_given_back_retry(struct fx *fx)
{
	int64_t id, fence = give_up(fx, 1, &id), now = fx->now;

	tap_ok(fx_next(fx) > now, "with retries it waits for the next");
	say_not_started(fx, fence);
	tap_is_int(fx_next(fx), now, "which comes at once");
	fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	fx->now += LEASE / 2;
	fence = fx_claim_one(fx);
	tap_ok(fence != 0, "and the retry is not spent");
	fx_end(fx, fence, OUTCOME_FAILED);
	fx_is(fx, id, JOB_FAILED, "but only once");
	fx_ledger_is(fx, id, "failed:3! failed:2 lost:1", "the ledger has all");
}

static int
see_reason(void *arg, const struct ledger_row *row)
{
	char *reason = arg;

	if (row->reason != NULL)
		strlcpy(reason, row->reason, 200);
	return 0;
}

static void
test_refused(struct fx *fx)
{
	int64_t id, fence = give_up(fx, 0, &id);
	struct ledger_filter f;
	char reason[200] = "";

	tap_ok(fx_end(fx, fence, OUTCOME_OK).stale, "an end that comes too late is refused");
	tap_ok(fx_end(fx, fence, OUTCOME_OK).stale, "however often");
	fx_is(fx, id, JOB_FAILED, "the job is as it was");
	ledger_filter_init(&f);
	fx_need(fx, store_ledger(fx->s, &f, see_reason, reason, &fx->e), "ledger");
	tap_is_str(reason,
	    "node 'alpha' was not heard of any more; it reported 'ok' later, which was refused",
	    "and the ledger tells of it, once");
	say_not_started(fx, fence);
	fx_is(fx, id, JOB_FAILED, "what has reported an end was started");
}

static const char is_another[] =
    "node 'alpha' is another jobschedd, on host 'host-of-alpha': each needs a node_id of its own";

static void
test_name(struct fx *fx)
{
	struct node a = come_up(fx, NODE, 1), other = node_of(NODE, 2);

	fx_refused(fx, store_node_up(fx->s, &other, fx->now, &fx->e), E_CONFLICT,
	    is_another,
	    "two cannot have one id, nor if their hosts have one name");
	fx_need(fx, store_node_down(fx->s, NODE, &other.proc, fx->now, &fx->e), "node down");
	tap_ok(!renew(fx, &a).lost, "and who was refused does not end the other");
	fx->now += LEASE + LEASE / LEASE_MARGIN;
	fx_refused(fx, store_node_up(fx->s, &other, fx->now, &fx->e), E_CONFLICT,
	    is_another, "what the first runs has its time to end");
	fx->now++;
	fx_need(fx, store_node_up(fx->s, &other, fx->now, &fx->e), "node up");
	tap_ok(renew(fx, &a).lost && !renew(fx, &other).lost, "unless the first is gone");
	fx_refused(fx, store_node_up(fx->s, &a, fx->now, &fx->e), E_CONFLICT,
	    is_another, "which then stays away");
	strv_push(&a.was, "boot-1 2 88");
	fx_need(fx, store_node_up(fx->s, &a, fx->now, &fx->e), "node up");
	tap_ok(!renew(fx, &a).lost, "a place may start its daemon again at once");
	node_release(&a);
	node_release(&other);
}

static void
test_name_of_stopped(struct fx *fx)
{
	struct node a = come_up(fx, NODE, 1), other = node_of(NODE, 2);
	int64_t fence;

	fx_submit(fx, fx_once(T0));
	fence = fx_claim_one(fx);
	fx_need(fx, store_node_down(fx->s, NODE, &a.proc, fx->now, &fx->e), "node down");
	fx_refused(fx, store_node_up(fx->s, &other, fx->now, &fx->e), E_CONFLICT,
	    is_another, "one that has stopped may still run something");
	fx_end(fx, fence, OUTCOME_OK);
	fx_need(fx, store_node_up(fx->s, &other, fx->now, &fx->e), "node up");
	tap_ok(!renew(fx, &other).lost, "and when it does not, its name is free at once");
	node_release(&a);
	node_release(&other);
}

static void
test_forget(struct fx *fx)
{
	struct node a = come_up(fx, NODE, 1), b;

	renew(fx, &a);
	fx->now += USEC;
	b = come_up(fx, "beta", 2);
	fx_refused(fx, store_node_forget(fx->s, "gamma", &fx->e), E_NOTFOUND,
	    "no such node: 'gamma'", "a node that is not there");
	fx_refused(fx, store_node_forget(fx->s, "beta", &fx->e), E_CONFLICT,
	    "node 'beta' is live", "one that lives is not forgotten");
	fx_submit(fx, fx_once(T0));
	fx_claim_one(fx);
	fx_need(fx, store_node_down(fx->s, NODE, NULL, fx->now, &fx->e), "node down");
	fx_refused(fx, store_node_forget(fx->s, NODE, &fx->e), E_CONFLICT,
	    "node 'alpha' has jobs that may be running", "nor one that may run something");
	fx_need(fx, store_node_down(fx->s, "beta", NULL, fx->now, &fx->e), "node down");
	fx_need(fx, store_node_forget(fx->s, "beta", &fx->e), "forget");
	tap_ok(renew(fx, &b).lost, "a node that is forgotten and comes back has to come up anew");
	node_release(&a);
	node_release(&b);
}

static void
test_forget_leader(struct fx *fx)
{
	struct node a = come_up(fx, NODE, 1), b;

	tap_is_int(renew(fx, &a).term, 1, "one leads");
	fx_need(fx, store_node_down(fx->s, NODE, NULL, fx->now, &fx->e), "node down");
	fx_refused(fx, store_node_forget(fx->s, NODE, &fx->e), E_CONFLICT,
	    "node 'alpha' was the last to lead: another has to lead first",
	    "the last leader is not forgotten");
	fx->now += LEASE + 1;
	b = come_up(fx, "beta", 2);
	tap_is_int(renew(fx, &b).term, 2, "another leads");
	fx_need(fx, store_node_forget(fx->s, NODE, &fx->e), "forget");
	tap_is_int(renew(fx, &b).term, 2, "and goes on when the first one is forgotten");
	node_release(&a);
	node_release(&b);
}

const struct test lease_tests[] = {
    {"leader", test_leader},
    {"rescue", test_rescue},
    {"given back", test_given_back},
    {"given back before its retry", test_given_back_retry},
    {"refused", test_refused},
    {"name", test_name},
    {"name of one that was stopped", test_name_of_stopped},
    {"forget", test_forget},
    {"forget a leader", test_forget_leader},
    {NULL, NULL},
};
