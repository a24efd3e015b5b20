/*
 * field: see field.h. To add a member to struct job: add it here. What the store asks for in
 * SQL, or what most jobs have, is a column of the schema as well.
 */
#include "job/field.h"

#include <assert.h>
#include <stdbool.h>

#include "base/mem.h"
#include "job/check.h"
#include "job/job.h"
#include "job/limit.h"
#include "job/plan.h"
#include "job/words.h"
#include "time/duration.h"

/* field_int reads every enum as an int. */
_Static_assert(sizeof(enum overlap) == sizeof(int) && sizeof(enum dst_gap) == sizeof(int),
    "an enum has the size of an int");

/* clang-format off */
#define AT(member) .offset = offsetof(struct job, member)
#define NAMED(member) .name = #member, AT(member)
#define INT(member, low, high) NAMED(member), .type = FIELD_INT, .min = (low), .max = (high)
#define DURATION(member) NAMED(member), .type = FIELD_DURATION, .max = DURATION_MAX
#define BOOL(member) NAMED(member), .type = FIELD_BOOL
#define TEXT(member, bytes, f) NAMED(member), .type = FIELD_TEXT, .max = (bytes), .check = (f)
#define WORDS(member, bytes, f) NAMED(member), .type = FIELD_WORDS, .max = (bytes), .check = (f)
#define CHOICE(member) NAMED(member), .type = FIELD_CHOICE, .words = member##_words
#define COLUMN .column = true

const struct field job_fields[] = {
	{ TEXT(name, JOB_NAME_MAX, job_name_check), COLUMN },
	{ TEXT(user, JOB_NAME_MAX, check_user), COLUMN },
	/* One word of an exec, which with its NUL is at most 128 KiB on Linux. */
	{ TEXT(command, JOB_COMMAND_MAX - 1, NULL), COLUMN },
	{ WORDS(argv, JOB_COMMAND_MAX, NULL), COLUMN },
	{ TEXT(cwd, JOB_TEXT_MAX, check_folder), COLUMN },
	{ WORDS(env, JOB_ENV_MAX, check_setting), COLUMN },
	{ TEXT(stdin_text, JOB_STDIN_MAX, NULL) },
	{ TEXT(schedule, JOB_TEXT_MAX, NULL), COLUMN },
	{ BOOL(periodic), COLUMN },
	{ BOOL(elapsed) },
	{ TEXT(tz, JOB_TEXT_MAX, check_zone), COLUMN },
	{ NAMED(until), .type = FIELD_TIME },
	{ INT(count, 0, JOB_COUNT_MAX) },
	{ CHOICE(dst_gap) },
	{ CHOICE(dst_repeat) },
	{ TEXT(not_on, JOB_NAME_MAX, check_calendar) },
	{ TEXT(only_on, JOB_NAME_MAX, check_calendar) },
	{ DURATION(jitter) },
	{ INT(priority, 0, JOB_PRIORITY_MAX), COLUMN },
	{ TEXT(queue, JOB_NAME_MAX, check_text), COLUMN },
	{ WORDS(labels, JOB_LIST_MAX, check_label), COLUMN },
	{ WORDS(require, JOB_REQUIRE_MAX, check_text) },
	{ WORDS(after, JOB_LIST_MAX, check_job_ref) },
	{ BOOL(after_any) },
	{ TEXT(order_key, JOB_KEY_MAX, check_text), COLUMN },
	{ CHOICE(order_on_failure), COLUMN },
	/* ON is a keyword of SQL everywhere. */
	{ .name = "on_node", AT(on), .type = FIELD_TEXT, .max = JOB_NAME_MAX, .check = check_text },
	{ INT(retries, 0, JOB_RETRIES_MAX) },
	{ DURATION(backoff) },
	{ DURATION(backoff_max) },
	{ DURATION(timeout) },
	{ DURATION(grace) },
	{ DURATION(deadline) },
	{ CHOICE(overlap) },
	{ CHOICE(missed) },
	{ INT(missed_max, 0, PLAN_MISSED_MAX) },
	{ CHOICE(lock_scope) },
	{ INT(output, 0, JOB_OUTPUT_MAX) },
	{ TEXT(mail, JOB_TEXT_MAX, check_address) },
	{ CHOICE(mail_on) },
	{ INT(nice, -20, 19) },
	{ WORDS(limits, JOB_LIST_MAX, limit_check) },
	{ TEXT(tab, JOB_TEXT_MAX, NULL), COLUMN },
	/* Holds the text of an entry where it has no name. */
	{ TEXT(tab_key, 2 * JOB_COMMAND_MAX, NULL), COLUMN },
	{ INT(tab_line, 0, INT32_MAX), COLUMN },
	{ .name = NULL },
};
/* clang-format on */

const struct field *
field_at(size_t offset)
{
	const struct field *f;

	for (f = job_fields; f->name != NULL && f->offset != offset; f++)
		continue;
	assert(f->name != NULL);
	return f;
}

static void *
member(const struct field *f, const struct job *job)
{
	return (char *)(uintptr_t)job + f->offset;
}

int64_t
field_int(const struct field *f, const struct job *job)
{
	const void *p = member(f, job);

	switch (f->type) {
	case FIELD_INT:
	case FIELD_DURATION:
	case FIELD_TIME:
		return *(const int64_t *)p;
	case FIELD_BOOL:
		return *(const bool *)p;
	case FIELD_CHOICE:
		return *(const int *)p;
	case FIELD_TEXT:
	case FIELD_WORDS:
		break;
	}
	abort();
}

void
field_set_int(const struct field *f, struct job *job, int64_t value)
{
	void *p = member(f, job);

	switch (f->type) {
	case FIELD_INT:
	case FIELD_DURATION:
	case FIELD_TIME:
		*(int64_t *)p = value;
		return;
	case FIELD_BOOL:
		*(bool *)p = value != 0;
		return;
	case FIELD_CHOICE:
		*(int *)p = (int)value;
		return;
	case FIELD_TEXT:
	case FIELD_WORDS:
		break;
	}
	abort();
}

const char *
field_text(const struct field *f, const struct job *job, char **mine)
{
	const void *p = member(f, job);

	*mine = NULL;
	if (f->type == FIELD_TEXT)
		return *(char *const *)p;
	if (f->type == FIELD_CHOICE)
		return f->words[*(const int *)p];
	if (f->type == FIELD_WORDS && ((const struct strv *)p)->n > 0)
		*mine = words_format(p);
	return *mine;
}

bool
field_equal(const struct field *f, const struct job *a, const struct job *b)
{
	const void *p = member(f, a), *q = member(f, b);
	const char *s, *t;

	switch (f->type) {
	case FIELD_TEXT:
		s = *(char *const *)p;
		t = *(char *const *)q;
		return s == t || (s != NULL && t != NULL && strcmp(s, t) == 0);
	case FIELD_WORDS:
		return strv_equal(p, q);
	case FIELD_INT:
	case FIELD_DURATION:
	case FIELD_TIME:
		return *(const int64_t *)p == *(const int64_t *)q;
	case FIELD_BOOL:
		return *(const bool *)p == *(const bool *)q;
	case FIELD_CHOICE:
		return *(const int *)p == *(const int *)q;
	}
	abort();
}

int
field_set_text(const struct field *f, struct job *job, const char *text)
{
	void *p = member(f, job);
	struct strv read = {0};
	char *copy;
	int i;

	switch (f->type) {
	case FIELD_TEXT:
		/* In this order: it may be the job's own. */
		copy = xstrdup(text);
		free(*(char **)p);
		*(char **)p = copy;
		return 0;
	case FIELD_CHOICE:
		if (text == NULL || (i = words_index(f->words, text)) == -1)
			return -1;
		*(int *)p = i;
		return 0;
	case FIELD_WORDS:
		if (text != NULL && words_parse(text, &read) == -1)
			return -1;
		strv_clear(p);
		*(struct strv *)p = read;
		return 0;
	default:
		return -1;
	}
}
