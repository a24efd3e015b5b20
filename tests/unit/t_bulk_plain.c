/*
 * t_bulk_plain: which lines of `submit --file` are read without the JSON library, and what they
 * say. All others leave the draft alone, so that the library can read them, or say what is wrong.
 */
#include "base/err.h"
#include "base/mem.h"
#include "cli/bulk_plain.h"
#include "job/draft.h"
#include "tap.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What the line said, of what the lines below say. */
static char *
describe(const struct draft *d)
{
	char *argv = strv_join(&d->job.argv, "|"), *env = strv_join(&d->job.env, "|");
	char *text = xasprintf("%s [%s] in=%s name=%s retries=%d env=%s",
	    d->job.command != NULL ? d->job.command : "-", argv, d->in != NULL ? d->in : "-",
	    d->job.name != NULL ? d->job.name : "-", (int)d->job.retries, env);

	free(argv);
	free(env);
	return text;
}

static int
apply(const char *line, char **said, struct err *e)
{
	struct draft d;
	int rc;

	draft_init(&d, NULL);
	rc = bulk_plain_apply(&d, line, strlen(line), e);
	*said = describe(&d);
	draft_release(&d);
	return rc;
}

static void
test_plain(void)
{
	static const struct {
		const char *line, *want;
	} cases[] = {
		{ "{\"command\":[\"true\"]}", "- [true] in=- name=- retries=0 env=" },
		{ " { \"in\" : \"1d\" ,\t\"command\":[ \"a\" , \"b c\" ] } \r\n",
		    "- [a|b c] in=1d name=- retries=0 env=" },
		{ "{\"command\":\"echo hi\"}", "echo hi [] in=- name=- retries=0 env=" },
		{ "{\"command\":[\"a\",\"b\"],\"shell\":true}",
		    "a b [] in=- name=- retries=0 env=" },
		{ "{\"command\":[\"a\",\"b\"],\"shell\":false,\"name\":null}",
		    "- [a|b] in=- name=- retries=0 env=" },
		{ "{\"retries\":3,\"name\":\"n\",\"command\":\"x\",\"env\":[\"A=1\",\"B=2\"]}",
		    "x [] in=- name=n retries=3 env=A=1|B=2" },
		{ "{\"retries\":\"4\",\"env\":[],\"command\":\"x\"}",
		    "x [] in=- name=- retries=4 env=" },
		{ "{\"command\":[],\"retries\":0}", "- [] in=- name=- retries=0 env=" },
	};
	struct err e;
	char *said;

	for (size_t i = 0; i < COUNT(cases); i++) {
		tap_is_int(apply(cases[i].line, &said, &e), 1, "is plain: %s", cases[i].line);
		tap_is_str(said, cases[i].want, "and says so");
		free(said);
	}
}

static void
test_left(void)
{
	static const char *const lines[] = { "", "{}", "[]", "{\"command\":[\"true\"]} x",
		"{\"command\":[\"true\"]", "{\"command\":[\"true\",]}", "{\"command\":[1]}",
		"{\"command\":true}", "{\"command\":null}", "{\"in\":\"1d\"}",
		"{\"command\":\"a\\n\"}", "{\"command\":\"\xc3\xa4\"}", "{\"command\":\"a\tb\"}",
		"{\"command\":\"x\",\"command\":\"y\"}", "{\"command\":\"x\",\"nothing\":1}",
		"{\"command\":\"x\",\"retries\":1.0}", "{\"command\":\"x\",\"retries\":1e1}",
		"{\"command\":\"x\",\"retries\":01}", "{\"command\":\"x\",\"retries\":-0}",
		"{\"command\":\"x\",\"retries\":-}", "{\"command\":\"x\",\"retries\":true}",
		"{\"command\":\"x\",\"retries\":1234567890123456789}",
		"{\"command\":\"x\",\"name\":[\"a\"]}", "{\"command\":\"x\",\"shell\":\"true\"}",
		"{\"command\":\"x\",\"env\":{\"A\":\"1\"}}",
		"{\"command\":\"x\",\"shell\":truer}" };
	char *said, *untouched;
	struct err e;

	apply("", &untouched, &e);
	for (size_t i = 0; i < COUNT(lines); i++) {
		tap_is_int(apply(lines[i], &said, &e), 0, "is left alone: %s", lines[i]);
		tap_is_str(said, untouched, "and so is the draft");
		free(said);
	}
	free(untouched);
}

static void
test_nul(void)
{
	static const char line[] = "{\"command\":[\"true\"]}\0 ";
	struct draft d;
	struct err e;

	draft_init(&d, NULL);
	tap_is_int(
	    bulk_plain_apply(&d, line, sizeof(line) - 1, &e), 0, "a NUL does not end a line");
	draft_release(&d);
}

static void
test_wrong(void)
{
	char *said;
	struct err e;

	tap_is_int(apply("{\"command\":\"x\",\"retries\":-1}", &said, &e), E_INPUT,
	    "a value that an option refuses is refused");
	tap_is_str(e.text, "option '--retries': '-1' is not a number from 0 to 1000000",
	    "by the option's own words");
	free(said);
}

/* More members and words than are kept are the library's. */
static void
test_many(void)
{
	char *line = xstrdup("{\"command\":[\"w\""), *longer, *said;
	struct err e;

	for (int i = 0; i < 80; i++) {
		longer = xasprintf("%s,\"w\"", line);
		free(line);
		line = longer;
	}
	longer = xasprintf("%s]}", line);
	tap_is_int(apply(longer, &said, &e), 0, "so many words are left alone");
	free(said);
	free(longer);
	free(line);
}

int
main(void)
{
	test_plain();
	test_left();
	test_nul();
	test_wrong();
	test_many();
	return tap_done();
}
