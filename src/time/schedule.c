/*
 * schedule: see schedule.h.
 */
#include "time/schedule.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"
#include "time/civil.h"
#include "time/duration.h"

#define BLANKS " \t"

/* The rest of text after the word, if it begins with that word in any case. */
static const char *
after_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	if (strncasecmp(text, word, len) != 0 ||
	    (text[len] != '\0' && strchr(BLANKS, text[len]) == NULL))
		return NULL;
	return text + len + strspn(text + len, BLANKS);
}

/* A schedule that begins with a date: no field of a cron expression has four digits and a '-'. */
static bool
is_date(const char *text)
{
	for (int i = 0; i < 4; i++)
		if (!isdigit((unsigned char)text[i]))
			return false;
	return text[4] == '-' && isdigit((unsigned char)text[5]) &&
	       isdigit((unsigned char)text[6]) && text[7] == '-';
}

static int
parse_every(struct schedule *s, const char *text, struct err *e)
{
	char *word = xstrdup(text);
	int rc;

	s->kind = SCHEDULE_EVERY;
	for (size_t n = strlen(word); n > 0 && strchr(BLANKS, word[n - 1]) != NULL; n--)
		word[n - 1] = '\0';
	rc = duration_parse(word, &s->every, e);
	free(word);
	if (rc < 0)
		return err_prefix(e, "@every");
	if (s->every < USEC)
		return err_set(e, E_INPUT, "@every: the shortest interval is one second");
	return 0;
}

static void
set_column(int *column, const char *text, const char *where)
{
	if (column != NULL)
		*column = (int)(where - text) + 1;
}

int
schedule_parse(struct schedule *s, const char *text, uint64_t seed, int *column, struct err *e)
{
	const char *p = text + strspn(text, BLANKS), *rest;

	*s = (struct schedule){.kind = SCHEDULE_CRON};
	if (*p == '@' && (rest = after_word(p, "@every")) != NULL) {
		set_column(column, text, rest);
		return parse_every(s, rest, e);
	}
	if (*p == '@' && (rest = after_word(p, "@reboot")) != NULL) {
		s->kind = SCHEDULE_REBOOT;
		set_column(column, text, rest);
		return *rest == '\0' ? 0 : err_set(e, E_INPUT, "nothing may follow '@reboot'");
	}
	if (is_date(p)) {
		s->kind = SCHEDULE_ONCE;
		set_column(column, text, p);
		return instant_parse_rfc3339(p, &s->at, e);
	}
	return cron_parse(&s->cron, text, seed, column, e);
}

static int64_t
next_cron(const struct schedule *s, const struct zone *zone, int64_t after)
{
	int64_t t = cron_next(&s->cron, zone, floor_div(after, USEC), s->gap, s->repeat);

	return t == INT64_MAX ? INSTANT_NONE : t * USEC;
}

int64_t
schedule_next(const struct schedule *s, const struct zone *zone, int64_t after)
{
	switch (s->kind) {
	case SCHEDULE_ONCE:
		return after < s->at ? s->at : INSTANT_NONE;
	case SCHEDULE_CRON:
		return next_cron(s, zone, after);
	case SCHEDULE_EVERY:
		return after <= INT64_MAX - s->every ? after + s->every : INSTANT_NONE;
	case SCHEDULE_REBOOT:
		break;
	}
	return INSTANT_NONE;
}
