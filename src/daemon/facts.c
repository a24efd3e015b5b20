/*
 * facts: see facts.h.
 */
#include "daemon/facts.h"

#include "base/mem.h"
#include "base/strv.h"
#include "time/instant.h"

/* By hand: each job has seven of them, and a format is read anew for each. */
static void
add(struct strv *vars, const char *name, const char *value, size_t len)
{
	size_t name_len = strlen(name);
	char *text = xmalloc(name_len + 1 + len + 1);

	memcpy(text, name, name_len);
	text[name_len] = '=';
	memcpy(text + name_len + 1, value, len);
	text[name_len + 1 + len] = '\0';
	strv_take(vars, text);
}

void
facts_number(struct strv *vars, const char *name, int64_t value)
{
	char digits[24], *p = digits + sizeof(digits);
	uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;

	do
		*--p = (char)('0' + left % 10);
	while ((left /= 10) > 0);
	if (value < 0)
		*--p = '-';
	add(vars, name, p, (size_t)(digits + sizeof(digits) - p));
}

void
facts_text(struct strv *vars, const char *name, const char *value)
{
	add(vars, name, value != NULL ? value : "", value != NULL ? strlen(value) : 0);
}

void
facts_add(struct strv *vars, const struct facts *f)
{
	char when[INSTANT_TEXT];

	instant_json(f->scheduled_for, when, sizeof(when));
	facts_number(vars, "JOBSCHED_JOB_ID", f->job_id);
	facts_text(vars, "JOBSCHED_JOB_NAME", f->job_name);
	facts_text(vars, "JOBSCHED_SCHEDULED_FOR", when);
	facts_number(vars, "JOBSCHED_ATTEMPT", f->attempt);
	facts_text(vars, "JOBSCHED_NODE", f->node);
	facts_number(vars, "JOBSCHED_FENCE", f->fence);
	facts_text(vars, "JOBSCHED_DB", f->database);
}
