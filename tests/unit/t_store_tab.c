/*
 * t_store_tab: entries of tabs: new, changed, gone, back.
 */
#include "t_store.h"
#include "tap.h"

#include "store/lease.h"
#include "store/change.h"

#define TAB "/etc/jobsched.d/x"

static struct job
entry(const char *schedule, const char *command)
{
	struct job job = fx_periodic(schedule);

	free(job.command);
	job.command = xstrdup(command);
	job.tab = xstrdup(TAB);
	job.tab_key = xstrdup("key");
	return job;
}

static struct job
once_entry(void)
{
	struct job job = fx_once(T0);

	job.tab = xstrdup(TAB);
	job.tab_key = xstrdup("key");
	return job;
}

static int
change(struct fx *fx, const struct job *job, uint64_t hash, int64_t id)
{
	struct tab_change c = {job, hash, id};
	size_t bad = 0;

	return store_tab_change(fx->s, &c, 1, fx->now, zone_utc(), "boot-1", &bad, &fx->e);
}

static void
apply(struct fx *fx, struct job job, uint64_t hash, int64_t id)
{
	fx_need(fx, change(fx, &job, hash, id), "tab change");
	job_release(&job);
}

static void
retire(struct fx *fx, int64_t id)
{
	fx_need(fx, change(fx, NULL, 0, id), "retire");
}

struct seen {
	int n;
	int64_t id;
	uint64_t hash;
	bool retired;
};

static int
see(void *arg, const struct tab_known *k)
{
	struct seen *s = arg;

	s->n++;
	s->id = k->id;
	s->hash = k->hash;
	s->retired = k->retired;
	return strcmp(k->key, "key") != 0;
}

static struct seen
known(struct fx *fx)
{
	struct seen s = {0};

	fx_need(fx, store_tab_known(fx->s, TAB, "", see, &s, &fx->e), "known");
	return s;
}

static void
test_new(struct fx *fx)
{
	struct seen s;

	tap_is_int(known(fx).n, 0, "an unknown tab has no entries");
	apply(fx, entry("0 * * * *", "true"), UINT64_MAX - 3, 0);
	s = known(fx);
	tap_ok(s.n == 1 && s.id == 1 && !s.retired, "a new entry is known");
	tap_ok(s.hash == UINT64_MAX - 3, "with the hash of its definition");
	tap_is_int(fx_next(fx), T0 + HOUR_US, "and scheduled");
}

static void
test_changed(struct fx *fx)
{
	struct job_view v;

	apply(fx, entry("0 * * * *", "true"), 1, 0);
	fx->now = T0 + HOUR_US;
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	apply(fx, entry("30 * * * *", "false"), 2, 1);
	v = fx_view(fx, 1);
	tap_is_str(v.job.command, "false", "a changed entry has its new definition");
	tap_is_int(v.next_run_at, T0 + HOUR_US + HOUR_US / 2, "its new schedule");
	tap_is_int(v.last_scheduled_at, T0 + HOUR_US, "and its old history");
	job_view_release(&v);
	tap_ok(known(fx).hash == 2, "and hash");
	fx_ledger_is(fx, 1, "ok:1", "nothing was lost");
}

static void
test_changed_when_due(struct fx *fx)
{
	struct claims c;

	apply(fx, entry("0 * * * *", "true"), 1, 0);
	fx->now = T0 + HOUR_US + 1;
	apply(fx, entry("30 * * * *", "false"), 2, 1);
	c = fx_claim(fx, 10);
	tap_ok(c.n == 1 && c.v[0].scheduled_for == T0 + HOUR_US,
	    "what was due before the change is not lost");
	tap_is_str(c.n == 1 ? c.v[0].job.command : NULL, "false", "and runs as it is now");
	fx_end(fx, c.v[0].fence, OUTCOME_OK);
	claims_release(&c);
	tap_is_int(fx_next(fx), T0 + HOUR_US + HOUR_US / 2, "then the new schedule holds");
}

static void
test_changed_command_only(struct fx *fx)
{
	apply(fx, entry("@every 1h", "true"), 1, 0);
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx->now = T0 + 30 * MINUTE_US;
	apply(fx, entry("@every 1h", "false"), 2, 1);
	tap_is_int(fx_next(fx), T0 + HOUR_US, "a change of the command moves no time");
}

static void
test_changed_priority(struct fx *fx)
{
	struct job job = entry("0 * * * *", "true");

	apply(fx, entry("0 * * * *", "true"), 1, 0);
	job.priority = 9;
	apply(fx, job, 2, 1);
	tap_is_int(fx_next(fx), T0 + HOUR_US, "a change of the priority moves no time either");
	fx->now = T0 + HOUR_US;
	tap_ok(fx_claim_one(fx) > 0, "and loses none");
}

static void
test_every_is_kept(struct fx *fx)
{
	apply(fx, entry("@every 1h", "true"), 1, 0);
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx->now = T0 + 10 * MINUTE_US;
	apply(fx, entry("@every 30m", "true"), 2, 1);
	tap_is_int(fx_next(fx), T0 + 30 * MINUTE_US, "a new interval counts from the last run");
}

static void
test_retired(struct fx *fx)
{
	apply(fx, entry("0 * * * *", "true"), 1, 0);
	fx->now = T0 + HOUR_US;
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	retire(fx, 1);
	fx_is(fx, 1, JOB_RETIRED, "an entry that has gone is retired");
	tap_ok(known(fx).retired, "and known as such");
	tap_is_int(fx_next(fx), INSTANT_NONE, "it does not run any more");
	fx_ledger_is(fx, 1, "ok:1", "its history stays");
	retire(fx, 1);
	fx_is(fx, 1, JOB_RETIRED, "retiring twice is the same as once");
	fx->now += HOUR_US / 2;
	apply(fx, entry("0 * * * *", "true"), 1, 1);
	fx_is(fx, 1, JOB_PENDING, "when it is back it goes on");
	tap_is_int(fx_next(fx), T0 + 2 * HOUR_US, "with its next time");
	fx_ledger_is(fx, 1, "ok:1", "and its old history");
}

static void
test_retired_running(struct fx *fx)
{
	int64_t fence;
	struct job job = entry("0 * * * *", "true");

	job.retries = 3;
	apply(fx, job, 1, 0);
	fx->now = T0 + HOUR_US;
	fence = fx_claim_one(fx);
	retire(fx, 1);
	fx_is(fx, 1, JOB_RUNNING, "the running attempt of an entry that has gone");
	fx_end(fx, fence, OUTCOME_FAILED);
	fx_is(fx, 1, JOB_RETIRED, "ends, and is not tried again");
}

static void
test_back_while_running(struct fx *fx)
{
	int64_t fence;

	apply(fx, entry("0 * * * *", "true"), 1, 0);
	fx->now = T0 + HOUR_US;
	fence = fx_claim_one(fx);
	retire(fx, 1);
	apply(fx, entry("0 * * * *", "true"), 1, 1);
	tap_is_int(fx_next(fx), T0 + 2 * HOUR_US, "an entry that is back before its attempt ended");
	fx_end(fx, fence, OUTCOME_OK);
	fx_is(fx, 1, JOB_PENDING, "is as if it had not gone");
}

static void
test_cancelled(struct fx *fx)
{
	bool running;

	apply(fx, entry("0 * * * *", "true"), 1, 0);
	fx_need(fx, store_job_cancel(fx->s, 1, true, T0, &running, &fx->e), "cancel");
	apply(fx, entry("30 * * * *", "true"), 2, 1);
	fx_is(fx, 1, JOB_CANCELLED, "a person's cancel outlives a change of the entry");
	retire(fx, 1);
	apply(fx, entry("30 * * * *", "true"), 2, 1);
	fx_is(fx, 1, JOB_CANCELLED, "and its going and coming back");
	tap_is_int(fx_next(fx), INSTANT_NONE, "it never runs");
}

static void
test_cancelled_running(struct fx *fx)
{
	int64_t fence;
	bool running;

	apply(fx, entry("0 * * * *", "true"), 1, 0);
	fx->now = T0 + HOUR_US;
	fence = fx_claim_one(fx);
	fx_need(fx, store_job_cancel(fx->s, 1, true, T0, &running, &fx->e), "cancel");
	apply(fx, entry("30 * * * *", "true"), 2, 1);
	tap_is_int(fx_next(fx), INSTANT_NONE, "a job that is being cancelled gets no new time");
	fx_end(fx, fence, OUTCOME_CANCELLED);
	fx_is(fx, 1, JOB_CANCELLED, "and is cancelled");
}

static void
test_paused(struct fx *fx)
{
	apply(fx, entry("0 * * * *", "true"), 1, 0);
	fx_need(fx, store_job_pause(fx->s, 1, INSTANT_NONE, "x", T0, &fx->e), "pause");
	apply(fx, entry("30 * * * *", "true"), 2, 1);
	fx_is(fx, 1, JOB_PAUSED, "a pause outlives a change");
	retire(fx, 1);
	apply(fx, entry("30 * * * *", "true"), 2, 1);
	fx_is(fx, 1, JOB_PAUSED, "and a moment without the entry");
}

static void
test_name_taken(struct fx *fx)
{
	struct job job = entry("0 * * * *", "true"), other = fx_once(T0 + HOUR_US);

	other.name = xstrdup("n");
	fx_submit(fx, other);
	job.name = xstrdup("n");
	fx_refused(fx, change(fx, &job, 1, 0), E_CONFLICT, "name 'n' is taken by job 1",
	    "a name that a submitted job has is refused");
	tap_is_int(known(fx).n, 0, "and nothing is stored");
	job_release(&job);
}

static void
test_one_time(struct fx *fx)
{
	struct job job = once_entry();

	fx_need(fx, change(fx, &job, 1, 0), "tab change");
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_is(fx, 1, JOB_DONE, "a one-time entry runs once");
	job.priority = 7;
	fx_need(fx, change(fx, &job, 2, 1), "tab change");
	fx_is(fx, 1, JOB_DONE, "and not again because something else of it changes");
	retire(fx, 1);
	fx_need(fx, change(fx, &job, 2, 1), "tab change");
	tap_is_int(fx_claim_count(fx), 0, "nor because it goes and comes back");
	job_release(&job);
}

/* One claim is made now, for this time. */
static void
runs_for(struct fx *fx, int64_t scheduled_for, const char *name)
{
	struct claims c = fx_claim(fx, 10);

	tap_is_int(c.n > 0 ? c.v[0].scheduled_for : 0, scheduled_for, "%s", name);
	for (size_t i = 0; i < c.n; i++)
		fx_end(fx, c.v[i].fence, OUTCOME_OK);
	claims_release(&c);
}

static void
test_back_when_due(struct fx *fx)
{
	apply(fx, entry("@every 1h", "true"), 1, 0);
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx->now = T0 + HOUR_US;
	retire(fx, 1);
	fx_ledger_is(fx, 1, "skipped(cancelled x1) ok:1", "what was due goes with its entry");
	fx->now += MINUTE_US;
	apply(fx, entry("@every 1h", "true"), 1, 1);
	runs_for(fx, T0 + HOUR_US + MINUTE_US, "when that is back it runs at once, as another");
	fx_ledger_is(fx, 1, "ok:1 skipped(cancelled x1) ok:1", "and no time has two outcomes");
	tap_is_int(fx_next(fx), T0 + 2 * HOUR_US + MINUTE_US, "the interval counts from there");
}

static void
test_back_at_once(struct fx *fx)
{
	apply(fx, entry("@every 1h", "true"), 1, 0);
	retire(fx, 1);
	apply(fx, entry("@every 1h", "true"), 1, 1);
	fx->now++;
	runs_for(fx, T0 + 1, "an entry that is back in the same instant is due in the next");
}

static void
test_back_after_overlap(struct fx *fx)
{
	int64_t fence;

	apply(fx, entry("@every 1h", "true"), 1, 0);
	fence = fx_claim_one(fx);
	fx->now = T0 + HOUR_US;
	tap_is_int(fx_claim_count(fx), 0, "what overlaps is skipped");
	fx_end(fx, fence, OUTCOME_OK);
	fx->now += MINUTE_US;
	retire(fx, 1);
	apply(fx, entry("@every 1h", "true"), 1, 1);
	runs_for(fx, T0 + HOUR_US + MINUTE_US, "and is not what runs when its entry is back");
}

static void
test_jitter_gone(struct fx *fx)
{
	struct job job = entry("0 * * * *", "true");

	job.jitter = HOUR_US / 2;
	apply(fx, job, 1, 0);
	fx->now = T0 + HOUR_US;
	retire(fx, 1);
	fx_ledger_is(fx, 1, "skipped(cancelled x1)",
	    "what is put off by its jitter when its entry goes is recorded");
}

static void
cancel_next(struct fx *fx, int n)
{
	struct job_change c = {
	    .act = ACT_CANCEL_OCCURRENCE, .state = -1, .now = fx->now, .zone = zone_utc()};
	const int64_t id = 1;
	int64_t done;

	while (n-- > 0)
		fx_need(fx, store_job_change(fx->s, &c, &id, 1, &done, &fx->e), "cancel");
}

static void
test_cancelled_next(struct fx *fx)
{
	apply(fx, entry("0 * * * *", "true"), 1, 0);
	cancel_next(fx, 3);
	fx_ledger_is(fx, 1, "skipped(cancelled x3)", "a person cancels the next three");
	retire(fx, 1);
	apply(fx, entry("0 * * * *", "true"), 1, 1);
	tap_is_int(fx_next(fx), T0 + 4 * HOUR_US, "they stay so when the entry goes and comes back");
	apply(fx, entry("0,30 * * * *", "true"), 2, 1);
	tap_is_int(fx_next(fx), T0 + HOUR_US / 2, "what was never cancelled runs");
	apply(fx, entry("0 2-23 * * *", "true"), 3, 1);
	tap_is_int(fx_next(fx), T0 + 4 * HOUR_US, "and also when it has other times");
}

static void
test_cancelled_next_interval(struct fx *fx)
{
	apply(fx, entry("@every 1h", "true"), 1, 0);
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	cancel_next(fx, 3);
	retire(fx, 1);
	apply(fx, entry("@every 1h", "true"), 1, 1);
	tap_is_int(fx_next(fx), T0 + 4 * HOUR_US, "so do those of an interval");
}

static void
test_one_time_gone(struct fx *fx)
{
	struct job job = once_entry();

	fx_need(fx, change(fx, &job, 1, 0), "tab change");
	retire(fx, 1);
	fx->now += MINUTE_US;
	fx_need(fx, change(fx, &job, 1, 1), "tab change");
	runs_for(fx, T0 + 1, "a one-time entry that went when it was due runs when it is back");
	fx_ledger_is(fx, 1, "ok:1 skipped(cancelled x1)", "as another occurrence");
	retire(fx, 1);
	fx_need(fx, change(fx, &job, 1, 1), "tab change");
	tap_is_int(fx_claim_count(fx), 0, "once");
	job_release(&job);
}

static int
see_tab(void *arg, const struct tab_state *t)
{
	struct tab_state *copy = arg;

	copy->path = xstrdup(t->path);
	copy->error = xstrdup(t->error);
	copy->loaded_at = t->loaded_at;
	copy->error_line = t->error_line;
	copy->hash = t->hash;
	copy->nodes = t->nodes;
	copy->entries = t->entries;
	return 0;
}

static void
test_states(struct fx *fx)
{
	struct tab_state t = {.path = xstrdup(TAB),
	    .loaded_at = INSTANT_NONE,
	    .error = xstrdup("bad"),
	    .error_line = 3,
	    .error_column = 5,
	    .error_at = T0,
	    .hash = UINT64_MAX,
	    .nodes = UINT64_MAX - 1,
	    .entries = 7};
	struct tab_state seen = {0};
	struct store_metrics m;

	fx_need(fx, store_tab_set(fx->s, &t, &fx->e), "tab set");
	fx_need(fx, store_tab_list(fx->s, see_tab, &seen, &fx->e), "tab list");
	tap_is_str(seen.path, TAB, "a tab's state is kept");
	tap_is_str(seen.error, "bad", "with its error");
	tap_ok(seen.loaded_at == INSTANT_NONE && seen.error_line == 3 && seen.hash == UINT64_MAX &&
		   seen.nodes == UINT64_MAX - 1 &&
		   seen.entries == 7,
	    "and all that is known of it");
	fx_need(fx, store_metrics(fx->s, T0, &m, &fx->e), "metrics");
	tap_is_int(m.tab_errors, 1, "errors are counted");
	free(t.error);
	t.error = NULL;
	t.error_line = 0;
	fx_need(fx, store_tab_set(fx->s, &t, &fx->e), "tab set");
	fx_need(fx, store_metrics(fx->s, T0, &m, &fx->e), "metrics");
	tap_is_int(m.tab_errors, 0, "a mended tab has none");
	tab_state_release(&seen);
	fx_need(fx, store_tab_remove(fx->s, TAB, &fx->e), "tab remove");
	fx_need(fx, store_tab_list(fx->s, see_tab, &seen, &fx->e), "tab list");
	tap_ok(seen.path == NULL, "a removed one is gone");
	tab_state_release(&t);
}

struct differences {
	char text[256];
	int64_t since;
};

static int
see_difference(void *arg, const struct tab_difference *t)
{
	struct differences *d = arg;
	size_t n = strlen(d->text);

	snprintf(d->text + n, sizeof(d->text) - n, "%s%s:%s:%s", n > 0 ? " " : "", t->node,
	    t->path, t->what);
	d->since = t->since;
	return 0;
}

static struct differences
differences(struct fx *fx)
{
	struct differences d = {.text = ""};

	fx_need(fx, store_tab_differences(fx->s, see_difference, &d, &fx->e), "differences");
	return d;
}

static void
test_differences(struct fx *fx)
{
	const struct tab_difference two[] = {
	    {.path = TAB, .what = "differs"}, {.path = "/z", .what = "extra"}};
	const struct tab_difference other = {.path = TAB, .what = "missing"};
	struct node n = {.id = xstrdup("beta"), .capacity = 1, .proc = {.boot = "b", .pid = 1}};
	struct differences d;

	fx_need(fx, store_node_up(fx->s, &n, T0, &fx->e), "node up");
	fx_need(fx, store_tab_differ(fx->s, "beta", two, 2, T0, &fx->e), "differ");
	fx_need(fx, store_tab_differ(fx->s, "gone", two, 2, T0, &fx->e), "differ");
	tap_is_str(differences(fx).text, "beta:" TAB ":differs beta:/z:extra",
	    "where the tabs of nodes that live differ");
	fx_need(fx, store_tab_differ(fx->s, "beta", &other, 1, T0 + HOUR_US, &fx->e), "differ");
	d = differences(fx);
	tap_is_str(d.text, "beta:" TAB ":missing", "what a node says takes the place of the last");
	tap_is_int(d.since, T0, "since when is kept");
	fx_need(fx, store_node_down(fx->s, "beta", NULL, T0, &fx->e), "node down");
	tap_is_str(differences(fx).text, "", "a node that was stopped has no say");
	fx_need(fx, store_node_up(fx->s, &n, T0, &fx->e), "node up");
	tap_is_str(differences(fx).text, "", "nor has one that comes up, until it has looked");
	node_release(&n);
}

const struct test tab_tests[] = {
    {"new", test_new},
    {"changed", test_changed},
    {"changed when due", test_changed_when_due},
    {"changed command", test_changed_command_only},
    {"changed priority", test_changed_priority},
    {"changed interval", test_every_is_kept},
    {"retired", test_retired},
    {"retired while running", test_retired_running},
    {"back while running", test_back_while_running},
    {"cancelled", test_cancelled},
    {"cancelled while running", test_cancelled_running},
    {"paused", test_paused},
    {"name taken", test_name_taken},
    {"one-time entry", test_one_time},
    {"one-time entry gone when due", test_one_time_gone},
    {"back when due", test_back_when_due},
    {"back at once", test_back_at_once},
    {"back after an overlap", test_back_after_overlap},
    {"gone in its jitter", test_jitter_gone},
    {"next ones cancelled", test_cancelled_next},
    {"next ones of an interval cancelled", test_cancelled_next_interval},
    {"states of tabs", test_states},
    {"differences", test_differences},
    {NULL, NULL},
};
