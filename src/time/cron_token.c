/*
 * cron_token: see cron_token.h.
 */
#include "time/cron_token.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "time/shown.h"

const struct cron_field_form cron_fields[CRON_FIELDS] = {
    [FIELD_MINUTE] = {"minute", 0, 59, 59, NULL},
    [FIELD_HOUR] = {"hour", 0, 23, 23, NULL},
    [FIELD_DOM] = {"day of month", 1, 31, 31, NULL},
    [FIELD_MONTH] = {"month", 1, 12, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
    [FIELD_DOW] = {"day of week", 0, 7, 6, "sunmontuewedthufrisat"},
};

void
cron_set_column(struct cron_reader *r, const char *where)
{
	if (r->column != NULL)
		*r->column = (int)(where - r->text) + 1;
}

int
cron_fail(struct cron_reader *r, const char *where, const char *fmt, ...)
{
	char why[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	cron_set_column(r, where);
	if (r->column != NULL)
		return err_set(r->err, E_INPUT, "%s: %s", cron_fields[r->field].name, why);
	return err_set(r->err, E_INPUT, "%s, column %d: %s", cron_fields[r->field].name,
	    (int)(where - r->text) + 1, why);
}

static int
unexpected(struct cron_reader *r)
{
	unsigned char ch = (unsigned char)*r->p;

	if (!isprint(ch))
		return cron_fail(r, r->p, "unexpected byte 0x%02x", ch);
	return cron_fail(r, r->p, "unexpected '%c'", ch);
}

/* Something else where a value should begin. */
static int
no_value(struct cron_reader *r)
{
	switch (cron_peek(r)) {
	case '\0':
		return cron_fail(r, r->p, "a value is missing");
	case '-':
	case '+':
		return cron_fail(r, r->p, "a value has no sign");
	case '?':
		return cron_fail(
		    r, r->p, "'?' is for day of month and day of week, in place of '*'");
	default:
		return unexpected(r);
	}
}

int
cron_number(struct cron_reader *r, int min, int max, int *out)
{
	const char *start = r->p;
	int n = 0;

	if (!isdigit(cron_peek(r)))
		return no_value(r);
	for (; isdigit(cron_peek(r)); r->p++) {
		if (r->p - start == 4)
			return cron_fail(r, start, "a number has at most four digits");
		n = n * 10 + (*r->p - '0');
	}
	if (n < min || n > max)
		return cron_fail(r, start, "%d is out of range (%d to %d)", n, min, max);
	*out = n;
	return 0;
}

/* A name has three letters; in day of week an L may follow at once (sunL). */
static int
read_name(struct cron_reader *r, int *out)
{
	const char *words = cron_fields[r->field].words;
	size_t letters = 0, len;

	while (r->p + letters < r->end && isalpha((unsigned char)r->p[letters]))
		letters++;
	if (r->field == FIELD_DOW && letters == 1 && cron_peek(r) == 'l')
		return cron_fail(r, r->p, "'L' alone is for day of month");
	if (words == NULL)
		return unexpected(r);
	len = letters == 4 && r->field == FIELD_DOW && strchr("lL", r->p[3]) != NULL ? 3 : letters;
	for (int i = 0; len == 3 && words[i] != '\0'; i += 3)
		if (strncasecmp(words + i, r->p, 3) == 0) {
			*out = i / 3 + cron_fields[r->field].min;
			r->p += 3;
			return 0;
		}
	return cron_fail(r, r->p, "'%s' is not one of the names %.3s to %s",
	    shown_part(r->p, letters).text, words, words + strlen(words) - 3);
}

int
cron_value(struct cron_reader *r, int *out)
{
	if (isalpha(cron_peek(r)))
		return read_name(r, out);
	return cron_number(r, cron_fields[r->field].min, cron_fields[r->field].max, out);
}

int
cron_item_end(struct cron_reader *r)
{
	return cron_peek(r) == '\0' ? 0 : unexpected(r);
}
