/*
 * calendar_parse: reads the text of a calendar, see calendar.h.
 *
 * Dates of every year are put down on a list of the 366 days of a leap year and written out for all
 * years at the end, so that a calendar is nothing but ranges of days.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "time/calendar.h"
#include "time/civil.h"
#include "time/shown.h"

#define YEAR_MIN 1970
#define YEAR_MAX 2400 /* as for instants */
#define LEAP_YEAR 2000

#define LEAP_DAY 59 /* the place of 02-29 in `yearly` */

struct reader {
	struct calendar *cal;
	const char *line, *p, *end; /* the line being read, what is left of it, its end */
	int *column;
	struct err *err;
	bool yearly[366];
	bool any_yearly;
};

/* A date as it is written. */
struct given {
	const char *at;
	bool yearly;
	int year, month, day; /* a leap year if it is of every year */
};

static void
put_column(struct reader *r, const char *where)
{
	*r->column = (int)(where - r->line) + 1;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void
skip_blanks(struct reader *r)
{
	while (r->p < r->end && is_blank(*r->p))
		r->p++;
}

/* What stands at p, up to a blank, as it may be shown. */
static struct shown
word(const struct reader *r)
{
	size_t len = 0;

	while (r->p + len < r->end && !is_blank(r->p[len]))
		len++;
	return shown_part(r->p, len);
}

/* Whether the text at p begins like the form, in which 9 is any digit. */
static bool
has_form(const struct reader *r, const char *form)
{
	const char *p = r->p;

	for (; *form != '\0'; form++, p++)
		if (p == r->end || (*form == '9' ? *p < '0' || *p > '9' : *p != *form))
			return false;
	return true;
}

/* Passes so many digits, which are there. */
static int
take_digits(struct reader *r, int n)
{
	int value = 0;

	for (; n > 0; n--)
		value = value * 10 + (*r->p++ - '0');
	return value;
}

static int
take_part(struct reader *r, const char *name, int digits, int min, int max, int *value)
{
	put_column(r, r->p);
	*value = take_digits(r, digits);
	if (*value >= min && *value <= max)
		return 0;
	return err_set(r->err, E_INPUT, "%s %0*d is not within %0*d and %0*d", name, digits, *value,
	    digits, min, digits, max);
}

static int
take_date(struct reader *r, struct given *g)
{
	g->at = r->p;
	put_column(r, r->p);
	g->yearly = has_form(r, "99-99");
	g->year = LEAP_YEAR;
	if (!g->yearly && !has_form(r, "9999-99-99"))
		return err_set(
		    r->err, E_INPUT, "'%s' is not a date like 2026-12-24 or 12-24", word(r).text);
	if (!g->yearly) {
		if (take_part(r, "year", 4, YEAR_MIN, YEAR_MAX, &g->year) < 0)
			return E_INPUT;
		r->p++;
	}
	if (take_part(r, "month", 2, 1, 12, &g->month) < 0)
		return E_INPUT;
	r->p++;
	return take_part(r, "day", 2, 1, month_length(g->year, g->month), &g->day);
}

/* The second date of a range, if there is one; else the first again. */
static int
take_end(struct reader *r, const struct given *from, struct given *to)
{
	const char *behind = r->p;

	*to = *from;
	skip_blanks(r);
	if (!has_form(r, "..")) {
		r->p = behind;
		return 0;
	}
	r->p += 2;
	skip_blanks(r);
	if (take_date(r, to) < 0)
		return E_INPUT;
	put_column(r, to->at);
	if (to->yearly != from->yearly)
		return err_set(r->err, E_INPUT, "both dates of a range have a year, or none has");
	return 0;
}

static void
add_range(struct calendar *c, int64_t first, int64_t last)
{
	c->ranges = mem_grow(c->ranges, c->n, &c->cap, sizeof(*c->ranges));
	c->ranges[c->n++] = (struct day_range){(int32_t)first, (int32_t)last};
}

static void
add_yearly(struct reader *r, int64_t first, int64_t last)
{
	const int64_t new_year = civil_day(LEAP_YEAR, 1, 1);

	r->any_yearly = true;
	for (int64_t day = first; day <= last; day++)
		r->yearly[day - new_year] = true;
}

static int
add_dates(struct reader *r, const struct given *from, const struct given *to)
{
	int64_t first = civil_day(from->year, from->month, from->day);
	int64_t last = civil_day(to->year, to->month, to->day);

	if (from->yearly && first > last) {
		add_yearly(r, first, civil_day(LEAP_YEAR, 12, 31));
		add_yearly(r, civil_day(LEAP_YEAR, 1, 1), last);
	} else if (from->yearly)
		add_yearly(r, first, last);
	else if (first > last)
		return err_set(r->err, E_INPUT, "the range ends before it begins");
	else
		add_range(r->cal, first, last);
	return 0;
}

static int
read_line(struct reader *r)
{
	struct given from, to;

	skip_blanks(r);
	if (r->p == r->end || *r->p == '#')
		return 0;
	if (take_date(r, &from) < 0 || take_end(r, &from, &to) < 0)
		return E_INPUT;
	if (r->p < r->end && !is_blank(*r->p) && *r->p != '#') {
		put_column(r, r->p);
		return err_set(
		    r->err, E_INPUT, "'%s' follows the date without a blank", word(r).text);
	}
	return add_dates(r, &from, &to);
}

/* Days in a row make one range. */
static void
write_out(const struct reader *r)
{
	struct calendar *c = r->cal;
	const size_t before = c->n;

	for (int year = YEAR_MIN; year <= YEAR_MAX; year++) {
		int32_t day = (int32_t)civil_day(year, 1, 1);

		for (int i = 0; i < 366; i++) {
			if (i == LEAP_DAY && !is_leap_year(year))
				continue;
			if (r->yearly[i] && c->n > before && c->ranges[c->n - 1].last == day - 1)
				c->ranges[c->n - 1].last = day;
			else if (r->yearly[i])
				add_range(c, day, day);
			day++;
		}
	}
}

static int
by_first(const void *a, const void *b)
{
	const struct day_range *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* Puts the ranges in order, and makes one of those that overlap or touch. */
static void
merge(struct calendar *c)
{
	size_t n = 0;

	if (c->n == 0)
		return;
	qsort(c->ranges, c->n, sizeof(*c->ranges), by_first);
	for (size_t i = 1; i < c->n; i++) {
		if (c->ranges[i].first > c->ranges[n].last + 1)
			c->ranges[++n] = c->ranges[i];
		else if (c->ranges[i].last > c->ranges[n].last)
			c->ranges[n].last = c->ranges[i].last;
	}
	c->n = n + 1;
}

/* Takes the next line of the text, without its end. False if there is none. */
static bool
next_line(struct reader *r, const char **rest, const char *end)
{
	const char *newline;

	if (*rest == end)
		return false;
	newline = memchr(*rest, '\n', (size_t)(end - *rest));
	r->line = r->p = *rest;
	r->end = newline != NULL ? newline : end;
	*rest = newline != NULL ? newline + 1 : end;
	if (r->end > r->line && r->end[-1] == '\r')
		r->end--;
	return true;
}

int
calendar_parse(
    struct calendar *c, const char *text, size_t len, int *line, int *column, struct err *e)
{
	struct reader r = {.cal = c, .column = column, .err = e};
	const char *rest = text, *end = len > 0 ? text + len : text;

	*c = (struct calendar){0};
	for (*line = 1; next_line(&r, &rest, end); ++*line)
		if (read_line(&r) < 0) {
			calendar_release(c);
			return E_INPUT;
		}
	if (r.any_yearly)
		write_out(&r);
	merge(c);
	return 0;
}
