/*
 * setting: a line NAME = VALUE, as crontab(5) of Vixie's cron and of cronie has it: blanks around
 * the '=' do not count; name and value may each stand in single or double quotes, in which nothing
 * has a meaning; an unquoted value goes to the end of the line, without the blanks there. A line
 * that has no '=' after its first word is an entry. (Beyond cron, NAME= with nothing behind it is
 * an empty value.)
 *
 * What is set holds for the entries after it. As in cron all of it is in the job's environment;
 * some names mean more, see `special`.
 */
#include <ctype.h>
#include <inttypes.h>

#include "base/err.h"
#include "base/mem.h"
#include "job/draft.h"
#include "job/option.h"
#include "tab/lines.h"
#include "tab/notes.h"
#include "tab/parser.h"
#include "tab/tab.h"
#include "time/duration.h"

#define RANDOM_DELAY_MAX 1440 /* minutes: as in cronie */

struct setting {
	const struct line *line;
	char *name, *value; /* in the line, which is cut up */
	int name_column, value_column;
};

static char *
skip_blanks(char *p)
{
	while (isspace((unsigned char)*p))
		p++;
	return p;
}

static int
column_of(const struct line *line, const char *p)
{
	return (int)(p - line->text) + 1;
}

/*
 * Finds the name and its end, and where the value begins. NULL if this is no setting; nothing is
 * cut yet.
 */
static char *
find_value(char *p, char **name, char **name_end)
{
	char *end;

	*name = p;
	if (*p == '\'' || *p == '"') {
		*name = p + 1;
		/* As in cron, a quoted name cannot hold a '='. */
		end = *name + strcspn(*name, *p == '"' ? "\"=" : "'=");
		if (*end != *p)
			return NULL;
		*name_end = end++;
	} else
		*name_end = end = p + strcspn(p, "= \t\v\f\r");
	end = skip_blanks(end);
	return *end == '=' ? skip_blanks(end + 1) : NULL;
}

/* Cuts the value out. False, with the error told, if its quotes are wrong. */
static bool
cut_value(struct parser *p, struct setting *s)
{
	char *end;

	if (*s->value != '\'' && *s->value != '"') {
		end = s->value + strlen(s->value);
		while (end > s->value && isspace((unsigned char)end[-1]))
			end--;
		*end = '\0';
		return true;
	}
	if ((end = strchr(s->value + 1, *s->value)) == NULL) {
		tab_error(p->tab, s->line->number, s->value_column, "the quote is not closed");
		return false;
	}
	if (*skip_blanks(end + 1) != '\0') {
		tab_error(p->tab, s->line->number, column_of(s->line, skip_blanks(end + 1)),
		    "text after the closing quote");
		return false;
	}
	s->value++;
	*end = '\0';
	return true;
}

/*
 * Sets what an option of submit sets. The sentence is without the option, which nobody has given.
 */
static int
set_option(struct parser *p, const char *option, const char *value, struct err *e)
{
	size_t prefix = strlen("option '--': ") + strlen(option);
	struct draft d;
	int rc;

	draft_init(&d, &p->base);
	if ((rc = option_set(&d, OPTION_TAB, option, value, e)) == 0) {
		job_release(&p->base);
		p->base = d.job;
		job_init(&d.job);
	} else
		memmove(e->text, e->text + prefix, strlen(e->text + prefix) + 1);
	draft_release(&d);
	return rc;
}

static void
error_at_value(struct parser *p, const struct setting *s, const struct err *e)
{
	tab_error(p->tab, s->line->number, s->value_column, "%s: %s", s->name, e->text);
}

static void
set_env(struct parser *p, const struct setting *s)
{
	char *text = xasprintf("%s=%s", s->name, s->value);
	struct err e;

	if (set_option(p, "env", text, &e) < 0)
		tab_error(p->tab, s->line->number, s->name_column, "%s", e.text);
	free(text);
}

/* Mail goes there when there is output, as from cron; to nobody if it is empty. */
static void
set_mailto(struct parser *p, const struct setting *s)
{
	struct err e;

	if (*s->value != '\0' && set_option(p, "mail", s->value, &e) == 0) {
		p->base.mail_on = MAIL_OUTPUT;
		return;
	}
	/* cron too runs the entries, and sends no mail to an address that it does not trust. */
	if (*s->value != '\0')
		tab_warn(
		    p->tab, s->line->number, s->value_column, "no mail will be sent: %s", e.text);
	free(p->base.mail);
	p->base.mail = NULL;
	p->base.mail_on = MAIL_NEVER;
}

static void
set_cron_tz(struct parser *p, const struct setting *s)
{
	struct err e;

	if (*s->value == '\0') {
		free(p->base.tz);
		p->base.tz = NULL;
	} else if (set_option(p, "tz", s->value, &e) < 0)
		error_at_value(p, s, &e);
}

static void
set_random_delay(struct parser *p, const struct setting *s)
{
	const char *wrong;
	long long minutes = strtonum(s->value, 0, RANDOM_DELAY_MAX, &wrong);

	if (wrong != NULL)
		tab_error(p->tab, s->line->number, s->value_column,
		    "RANDOM_DELAY: '%.32s' is not a number of minutes up to %d", s->value,
		    RANDOM_DELAY_MAX);
	else
		p->base.jitter = minutes * MINUTE_US;
}

static const struct {
	const char *name;
	void (*set)(struct parser *, const struct setting *); /* besides the environment */
} special[] = {
	{ "MAILTO", set_mailto },
	{ "CRON_TZ", set_cron_tz },
	{ "RANDOM_DELAY", set_random_delay },
};

static void
apply(struct parser *p, const struct setting *s)
{
	if (strcmp(s->name, "LOGNAME") == 0 || strcmp(s->name, "USER") == 0) {
		tab_warn(p->tab, s->line->number, s->name_column,
		    "%s cannot be set: it is the user of each entry", s->name);
		return;
	}
	set_env(p, s);
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (strcmp(s->name, special[i].name) == 0)
			special[i].set(p, s);
}

bool
setting_parse(struct parser *p, const struct line *line)
{
	struct setting s = { .line = line };
	char *name_end;

	if ((s.value = find_value(skip_blanks(line->text), &s.name, &name_end)) == NULL)
		return false;
	s.name_column = column_of(line, s.name);
	s.value_column = column_of(line, s.value);
	if (name_end == s.name)
		tab_error(p->tab, line->number, s.name_column, "a setting without a name");
	else if (cut_value(p, &s)) {
		*name_end = '\0';
		apply(p, &s);
	}
	return true;
}
