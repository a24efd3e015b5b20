/*
 * t_store_jobs: what is stored is what was said; names; finding and viewing jobs; batches.
 */
#include "job/field.h"
#include "t_store.h"
#include "tap.h"

/* ---- round trip ---- */

static void
fill(struct job *job)
{
	struct err e;

	for (const struct field *f = job_fields; f->name != NULL; f++) {
		if (f->type == FIELD_TEXT && field_set_text(f, job, f->name) != 0)
			abort();
		if (f->type == FIELD_WORDS)
			(void)field_set_text(f, job, "[\"a=b\",\"\xc3\xa4 'x'\"]");
		if (f->type == FIELD_INT || f->type == FIELD_DURATION || f->type == FIELD_TIME)
			field_set_int(f, job, 3);
		if (f->type == FIELD_BOOL || f->type == FIELD_CHOICE)
			field_set_int(f, job, 1);
	}
	/* These have a meaning to the store. */
	free(job->schedule);
	job->schedule = xstrdup("0 12 * * *");
	free(job->tz);
	job->tz = xstrdup("UTC");
	free(job->tab);
	free(job->tab_key);
	job->tab = job->tab_key = NULL;
	job->until = T0 + 30 * DAY_US;
	strv_clear(&job->after);
	job->count = 5;
	(void)e;
}

static bool
same_field(const struct field *f, const struct job *a, const struct job *b)
{
	char *mine_a, *mine_b;
	const char *x, *y;
	bool same;

	if (f->type != FIELD_TEXT && f->type != FIELD_WORDS)
		return field_int(f, a) == field_int(f, b);
	x = field_text(f, a, &mine_a);
	y = field_text(f, b, &mine_b);
	same = x != NULL && y != NULL ? strcmp(x, y) == 0 : x == y;
	free(mine_a);
	free(mine_b);
	return same;
}

static void
test_round_trip(struct fx *fx)
{
	struct job job = fx_periodic("0 12 * * *"), copy;
	struct job_view v;
	int64_t id;
	int differ = 0;

	fill(&job);
	job_copy(&copy, &job);
	id = fx_submit(fx, job);
	v = fx_view(fx, id);
	for (const struct field *f = job_fields; f->name != NULL; f++)
		if (!same_field(f, &copy, &v.job)) {
			tap_note("%s differs", f->name);
			differ++;
		}
	tap_is_int(differ, 0, "every member of a job comes back as it was stored");
	tap_is_int(v.job.id, id, "with its id");
	tap_is_int(v.created_at, T0, "and when it was stored");
	job_view_release(&v);
	job_release(&copy);
}

/* One that needs nothing but its own rows. */
static void
test_awkward_text(struct fx *fx)
{
	static const char text[] = "printf '%s\\n' \"it's\" \\\\x \"$1\" ?1 "
				   "'\\''\n\t); COMMIT; -- \xc3\xa4";
	struct job job = fx_once(T0);
	struct job_view v;

	free(job.command);
	job.command = xstrdup(text);
	v = fx_view(fx, fx_submit(fx, job));
	tap_is_str(v.job.command, text, "whatever stands in a command, it comes back so");
	job_view_release(&v);
}

static void
test_new_job(struct fx *fx)
{
	int64_t id = fx_submit(fx, fx_once(T0 + HOUR_US));
	struct job_view v = fx_view(fx, id);

	tap_is_int(id, 1, "the first job has id 1");
	tap_is_int(v.state, JOB_PENDING, "a new job is pending");
	tap_is_int(v.next_run_at, T0 + HOUR_US, "its next run is at its time");
	tap_is_int(v.next_scheduled_for, T0 + HOUR_US, "which is what it is scheduled for");
	tap_ok(v.last_scheduled_at == INSTANT_NONE && v.last_outcome == -1 && v.attempt == 0 &&
		   v.node == NULL && v.fence == 0 && v.started == 0 && !v.paused,
	    "nothing has happened to it");
	tap_is_int(fx_next(fx), T0 + HOUR_US, "the daemon is to look again then");
	job_view_release(&v);
}

static void
test_jitter(struct fx *fx)
{
	struct job job = fx_once(T0);
	struct job_view v;

	job.jitter = HOUR_US;
	v = fx_view(fx, fx_submit(fx, job));
	tap_is_int(v.next_scheduled_for, T0, "jitter does not change what it is scheduled for");
	tap_ok(v.next_run_at > T0 && v.next_run_at <= T0 + HOUR_US, "but when it may start");
	job_view_release(&v);
}

static void
test_over_at_once(struct fx *fx)
{
	struct job job = fx_periodic("0 12 * * *");
	int64_t id;

	job.until = T0 + 1;
	id = fx_submit(fx, job);
	fx_is(fx, id, JOB_DONE, "a schedule with no time before its end is done at once");
	tap_is_int(fx_next(fx), INSTANT_NONE, "and nothing waits");
}

/* ---- names ---- */

static struct job
named(const char *name, const char *user)
{
	struct job job = fx_once(T0 + HOUR_US);

	job.name = xstrdup(name);
	free(job.user);
	job.user = xstrdup(user);
	return job;
}

static void
test_names(struct fx *fx)
{
	int64_t a = fx_submit(fx, named("x", "ann")), id = 0;
	int rc = fx_try_submit(fx, named("x", "ann"), SUBMIT_NEW, &id);

	fx_refused(fx, rc, E_CONFLICT, "name 'x' is taken by job 1", "a name is taken once");
	tap_ok(fx_submit(fx, named("x", "bob")) != a, "but each user has his own names");
	tap_is_int(fx_submit_how(fx, named("x", "ann"), SUBMIT_IF_ABSENT), a,
	    "--if-absent gives the old job");
	tap_ok(fx_submit_how(fx, named("y", "ann"), SUBMIT_IF_ABSENT) > a, "or a new one");
}

static void
test_ended_names(struct fx *fx)
{
	int64_t id = fx_submit(fx, named("x", "ann")), other;

	fx->now = T0 + HOUR_US;
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_is(fx, id, JOB_DONE, "a job that is done");
	fx_refused(fx, fx_try_submit(fx, named("x", "ann"), SUBMIT_NEW, &other), E_CONFLICT, NULL,
	    "keeps its name");
}

static void
find(struct fx *fx, const char *ref, const char *user, int64_t want, const char *name)
{
	int64_t id = 0;
	int rc = store_job_find(fx->s, ref, user, &id, &fx->e);

	tap_is_int(rc < 0 ? rc : id, want, "%s", name);
}

static void
test_find(struct fx *fx)
{
	fx_submit(fx, named("x", "ann"));
	fx_submit(fx, named("x", "bob"));
	fx_submit(fx, named("y", "bob"));
	find(fx, "2", "ann", 2, "a job is found by its id, whoever's it is");
	find(fx, "9", NULL, E_NOTFOUND, "an id that is nobody's is not found");
	find(fx, "99999999999999999999", NULL, E_NOTFOUND, "nor one beyond all numbers");
	find(fx, "x", "ann", 1, "by name: one's own first");
	find(fx, "x", "bob", 2, "for each user");
	find(fx, "y", "ann", 3, "else the only one of that name");
	find(fx, "x", "eve", E_CONFLICT, "several of that name are told apart by id");
	find(fx, "z", "ann", E_NOTFOUND, "a name that is nobody's is not found");
	tap_is_str(fx->e.text, "no such job: 'z'", "and the sentence says which");
	find(fx, "", "ann", E_NOTFOUND, "nor is an empty one");
}

static void
test_missing(struct fx *fx)
{
	struct job_view v;
	bool running;

	fx_refused(fx, store_job_get(fx->s, 7, &v, &fx->e), E_NOTFOUND, "no such job: 7",
	    "a job that is not there cannot be shown");
	fx_refused(fx, store_job_cancel(fx->s, 7, true, T0, &running, &fx->e), E_NOTFOUND,
	    "no such job: 7", "nor cancelled");
	fx_refused(fx, store_job_run(fx->s, 7, T0, &fx->e), E_NOTFOUND, NULL, "nor run");
	fx_refused(fx, store_job_pause(fx->s, 7, INSTANT_NONE, NULL, T0, &fx->e), E_NOTFOUND, NULL,
	    "nor paused");
}

/* ---- replacing ---- */

static void
test_replace(struct fx *fx)
{
	struct job job = named("x", "ann");
	int64_t id = fx_submit(fx, job);
	struct job_view v;

	fx->now = T0 + HOUR_US;
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	job = named("x", "ann");
	free(job.command);
	job.command = xstrdup("false");
	job.priority = 9;
	tap_is_int(fx_submit_how(fx, job, SUBMIT_REPLACE), id, "--replace keeps the id");
	v = fx_view(fx, id);
	tap_is_str(v.job.command, "false", "it has the new definition");
	tap_is_int(v.state, JOB_PENDING, "it is pending again");
	tap_is_int(v.last_outcome, OUTCOME_OK, "with its history");
	job_view_release(&v);
	fx->now += 1;
	fx_end(fx, fx_claim_one(fx), OUTCOME_FAILED);
	fx_ledger_is(fx, id, "failed:1! ok:1", "its run is another occurrence");
}

static void
test_replace_pending(struct fx *fx)
{
	int64_t id = fx_submit(fx, named("x", "ann"));
	struct job job = named("x", "ann");

	free(job.schedule);
	job.schedule = xstrdup("0 12 * * *");
	job.periodic = true;
	fx_submit_how(fx, job, SUBMIT_REPLACE);
	tap_is_int(fx_next(fx), T0 + 2 * HOUR_US, "what waited is dropped for the new schedule");
	fx->now = T0 + HOUR_US;
	tap_is_int(fx_claim_one(fx), 0, "and never runs");
	fx_ledger_is(fx, id, "", "nothing was missed by that");
}

static void
test_replace_running(struct fx *fx)
{
	int64_t id = fx_submit(fx, named("x", "ann")), fence;

	fx->now = T0 + HOUR_US;
	fence = fx_claim_one(fx);
	fx->now += MINUTE_US;
	fx_submit_how(fx, named("x", "ann"), SUBMIT_REPLACE);
	fx_is(fx, id, JOB_RUNNING, "a running job is replaced behind its attempt");
	tap_is_int(fx_claim_one(fx), 0, "the new one does not run beside it");
	fx_end(fx, fence, OUTCOME_OK);
	fx_is(fx, id, JOB_PENDING, "and waits when it has ended");
	fx_end(fx, fx_claim_one(fx), OUTCOME_OK);
	fx_is(fx, id, JOB_DONE, "then it runs");
	fx_ledger_is(fx, id, "ok:1 ok:1", "both are in the ledger");
}

/* ---- many ---- */

static int
submit_many(struct fx *fx, struct job *jobs, size_t n, const char *batch, int64_t from,
    int64_t *ids, size_t *bad)
{
	struct submit what = {
	    .jobs = jobs,
	    .n = n,
	    .now = fx->now,
	    .zone = zone_utc(),
	    .boot_id = "boot-1",
	    .batch = batch,
	    .batch_from = from,
	};

	return store_submit(fx->s, &what, ids, bad, &fx->e);
}

static void
test_all_or_nothing(struct fx *fx)
{
	struct job jobs[3] = {named("a", "ann"), named("b", "ann"), named("a", "ann")};
	struct store_metrics m;
	int64_t ids[3];
	size_t bad = 9;

	fx_refused(fx, submit_many(fx, jobs, 3, NULL, 0, ids, &bad), E_CONFLICT, NULL,
	    "one bad job among several is refused");
	tap_is_int((int64_t)bad, 2, "and named by its index");
	fx_need(fx, store_metrics(fx->s, T0, &m, &fx->e), "metrics");
	tap_is_int(m.enqueued, 0, "none of them is stored");
	tap_is_int(submit_many(fx, jobs, 2, NULL, 0, ids, &bad), 0, "the good ones go in together");
	tap_ok(ids[0] > 0 && ids[1] > ids[0], "each with its id, in order");
	for (int i = 0; i < 3; i++)
		job_release(&jobs[i]);
}

static void
test_batch(struct fx *fx)
{
	struct job jobs[2] = {named("a", "ann"), named("b", "ann")};
	struct job more[1] = {named("c", "ann")};
	int64_t ids[2], stored = -1;
	size_t bad;

	fx_need(fx, store_batch_progress(fx->s, "b1", &stored, &fx->e), "progress");
	tap_is_int(stored, 0, "a new batch has no jobs");
	tap_is_int(submit_many(fx, jobs, 2, "b1", 0, ids, &bad), 0, "its first chunk is stored");
	fx_need(fx, store_batch_progress(fx->s, "b1", &stored, &fx->e), "progress");
	tap_is_int(stored, 2, "and counted");
	fx_refused(fx, submit_many(fx, more, 1, "b1", 0, ids, &bad), E_CONFLICT, NULL,
	    "a chunk that is not the next one is refused");
	tap_is_int(submit_many(fx, more, 1, "b1", 2, ids, &bad), 0, "the next one is stored");
	job_release(&jobs[0]);
	job_release(&jobs[1]);
	job_release(&more[0]);
}

/* More than are stored by one statement. */
#define CROWD 40

static void
make_crowd(struct job *jobs)
{
	for (int i = 0; i < CROWD; i++) {
		jobs[i] = fx_once(T0 + HOUR_US + i * USEC);
		jobs[i].name = xasprintf("crowd-%d", i);
	}
}

static void
release_crowd(struct job *jobs)
{
	for (int i = 0; i < CROWD; i++)
		job_release(&jobs[i]);
}

static void
rename_to(struct job *job, const char *name)
{
	free(job->name);
	job->name = xstrdup(name);
}

static void
test_crowd(struct fx *fx)
{
	struct job jobs[CROWD];
	int64_t ids[CROWD];
	int right = 0;
	size_t bad;

	make_crowd(jobs);
	/* These need more than two rows; the latter two would be the last of sixteen. */
	jobs[7].queue = xstrdup("q");
	strv_push(&jobs[23].after, "crowd-22");
	jobs[39].queue = xstrdup("q");
	tap_is_int(submit_many(fx, jobs, CROWD, NULL, 0, ids, &bad), 0, "many are stored at once");
	for (int i = 0; i < CROWD; i++) {
		struct job_view v = fx_view(fx, ids[i]);

		right += strcmp(v.job.name, jobs[i].name) == 0 && v.job.order_key == NULL &&
		    (i == 0 || ids[i] == ids[i - 1] + 1) &&
		    v.next_scheduled_for == T0 + HOUR_US + i * USEC;
		job_view_release(&v);
	}
	tap_is_int(right, CROWD, "each with its own definition and time, their ids in order");
	fx->now = T0 + 2 * HOUR_US;
	tap_is_int(fx_claim_count(fx), CROWD - 1, "all are claimed but the one that must wait");
	release_crowd(jobs);
}

static void
test_crowd_conflicts(struct fx *fx)
{
	static const int places[] = {0, 15, 16, 37, 39};
	int64_t x = fx_submit(fx, named("x", "ann")), ids[CROWD];
	char *why = xasprintf("name 'x' is taken by job %" PRId64, x);
	struct job jobs[CROWD];
	struct store_metrics m;
	size_t bad;

	make_crowd(jobs);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		int at = places[i];

		rename_to(&jobs[at], "x");
		fx_refused(fx, submit_many(fx, jobs, CROWD, NULL, 0, ids, &bad), E_CONFLICT, why,
		    "a name among many is taken");
		tap_is_int((int64_t)bad, at, "it is told which");
		free(jobs[at].name);
		jobs[at].name = xasprintf("free-%d", at);
	}
	fx_need(fx, store_metrics(fx->s, T0, &m, &fx->e), "metrics");
	tap_is_int(m.enqueued, 1, "and nothing has been stored");
	rename_to(&jobs[9], "twice");
	rename_to(&jobs[12], "twice");
	fx_refused(fx, submit_many(fx, jobs, CROWD, NULL, 0, ids, &bad), E_CONFLICT, NULL,
	    "two of them have the same name");
	tap_is_int((int64_t)bad, 12, "the second is told");
	release_crowd(jobs);
	free(why);
}

const struct test jobs_tests[] = {
    {"round trip", test_round_trip},
    {"awkward text", test_awkward_text},
    {"a new job", test_new_job},
    {"jitter", test_jitter},
    {"over at once", test_over_at_once},
    {"names", test_names},
    {"names of ended jobs", test_ended_names},
    {"find", test_find},
    {"missing", test_missing},
    {"replace", test_replace},
    {"replace a pending job", test_replace_pending},
    {"replace a running job", test_replace_running},
    {"all or nothing", test_all_or_nothing},
    {"batch", test_batch},
    {"many at once", test_crowd},
    {"many at once, not all of which can be", test_crowd_conflicts},
    {NULL, NULL},
};
