/*
 * t_opt: options of the command line: every form they may have, and what is refused. Also how a
 * command is found.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/strv.h"
#include "cli/command.h"
#include "cli/opt.h"
#include "tap.h"
#include "time/duration.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define WORDS_MAX 8

struct own {
	bool flag;
	const char *text;
	int64_t number, duration;
};

struct global {
	bool json;
	const char *db;
};

static const struct opt own_options[] = {
	{ .name = "flag", .letter = 'f', .kind = OPT_FLAG, .offset = offsetof(struct own, flag) },
	{ .name = "text", .letter = 't', .kind = OPT_TEXT, .arg = "T",
	    .offset = offsetof(struct own, text) },
	{ .name = "number", .letter = 'n', .kind = OPT_NUMBER, .arg = "N", .initial = 7, .min = 1,
	    .max = 9, .offset = offsetof(struct own, number) },
	{ .name = "for", .kind = OPT_DURATION, .arg = "D", .initial = -1, .min = USEC,
	    .max = MINUTE_US, .offset = offsetof(struct own, duration) },
	{ 0 },
};

static const struct opt global_options[] = {
	{ .name = "json", .kind = OPT_FLAG, .offset = offsetof(struct global, json) },
	{ .name = "db", .kind = OPT_TEXT, .arg = "URI", .offset = offsetof(struct global, db) },
	{ 0 },
};

/*
 * What a parse came to, as text: "flag text=a n=7 for=-1 json db=x | operand operand |
 * pair=value".
 */
static char *
describe(const struct opt_parse *p, const struct own *o, const struct global *g)
{
	struct strv words = { 0 };
	char *text;

	if (o->flag)
		strv_push(&words, "flag");
	if (o->text != NULL)
		strv_take(&words, xasprintf("text=%s", o->text));
	if (o->number != 7)
		strv_take(&words, xasprintf("n=%lld", (long long)o->number));
	if (o->duration != -1)
		strv_take(&words, xasprintf("for=%lld", (long long)o->duration));
	if (g->json)
		strv_push(&words, "json");
	if (g->db != NULL)
		strv_take(&words, xasprintf("db=%s", g->db));
	strv_push(&words, "|");
	for (int i = 0; i < p->noperands; i++)
		strv_push(&words, p->operands[i]);
	for (size_t i = 0; i < p->npairs; i++)
		strv_take(&words, xasprintf("%s:%s", p->pairs[i].name,
		    p->pairs[i].value != NULL ? p->pairs[i].value : "-"));
	text = strv_join(&words, " ");
	strv_clear(&words);
	return text;
}

enum { JOB = 1, LINE = 2 }; /* job options are known; the operands are a command line */

static const struct {
	const char *name;
	int how;
	const char *words[WORDS_MAX];
	const char *want; /* as described, or "error: " and the sentence */
} cases[] = {
	{ "no words", 0, { NULL }, "|" },
	{ "operands keep their order", 0, { "b", "a" }, "| b a" },
	{ "a flag", 0, { "--flag" }, "flag |" },
	{ "a flag by its letter", 0, { "-f" }, "flag |" },
	{ "a flag may be said twice", 0, { "-f", "--flag" }, "flag |" },
	{ "a value behind '='", 0, { "--text=a" }, "text=a |" },
	{ "a value in the next word", 0, { "--text", "a" }, "text=a |" },
	{ "a value behind the letter", 0, { "-ta" }, "text=a |" },
	{ "a value behind the letter in the next word", 0, { "-t", "a" }, "text=a |" },
	{ "an empty value", 0, { "--text=" }, "text= |" },
	{ "a value with '=' in it", 0, { "--text=a=b" }, "text=a=b |" },
	{ "a value that looks like an option", 0, { "--text", "--flag" }, "text=--flag |" },
	{ "options after operands", 0, { "a", "--flag", "b" }, "flag | a b" },
	{ "'--' ends the options", 0, { "--", "--flag", "-x" }, "| --flag -x" },
	{ "the second '--' is an operand", 0, { "--", "--" }, "| --" },
	{ "'-' is an operand", 0, { "-" }, "| -" },
	{ "an empty word is an operand", 0, { "" }, "| " },
	{ "a number", 0, { "--number=9" }, "n=9 |" },
	{ "a number by its letter", 0, { "-n", "3" }, "n=3 |" },
	{ "a duration", 0, { "--for=1m" }, "for=60000000 |" },
	{ "global options among the others", 0, { "--json", "-f", "--db=x" }, "flag json db=x |" },
	{ "options end at a command line", LINE, { "-f", "cmd", "-f", "--text" },
	    "flag | cmd -f --text" },
	{ "'--' before a command line", LINE, { "--", "-f", "-x" }, "| -f -x" },
	{ "'--' within a command line is its own", LINE, { "cmd", "--", "-f" }, "| cmd -- -f" },
	{ "options of a job", JOB, { "--retries=3", "--shell", "--name", "x" },
	    "| retries:3 shell:- name:x" },
	{ "an option of a job may come again", JOB, { "--env=A=1", "--env=B=2" },
	    "| env:A=1 env:B=2" },

	{ "an unknown option", 0, { "--nope" }, "error: unknown option '--nope'" },
	{ "an unknown option with a value", 0, { "--nope=1" }, "error: unknown option '--nope'" },
	{ "an unknown letter", 0, { "-x" }, "error: unknown option '-x'" },
	{ "the beginning of a name is not the name", 0, { "--fla" }, "error: unknown option '--fla'" },
	{ "names have no other case", 0, { "--Flag" }, "error: unknown option '--Flag'" },
	{ "an option of a job elsewhere", 0, { "--retries=3" }, "error: unknown option '--retries'" },
	{ "no name at all", 0, { "--=x" }, "error: unknown option '--'" },
	{ "a value is missing", 0, { "--text" }, "error: option '--text' needs a value" },
	{ "a value is missing behind the letter", 0, { "-t" }, "error: option '-t' needs a value" },
	{ "a value of a job's option is missing", JOB, { "--name" },
	    "error: option '--name' needs a value" },
	{ "a flag has no value", 0, { "--flag=1" }, "error: option '--flag' takes no value" },
	{ "a flag has no value behind its letter", 0, { "-fx" }, "error: option '-f' takes no value" },
	{ "a job's flag has no value", JOB, { "--shell=1" },
	    "error: option '--shell' takes no value" },
	{ "a value twice", 0, { "--text=a", "-t", "b" }, "error: option '--text' is given twice" },
	{ "a number below its range", 0, { "--number=0" },
	    "error: option '--number': '0' is not a number from 1 to 9" },
	{ "a number above its range", 0, { "-n", "10" },
	    "error: option '--number': '10' is not a number from 1 to 9" },
	{ "no number", 0, { "--number=x" },
	    "error: option '--number': 'x' is not a number from 1 to 9" },
	{ "a number with something behind it", 0, { "--number=3x" },
	    "error: option '--number': '3x' is not a number from 1 to 9" },
	{ "a duration out of its range", 0, { "--for=2m" },
	    "error: option '--for': '2m' is out of range" },
};

static void
test_parse(size_t i)
{
	struct own own;
	struct global global = { 0 };
	struct opt_parse p = {
		.own = { .opts = own_options, .args = &own },
		.global = { .opts = global_options, .args = &global },
		.job = cases[i].how & JOB,
		.command_line = cases[i].how & LINE,
	};
	char *words[WORDS_MAX + 1] = { NULL }, *got;
	struct err e;
	int n = 0;

	for (; n < WORDS_MAX && cases[i].words[n] != NULL; n++)
		words[n] = xstrdup(cases[i].words[n]);
	if (opt_parse(&p, n, words, &e) < 0)
		got = xasprintf("error: %s", e.text);
	else
		got = describe(&p, &own, &global);
	tap_is_str(got, cases[i].want, "%s", cases[i].name);
	opt_release(&p);
	for (int k = 0; k < n; k++)
		free(words[k]);
	free(got);
}

static const struct {
	const char *words[3];
	bool prefixes;
	const char *want; /* "NAME used", or the sentence */
} lookups[] = {
	{ { "list" }, false, "list 1" },
	{ { "tab", "check" }, false, "tab check 2" },
	{ { "tab", "list", "x" }, false, "tab list 2" },
	{ { "lis" }, false, "unknown command 'lis'; see 'jobsched help'" },
	{ { "lis" }, true, "list 1" },
	{ { "run" }, true, "run 1" },
	{ { "re" }, true, "command 're' is ambiguous; see 'jobsched help'" },
	{ { "t", "c" }, true, "tab check 2" },
	{ { "d", "u" }, true, "command 'd' is ambiguous; see 'jobsched help'" },
	{ { "db" }, true, "command 'db' needs a second word; see 'jobsched help db'" },
	{ { "db", "nope" }, false, "unknown command 'db nope'; see 'jobsched help db'" },
	{ { "" }, true, "unknown command ''; see 'jobsched help'" },
	{ { "listing" }, true, "unknown command 'listing'; see 'jobsched help'" },
};

static void
test_lookup(size_t i)
{
	char *words[4] = { NULL }, *got;
	const struct command *c;
	struct err e;
	int n = 0, used;

	for (; n < 3 && lookups[i].words[n] != NULL; n++)
		words[n] = xstrdup(lookups[i].words[n]);
	c = command_find(n, words, lookups[i].prefixes, &used, &e);
	got = c != NULL ? xasprintf("%s %d", c->name, used) : xstrdup(e.text);
	tap_is_str(got, lookups[i].want, "command '%s%s%s'%s", lookups[i].words[0], n > 1 ? " " : "",
	    n > 1 ? lookups[i].words[1] : "", lookups[i].prefixes ? " or a beginning of it" : "");
	for (int k = 0; k < n; k++)
		free(words[k]);
	free(got);
}

/* What every command's table must hold, so that the parser and help can rely on it. */
static void
test_tables(void)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		const struct command *c = commands[i];
		bool good = c->help != NULL && c->operands != NULL && c->run != NULL &&
		    (c->max == -1 || c->min <= c->max) && (c->opts == NULL || c->args_size > 0);

		for (const struct opt *o = c->opts; o != NULL && o->name != NULL; o++)
			good = good && o->help != NULL &&
			    (o->kind == OPT_FLAG) == (o->arg == NULL) &&
			    o->offset < c->args_size && (o->kind < OPT_NUMBER || o->min <= o->max);
		tap_ok(good, "the table of '%s' is whole", c->name);
	}
}

int
main(void)
{
	for (size_t i = 0; i < COUNT(cases); i++)
		test_parse(i);
	for (size_t i = 0; i < COUNT(lookups); i++)
		test_lookup(i);
	test_tables();
	return tap_done();
}
