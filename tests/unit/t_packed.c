/*
 * t_packed: the settings that have no column of their own go into one text and come back from it.
 */
#include "base/mem.h"
#include "job/field.h"
#include "job/job.h"
#include "job/packed.h"
#include "tap.h"

static void
set_odd(const struct field *f, struct job *job, int64_t n)
{
	switch (f->type) {
	case FIELD_TEXT:
		(void)field_set_text(f, job, "a \"b\"\\ \x01\xff\n");
		return;
	case FIELD_WORDS:
		(void)field_set_text(f, job, "[\"a=b\",\"\",\"x \\\"y\\\"\"]");
		return;
	case FIELD_BOOL:
	case FIELD_CHOICE:
		field_set_int(f, job, field_int(f, job) == 1 ? 0 : 1);
		return;
	default:
		field_set_int(f, job, n);
	}
}

static void
test_each(void)
{
	int64_t n = -1;

	for (const struct field *f = job_fields; f->name != NULL; f++) {
		struct job job, back;
		char *text;

		if (f->column)
			continue;
		job_init(&job);
		job_init(&back);
		set_odd(f, &job, n--);
		text = packed_format(&job);
		tap_ok(text != NULL && packed_parse(text, &back) == 0 &&
			field_equal(f, &job, &back),
		    "%s goes through it and back", f->name);
		free(text);
		job_release(&job);
		job_release(&back);
	}
}

static void
test_texts(void)
{
	struct job job, back;
	char *text;
	bool same = true;

	job_init(&job);
	text = packed_format(&job);
	tap_ok(text == NULL, "a job with nothing special has no text");
	tap_is_int(packed_parse(NULL, &job), 0, "and none changes nothing");
	job.name = xstrdup("in a column");
	job.retries = 3;
	job.timeout = 600000000;
	job.overlap = OVERLAP_WAIT;
	text = packed_format(&job);
	tap_is_str(text, "{\"retries\":3,\"timeout\":600000000,\"overlap\":\"wait\"}",
	    "the others are named, as what they are");
	free(text);

	for (const struct field *f = job_fields; f->name != NULL; f++)
		if (!f->column)
			set_odd(f, &job, 7);
	job_init(&back);
	text = packed_format(&job);
	tap_is_int(packed_parse(text, &back), 0, "all of them at once");
	for (const struct field *f = job_fields; f->name != NULL; f++)
		same = same && (f->column || field_equal(f, &job, &back));
	tap_ok(same, "come back as they were");
	free(text);
	job_release(&job);
	job_release(&back);
}

static void
test_refused(void)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "nothing at all" },
		{ "{}", "an object of nothing, which is never written" },
		{ "[]", "a list" },
		{ "{\"retries\":3", "an end too early" },
		{ "{\"retries\":3}}", "an end too late" },
		{ "{\"retries\":3,}", "a comma too many" },
		{ "{\"retries\" 3}", "no colon" },
		{ "{\"retries\":\"3\"}", "a text for a number" },
		{ "{\"retries\":3.5}", "a fraction" },
		{ "{\"retries\":99999999999999999999}", "a number too large" },
		{ "{\"overlap\":1}", "a number for a word" },
		{ "{\"overlap\":\"sometimes\"}", "a word that is none of them" },
		{ "{\"limits\":\"x\"}", "a text for a list" },
		{ "{\"limits\":[\"x\"}", "a list without its end" },
		{ "{\"name\":\"x\"}", "what has a column" },
		{ "{\"colour\":1}", "what no job has" },
		{ "{retries:3}", "a name without quotes" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct job job;

		job_init(&job);
		tap_is_int(packed_parse(cases[i].text, &job), -1, "refused: %s", cases[i].why);
		job_release(&job);
	}
}

int
main(void)
{
	test_each();
	test_texts();
	test_refused();
	return tap_done();
}
