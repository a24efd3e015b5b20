/*
 * t_field: the table of the members of a job is complete, and each goes through it and back.
 */
#include "base/mem.h"
#include "job/field.h"
#include "job/job.h"
#include "tap.h"

static size_t
size_of(enum field_type type)
{
	switch (type) {
	case FIELD_INT:
	case FIELD_DURATION:
	case FIELD_TIME:
		return sizeof(int64_t);
	case FIELD_BOOL:
		return sizeof(bool);
	case FIELD_TEXT:
		return sizeof(char *);
	case FIELD_WORDS:
		return sizeof(struct strv);
	case FIELD_CHOICE:
		return sizeof(int);
	}
	return 0;
}

/* Every byte of struct job is id, a field, or padding before one. */
static void
test_complete(void)
{
	size_t end = sizeof(int64_t);
	bool dense = true;

	for (const struct field *f = job_fields; f->name != NULL; f++) {
		dense = dense && f->offset >= end && f->offset - end < sizeof(int64_t);
		if (!dense) {
			tap_note("before %s", f->name);
			break;
		}
		end = f->offset + size_of(f->type);
	}
	tap_ok(dense, "fields follow each other as the members do");
	tap_ok(sizeof(struct job) - end < sizeof(int64_t), "the last field is the last member");
}

static void
test_names(void)
{
	for (const struct field *f = job_fields; f->name != NULL; f++) {
		bool unique = true;

		for (const struct field *g = job_fields; g != f; g++)
			unique = unique && strcmp(f->name, g->name) != 0;
		tap_ok(unique, "field %s has a name of its own", f->name);
		tap_ok(field_at(f->offset) == f, "field %s is found by its place", f->name);
	}
}

static void
check_number(const struct field *f, struct job *job, int64_t n)
{
	char *mine;

	field_set_int(f, job, n);
	tap_is_int(field_int(f, job), n, "%s is a number", f->name);
	tap_ok(field_text(f, job, &mine) == NULL && mine == NULL, "%s has no text", f->name);
	tap_is_int(field_set_text(f, job, "1"), -1, "%s takes no text", f->name);
}

static void
check_choice(const struct field *f, struct job *job)
{
	char *mine;

	tap_is_int(field_set_text(f, job, "nonsense"), -1, "%s refuses other words", f->name);
	tap_is_int(field_set_text(f, job, NULL), -1, "%s wants a word", f->name);
	tap_is_int(field_set_text(f, job, f->words[1]), 0, "%s takes its word", f->name);
	tap_is_int(field_int(f, job), 1, "%s is the place of its word", f->name);
	tap_is_str(field_text(f, job, &mine), f->words[1], "%s is its word", f->name);
}

static void
check_text(const struct field *f, struct job *job)
{
	char *text = f->type == FIELD_TEXT ? xasprintf("text of %s", f->name)
					   : xasprintf("[\"word\",\"%s\"]", f->name);
	char *mine;

	tap_is_int(field_set_text(f, job, text), 0, "%s takes text", f->name);
	tap_is_str(field_text(f, job, &mine), text, "%s is its text", f->name);
	free(mine);
	free(text);
}

/* Sets every field to something of its own; none may disturb another. */
static void
test_values(void)
{
	struct job job;
	int64_t n = 1;

	job_init(&job);
	for (const struct field *f = job_fields; f->name != NULL; f++, n++) {
		if (f->type == FIELD_CHOICE)
			check_choice(f, &job);
		else if (f->type == FIELD_TEXT || f->type == FIELD_WORDS)
			check_text(f, &job);
		else
			check_number(f, &job, f->type == FIELD_BOOL ? 1 : n);
	}
	tap_is_str(job.name, "text of name", "the first is still what it was");
	tap_ok(job.argv.n == 2 && strcmp(job.argv.v[1], "argv") == 0, "and so are its words");
	tap_ok(job.overlap == OVERLAP_WAIT && job.periodic, "its choices and flags");
	job_release(&job);
}

static void
test_absent(void)
{
	const struct field *name = field_at(offsetof(struct job, name));
	const struct field *argv = field_at(offsetof(struct job, argv));
	struct job job;
	char *mine;

	job_init(&job);
	tap_ok(field_text(name, &job, &mine) == NULL, "no text is NULL");
	tap_ok(field_text(argv, &job, &mine) == NULL && mine == NULL, "no words are NULL");
	field_set_text(name, &job, "x");
	field_set_text(name, &job, job.name);
	tap_is_str(job.name, "x", "a text may be set from itself");
	tap_is_int(field_set_text(name, &job, NULL), 0, "a text can be taken away");
	tap_is_str(job.name, NULL, "and is gone");
	field_set_text(argv, &job, "[\"a\"]");
	tap_is_int(field_set_text(argv, &job, "[\"b\""), -1, "broken JSON is refused");
	tap_ok(job.argv.n == 1, "and changes nothing");
	tap_ok(field_set_text(argv, &job, NULL) == 0 && job.argv.n == 0, "words can be taken away");
	job_release(&job);
}

int
main(void)
{
	test_complete();
	test_names();
	test_values();
	test_absent();
	return tap_done();
}
