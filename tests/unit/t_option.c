/*
 * t_option: every option of the contract, where it may stand, and what it makes of its value.
 */
#include <inttypes.h>

#include "base/err.h"
#include "base/mem.h"
#include "job/draft.h"
#include "job/field.h"
#include "job/option.h"
#include "tap.h"
#include "time/duration.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
enum { S = OPTION_SUBMIT, T = OPTION_TAB, D = OPTION_DEFAULT };

/* The contract's options, in its order: where each may stand, and a value that is good there. */
static const struct {
	const char *name, *value;
	unsigned where;
} contract[] = {
    {"name", "n", S | T},
    {"at", "now", S},
    {"in", "1h", S},
    {"cron", "* * * * *", S},
    {"every", "1h", S},
    {"tz", "Europe/Berlin", S | T},
    {"until", "now", S | T},
    {"count", "3", S | T},
    {"user", "root", S},
    {"cwd", "/tmp", S | T},
    {"env", "K=V", S | T},
    {"shell", NULL, S | T},
    {"stdin", "text", S | T},
    {"priority", "9", S | T | D},
    {"queue", "q", S | T | D},
    {"label", "k=v", S | T},
    {"require", "gpu", S | T},
    {"after", "1,n", S},
    {"after-any", "1,n", S},
    {"retries", "3", S | T | D},
    {"backoff", "1s..1m", S | T | D},
    {"timeout", "10m", S | T | D},
    {"grace", "10s", S | T | D},
    {"deadline", "1h", S | T | D},
    {"overlap", "wait", S | T | D},
    {"missed", "all:5", S | T | D},
    {"dst-gap", "skip", S | T | D},
    {"dst-repeat", "both", S | T | D},
    {"not-on", "holidays", S | T},
    {"only-on", "workdays", S | T},
    {"jitter", "5m", S | T | D},
    {"order-key", "k", S | T},
    {"order-on-failure", "go", S | T},
    {"lock-scope", "tree", S | T | D},
    {"on", "any", S | T},
    {"output", "1M", S | T | D},
    {"mail", "root", S | T | D},
    {"mail-on", "always", S | T | D},
    {"nice", "-5", S | T | D},
    {"limit", "nofile=10,core=0", S | T},
};

static void
test_contract(void)
{
	struct draft d;
	struct err e;

	for (size_t i = 0; i < COUNT(contract); i++) {
		tap_is_str(job_options[i].name, contract[i].name, "option %zu has its place", i);
		tap_ok(option_find(contract[i].name) == &job_options[i], "and is found");
		tap_ok(job_options[i].help != NULL, "and has help");
		for (unsigned where = S; where <= D; where *= 2) {
			bool good = (contract[i].where & where) != 0;

			draft_init(&d, NULL);
			tap_is_int(option_set(&d, (enum option_where)where, contract[i].name,
				       contract[i].value, &e),
			    good ? 0 : E_INPUT, "--%s %s in place %u", contract[i].name,
			    good ? "may stand" : "may not stand", where);
			draft_release(&d);
		}
	}
	tap_is_str(job_options[COUNT(contract)].name, NULL, "there is no other option");
}

/* What an option makes of a value: the text of the field, or the sentence of an error. */
static const struct {
	const char *name, *value, *field, *want;
	bool refused;
} cases[] = {
    {"name", "nightly", "name", "nightly", false},
    {"name", "17", NULL, "option '--name': '17' is all digits, which is an id", true},
    {"tz", "", NULL, "option '--tz': '' is not a time zone", true},
    {"tz", "Mars/Base", NULL, "option '--tz': there is no time zone 'Mars/Base'", true},
    {"count", "1", "count", "1", false},
    {"count", "0", NULL, "option '--count': '0' is not a number from 1 to 1000000000", true},
    {"user", "a:b", NULL, "option '--user': 'a:b' is not a user name", true},
    {"cwd", "/var", "cwd", "/var", false},
    {"cwd", "var", NULL, "option '--cwd': 'var' is not an absolute path", true},
    {"cwd", "", NULL, "option '--cwd': '' is not an absolute path", true},
    {"env", "A=b=c", "env", "[\"A=b=c\"]", false},
    {"env", "A=", "env", "[\"A=\"]", false},
    {"env", "=c", NULL, "option '--env': '=c' is not NAME=VALUE", true},
    {"env", "T_OPTION_SET", "env", "[\"T_OPTION_SET=from the caller\"]", false},
    {"env", "T_OPTION_UNSET", NULL,
	"option '--env': 'T_OPTION_UNSET' is not set in the environment", true},
    {"stdin", "", "stdin_text", "", false},
    {"priority", "0", "priority", "0", false},
    {"priority", "10", NULL, "option '--priority': '10' is not a number from 0 to 9", true},
    {"priority", "+1", NULL, "option '--priority': '+1' is not a number from 0 to 9", true},
    {"priority", " 1", NULL, "option '--priority': ' 1' is not a number from 0 to 9", true},
    {"priority", "1x", NULL, "option '--priority': '1x' is not a number from 0 to 9", true},
    {"priority", "", NULL, "option '--priority': '' is not a number from 0 to 9", true},
    {"queue", "gr\xc3\xbcn", "queue", "gr\xc3\xbcn", false},
    {"queue", "", NULL, "option '--queue': '' is empty", true},
    {"queue", "a\tb", NULL, "option '--queue': 'a\\x09b' holds a control character", true},
    {"queue", "a\xff", NULL, "option '--queue': 'a\\xff' is not valid UTF-8", true},
    {"label", "team=db,ops", "labels", "[\"team=db,ops\"]", false},
    {"label", "team", NULL, "option '--label': 'team' is not NAME=VALUE", true},
    {"require", "disk=ssd", "require", "[\"disk=ssd\"]", false},
    {"after", "7", "after", "[\"7\"]", false},
    {"after", "7,nightly", "after", "[\"7\",\"nightly\"]", false},
    {"after", "7,,8", NULL, "option '--after': '7,,8' has an empty item", true},
    {"after", "", NULL, "option '--after': '' has an empty item", true},
    {"after", "0", NULL, "option '--after': '0' is not a number from 1 on", true},
    {"after-any", "7", "after_any", "1", false},
    {"retries", "-1", NULL, "option '--retries': '-1' is not a number from 0 to 1000000", true},
    {"backoff", "30s", "backoff", "30000000", false},
    {"backoff", "30s", "backoff_max", "0", false},
    {"backoff", "30s..5m", "backoff_max", "300000000", false},
    {"backoff", "0", "backoff", "1", false},
    {"backoff", "0..0", "backoff_max", "1", false},
    {"backoff", "5m..30s", NULL, "option '--backoff': '5m..30s' ends below its beginning", true},
    {"timeout", "1h30m", "timeout", "5400000000", false},
    {"timeout", "0", "timeout", "0", false},
    {"grace", "0", "grace", "0", false},
    {"overlap", "replace", "overlap", "replace", false},
    {"overlap", "queue", NULL, "option '--overlap': 'queue' is not one of skip, wait or replace",
	true},
    {"overlap", "", NULL, "option '--overlap': '' is not one of skip, wait or replace", true},
    {"missed", "skip", "missed", "skip", false},
    {"missed", "all", "missed", "all", false},
    {"missed", "all", "missed_max", "0", false},
    {"missed", "all:7", "missed", "all", false},
    {"missed", "all:7", "missed_max", "7", false},
    {"missed", "all:0", NULL, "option '--missed': '0' is not a number from 1 to 10000", true},
    {"missed", "once:3", NULL, "option '--missed': 'once:3' is not one of skip, once or all", true},
    {"dst-gap", "after", "dst_gap", "after", false},
    {"dst-gap", "default", NULL, "option '--dst-gap': 'default' is not one of after or skip", true},
    {"dst-repeat", "both", "dst_repeat", "both", false},
    {"not-on", ".hidden", NULL, "option '--not-on': '.hidden' is not the name of a calendar", true},
    {"order-on-failure", "go", "order_on_failure", "go", false},
    {"lock-scope", "tree", "lock_scope", "tree", false},
    {"on", "each", "on_node", "each", false},
    {"output", "0", "output", "0", false},
    {"output", "100", "output", "100", false},
    {"output", "16K", "output", "16384", false},
    {"output", "64M", "output", "67108864", false},
    {"output", "65M", NULL, "option '--output': '65M' is not a number of bytes up to 64M", true},
    {"output", "1G", NULL, "option '--output': '1G' is not a number of bytes up to 64M", true},
    {"output", "K", NULL, "option '--output': 'K' is not a number of bytes up to 64M", true},
    {"output", "-1", NULL, "option '--output': '-1' is not a number of bytes up to 64M", true},
    {"mail", "ops@example.org", "mail", "ops@example.org", false},
    {"mail", "-t", NULL, "option '--mail': '-t' begins with '-'", true},
    {"mail", "a b", NULL, "option '--mail': 'a b' holds a blank", true},
    {"mail", "a\nBcc:b", NULL, "option '--mail': 'a\\x0aBcc:b' holds a control character", true},
    {"mail-on", "never", "mail_on", "never", false},
    {"nice", "19", "nice", "19", false},
    {"nice", "-20", "nice", "-20", false},
    {"nice", "20", NULL, "option '--nice': '20' is not a number from -20 to 19", true},
    {"limit", "nofile=64:128,core=unlimited", "limits", "[\"nofile=64:128\",\"core=unlimited\"]",
	false},
    {"limit", "nofile=1,", NULL, "option '--limit': 'nofile=1,' has an empty item", true},
    {"limit", "nofile=2:1", NULL, "option '--limit': the soft limit '2' is above the hard one",
	true},
};

static const struct field *
find_field(const char *name)
{
	for (const struct field *f = job_fields; f->name != NULL; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	abort();
}

static void
test_values(void)
{
	struct draft d;
	struct err e;

	for (size_t i = 0; i < COUNT(cases); i++) {
		int rc;

		draft_init(&d, NULL);
		rc = option_set(&d, OPTION_SUBMIT, cases[i].name, cases[i].value, &e);
		tap_is_int(rc, cases[i].refused ? E_INPUT : 0, "case %zu: --%s", i, cases[i].name);
		if (cases[i].refused)
			tap_is_str(rc < 0 ? e.text : NULL, cases[i].want, "it is said why");
		else {
			const struct field *f = find_field(cases[i].field);
			char number[32], *mine = NULL;
			const char *text = NULL;

			snprintf(number, sizeof(number), "%" PRId64,
			    f->type == FIELD_TEXT || f->type == FIELD_WORDS ? 0
									    : field_int(f, &d.job));
			text = field_text(f, &d.job, &mine);
			tap_is_str(
			    text != NULL ? text : number, cases[i].want, "it sets %s", f->name);
			free(mine);
		}
		draft_release(&d);
	}
}

static void
test_refusals(void)
{
	struct draft d;
	struct err e;
	char *text;

	draft_init(&d, NULL);
	option_set(&d, OPTION_SUBMIT, "retrys", "3", &e);
	tap_is_str(e.text, "option '--retrys': there is no such option", "an unknown option");
	option_set(&d, OPTION_SUBMIT, "x\x1b", "3", &e);
	tap_is_str(e.text, "option '--x\\x1b': there is no such option", "is shown without harm");
	option_set(&d, OPTION_SUBMIT, "shell", "yes", &e);
	tap_is_str(e.text, "option '--shell': it takes no value", "a flag with a value");
	option_set(&d, OPTION_SUBMIT, "retries", NULL, &e);
	tap_is_str(e.text, "option '--retries': it wants a value", "an option without one");
	option_set(&d, OPTION_TAB, "at", "now", &e);
	tap_is_str(e.text, "option '--at': not in a tab entry", "a time in a tab");
	option_set(&d, OPTION_DEFAULT, "name", "n", &e);
	tap_is_str(e.text, "option '--name': there is no default for it", "a default name");
	option_set(&d, OPTION_TAB, "env", "HOME", &e);
	tap_is_str(e.text,
	    "option '--env': 'HOME' is not NAME=VALUE: there is no caller to copy it from",
	    "a copied variable in a tab");
	tap_is_int(option_set(&d, OPTION_SUBMIT, "retries", "1", &e), 0, "once is good");
	tap_is_int(option_set(&d, OPTION_SUBMIT, "retries", "1", &e), E_INPUT, "twice is not");
	tap_is_str(e.text, "option '--retries': given twice", "and it is said why");
	text = xmalloc(JOB_STDIN_MAX + 2);
	memset(text, 'x', JOB_STDIN_MAX + 1);
	text[JOB_STDIN_MAX + 1] = '\0';
	option_set(&d, OPTION_SUBMIT, "stdin", text, &e);
	tap_is_str(e.text, "option '--stdin': longer than 1048576 bytes", "too much input");
	option_set(&d, OPTION_SUBMIT, "at", text, &e);
	tap_is_str(e.text, "option '--at': longer than 4096 bytes", "a time without end");
	option_set(&d, OPTION_SUBMIT, "cron", "", &e);
	tap_is_str(e.text, "option '--cron': '' is empty", "an empty time");
	free(text);
	draft_release(&d);
}

static void
test_repeats(void)
{
	struct draft d;
	struct err e;
	char *joined;

	draft_init(&d, NULL);
	option_set(&d, OPTION_SUBMIT, "env", "A=1", &e);
	option_set(&d, OPTION_SUBMIT, "env", "B=2", &e);
	option_set(&d, OPTION_SUBMIT, "env", "A=3", &e);
	joined = strv_join(&d.job.env, " ");
	tap_is_str(joined, "A=3 B=2", "of settings of one name the last counts");
	free(joined);
	option_set(&d, OPTION_SUBMIT, "limit", "cpu=1,nofile=2", &e);
	option_set(&d, OPTION_SUBMIT, "limit", "cpu=3", &e);
	joined = strv_join(&d.job.limits, " ");
	tap_is_str(joined, "cpu=3 nofile=2", "and so for limits");
	free(joined);
	option_set(&d, OPTION_SUBMIT, "require", "a", &e);
	option_set(&d, OPTION_SUBMIT, "require", "b", &e);
	tap_is_int((int64_t)d.job.require.n, 2, "requirements add up");
	option_set(&d, OPTION_SUBMIT, "after", "1,2", &e);
	option_set(&d, OPTION_SUBMIT, "after", "3", &e);
	tap_is_int((int64_t)d.job.after.n, 3, "prerequisites add up");
	tap_is_int(
	    option_set(&d, OPTION_SUBMIT, "after-any", "4", &e), E_INPUT, "but not of both kinds");
	draft_release(&d);
}

/* What a default has set, an option sets anew. */
static void
test_over_defaults(void)
{
	struct draft config, d;
	struct err e;

	draft_init(&config, NULL);
	option_set(&config, OPTION_DEFAULT, "missed", "all:7", &e);
	option_set(&config, OPTION_DEFAULT, "backoff", "1s..2s", &e);
	config.job.cwd = xstrdup("/home/me");
	draft_init(&d, &config.job);
	tap_is_int(d.job.missed_max, 7, "a draft begins with the defaults");
	tap_is_int(
	    option_set(&d, OPTION_TAB, "missed", "once", &e), 0, "an option may be given after");
	tap_ok(d.job.missed == MISSED_ONCE && d.job.missed_max == 0, "and takes all of it back");
	option_set(&d, OPTION_TAB, "backoff", "1m", &e);
	tap_ok(d.job.backoff == MINUTE_US && d.job.backoff_max == 0, "its other half too");
	option_set(&d, OPTION_SUBMIT, "cwd", "sub", &e);
	tap_is_str(d.job.cwd, "/home/me/sub", "a relative folder is one of the caller's");
	draft_release(&d);
	draft_release(&config);
}

int
main(void)
{
	setenv("T_OPTION_SET", "from the caller", 1);
	unsetenv("T_OPTION_UNSET");
	test_contract();
	test_values();
	test_refusals();
	test_repeats();
	test_over_defaults();
	return tap_done();
}
