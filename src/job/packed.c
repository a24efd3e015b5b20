/*
 * packed: see packed.h.
 */
#include "job/packed.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "job/field.h"
#include "job/job.h"

static void
add_value(struct buf *b, const struct field *f, const struct job *job)
{
	char *mine;

	if (f->type == FIELD_WORDS)
		json_add_words(b, (const void *)((const char *)job + f->offset));
	else if (f->type == FIELD_TEXT || f->type == FIELD_CHOICE)
		json_add_string(b, field_text(f, job, &mine));
	else
		buf_addn(b, field_int(f, job));
}

char *
packed_format(const struct job *job)
{
	struct buf b = { 0 };
	struct job plain;

	job_init(&plain);
	for (const struct field *f = job_fields; f->name != NULL; f++) {
		if (f->column || field_equal(f, job, &plain))
			continue;
		buf_addc(&b, b.len == 0 ? '{' : ',');
		json_add_string(&b, f->name);
		buf_addc(&b, ':');
		add_value(&b, f, job);
	}
	if (b.len == 0)
		return NULL;
	buf_addc(&b, '}');
	return buf_string(&b);
}

static const struct field *
find(const char *name)
{
	for (const struct field *f = job_fields; f->name != NULL; f++)
		if (!f->column && strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

static bool
take_value(const char **p, const struct field *f, struct job *job)
{
	char *text;
	int64_t n;
	int rc;

	if (f->type == FIELD_WORDS)
		return json_take_words(p, (void *)((char *)job + f->offset));
	if (f->type != FIELD_TEXT && f->type != FIELD_CHOICE) {
		if (!json_take_int(p, &n))
			return false;
		field_set_int(f, job, n);
		return true;
	}
	if ((text = json_take_string(p)) == NULL)
		return false;
	rc = field_set_text(f, job, text);
	free(text);
	return rc == 0;
}

static bool
take_member(const char **p, struct job *job)
{
	const struct field *f;
	char *name;

	if ((name = json_take_string(p)) == NULL)
		return false;
	f = find(name);
	free(name);
	return f != NULL && json_take(p, ':') && take_value(p, f, job);
}

int
packed_parse(const char *text, struct job *job)
{
	if (text == NULL)
		return 0;
	if (!json_take(&text, '{'))
		return -1;
	do {
		if (!take_member(&text, job))
			return -1;
	} while (json_take(&text, ','));
	return json_take(&text, '}') && json_ends(text) ? 0 : -1;
}
