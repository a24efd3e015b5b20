/*
 * t_draft: options in any order become a checked job, or the draft stays as it was.
 */
#include "base/err.h"
#include "base/mem.h"
#include "job/draft.h"
#include "job/option.h"
#include "tap.h"
#include "time/duration.h"
#include "time/zone.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Sunday 2026-03-01, 12:00:00.123456 UTC. */
#define NOW INT64_C(1772366400123456)

static const struct zone *
zone(const char *name)
{
	struct err e;
	const struct zone *z = zone_get(name, &e);

	if (z == NULL)
		abort();
	return z;
}

/* A draft of root's with options "--a=x --b" given as { "a", "x", "b", NULL, NULL }. */
static int
make(const char *const *options, const struct zone *z, struct job *job, struct err *e)
{
	char command[] = "true";
	char *argv[] = {command, NULL};
	struct draft d;
	int rc = 0;

	draft_init(&d, NULL);
	d.job.user = xstrdup("root");
	for (; rc == 0 && *options != NULL; options += 2)
		rc = option_set(&d, OPTION_SUBMIT, options[0], options[1], e);
	if (rc == 0 && (rc = draft_command(&d, 1, argv, e)) == 0)
		rc = draft_finish(&d, z, NOW, job, e);
	draft_release(&d);
	return rc;
}

static const struct {
	const char *options[7];
	const char *schedule, *fault; /* one of them */
	bool periodic;
} cases[] = {
    {{NULL}, "2026-03-01T12:00:00.123456Z", NULL, false},
    {{"at", "2026-03-02 08:00"}, "2026-03-02T07:00:00.000Z", NULL, false},
    {{"at", "2026-03-02 08:00", "tz", "UTC"}, "2026-03-02T08:00:00.000Z", NULL, false},
    {{"tz", "Asia/Tokyo", "at", "23:00"}, "2026-03-01T14:00:00.000Z", NULL, false},
    {{"at", "2026-03-02T08:00:00.25Z"}, "2026-03-02T08:00:00.250Z", NULL, false},
    {{"at", "2026-03-02T08:00:00.000001Z"}, "2026-03-02T08:00:00.000001Z", NULL, false},
    {{"at", "2020-01-01T00:00:00Z"}, "2020-01-01T00:00:00.000Z", NULL, false},
    {{"in", "1h"}, "2026-03-01T13:00:00.123456Z", NULL, false},
    {{"in", "0"}, "2026-03-01T12:00:00.123456Z", NULL, false},
    {{"cron", "0 3 * * mon"}, "0 3 * * mon", NULL, true},
    {{"cron", "@daily"}, "@daily", NULL, true},
    {{"cron", "@reboot"}, "@reboot", NULL, true},
    {{"cron", "@every 15m"}, "@every 15m", NULL, true},
    {{"every", "15m"}, "@every 15m", NULL, true},
    {{"every", "15m", "count", "3", "until", "now+1d"}, "@every 15m", NULL, true},
    {{"at", "now+1h", "until", "now+1h"}, "2026-03-01T13:00:00.123456Z", NULL, false},
    {{"at", "now+1h", "missed", "skip"}, "2026-03-01T13:00:00.123456Z", NULL, false},
    {{"after", "7,first"}, "2026-03-01T12:00:00.123456Z", NULL, false},
    {{"at", "now", "in", "1h"}, NULL, "options '--at' and '--in' exclude each other", false},
    {{"every", "1h", "at", "now"}, NULL, "options '--at' and '--every' exclude each other", false},
    {{"every", "1h", "cron", "* * * * *", "in", "1h"}, NULL,
	"options '--in' and '--cron' exclude each other", false},
    {{"at", "soon"}, NULL, "option '--at': ", false},
    {{"at", "2026-02-30 10:00"}, NULL, "option '--at': ", false},
    {{"in", "-1h"}, NULL, "option '--in': '-1h' is not a duration", false},
    {{"in", "1h1h"}, NULL, "option '--in': '1h1h' is not a duration", false},
    {{"cron", "* * * *"}, NULL, "option '--cron': ", false},
    {{"cron", "0 0 30 2 *"}, NULL, "option '--cron': ", false},
    {{"cron", "2026-03-02T08:00:00Z"}, NULL,
	"option '--cron': '2026-03-02T08:00:00Z' is one instant: use '--at'", false},
    {{"every", "0"}, NULL, "option '--every': ", false},
    {{"every", "10ms"}, NULL, "option '--every': ", false},
    {{"every", "often"}, NULL, "option '--every': ", false},
    {{"until", "whenever"}, NULL, "option '--until': ", false},
    {{"at", "now+1h", "until", "now"}, NULL, "'--until' is before the time at which it is due",
	false},
    {{"cron", "@yearly", "until", "now+1d"}, NULL, "option '--until': nothing is due before it",
	false},
    {{"every", "1h", "until", "2020-01-01T00:00:00Z"}, NULL,
	"option '--until': nothing is due before it", false},
    {{"count", "1"}, NULL, "a one-time job has no count of occurrences", false},
    {{"every", "1h", "after", "7"}, NULL, "only a one-time job can come after others", false},
    {{"deadline", "1m", "jitter", "5m"}, NULL, "the deadline must be longer than the jitter",
	false},
};

static bool
has(const char *const *options, const char *name)
{
	while (*options != NULL && strcmp(*options, name) != 0)
		options += 2;
	return *options != NULL;
}

static void
test_finish(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *fault = cases[i].fault;
		struct job job;
		struct err e;
		int rc = make(cases[i].options, zone("Europe/Berlin"), &job, &e);

		tap_is_int(rc, fault != NULL ? E_INPUT : 0, "case %zu: --%s", i,
		    cases[i].options[0] != NULL ? cases[i].options[0] : "");
		if (rc == 0 && fault == NULL) {
			tap_is_str(job.schedule, cases[i].schedule, "its schedule");
			tap_is_int(job.periodic, cases[i].periodic, "periodic or not");
			tap_is_int(job.elapsed, !job.periodic && !has(cases[i].options, "at"),
			    "by a reading of the clock, or so long from now");
		} else if (rc < 0)
			tap_ok(fault != NULL && strncmp(e.text, fault, strlen(fault)) == 0,
			    "it is said why: %s", e.text);
		if (rc == 0)
			job_release(&job);
	}
}

/* Whatever instant a job was given, its text means that instant. */
static void
test_instants(void)
{
	static const int64_t instants[] = {0, 1, 999, 1000, 999999, USEC, NOW, NOW + 1, NOW + 544,
	    INT64_C(13569465599999999) /* the last microsecond of 2399 */};

	for (size_t i = 0; i < COUNT(instants); i++) {
		char command[] = "true";
		char *argv[] = {command, NULL};
		struct draft d;
		struct schedule s;
		struct job job;
		struct err e;

		draft_init(&d, NULL);
		d.job.user = xstrdup("root");
		draft_command(&d, 1, argv, &e);
		if (draft_finish(&d, zone_utc(), instants[i], &job, &e) < 0)
			abort();
		tap_ok(
		    job_schedule(&job, &s, &e) == 0 && s.kind == SCHEDULE_ONCE, "instant %zu", i);
		tap_is_int(s.at, instants[i], "is the same to the microsecond: %s", job.schedule);
		job_release(&job);
		draft_release(&d);
	}
}

static void
test_command(void)
{
	static const struct {
		const char *words[4];
		bool shell;
		const char *command; /* NULL: an argv */
	} commands[] = {
	    {{"true"}, false, NULL},
	    {{"echo", "a b"}, false, NULL},
	    {{"echo hi | cat"}, false, "echo hi | cat"},
	    {{"a\tb"}, false, "a\tb"},
	    {{"true"}, true, "true"},
	    {{"echo", "a  b", "c"}, true, "echo a  b c"},
	};
	struct draft d;
	struct err e;

	for (size_t i = 0; i < COUNT(commands); i++) {
		char *argv[5] = {NULL};
		int argc = 0;

		for (; argc < 4 && commands[i].words[argc] != NULL; argc++)
			argv[argc] = xstrdup(commands[i].words[argc]);
		draft_init(&d, NULL);
		d.shell = commands[i].shell;
		tap_is_int(draft_command(&d, argc, argv, &e), 0, "command %zu", i);
		tap_is_str(d.job.command, commands[i].command, "is shell text or not");
		tap_is_int((int64_t)d.job.argv.n, commands[i].command != NULL ? 0 : argc,
		    "has its arguments");
		while (argc > 0)
			free(argv[--argc]);
		draft_release(&d);
	}
	draft_init(&d, NULL);
	tap_is_int(draft_command(&d, 0, NULL, &e), E_INPUT, "no word is no command");
	draft_release(&d);
}

static void
test_failure_keeps(void)
{
	char command[] = "echo hi";
	char *argv[] = {command, NULL};
	struct draft d;
	struct job job;
	struct err e;

	draft_init(&d, NULL);
	option_set(&d, OPTION_SUBMIT, "name", "n", &e);
	option_set(&d, OPTION_SUBMIT, "every", "1h", &e);
	option_set(&d, OPTION_SUBMIT, "until", "now+1d", &e);
	draft_command(&d, 1, argv, &e);
	tap_is_int(draft_finish(&d, zone_utc(), NOW, &job, &e), E_INPUT, "a job without a user");
	tap_is_str(e.text, "there is no user", "is refused");
	tap_ok(strcmp(d.job.name, "n") == 0 && strcmp(d.every, "1h") == 0 &&
		   d.job.schedule == NULL && d.job.until == INSTANT_NONE,
	    "and the draft is as it was");
	d.job.user = xstrdup("root");
	tap_is_int(draft_finish(&d, zone_utc(), NOW, &job, &e), 0, "what was missing may be added");
	tap_is_int(job.until, NOW + DAY_US, "and all of it is in the job");
	tap_ok(d.job.name == NULL && d.every == NULL && d.given == 0, "the draft is empty then");
	job_release(&job);
	draft_release(&d);
}

/* As the loader of tabs does it: time fields in `cron`, the tab's settings before the entry's. */
static void
test_tab_entry(void)
{
	char command[] = "echo hi";
	char *argv[] = {command, NULL};
	struct draft d;
	struct job job;
	struct err e;

	draft_init(&d, NULL);
	d.job.user = xstrdup("root");
	d.job.tab = xstrdup("/etc/jobsched.d/t");
	d.job.tab_key = xstrdup("t:1");
	strv_setenv(&d.job.env, "A", "1");
	d.cron = xstrdup("@every 15m");
	option_set(&d, OPTION_TAB, "env", "A=2", &e);
	option_set(&d, OPTION_TAB, "until", "2020-01-01T00:00:00Z", &e);
	d.shell = true;
	draft_command(&d, 1, argv, &e);
	tap_is_int(draft_finish(&d, zone_utc(), NOW, &job, &e), 0,
	    "an entry whose end has passed is still good");
	tap_is_str(job.schedule, "@every 15m", "its time fields are its schedule");
	tap_is_str(strv_env(&job.env, "A"), "2", "its own setting counts");
	tap_is_str(job.command, "echo hi", "its command is shell text");
	job_release(&job);
	draft_release(&d);
}

int
main(void)
{
	test_finish();
	test_instants();
	test_command();
	test_failure_keeps();
	test_tab_entry();
	zone_cache_free();
	return tap_done();
}
