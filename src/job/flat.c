/*
 * flat: see flat.h. Of each member that is not what job_init makes it: its number in job_fields,
 * counted from 1, and its value; at the end a 0.
 */
#include "job/flat.h"

#include <string.h>

#include "base/buf.h"
#include "job/field.h"
#include "job/job.h"

static void
add_text(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text) + 1);
}

static void
add_words(struct buf *b, const struct strv *words)
{
	buf_add(b, &words->n, sizeof(words->n));
	for (size_t i = 0; i < words->n; i++)
		add_text(b, words->v[i]);
}

static void
add_number(struct buf *b, const struct field *f, const struct job *job, const struct job *plain)
{
	int64_t n;

	if (field_equal(f, job, plain))
		return;
	n = field_int(f, job);
	buf_addc(b, (char)(f - job_fields + 1));
	buf_add(b, &n, sizeof(n));
}

void
flat_add(struct buf *b, const struct job *job)
{
	struct job plain;

	job_init(&plain);
	for (const struct field *f = job_fields; f->name != NULL; f++) {
		const void *p = (const char *)job + f->offset;

		if (f->type == FIELD_TEXT) {
			if (*(char *const *)p == NULL)
				continue;
			buf_addc(b, (char)(f - job_fields + 1));
			add_text(b, *(char *const *)p);
		} else if (f->type == FIELD_WORDS) {
			if (((const struct strv *)p)->n == 0)
				continue;
			buf_addc(b, (char)(f - job_fields + 1));
			add_words(b, p);
		} else
			add_number(b, f, job, &plain);
	}
	buf_addc(b, '\0');
}

static const char *
take_words(const char *p, struct strv *words)
{
	size_t n;

	memcpy(&n, p, sizeof(n));
	for (p += sizeof(n); n > 0; n--) {
		strv_push(words, p);
		p += strlen(p) + 1;
	}
	return p;
}

const char *
flat_take(const char *p, struct job *job)
{
	int64_t n;

	job_init(job);
	while (*p != '\0') {
		const struct field *f = &job_fields[*p++ - 1];

		if (f->type == FIELD_TEXT) {
			field_set_text(f, job, p);
			p += strlen(p) + 1;
		} else if (f->type == FIELD_WORDS)
			p = take_words(p, (void *)((char *)job + f->offset));
		else {
			memcpy(&n, p, sizeof(n));
			field_set_int(f, job, n);
			p += sizeof(n);
		}
	}
	return p + 1;
}
