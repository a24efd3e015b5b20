/*
 * cron_parse: an expression from its text: five fields or a nickname.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "time/cron.h"
#include "time/cron_days.h"
#include "time/cron_field.h"
#include "time/cron_token.h"
#include "time/shown.h"

/* Five fields with every value written out are shorter than this. */
#define LONGEST_TEXT 1000

#define BLANKS " \t"

static const struct {
	const char *name, *fields;
} nicknames[] = {
    {"@yearly", "0 0 1 1 *"},
    {"@annually", "0 0 1 1 *"},
    {"@monthly", "0 0 1 * *"},
    {"@weekly", "0 0 * * 0"},
    {"@daily", "0 0 * * *"},
    {"@midnight", "0 0 * * *"},
    {"@hourly", "0 * * * *"},
};

struct word {
	const char *start, *end;
};

/* Cuts the text at its blanks; returns how many words there are, of which it keeps `max`. */
static int
split(const char *text, struct word *words, int max)
{
	const char *p = text + strspn(text, BLANKS);
	int n;

	for (n = 0; *p != '\0'; n++) {
		const char *end = p + strcspn(p, BLANKS);

		if (n < max)
			words[n] = (struct word){p, end};
		p = end + strspn(end, BLANKS);
	}
	return n;
}

static int
wrong_count(struct cron_reader *r, const struct word *words, int n)
{
	if (n < CRON_FIELDS) {
		cron_set_column(r, r->text + strlen(r->text));
		return err_set(r->err, E_INPUT,
		    "a schedule has five fields (minute, hour, day of month, month, day of week); "
		    "here %s %d",
		    n == 1 ? "is" : "are", n);
	}
	cron_set_column(r, words[CRON_FIELDS].start);
	return err_set(r->err, E_INPUT,
	    "a schedule has five fields, and '%s' is one more; "
	    "the first is the minute: there are no seconds and no years",
	    shown_part(words[CRON_FIELDS].start,
		(size_t)(words[CRON_FIELDS].end - words[CRON_FIELDS].start))
		.text);
}

/* Days that every month has, on weekdays that each of them comes to be on. */
static bool
surely_matches(const struct cron *c)
{
	return (c->dom & 0x1ffffffe) != 0 && c->dow != 0;
}

static bool
begins_with(struct word w, const char *set)
{
	return strchr(set, *w.start) != NULL;
}

static int
read_fields(struct cron_reader *r, const struct word *words)
{
	/* Month before day of month: see cron_field.h. */
	static const enum cron_field order[CRON_FIELDS] = {
	    FIELD_MINUTE, FIELD_HOUR, FIELD_MONTH, FIELD_DOM, FIELD_DOW};
	struct cron *c = r->cron;

	for (int i = 0; i < CRON_FIELDS; i++) {
		r->field = order[i];
		r->p = words[order[i]].start;
		r->end = words[order[i]].end;
		if (cron_field_read(r) < 0)
			return E_INPUT;
	}
	c->both_days = begins_with(words[FIELD_DOM], "*?") || begins_with(words[FIELD_DOW], "*?");
	c->wild = begins_with(words[FIELD_MINUTE], "*") || begins_with(words[FIELD_HOUR], "*") ||
		  c->hour == 0xffffff;
	if (surely_matches(c) || cron_next_day(c, 0) != NEVER)
		return 0;
	r->field = FIELD_DOM;
	return cron_fail(r, words[FIELD_DOM].start,
	    "no date matches together with the month and day of week, so this would never run");
}

static int
read_nickname(struct cron_reader *r, const struct word *words, int n)
{
	size_t len = (size_t)(words[0].end - words[0].start);

	if (n > 1) {
		cron_set_column(r, words[1].start);
		return err_set(r->err, E_INPUT, "nothing may follow '%s'",
		    shown_part(words[0].start, len).text);
	}
	for (size_t i = 0; i < sizeof(nicknames) / sizeof(nicknames[0]); i++)
		if (strlen(nicknames[i].name) == len &&
		    strncasecmp(nicknames[i].name, words[0].start, len) == 0)
			return cron_parse(r->cron, nicknames[i].fields, r->seed, r->column, r->err);
	cron_set_column(r, words[0].start);
	return err_set(
	    r->err, E_INPUT, "there is no schedule '%s'", shown_part(words[0].start, len).text);
}

int
cron_parse(struct cron *c, const char *text, uint64_t seed, int *column, struct err *e)
{
	int n;
	struct word words[CRON_FIELDS + 1];
	struct cron_reader r = {
	    .text = text,
	    .seed = seed,
	    .column = column,
	    .err = e,
	    .cron = c,
	};

	memset(c, 0, sizeof(*c));
	if (strlen(text) > LONGEST_TEXT) {
		cron_set_column(&r, text + LONGEST_TEXT);
		return err_set(e, E_INPUT, "a schedule has at most %d characters", LONGEST_TEXT);
	}
	n = split(text, words, CRON_FIELDS + 1);
	if (n > 0 && *words[0].start == '@')
		return read_nickname(&r, words, n);
	return n == CRON_FIELDS ? read_fields(&r, words) : wrong_count(&r, words, n);
}
