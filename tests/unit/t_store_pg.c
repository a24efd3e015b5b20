/*
 * t_store_pg: what is PostgreSQL's own: URIs and their passwords, who may do what, schemas that are
 * not ours, too new or changed, servers that go and come again, and answers that are lost.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "job/job.h"
#include "pg_proxy.h"
#include "pg_server.h"
#include "pg_store.h"
#include "store/pg/address.h"
#include "store/lease.h"
#include "store/queue.h"
#include "store/store.h"
#include "tap.h"
#include "time/duration.h"
#include "time/zone.h"

/* ---- help ---- */

static int
submit(struct store *s, int64_t *id, struct err *e)
{
	struct submit what = {
	    .n = 1, .now = T0, .zone = zone_utc(), .boot_id = "boot", .how = SUBMIT_NEW};
	struct job job;
	size_t bad;
	int rc;

	job_init(&job);
	job.user = xstrdup("ann");
	job.command = xstrdup("true");
	job.schedule = xstrdup("2026-03-01T10:00:00Z");
	what.jobs = &job;
	rc = store_submit(s, &what, id, &bad, e);
	job_release(&job);
	return rc;
}

static void
refused(int rc, int code, const struct err *e, const char *text, const char *name)
{
	if (!tap_is_int(rc, code, "%s", name) || !tap_ok(strstr(e->text, text) != NULL, "in words"))
		tap_note("%s", e->text);
}

/* ---- URIs ---- */

static void
test_addresses(void)
{
	static const struct {
		const char *locator, *shown;
	} cases[] = {
	    {"///", "postgresql:///"},
	    {"//host/db", "postgresql://host/db"},
	    {"//ann@host:5433,other/db?sslmode=verify-full", "postgresql://ann@host:5433,other/db?sslmode=verify-full"},
	    {"//ann:secret@host/db", "postgresql://ann@host/db"},
	    {"//ann:@host/db", "postgresql://ann@host/db"},
	    {"//:secret@/db", "postgresql://@/db"},
	    {"//ann:se:cr%40et@host/db", "postgresql://ann@host/db"},
	    {"//ann:secr@et@host/db", "postgresql://ann@host/db"},
	    {"//ann:secr/et@host/db", "postgresql://ann@host/db"},
	    {"//ann:secr?et@host/db", "postgresql://ann@host/db"},
	    {"//host/db?password=secret", "postgresql://host/db"},
	    {"//host/db?user=ann&password=secret&port=1", "postgresql://host/db?user=ann&port=1"},
	    {"//host/db?password=secret&sslpassword=secret&port=1", "postgresql://host/db?port=1"},
	    {"//host/db?p%61ssw%6Frd=secret", "postgresql://host/db"},
	    {"//host/db?PassWord=secret", "postgresql://host/db"},
	    {"//host/db?user=ann%40home&passfile=/home/ann/.pgpass", "postgresql://host/db?user=ann%40home&passfile=/home/ann/.pgpass"},
	    {"password=secret", "postgresql:"},
	    {"//?host=/run/a&user=a", "postgresql://?host=/run/a&user=a"},
	    {"//[2001:db8::1]:5432/db", "postgresql://[2001:db8::1]:5432/db"},
	    {"//ann:secret@[2001:db8::1]:5432/db", "postgresql://ann@[2001:db8::1]:5432/db"},
	};
	char *shown;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		shown = pg_address_shown(cases[i].locator);
		tap_is_str(shown, cases[i].shown, "what is shown of %s", cases[i].locator);
		free(shown);
	}
}

static void
test_refused_addresses(void)
{
	struct store *s;
	struct err e;

	refused(store_open(&s, "postgresql://ann:secret@[host/db", STORE_WRITE, &e), E_INPUT, &e,
	    "'postgresql://ann@[host/db' names no database", "a host that is none");
	tap_ok(strstr(e.text, "secret") == NULL, "the password is not told");
	refused(store_open(&s, "postgresql://host/db?nosuch=1", STORE_WRITE, &e), E_INPUT, &e,
	    "nosuch", "a parameter that there is not");
	refused(store_open(&s, "postgresql:///db?host=/nonexistent", STORE_WRITE, &e), E_STORE, &e,
	    "database 'postgresql:///db?host=/nonexistent' is out of reach: ",
	    "no server is there");
	tap_ok(strchr(e.text, '\n') == NULL, "in one line");
}

/* ---- who may ---- */

static void
test_password(void)
{
	char *right = xasprintf("postgresql://guarded:p%%40ss%%3Aword%%2F1@/test?host=%s",
	    pg_server_folder());
	char *wrong = xasprintf("postgresql://guarded:wrong@/test?host=%s", pg_server_folder());
	char *none = xasprintf("postgres://guarded@/test?host=%s", pg_server_folder());
	struct store *s;
	struct err e;

	pg_server_wipe();
	s = pg_store_open(right);
	tap_ok(strstr(store_uri(s), "word") == NULL, "what is shown has no password");
	store_close(s);
	refused(store_open(&s, wrong, STORE_WRITE, &e), E_PERM, &e, "not permitted to use database",
	    "a wrong password");
	refused(store_open(&s, none, STORE_WRITE, &e), E_PERM, &e, "no password supplied",
	    "no password");
	free(right);
	free(wrong);
	free(none);
}

static void
test_roles(void)
{
	char *uri = xasprintf("postgresql://reader@/test?host=%s", pg_server_folder());
	struct store *s = pg_store_new();
	struct job_view v;
	int64_t id;
	struct err e;

	submit(s, &id, &e);
	store_close(s);
	pg_server_sql("DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN");
	refused(store_open(&s, uri, STORE_READ, &e), E_PERM, &e, "permission denied",
	    "who has no right to the schema");
	pg_server_sql("GRANT USAGE ON SCHEMA jobsched TO reader;"
		      "GRANT SELECT ON ALL TABLES IN SCHEMA jobsched TO reader");
	s = pg_store_open(uri);
	tap_is_int(store_job_get(s, id, &v, &e), 0, "who may read reads");
	job_view_release(&v);
	refused(submit(s, &id, &e), E_PERM, &e, "permission denied", "and may not write");
	store_close(s);
	pg_server_sql("DROP OWNED BY reader; DROP SCHEMA jobsched CASCADE;"
		      "CREATE SCHEMA jobsched AUTHORIZATION reader");
	s = pg_store_open(uri);
	tap_is_int(submit(s, &id, &e), 0, "an empty schema of one's own is enough");
	store_close(s);
	pg_server_sql("DROP SCHEMA jobsched CASCADE; DROP ROLE reader");
	free(uri);
}

/* ---- schemas ---- */

static int
upgrade(int *from, int *to, struct err *e)
{
	return store_upgrade(pg_server_uri(), from, to, e);
}

static void
test_versions(void)
{
	struct store *s, *other = pg_store_new();
	int from = 0, to = 0;
	int64_t id;
	struct err e;

	tap_is_int(upgrade(&from, &to, &e), 0, "an upgrade of what is new");
	tap_ok(from == to && to > 0, "has nothing to do");
	pg_server_sql("UPDATE jobsched.schema_version SET version = version + 1,"
		      " lowest = version + 1");
	refused(store_open(&s, pg_server_uri(), STORE_CREATE, &e), E_STORE, &e,
	    "it needs a newer jobsched", "a newer schema is refused");
	refused(upgrade(&from, &to, &e), E_STORE, &e, "it needs a newer jobsched",
	    "also by an upgrade");
	refused(submit(other, &id, &e), E_STORE, &e, "was upgraded by another program meanwhile",
	    "and by who has it open already");
	tap_ok(store_outdated(other), "which knows it");
	store_close(other);
}

static void
test_not_ours(void)
{
	struct store *s;
	struct err e;

	pg_server_wipe();
	refused(store_open(&s, pg_server_uri(), STORE_WRITE, &e), E_STORE, &e,
	    "has no schema 'jobsched' yet", "none is made unless it is asked for");
	pg_server_sql("CREATE SCHEMA jobsched; CREATE TABLE jobsched.jobs (other integer)");
	refused(store_open(&s, pg_server_uri(), STORE_CREATE, &e), E_STORE, &e,
	    "is not that of a jobsched", "a schema of somebody else is left alone");
}

static void
test_check(void)
{
	struct store *s = pg_store_new();
	int64_t faults = -1;
	int lines = 0;
	struct err e;

	pg_server_sql("ALTER TABLE jobsched.batches DROP COLUMN updated_at");
	tap_is_int(store_check(s, pg_store_fault, &lines, &faults, &e), 0, "a check of another schema");
	tap_ok(faults == 2 && lines == 2, "finds the table, and what that means");
	tap_is_int(pg_server_number("SELECT count(*) FROM pg_class WHERE relname = 'jobs'"), 1,
	    "and leaves nothing behind");
	store_close(s);
}

/* ---- locks ---- */

static void
test_busy(void)
{
	struct store *s = pg_store_new();
	int64_t id;
	struct err e;

	pg_server_sql("SELECT pg_advisory_lock(1786994481, 1)");
	refused(submit(s, &id, &e), E_STORE, &e, "is busy: another process has held it for more than",
	    "who waits too long for others says so");
	store_patience(s, 700 * INT64_C(1000));
	refused(submit(s, &id, &e), E_STORE, &e, "has held it for more than 0.7 s",
	    "and for how long, who waits for less");
	pg_server_sql("SELECT pg_advisory_unlock(1786994481, 1)");
	tap_is_int(submit(s, &id, &e), 0, "and goes on when they have gone");
	store_close(s);
}

/* What has expired is no matter of who claims: neither waits for the other. */
static void
test_prune(void)
{
	static const struct retention keep = {DAY_US, DAY_US, DAY_US, 10};
	struct store *s = pg_store_new();
	struct pruned p;
	struct err e;

	pg_server_sql("SET search_path TO jobsched;"
		      "INSERT INTO jobs (id, \"user\", command, schedule, periodic, priority,"
		      " order_on_failure, tab_line, state, created_at, due_at, due_for)"
		      " SELECT g, 'ann', 'true', '', 0, 0, 'hold', 0, 'active', 1, 1, 1"
		      " FROM generate_series(1, 600) g;"
		      "INSERT INTO attempts (id, job_id, scheduled_for, attempt, manual, outcome,"
		      " ready_at, claimed_at, started_at, finished_at)"
		      " SELECT g, g, 1, 1, 0, 'ok', 1, 1, 1, 1 FROM generate_series(1, 600) g;"
		      "SELECT pg_advisory_lock_shared(1786994481, 1)");
	store_patience(s, INT64_C(500000));
	tap_is_int(store_prune(s, &keep, T0, &p, &e), 0, "it is pruned while others claim");
	tap_ok(p.more && p.attempts > 0 && p.attempts < 600 && p.jobs == p.attempts,
	    "in short pieces");
	pg_server_sql("SELECT pg_advisory_unlock_shared(1786994481, 1)");
	while (p.more && store_prune(s, &keep, T0, &p, &e) == 0)
		continue;
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.attempts"), 0, "all of it");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.jobs"), 0, "jobs, too");
	store_close(s);
}

struct keeping {
	struct store *s;
	int rc, times;
};

static void
keep_lease(void *arg)
{
	struct keeping *k = arg;
	struct err e;

	k->rc = store_setting_set(k->s, "kept", "yes", &e);
	k->times++;
}

/* One prunes at a time; who waits for that keeps his lease all the same. */
static void
test_prune_turn(void)
{
	static const struct retention keep = {DAY_US, DAY_US, DAY_US, 10};
	struct keeping k = {.s = pg_store_new(), .rc = -1};
	struct pruned p;
	struct err e;

	pg_server_sql("SELECT pg_advisory_lock(1786994482, 1886549349)");
	store_patience(k.s, INT64_C(500000));
	store_keep(k.s, keep_lease, &k);
	refused(store_prune(k.s, &keep, T0, &p, &e), E_STORE, &e, "is busy",
	    "one prunes at a time");
	tap_ok(k.rc == 0 && k.times == 1, "and a lease is renewed meanwhile");
	store_keep(k.s, NULL, NULL);
	pg_server_sql("SELECT pg_advisory_unlock(1786994482, 1886549349)");
	tap_is_int(store_prune(k.s, &keep, T0, &p, &e), 0, "then it is the other's turn");
	store_close(k.s);
}

/* ---- servers that go ---- */

static void
test_restart(void)
{
	struct store *s = pg_store_new();
	int64_t id, other, when;
	int rc, times = 0;
	struct job_view v;
	struct err e;

	submit(s, &id, &e);
	store_next_ready(s, &when, &e);
	store_next_ready(s, &when, &e);
	pg_server_kill();
	refused(submit(s, &other, &e), E_STORE, &e, "is out of reach", "without its server");
	/* The moment grows with each try. */
	do
		rc = submit(s, &other, &e);
	while (rc < 0 && strstr(e.text, "a moment ago") == NULL && ++times < 50);
	refused(rc, E_STORE, &e, "out of reach a moment ago", "it is not tried again at once");
	pg_server_again();
	while (store_job_get(s, id, &v, &e) < 0)
		continue;
	tap_is_int(v.job.id, id, "when the server is there again it is used again");
	job_view_release(&v);
	tap_is_int(store_next_ready(s, &when, &e), 0, "what was prepared there is prepared anew");
	tap_is_int(submit(s, &other, &e), 0, "and it stores");
	tap_ok(other > id, "what comes next");
	pg_server_sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
		      " WHERE application_name = 'jobsched'");
	tap_is_int(submit(s, &other, &e), 0, "a connection that was ended is not even noticed");
	store_close(s);
}

/* ---- many at once ---- */

#define BULK 50

/* names: what stands before a number in each name; NULL: they have none. */
static int
submit_bulk(struct store *s, const char *command, const char *names, const char *batch,
    int64_t *ids, size_t *bad, struct err *e)
{
	struct submit what = {
	    .n = BULK, .now = T0, .zone = zone_utc(), .boot_id = "boot", .batch = batch};
	struct job *jobs = xcalloc(BULK, sizeof(*jobs));
	int rc;

	for (int i = 0; i < BULK; i++) {
		job_init(&jobs[i]);
		jobs[i].user = xstrdup("ann");
		jobs[i].command = xstrdup(command);
		jobs[i].schedule = xstrdup("2026-03-01T10:00:00Z");
		jobs[i].name = names != NULL ? xasprintf("%s%d", names, i) : NULL;
	}
	what.jobs = jobs;
	rc = store_submit(s, &what, ids, bad, e);
	for (int i = 0; i < BULK; i++)
		job_release(&jobs[i]);
	free(jobs);
	return rc;
}

static void
test_bulk(void)
{
	static const char odd[] = "a\tb\nc\\d\\n\\N\r\\.\n\\.\n' \" \xc3\xbc";
	struct store *s = pg_store_new();
	int64_t ids[BULK], one;
	struct job_view v;
	size_t bad = 0;
	struct err e;

	tap_is_int(submit_bulk(s, odd, "n", NULL, ids, &bad, &e), 0, "many jobs at once");
	tap_is_int(store_job_get(s, ids[BULK - 1], &v, &e), 0, "are there");
	tap_is_str(v.job.command, odd, "byte for byte");
	tap_ok(v.job.env.n == 0 && v.job.queue == NULL, "what is not set is not set");
	job_view_release(&v);
	submit(s, &one, &e);
	pg_server_sql("UPDATE jobsched.jobs SET name = 'm7' WHERE name IS NULL");
	tap_is_int(submit_bulk(s, odd, "m", NULL, ids, &bad, &e), E_CONFLICT,
	    "if one name is taken none is stored");
	tap_is_int((int64_t)bad, 7, "and it is known which");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.jobs"), BULK + 1, "none");
	store_close(s);
}

static void
submit_batch(void)
{
	struct store *s = pg_store_open(pg_server_uri());
	int64_t ids[BULK];
	size_t bad;
	struct err e;
	int rc = submit_bulk(s, "true", NULL, "same", ids, &bad, &e);

	store_close(s);
	_exit(rc == 0 ? 0 : rc == E_CONFLICT ? 4 : 1);
}

/* Both see that nothing of it is stored, if nothing keeps them apart. */
static void
test_batch_twice(void)
{
	int status, ends[5] = {0};

	store_close(pg_store_new());
	for (int i = 0; i < 8; i++)
		if (fork() == 0)
			submit_batch();
	for (int i = 0; i < 8; i++)
		if (wait(&status) != -1 && WIFEXITED(status) && WEXITSTATUS(status) < 5)
			ends[WEXITSTATUS(status)]++;
	tap_ok(ends[0] == 1 && ends[4] == 7, "of eight who submit one batch one does");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.jobs"), BULK, "once");
	tap_is_int(pg_server_number("SELECT sum(value) FROM jobsched.counters WHERE name = 'enqueued'"),
	    BULK, "and it is counted once");
}

/* ---- answers that are lost ---- */

static void
test_lost_answer(const char *uri)
{
	struct store *s = pg_store_new(), *far = pg_store_open(uri);
	struct finished done;
	struct claims c;
	int64_t id, runner;
	struct err e;

	pg_proxy_lose_one_commit();
	tap_is_int(submit(far, &id, &e), 0, "an answer that was lost is asked for");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.jobs"), 1, "and the job is there once");
	pg_proxy_lose_request();
	refused(submit(far, &id, &e), E_STORE, &e, "is out of reach", "a commit that was lost is none");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.jobs"), 1, "and nothing is there");
	runner = pg_store_runner(far);
	pg_proxy_lose_one_commit();
	tap_is_int(pg_store_claim(far, runner, &c, &e), 0, "so with a claim");
	tap_ok(pg_proxy_has_lost() && c.n == 1, "which is handed out");
	pg_proxy_lose_one_commit();
	tap_is_int(pg_store_finish(far, c.n == 1 ? c.v[0].fence : 0, &done, &e), 0, "and an end");
	tap_ok(pg_proxy_has_lost() && !done.stale, "which counts once");
	claims_release(&c);
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.attempts WHERE outcome = 'ok'"), 1,
	    "in the ledger as well");
	store_close(far);
	store_close(s);
}

/* ---- questions ---- */

/* What is asked for once more: the first time a claim does not know what to expect. */
static void
test_questions(const char *uri)
{
	struct store *s = pg_store_new(), *far = pg_store_open(uri);
	int submitted = 0, claimed = 0, started = 0, ended = 0, looked = 0;
	struct started_row start = {.started_at = T0};
	struct finished done;
	int64_t id, runner, when;
	struct claims c;
	struct err e;

	runner = pg_store_runner(far);
	for (int i = 0; i < 3; i++) {
		(void)pg_proxy_questions();
		submit(far, &id, &e);
		submitted = pg_proxy_questions();
		store_next_ready(far, &when, &e);
		looked = pg_proxy_questions();
		pg_store_claim(far, runner, &c, &e);
		claimed = pg_proxy_questions();
		start.fence = c.n == 1 ? c.v[0].fence : 0;
		store_start_attempts(far, &start, 1, &e);
		started = pg_proxy_questions();
		pg_store_finish(far, start.fence, &done, &e);
		ended = pg_proxy_questions();
		claims_release(&c);
	}
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.attempts WHERE outcome = 'ok'"), 3,
	    "three jobs");
	tap_is_int(submitted, 2, "a job is submitted with two questions to the server");
	tap_is_int(looked, 1, "whether one is ready is one");
	tap_is_int(claimed, 2, "a claim is two");
	tap_is_int(started, 2, "a start");
	tap_is_int(ended, 2, "and an end");
	store_close(far);
	store_close(s);
}

/* A connection that has died unnoticed costs nobody anything, whatever is asked on it first. */
static void
test_dead(const char *uri)
{
	struct store *s = pg_store_new(), *far = pg_store_open(uri);
	struct started_row start = {.started_at = T0};
	struct finished done;
	int64_t id, runner;
	struct claims c;
	int kept = 0;
	struct err e;

	runner = pg_store_runner(far);
	/* From the second time on a claim asks for more with its begin. */
	for (int i = 0; i < 3; i++) {
		pg_proxy_lose_next();
		kept += submit(far, &id, &e) == 0 && pg_proxy_has_lost();
		pg_proxy_lose_next();
		kept += pg_store_claim(far, runner, &c, &e) == 0 && pg_proxy_has_lost() && c.n == 1;
		start.fence = c.n == 1 ? c.v[0].fence : 0;
		pg_proxy_lose_next();
		kept += store_start_attempts(far, &start, 1, &e) == 0 && pg_proxy_has_lost();
		pg_proxy_lose_next();
		kept += pg_store_finish(far, start.fence, &done, &e) == 0 && pg_proxy_has_lost() &&
			!done.stale;
		claims_release(&c);
	}
	tap_is_int(kept, 12, "on a connection that had died all is asked for on another");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.attempts WHERE outcome = 'ok'"), 3,
	    "and done");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.jobs"), 3, "once");
	tap_is_int(pg_server_number("SELECT sum(value) FROM jobsched.counters WHERE name = 'claimed'"), 3,
	    "and counted once");
	store_close(far);
	store_close(s);
}

/* The server is away for longer than anybody waits. */
static void
test_unknown(const char *uri)
{
	struct store *s = pg_store_new(), *far = pg_store_open(uri);
	struct claims c;
	int64_t id, runner;
	struct err e;

	submit(s, &id, &e);
	runner = pg_store_runner(far);
	pg_proxy_lose_commit();
	refused(pg_store_claim(far, runner, &c, &e), E_STORE, &e, "before it could say whether this is stored",
	    "what nobody can say is said so");
	tap_ok(c.n == 0, "and nothing is handed out");
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.attempts"), 1, "though it was stored");
	pg_proxy_mend();
	while (pg_store_claim(far, runner, &c, &e) < 0)
		continue;
	tap_ok(c.n == 1 && c.v[0].attempt == 1 && c.v[0].fence == 2,
	    "the next claim undoes it, and takes it anew, as the same attempt");
	claims_release(&c);
	tap_is_int(pg_server_number("SELECT count(*) FROM jobsched.attempts"), 1, "there is one");
	store_close(far);
	store_close(s);
}

int
main(void)
{
	const char *why, *uri;

	test_addresses();
	if (!pg_server_start(&why)) {
		tap_skip("all that needs a server", why);
		return tap_done();
	}
	test_refused_addresses();
	test_password();
	test_roles();
	test_versions();
	test_not_ours();
	test_check();
	test_busy();
	test_prune();
	test_prune_turn();
	test_bulk();
	test_batch_twice();
	test_restart();
	uri = pg_proxy_start();
	test_questions(uri);
	test_lost_answer(uri);
	test_dead(uri);
	test_unknown(uri);
	pg_proxy_stop();
	pg_server_stop();
	return tap_done();
}
