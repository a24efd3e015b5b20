/*
 * t_job: what is a good job and what is not, and what is derived from one.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "job/job.h"
#include "job/limit.h"
#include "tap.h"
#include "time/duration.h"

static void
good_job(struct job *job)
{
	job_init(job);
	job->user = xstrdup("root");
	job->command = xstrdup("true");
	job->schedule = xstrdup("0 3 * * *");
	job->periodic = true;
}

static char *
repeated(char c, size_t n)
{
	char *s = xmalloc(n + 1);

	memset(s, c, n);
	s[n] = '\0';
	return s;
}

static void
test_names(void)
{
	static const struct {
		const char *name, *fault; /* NULL: good */
	} cases[] = {
	    {"backup", NULL},
	    {"backup of db 7", NULL},
	    {"7up", NULL},
	    {"R\xc3\xbc"
	     "ckgrat",
		NULL},
	    {".", NULL},
	    {"", "'' is empty"},
	    {"42", "'42' is all digits, which is an id"},
	    {"-x", "'-x' begins with '-'"},
	    {"a/b", "'a/b' holds a '/'"},
	    {"a\nb", "'a\\x0ab' holds a control character"},
	    {"a\xff", "'a\\xff' is not valid UTF-8"},
	    {"\xc0\xaf", "'\\xc0\\xaf' is not valid UTF-8"},
	};
	struct err e;
	char *name;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc = job_name_check(cases[i].name, &e);

		tap_is_int(rc, cases[i].fault ? E_INPUT : 0, "name %zu is good or bad", i);
		if (cases[i].fault != NULL)
			tap_is_str(e.text, cases[i].fault, "and it is said why");
	}
	name = repeated('n', JOB_NAME_MAX);
	tap_is_int(job_name_check(name, &e), 0, "a name may be as long as allowed");
	free(name);
	name = repeated('n', JOB_NAME_MAX + 1);
	tap_is_int(job_name_check(name, &e), E_INPUT, "but not longer");
	free(name);
	name = repeated('\x01', 1000000);
	tap_is_int(job_name_check(name, &e), E_INPUT, "a megabyte of rubbish is refused");
	tap_ok(utf8_printable(e.text, strlen(e.text)), "in a sentence that can be shown");
	free(name);
}

/* Puts one thing wrong in a good job. */
struct fault {
	const char *what, *sentence;
	void (*spoil)(struct job *);
};

static void
set(char **at, const char *value)
{
	free(*at);
	*at = xstrdup(value);
}

/* clang-format off */
static void no_user(struct job *j) { set(&j->user, NULL); }
static void bad_user(struct job *j) { set(&j->user, "a b"); }
static void no_command(struct job *j) { set(&j->command, NULL); }
static void blank_command(struct job *j) { set(&j->command, " \t "); }
static void empty_argv(struct job *j) { set(&j->command, NULL); strv_push(&j->argv, ""); }
static void both_commands(struct job *j) { strv_push(&j->argv, "true"); }
static void long_command(struct job *j)
{
	set(&j->command, NULL);
	j->command = repeated('x', JOB_COMMAND_MAX);
}
static void long_argv(struct job *j)
{
	set(&j->command, NULL);
	strv_push(&j->argv, "x");
	strv_take(&j->argv, repeated('x', JOB_COMMAND_MAX - 2));
}
static void two_lines(struct job *j) { set(&j->tab, "/t"); set(&j->command, "a\nb"); }
static void relative_cwd(struct job *j) { set(&j->cwd, "tmp"); }
static void bad_env(struct job *j) { strv_push(&j->env, "=x"); }
static void long_stdin(struct job *j) { j->stdin_text = repeated('x', JOB_STDIN_MAX + 1); }
static void no_schedule(struct job *j) { set(&j->schedule, NULL); }
static void bad_schedule(struct job *j) { set(&j->schedule, "61 * * * *"); }
static void never(struct job *j) { set(&j->schedule, "0 0 30 2 *"); }
static void not_periodic(struct job *j) { j->periodic = false; }
static void instant_periodic(struct job *j) { set(&j->schedule, "2026-01-01T00:00:00Z"); }
static void once(struct job *j) { instant_periodic(j); j->periodic = false; }
static void once_count(struct job *j) { once(j); j->count = 1; }
static void once_until(struct job *j) { once(j); j->until = 0; }
static void bad_tz(struct job *j) { set(&j->tz, "Europe/Nowhere"); }
static void bad_calendar(struct job *j) { set(&j->not_on, "../x"); }
static void bad_priority(struct job *j) { j->priority = 10; }
static void negative_count(struct job *j) { j->count = -1; }
static void bad_queue(struct job *j) { set(&j->queue, "a\x1b[31m"); }
static void bad_label(struct job *j) { strv_push(&j->labels, "k"); }
static void bad_after(struct job *j) { once(j); strv_push(&j->after, "0"); }
static void periodic_after(struct job *j) { strv_push(&j->after, "7"); }
static void bad_backoff(struct job *j) { j->backoff = 2; j->backoff_max = 1; }
static void bad_deadline(struct job *j) { j->deadline = j->jitter = MINUTE_US; }
static void bad_missed(struct job *j) { j->missed_max = 3; }
static void bad_output(struct job *j) { j->output = JOB_OUTPUT_MAX + 1; }
static void bad_mail(struct job *j) { set(&j->mail, "-oQ/tmp"); }
static void blank_mail(struct job *j) { set(&j->mail, "a b"); }
static void bad_nice(struct job *j) { j->nice = -21; }
static void bad_limit(struct job *j) { strv_push(&j->limits, "nofiles=3"); }
static void long_key(struct job *j) { j->order_key = repeated('=', JOB_KEY_MAX + 1); }
static void many_wants(struct job *j) { strv_take(&j->require, repeated('=', JOB_REQUIRE_MAX)); }
static void many_labels(struct job *j) { strv_take(&j->labels, repeated('=', JOB_LIST_MAX)); }

static const struct fault faults[] = {
	{ "no user", "there is no user", no_user },
	{ "a user with a blank", "user: 'a b' is not a user name", bad_user },
	{ "no command", "there is no command", no_command },
	{ "a blank command", "there is no command", blank_command },
	{ "an empty first word", "there is no command", empty_argv },
	{ "two commands", "shell text and arguments exclude each other", both_commands },
	{ "a command longer than exec takes", "command is longer than 131071 bytes", long_command },
	{ "arguments too long together", "argv is longer than 131072 bytes", long_argv },
	{ "a tab entry of two lines", "the command of a tab entry holds a line end", two_lines },
	{ "a relative folder", "cwd: 'tmp' is not an absolute path", relative_cwd },
	{ "a setting without a name", "env: '=x' is not NAME=VALUE", bad_env },
	{ "too much input", "stdin_text is longer than 1048576 bytes", long_stdin },
	{ "no schedule", "there is no schedule", no_schedule },
	{ "a bad schedule", NULL, bad_schedule },
	{ "a schedule without a time", NULL, never },
	{ "a cron expression for once", "schedule '0 3 * * *' is periodic, not one instant",
	    not_periodic },
	{ "an instant for ever", "schedule '2026-01-01T00:00:00Z' is one instant, not periodic",
	    instant_periodic },
	{ "a count for once", "a one-time job has no count of occurrences", once_count },
	{ "an end before its time", "'--until' is before the time at which it is due", once_until },
	{ "an unknown zone", NULL, bad_tz },
	{ "a path for a calendar", "not_on: '../x' is not the name of a calendar", bad_calendar },
	{ "a priority of 10", "priority 10 is not within 0 and 9", bad_priority },
	{ "a negative count", "count -1 is not within 0 and 1000000000", negative_count },
	{ "an escape in a queue", "queue: 'a\\x1b[31m' holds a control character", bad_queue },
	{ "a label without a value", "labels: 'k' is not NAME=VALUE", bad_label },
	{ "a prerequisite 0", "after: '0' is not a number from 1 on", bad_after },
	{ "a periodic job after others", "only a one-time job can come after others",
	    periodic_after },
	{ "a backoff that falls", "the highest backoff is below the first", bad_backoff },
	{ "a deadline within the jitter", "the deadline must be longer than the jitter",
	    bad_deadline },
	{ "a bound without all", "a bound on missed occurrences is for 'all' only", bad_missed },
	{ "too much output", "output 67108865 is not within 0 and 67108864", bad_output },
	{ "an address like an option", "mail: '-oQ/tmp' begins with '-'", bad_mail },
	{ "an address with a blank", "mail: 'a b' holds a blank", blank_mail },
	{ "a nice value below -20", "nice -21 is not within -20 and 19", bad_nice },
	{ "an unknown limit", "limits: 'nofiles=3' does not begin with the name of a limit and '='",
	    bad_limit },
	{ "an order key that is too long", "order_key is longer than 1024 bytes", long_key },
	{ "too many labels wanted", "require is longer than 512 bytes", many_wants },
	{ "too many labels", "labels is longer than 65536 bytes", many_labels },
};
/* clang-format on */

static void
test_check(void)
{
	struct job job;
	struct err e;

	good_job(&job);
	tap_is_int(job_check(&job, &e), 0, "a good job is good");
	once(&job);
	tap_is_int(job_check(&job, &e), 0, "so is a good one-time job");
	job_release(&job);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		good_job(&job);
		faults[i].spoil(&job);
		memset(&e, 0, sizeof(e));
		tap_is_int(job_check(&job, &e), E_INPUT, "refused: %s", faults[i].what);
		if (faults[i].sentence != NULL)
			tap_is_str(e.text, faults[i].sentence, "and it is said why");
		else
			tap_ok(e.text[0] != '\0', "and it is said why: %s", e.text);
		job_release(&job);
	}
}

static void
test_copy(void)
{
	struct job a, b;

	good_job(&a);
	a.id = 7;
	a.name = xstrdup("n");
	a.until = 5;
	strv_push(&a.labels, "k=v");
	job_copy(&b, &a);
	tap_ok(b.id == 7 && b.until == 5 && b.periodic, "numbers are copied");
	tap_ok(strcmp(b.name, "n") == 0 && b.name != a.name, "texts are copied");
	tap_ok(strv_equal(&a.labels, &b.labels) && a.labels.v != b.labels.v, "lists are copied");
	job_release(&a);
	tap_ok(a.name == NULL && a.labels.n == 0 && a.priority == 5, "a released job is a new one");
	tap_is_str(b.labels.v[0], "k=v", "the copy outlives it");
	job_release(&b);
}

/* The seed draws `~` and jitter: it must not move when something else about the job does. */
static void
test_seed(void)
{
	struct job a, b;

	good_job(&a);
	good_job(&b);
	tap_ok(job_seed(&a) == job_seed(&b), "the same command has the same seed");
	set(&b.command, "false");
	tap_ok(job_seed(&a) != job_seed(&b), "another command has another");
	set(&a.tab_key, "f:1");
	set(&b.tab_key, "f:1");
	tap_ok(job_seed(&a) == job_seed(&b), "with an identity the command does not matter");
	set(&a.name, "n");
	set(&b.name, "n");
	set(&b.tab_key, "f:2");
	tap_ok(job_seed(&a) == job_seed(&b), "with a name the identity does not matter");
	tap_ok(job_seed(&a) == UINT64_C(0x4e5a914c08fb30ed), "and is what it was in every release");
	set(&b.user, "daemon");
	tap_ok(job_seed(&a) != job_seed(&b), "a name is one of its user");
	job_release(&a);
	job_release(&b);
}

static void
test_schedule(void)
{
	struct schedule s;
	struct job job;
	struct err e;

	good_job(&job);
	job.dst_gap = DST_GAP_SKIP;
	job.dst_repeat = DST_REPEAT_BOTH;
	tap_is_int(job_schedule(&job, &s, &e), 0, "a schedule is parsed");
	tap_ok(s.kind == SCHEDULE_CRON && s.gap == DST_GAP_SKIP && s.repeat == DST_REPEAT_BOTH,
	    "with the job's wishes for DST");
	job_release(&job);
}

static void
test_command_text(void)
{
	static const char *const words[] = {"printf", "%s\n", "it's", "", "a b", "x=1,2@h:/p+q"};
	struct job job;
	char *text;

	good_job(&job);
	text = job_command_text(&job);
	tap_is_str(text, "true", "shell text is shown as it is");
	free(text);
	set(&job.command, NULL);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		strv_push(&job.argv, words[i]);
	text = job_command_text(&job);
	tap_is_str(text, "printf '%s\n' 'it'\\''s' '' 'a b' x=1,2@h:/p+q",
	    "arguments are quoted for a shell");
	free(text);
	job_release(&job);
}

static void
test_limits(void)
{
	static const struct {
		const char *text;
		int resource; /* -1: refused */
		rlim_t soft, hard;
	} cases[] = {
	    {"nofile=1024", RLIMIT_NOFILE, 1024, 1024},
	    {"as=unlimited", RLIMIT_AS, RLIM_INFINITY, RLIM_INFINITY},
	    {"core=0:unlimited", RLIMIT_CORE, 0, RLIM_INFINITY},
	    {"cpu=10:20", RLIMIT_CPU, 10, 20},
	    {"stack=8388608", RLIMIT_STACK, 8388608, 8388608},
	    {"sigpending=1", RLIMIT_SIGPENDING, 1, 1},
	    {"cpu=20:10", -1, 0, 0},
	    {"cpu=unlimited:10", -1, 0, 0},
	    {"cpu=-1", -1, 0, 0},
	    {"cpu= 1", -1, 0, 0},
	    {"cpu=+1", -1, 0, 0},
	    {"cpu=1k", -1, 0, 0},
	    {"cpu=", -1, 0, 0},
	    {"cpu=1:", -1, 0, 0},
	    {"cpu=1:2:3", -1, 0, 0},
	    {"cpu", -1, 0, 0},
	    {"=1", -1, 0, 0},
	    {"", -1, 0, 0},
	    {"CPU=1", -1, 0, 0},
	    {"cpu=99999999999999999999", -1, 0, 0},
	};
	struct limit limit;
	struct err e;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc = limit_parse(cases[i].text, &limit, &e);

		tap_is_int(rc, cases[i].resource == -1 ? E_INPUT : 0, "limit '%s'", cases[i].text);
		if (rc == 0)
			tap_ok(limit.resource == cases[i].resource &&
				   limit.value.rlim_cur == cases[i].soft &&
				   limit.value.rlim_max == cases[i].hard,
			    "has its values");
	}
}

int
main(void)
{
	test_names();
	test_check();
	test_copy();
	test_seed();
	test_schedule();
	test_command_text();
	test_limits();
	return tap_done();
}
