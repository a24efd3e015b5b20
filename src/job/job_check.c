/*
 * job_check: what can be said against a job from the job alone. Each value by its entry in
 * job_fields, then what only several together can show.
 */
#include <inttypes.h>

#include "base/err.h"
#include "job/check.h"
#include "job/field.h"
#include "job/job.h"
#include "time/zone.h"

static int
check_range(const struct field *f, int64_t n, struct err *e)
{
	if (n >= f->min && n <= f->max)
		return 0;
	return err_set(e, E_INPUT, "%s %" PRId64 " is not within %" PRId64 " and %" PRId64, f->name,
	    n, f->min, f->max);
}

static int
check_item(const struct field *f, const char *text, struct err *e)
{
	return f->check != NULL && f->check(text, e) < 0 ? err_prefix(e, "%s", f->name) : 0;
}

static int
check_length(const struct field *f, size_t len, struct err *e)
{
	if (len <= (size_t)f->max)
		return 0;
	return err_set(e, E_INPUT, "%s is longer than %" PRId64 " bytes", f->name, f->max);
}

static int
check_words(const struct field *f, const struct strv *words, struct err *e)
{
	size_t len = 0;

	/* Each with its NUL, as the kernel counts arguments and settings. */
	for (size_t i = 0; i < words->n; i++)
		len += strlen(words->v[i]) + 1;
	if (check_length(f, len, e) < 0)
		return E_INPUT;
	for (size_t i = 0; i < words->n; i++)
		if (check_item(f, words->v[i], e) < 0)
			return E_INPUT;
	return 0;
}

static int
check_field(const struct field *f, const struct job *job, struct err *e)
{
	const void *p = (const char *)job + f->offset;
	const char *text;

	switch (f->type) {
	case FIELD_INT:
	case FIELD_DURATION:
		return check_range(f, *(const int64_t *)p, e);
	case FIELD_TEXT:
		if ((text = *(char *const *)p) == NULL)
			return 0;
		return check_length(f, strlen(text), e) < 0 ? E_INPUT : check_item(f, text, e);
	case FIELD_WORDS:
		return check_words(f, p, e);
	case FIELD_BOOL:
	case FIELD_TIME:
	case FIELD_CHOICE:
		break;
	}
	return 0;
}

static int
check_command(const struct job *job, struct err *e)
{
	const char *text = job->command != NULL ? job->command
			   : job->argv.n > 0	? job->argv.v[0]
						: "";

	if (job->command != NULL && job->argv.n > 0)
		return err_set(e, E_INPUT, "shell text and arguments exclude each other");
	if (text[strspn(text, " \t\r\n")] == '\0')
		return err_set(e, E_INPUT, "there is no command");
	if (job->tab != NULL && strchr(text, '\n') != NULL)
		return err_set(e, E_INPUT, "the command of a tab entry holds a line end");
	return 0;
}

static int
check_schedule(const struct job *job, struct err *e)
{
	struct schedule s;

	if (job_schedule(job, &s, e) < 0)
		return e->code;
	if (job->periodic != (s.kind != SCHEDULE_ONCE))
		return err_set(e, E_INPUT, "schedule '%s' is %s", quoted(job->schedule).text,
		    job->periodic ? "one instant, not periodic" : "periodic, not one instant");
	if (job->periodic)
		return 0;
	if (job->count > 0)
		return err_set(e, E_INPUT, "a one-time job has no count of occurrences");
	if (job->until != INSTANT_NONE && job->until < s.at)
		return err_set(e, E_INPUT, "'--until' is before the time at which it is due");
	return 0;
}

/* Options that, given together, would never let it run, or mean nothing. */
static int
check_together(const struct job *job, struct err *e)
{
	if (job->backoff_max > 0 && job->backoff_max < job->backoff)
		return err_set(e, E_INPUT, "the highest backoff is below the first");
	if (job->deadline > 0 && job->deadline <= job->jitter)
		return err_set(e, E_INPUT, "the deadline must be longer than the jitter");
	if (job->missed != MISSED_ALL && job->missed_max > 0)
		return err_set(e, E_INPUT, "a bound on missed occurrences is for 'all' only");
	if (job->periodic && job->after.n > 0)
		return err_set(e, E_INPUT, "only a one-time job can come after others");
	return 0;
}

int
job_check(const struct job *job, struct err *e)
{
	for (const struct field *f = job_fields; f->name != NULL; f++)
		if (check_field(f, job, e) < 0)
			return E_INPUT;
	if (job->user == NULL)
		return err_set(e, E_INPUT, "there is no user");
	if (check_command(job, e) < 0 || check_schedule(job, e) < 0 || check_together(job, e) < 0)
		return E_INPUT;
	return 0;
}
