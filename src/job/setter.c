/*
 * setter: see setter.h. Texts and numbers are checked here, one by one, so that the message can
 * name the option; what only the whole job can show is left to job_check.
 */
#include "job/setter.h"

#include <inttypes.h>

#include "base/err.h"
#include "base/mem.h"
#include "job/check.h"
#include "job/field.h"
#include "job/plan.h"
#include "job/words.h"
#include "time/duration.h"

static void *
member(struct draft *d, const struct option_def *def)
{
	return (char *)&d->job + def->offset;
}

/* Takes the place of what is there. */
static void
put_text(char **at, const char *value)
{
	char *copy = xstrdup(value);

	free(*at);
	*at = copy;
}

int
set_number(struct draft *d, const struct option_def *def, const char *value, struct err *e)
{
	const struct field *f = field_at(def->offset);
	long long min = def->offset == offsetof(struct job, count) ? 1 : f->min, n;

	if (number_parse(value, min, f->max, &n, e) < 0)
		return E_INPUT;
	*(int64_t *)member(d, def) = n;
	return 0;
}

int
set_bytes(struct draft *d, const struct option_def *def, const char *value, struct err *e)
{
	const struct field *f = field_at(def->offset);
	size_t len = strlen(value);
	long long unit = len == 0		 ? 1
			 : value[len - 1] == 'K' ? 1024
			 : value[len - 1] == 'M' ? 1024 * 1024
						 : 1;
	char *digits = xstrndup(value, len - (unit > 1));
	long long n;
	int rc = number_parse(digits, f->min, f->max / unit, &n, e);

	free(digits);
	if (rc < 0)
		return err_set(e, E_INPUT, "'%s' is not a number of bytes up to %" PRId64 "M",
		    quoted(value).text, f->max >> 20);
	*(int64_t *)member(d, def) = n * unit;
	return 0;
}

int
set_duration(struct draft *d, const struct option_def *def, const char *value, struct err *e)
{
	return duration_parse(value, member(d, def), e);
}

int
set_choice(struct draft *d, const struct option_def *def, const char *value, struct err *e)
{
	const struct field *f = field_at(def->offset);
	int i = words_index(def->words, value);
	char *list;

	if (i == -1) {
		list = words_list(def->words);
		err_set(e, E_INPUT, "'%s' is not one of %s", quoted(value).text, list);
		free(list);
		return E_INPUT;
	}
	/* The option may leave out the first words of the field: "default" is what it is without
	 * it. */
	field_set_int(f, &d->job, i + (def->words - f->words));
	return 0;
}

static int
check_value(const struct field *f, const char *value, struct err *e)
{
	if (strlen(value) > (size_t)f->max)
		return err_set(e, E_INPUT, "longer than %" PRId64 " bytes", f->max);
	return f->check != NULL ? f->check(value, e) : 0;
}

int
set_text(struct draft *d, const struct option_def *def, const char *value, struct err *e)
{
	if (check_value(field_at(def->offset), value, e) < 0)
		return E_INPUT;
	put_text(member(d, def), value);
	return 0;
}

int
set_word(struct draft *d, const struct option_def *def, const char *value, struct err *e)
{
	if (check_value(field_at(def->offset), value, e) < 0)
		return E_INPUT;
	strv_push(member(d, def), value);
	return 0;
}

int
set_setting(struct draft *d, const struct option_def *def, const char *value, struct err *e)
{
	size_t len = strcspn(value, "=");
	char *name;

	if (check_value(field_at(def->offset), value, e) < 0)
		return E_INPUT;
	name = xstrndup(value, len);
	strv_setenv(member(d, def), name, value + len + 1);
	free(name);
	return 0;
}

/* Gives each item of a list separated by commas to set. Those before a bad one have been set then.
 */
static int
set_each(
    struct draft *d, const struct option_def *def, const char *value, setter *set, struct err *e)
{
	char *copy = xstrdup(value), *rest = copy, *item;
	int rc = 0;

	while (rc == 0 && (item = strsep(&rest, ",")) != NULL)
		rc = *item != '\0'
			 ? set(d, def, item, e)
			 : err_set(e, E_INPUT, "'%s' has an empty item", quoted(value).text);
	free(copy);
	return rc;
}

int
set_limits(struct draft *d, const struct option_def *def, const char *value, struct err *e)
{
	return set_each(d, def, value, set_setting, e);
}

int
set_env(struct draft *d, const struct option_def *def, const char *value, struct err *e)
{
	const char *found;
	char *setting;
	int rc;

	if (strchr(value, '=') != NULL)
		return set_setting(d, def, value, e);
	if (d->where != OPTION_SUBMIT)
		return err_set(e, E_INPUT,
		    "'%s' is not NAME=VALUE: there is no caller to copy it from",
		    quoted(value).text);
	if ((found = getenv(value)) == NULL)
		return err_set(
		    e, E_INPUT, "'%s' is not set in the environment", quoted(value).text);
	setting = xasprintf("%s=%s", value, found);
	rc = set_setting(d, def, setting, e);
	free(setting);
	return rc;
}

int
set_after(struct draft *d, const struct option_def *def, const char *value, struct err *e)
{
	bool any = strcmp(def->name, "after-any") == 0;

	if (d->job.after.n > 0 && d->job.after_any != any)
		return err_set(e, E_INPUT, "'--after' and '--after-any' exclude each other");
	d->job.after_any = any;
	return set_each(d, def, value, set_word, e);
}

/* A relative folder is one of the folder that is there: the caller's. A tab has none. */
int
set_cwd(struct draft *d, const struct option_def *def, const char *value, struct err *e)
{
	char *path;
	int rc;

	if (*value == '/' || *value == '\0' || d->job.cwd == NULL)
		return set_text(d, def, value, e);
	path = xasprintf("%s/%s", d->job.cwd, value);
	rc = set_text(d, def, path, e);
	free(path);
	return rc;
}

/* FIRST or FIRST..MAX. Zero means at once: kept as the shortest time, for 0 in a job is "default".
 */
int
set_backoff(struct draft *d, const struct option_def *def, const char *value, struct err *e)
{
	char *copy = xstrdup(value), *dots = strstr(copy, "..");
	int64_t first, max = 0;
	int rc;

	(void)def;
	if (dots != NULL)
		*dots = '\0';
	if ((rc = duration_parse(copy, &first, e)) == 0 && dots != NULL)
		rc = duration_parse(dots + 2, &max, e);
	if (rc == 0 && dots != NULL && max < first)
		rc = err_set(e, E_INPUT, "'%s' ends below its beginning", quoted(value).text);
	free(copy);
	if (rc < 0)
		return rc;
	d->job.backoff = first > 0 ? first : 1;
	d->job.backoff_max = dots != NULL && max == 0 ? 1 : max;
	return 0;
}

/* skip, once, all or all:N. */
int
set_missed(struct draft *d, const struct option_def *def, const char *value, struct err *e)
{
	long long n;

	if (strncmp(value, "all:", 4) != 0) {
		d->job.missed_max = 0;
		return set_choice(d, def, value, e);
	}
	if (number_parse(value + 4, 1, PLAN_MISSED_MAX, &n, e) < 0)
		return E_INPUT;
	d->job.missed = MISSED_ALL;
	d->job.missed_max = n;
	return 0;
}

int
set_shell(struct draft *d, const struct option_def *def, const char *value, struct err *e)
{
	(void)def, (void)value, (void)e;
	d->shell = true;
	return 0;
}

int
set_later(struct draft *d, const struct option_def *def, const char *value, struct err *e)
{
	if (*value == '\0')
		return err_set(e, E_INPUT, "'' is empty");
	if (strlen(value) > JOB_TEXT_MAX)
		return err_set(e, E_INPUT, "longer than %d bytes", JOB_TEXT_MAX);
	put_text((char **)(void *)((char *)d + def->offset), value);
	return 0;
}
