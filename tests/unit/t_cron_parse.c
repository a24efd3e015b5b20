/*
 * t_cron_parse: the language of schedules, field by field, and what is refused and where.
 */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "tap.h"
#include "time/cron.h"
#include "time/shown.h"

enum { MINUTE, HOUR, DOM, MONTH, DOW };

/* The values of a set, as "0,15,30,45"; runs of three and more as "1-5". */
static const char *
values(uint64_t bits)
{
	static char text[400];
	size_t n = 0;
	int end;

	text[0] = '\0';
	for (int v = 0; v < 64; v = end + 1) {
		for (end = v; end < 63 && (bits >> v & 1) && (bits >> (end + 1) & 1); end++)
			;
		if (!(bits >> v & 1))
			continue;
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%d", n > 0 ? "," : "", v);
		if (end > v)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "-%d", end);
	}
	return text;
}

static uint64_t
bits_of(const struct cron *c, int field)
{
	const uint64_t bits[] = { c->minute, c->hour, c->dom, c->month, c->dow };

	return bits[field];
}

/* An expression in which one field is the given text and all others are `*`. */
static const char *
with_field(int field, const char *text)
{
	static char expr[2000];

	snprintf(expr, sizeof(expr), "%s %s %s %s %s", field == MINUTE ? text : "*",
	    field == HOUR ? text : "*", field == DOM ? text : "*", field == MONTH ? text : "*",
	    field == DOW ? text : "*");
	return expr;
}

static const struct {
	int field;
	const char *text, *want, *why;
} sets[] = {
	{ MINUTE, "*", "0-59", "all" },
	{ MINUTE, "0", "0", "the first value" },
	{ MINUTE, "59", "59", "the last value" },
	{ MINUTE, "7,3,5,3", "3,5,7", "a list in any order, a value twice" },
	{ MINUTE, "1-3,8-9", "1-3,8-9", "ranges in a list" },
	{ MINUTE, "5-5", "5", "a range of one" },
	{ MINUTE, "*/15", "0,15,30,45", "a step over all" },
	{ MINUTE, "10-40/10", "10,20,30,40", "a step over a range" },
	{ MINUTE, "10-45/10", "10,20,30,40", "a step that does not hit the end" },
	{ MINUTE, "50/3", "50,53,56,59", "v/s goes up to the last value" },
	{ MINUTE, "5-10/99", "5", "a step larger than the range gives the first value" },
	{ MINUTE, "*/9999", "0", "a step of four digits" },
	{ MINUTE, "7/9999", "7", "v/s likewise" },
	{ MINUTE, "0007", "7", "leading zeros, four digits" },
	{ MINUTE, "*,5", "0-59", "* in a list" },
	{ MINUTE, "10~10", "10", "a random choice of one" },
	{ MINUTE, "7~9/1", "7-9", "a random start within a step of 1" },
	{ HOUR, "*/7", "0,7,14,21", "steps start at the field's first value" },
	{ HOUR, "22/1", "22-23", "up to 23" },
	{ HOUR, "0-23", "0-23", "all, written out" },
	{ DOM, "*/10", "1,11,21,31", "days of month start at 1" },
	{ DOM, "?", "1-31", "? is *" },
	{ DOM, "?/15", "1,16,31", "also with a step" },
	{ DOM, "31/5", "31", "the last day alone" },
	{ MONTH, "jan,MAR,May", "1,3,5", "names in any case" },
	{ MONTH, "oct-dec", "10-12", "a range of names" },
	{ MONTH, "2-apr", "2-4", "a number and a name" },
	{ MONTH, "nov/1", "11-12", "a name with a step" },
	{ MONTH, "jan-dec/5", "1,6,11", "a range of names with a step" },
	{ DOW, "0", "0", "Sunday as 0" },
	{ DOW, "7", "0", "Sunday as 7" },
	{ DOW, "*", "0-6", "every day" },
	{ DOW, "?", "0-6", "every day" },
	{ DOW, "*/2", "0,2,4,6", "a step over all days, in which Sunday counts once" },
	{ DOW, "0-7", "0-6", "Sunday at both ends" },
	{ DOW, "1-7", "0-6", "Monday to Sunday" },
	{ DOW, "5-7", "0,5-6", "Friday to Sunday" },
	{ DOW, "fri-sun", "0,5-6", "a range that ends in sun means 7" },
	{ DOW, "5-0", "0,5-6", "a range that ends in 0 means 7" },
	{ DOW, "6-sun", "0,6", "a number to a name" },
	{ DOW, "sun-tue", "0-2", "a range that starts with sun" },
	{ DOW, "sun-sun", "0", "Sunday to Sunday is Sunday alone" },
	{ DOW, "0-0", "0", "as numbers" },
	{ DOW, "0-sun", "0", "mixed" },
	{ DOW, "sun-0/2", "0", "with a step too" },
	{ DOW, "7-0", "0", "7 to 0 is 7 to 7" },
	{ DOW, "7-7", "0", "7 to 7" },
	{ DOW, "7/2", "0", "7/s is Sunday alone" },
	{ DOW, "7/1", "0", "with any step" },
	{ DOW, "0/2", "0,2,4,6", "0/s goes up to 6" },
	{ DOW, "sun/3", "0,3,6", "by name too" },
	{ DOW, "mon/2", "1,3,5", "v/s goes up to 6, not to 7" },
	{ DOW, "5/2", "5", "Friday and not Sunday: 7 is beyond 6" },
	{ DOW, "3-7/2", "0,3,5", "a range up to 7 with a step reaches Sunday" },
	{ DOW, "fri-sun/2", "0,5", "likewise by name" },
	{ DOW, "Mon-Fri", "1-5", "working days" },
	{ DOW, "fri~fri", "5", "a random choice of one day" },
	{ DOW, "7~", "0", "an open random range from 7 is Sunday" },
};

static void
test_sets(void)
{
	struct cron c;
	struct err e = { 0 };
	int column;

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		if (cron_parse(&c, with_field(sets[i].field, sets[i].text), 1, &column, &e) < 0)
			tap_ok(false, "'%s' is read: %s", sets[i].text, e.text);
		else
			tap_is_str(values(bits_of(&c, sets[i].field)), sets[i].want, "'%s': %s",
			    sets[i].text, sets[i].why);
	}
}

/* What the extended forms leave in the struct. */
static const struct {
	const char *expr;
	uint32_t dom, dom_last, dom_near;
	bool dom_last_week;
	uint8_t dow;
	int nth;
	uint8_t nth_days;
	const char *why;
} forms[] = {
	{ "0 0 L * ?", 0, 1, 0, false, 0x7f, 1, 0, "the last day" },
	{ "0 0 l * ?", 0, 1, 0, false, 0x7f, 1, 0, "in small letters" },
	{ "0 0 L-3 * ?", 0, 1 << 3, 0, false, 0x7f, 1, 0, "the third day before the last" },
	{ "0 0 L-0030 1 ?", 0, 1 << 30, 0, false, 0x7f, 1, 0, "30 is the largest distance" },
	{ "0 0 LW * ?", 0, 0, 0, true, 0x7f, 1, 0, "the last weekday" },
	{ "0 0 lw * ?", 0, 0, 0, true, 0x7f, 1, 0, "in small letters" },
	{ "0 0 15W * ?", 0, 0, 1 << 15, false, 0x7f, 1, 0, "the weekday nearest to the 15th" },
	{ "0 0 1w * ?", 0, 0, 1 << 1, false, 0x7f, 1, 0, "in small letters" },
	{ "0 0 1,15W,L,LW,L-2 * ?", 1 << 1, 5, 1 << 15, true, 0x7f, 1, 0, "all in one list" },
	{ "0 0 ? * 5#2", 0x7fffffff << 1, 0, 0, false, 0, 2, 1 << 5, "the second Friday" },
	{ "0 0 ? * fri#2", 0x7fffffff << 1, 0, 0, false, 0, 2, 1 << 5, "by name" },
	{ "0 0 ? * 7#1", 0x7fffffff << 1, 0, 0, false, 0, 1, 1 << 0, "7 is Sunday here too" },
	{ "0 0 ? * 5L", 0x7fffffff << 1, 0, 0, false, 0, 0, 1 << 5, "the last Friday" },
	{ "0 0 ? * 5#L", 0x7fffffff << 1, 0, 0, false, 0, 0, 1 << 5, "the same" },
	{ "0 0 ? * 5#l", 0x7fffffff << 1, 0, 0, false, 0, 0, 1 << 5, "in small letters" },
	{ "0 0 ? * sunL", 0x7fffffff << 1, 0, 0, false, 0, 0, 1 << 0, "the last Sunday by name" },
	{ "0 0 ? * SATl", 0x7fffffff << 1, 0, 0, false, 0, 0, 1 << 6, "in any case" },
	{ "0 0 ? * mon#L", 0x7fffffff << 1, 0, 0, false, 0, 0, 1 << 1, "a name and #L" },
	{ "0 0 ? * 2,mon#1,wed-thu", 0x7fffffff << 1, 0, 0, false, 0x1c, 1, 1 << 1, "in a list" },
};

static void
test_forms(void)
{
	struct cron c;
	struct err e = { 0 };
	int column;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (cron_parse(&c, forms[i].expr, 1, &column, &e) < 0) {
			tap_ok(false, "'%s' is read: %s", forms[i].expr, e.text);
			continue;
		}
		tap_ok(c.dom == forms[i].dom && c.dom_last == forms[i].dom_last &&
			c.dom_near == forms[i].dom_near &&
			c.dom_last_week == forms[i].dom_last_week &&
			c.dow == forms[i].dow && c.dow_nth[forms[i].nth] == forms[i].nth_days,
		    "'%s': %s", forms[i].expr, forms[i].why);
	}
}

/* An entry is wild if minute or hour begins with *, or all 24 hours are set. */
static const struct {
	const char *expr;
	bool wild, both_days;
	const char *why;
} kinds[] = {
	{ "0 9 * * *", false, true, "a fixed time; a day field with *" },
	{ "*/5 * * * *", true, true, "minute and hour with *" },
	{ "*/5 9 * * *", true, true, "the minute alone" },
	{ "0 * * * *", true, true, "the hour alone" },
	{ "0 */4 * * *", true, true, "the hour with a step" },
	{ "0 *,5 * * *", true, true, "text that begins with *" },
	{ "0 5,* * * *", true, true, "all 24 hours, though the text does not begin with *" },
	{ "0 0-23 * * *", true, true, "all 24 hours written out" },
	{ "0 0-22 * * *", false, true, "23 hours" },
	{ "0-59 9 * * *", false, true, "all minutes written out do not make an entry wild" },
	{ "0,*/5 9 * * *", false, true, "nor does a * further on" },
	{ "~ 9 * * *", false, true, "nor does ~" },
	{ "0 0 1 * 1", false, false, "neither day field with *: either may match" },
	{ "0 0 */2 * 1", false, true, "day of month begins with *" },
	{ "0 0 1 * */2", false, true, "day of week begins with *" },
	{ "0 0 ? * 1", false, true, "? counts like *" },
	{ "0 0 1 * ?", false, true, "in both" },
	{ "0 0 1,* * 1", false, false, "a * further on does not count" },
	{ "0 0 1-31 * 1", false, false, "nor do all days written out" },
	{ "@hourly", true, true, "0 * * * *" },
	{ "@daily", false, true, "0 0 * * *" },
};

static void
test_kinds(void)
{
	struct cron c;
	struct err e;
	int column;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		int rc = cron_parse(&c, kinds[i].expr, 1, &column, &e);

		tap_ok(rc == 0 && c.wild == kinds[i].wild && c.both_days == kinds[i].both_days,
		    "'%s': %s", kinds[i].expr, kinds[i].why);
	}
}

static const struct {
	const char *nickname, *same;
} nicknames[] = {
	{ "@yearly", "0 0 1 1 *" },
	{ "@annually", "0 0 1 1 *" },
	{ "@monthly", "0 0 1 * *" },
	{ "@weekly", "0 0 * * 0" },
	{ "@daily", "0 0 * * *" },
	{ "@midnight", "0 0 * * *" },
	{ "@hourly", "0 * * * *" },
	{ "@DAILY", "0 0 * * *" },
	{ "@WeekLy", "0 0 * * 0" },
	{ " @hourly\t", "0 * * * *" },
	{ "\t0  9\t* * 1-5 ", "0 9 * * 1-5" },
};

static void
test_same(void)
{
	struct cron a, b;
	struct err e;
	int column;

	for (size_t i = 0; i < sizeof(nicknames) / sizeof(nicknames[0]); i++)
		tap_ok(cron_parse(&a, nicknames[i].nickname, 1, &column, &e) == 0 &&
			cron_parse(&b, nicknames[i].same, 1, &column, &e) == 0 &&
			memcmp(&a, &b, sizeof(a)) == 0,
		    "'%s' means '%s'", nicknames[i].nickname, nicknames[i].same);
}

/* What is refused: the sentence begins with the field, the column is where it went wrong. */
static const struct {
	const char *expr, *field;
	int column;
	const char *why;
} refused[] = {
	{ "60 * * * *", "minute", 1, "above the range" },
	{ "* 24 * * *", "hour", 3, "above the range" },
	{ "* * 0 * *", "day of month", 5, "below the range" },
	{ "* * 32 * *", "day of month", 5, "above the range" },
	{ "* * * 0 *", "month", 7, "below the range" },
	{ "* * * 13 *", "month", 7, "above the range" },
	{ "* * * * 8", "day of week", 9, "above the range" },
	{ "00007 * * * *", "minute", 1, "five digits" },
	{ "0,1,12345 * * * *", "minute", 5, "five digits within a list" },
	{ "*/10000 * * * *", "minute", 3, "five digits in a step" },
	{ "99999999999999999999 * * * *", "minute", 1, "overflow" },
	{ "+5 * * * *", "minute", 1, "a plus sign" },
	{ "-5 * * * *", "minute", 1, "a minus sign" },
	{ "5--6 * * * *", "minute", 3, "a sign in a range" },
	{ "*/-5 * * * *", "minute", 3, "a sign in a step" },
	{ "*/0 * * * *", "minute", 3, "step 0" },
	{ "* 5/00 * * *", "hour", 5, "step 0 in two digits" },
	{ "*5 * * * *", "minute", 2, "a number after *" },
	{ "** * * * *", "minute", 2, "* twice" },
	{ "*-5 * * * *", "minute", 2, "a range from *" },
	{ "30-10 * * * *", "minute", 1, "a reversed range" },
	{ "0,30-10 * * * *", "minute", 3, "in a list" },
	{ "* 22-4 * * *", "hour", 3, "over midnight" },
	{ "* * * dec-jan *", "month", 7, "over the new year" },
	{ "* * * * sat-mon", "day of week", 9, "over the weekend" },
	{ "* * * * 7-1", "day of week", 9, "7 to Monday" },
	{ "* * * * fri~mon", "day of week", 9, "a reversed random range" },
	{ "30~10 * * * *", "minute", 1, "a reversed random range" },
	{ ",5 * * * *", "minute", 1, "an empty item first" },
	{ "5,,6 * * * *", "minute", 3, "an empty item within" },
	{ "5, * * * *", "minute", 3, "an empty item last" },
	{ ", * * * *", "minute", 1, "nothing but a comma" },
	{ "5- * * * *", "minute", 3, "no end of a range" },
	{ "5/ * * * *", "minute", 3, "no step" },
	{ "/5 * * * *", "minute", 1, "no value before a step" },
	{ "*/ * * * *", "minute", 3, "no step after *" },
	{ "5x * * * *", "minute", 2, "junk after a number" },
	{ "1-2-3 * * * *", "minute", 4, "a range of three" },
	{ "*/5/5 * * * *", "minute", 4, "two steps" },
	{ "1/5-9 * * * *", "minute", 4, "a range as a step" },
	{ "5.5 * * * *", "minute", 2, "a fraction" },
	{ "0x5 * * * *", "minute", 2, "hexadecimal" },
	{ "? * * * *", "minute", 1, "? in minute" },
	{ "* ? * * *", "hour", 3, "? in hour" },
	{ "* * * ? *", "month", 7, "? in month" },
	{ "* * ?5 * *", "day of month", 6, "a number after ?" },
	{ "jan * * * *", "minute", 1, "a name where there are none" },
	{ "* * * ja *", "month", 7, "a name of two letters" },
	{ "* * * janu *", "month", 7, "a name of four letters" },
	{ "* * * january *", "month", 7, "a name in full" },
	{ "* * * * sunday", "day of week", 9, "a weekday in full" },
	{ "* * * * jan", "day of week", 9, "a month as a weekday" },
	{ "* * * mon *", "month", 7, "a weekday as a month" },
	{ "* * * jan5 *", "month", 10, "a number after a name" },
	{ "* * * 5jan *", "month", 8, "a name after a number" },
	{ "* * * * L", "day of week", 9, "L alone is for day of month" },
	{ "* * * * l,1", "day of week", 9, "in a list too" },
	{ "L * * * *", "minute", 1, "L in minute" },
	{ "* L * * *", "hour", 3, "L in hour" },
	{ "* * * janL *", "month", 7, "L after a month" },
	{ "* * W * *", "day of month", 5, "W alone" },
	{ "* * WL * *", "day of month", 5, "W first" },
	{ "* * L-0 * *", "day of month", 7, "L-0" },
	{ "* * L-31 * *", "day of month", 7, "L-31" },
	{ "* * L- * *", "day of month", 7, "L- without a number" },
	{ "* * L-x * *", "day of month", 7, "L- with a letter" },
	{ "* * L5 * *", "day of month", 6, "a number after L" },
	{ "* * L/2 * *", "day of month", 6, "a step with L" },
	{ "* * LW/2 * *", "day of month", 7, "a step with LW" },
	{ "* * L-3W * *", "day of month", 8, "both distances" },
	{ "* * L-3-5 * *", "day of month", 8, "a range with L" },
	{ "* * 1-L * *", "day of month", 7, "a range up to L" },
	{ "* * 15W-20 * *", "day of month", 8, "a range with W" },
	{ "* * 1-15W * *", "day of month", 9, "a range up to W" },
	{ "* * 15W/2 * *", "day of month", 8, "a step with W" },
	{ "* * 32W * *", "day of month", 5, "W above the range" },
	{ "* * 0W * *", "day of month", 5, "W below the range" },
	{ "* * 5L * *", "day of month", 6, "a number before L" },
	{ "* * 5#2 * *", "day of month", 6, "# in day of month" },
	{ "* * * * 5#0", "day of week", 11, "the 0th Friday" },
	{ "* * * * 5#6", "day of week", 11, "the 6th Friday" },
	{ "* * * * 5#", "day of week", 11, "# without a number" },
	{ "* * * * 5#x", "day of week", 11, "# with a letter" },
	{ "* * * * 5#2/2", "day of week", 12, "a step with #" },
	{ "* * * * 5L/2", "day of week", 11, "a step with L" },
	{ "* * * * 5L-6", "day of week", 11, "a range with L" },
	{ "* * * * 1-5L", "day of week", 12, "a range up to L" },
	{ "* * * * 1-5#2", "day of week", 12, "a range up to #" },
	{ "* * * * *L", "day of week", 10, "L after *" },
	{ "* * * * #2", "day of week", 9, "# alone" },
	{ "* * * * 5W", "day of week", 10, "W in day of week" },
	{ "* * * * sunx", "day of week", 9, "another letter than L" },
	{ "* * * * 8#2", "day of week", 9, "# above the range" },
	{ "~~ * * * *", "minute", 2, "~ twice" },
	{ "~5~6 * * * *", "minute", 3, "a random range of three" },
	{ "0-5~9 * * * *", "minute", 4, "a range and a random range" },
	{ "~60 * * * *", "minute", 2, "a random range above the field's" },
	{ "~/0 * * * *", "minute", 3, "a random step of 0" },
	{ "*~5 * * * *", "minute", 2, "~ after *" },
	{ "0 0 30 2 *", "day of month", 5, "30 February never comes" },
	{ "0 0 31 4,6,9,11 *", "day of month", 5, "nor does the 31st of these" },
	{ "0 0 30-31 feb ?", "day of month", 5, "nor a range of such days" },
	{ "0 0 L-30 2,4 *", "day of month", 5, "nor the 30th day before the last of 30" },
	{ "0 0 31W 2,4 *", "day of month", 5, "nor the weekday nearest to a day that is not there" },
	{ "0 0 */31 2 5#5", "day of month", 5, "1 February is never a fifth Friday" },
	{ "5\033 * * * *", "minute", 2, "a control character" },
	{ "5\n * * * *", "minute", 2, "a newline is no blank" },
	{ "\xc3\xa4 * * * *", "minute", 1, "a letter that is not ASCII" },
	{ "* * * * \xe2\x88\x97", "day of week", 9, "a star that is not ASCII" },
};

static void
test_refused(void)
{
	struct cron c;
	struct err e;
	int column, rc;

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		const char *expr = refused[i].expr;
		size_t len = strlen(refused[i].field);

		column = 0;
		e = (struct err){ 0 };
		rc = cron_parse(&c, expr, 1, &column, &e);
		if (!tap_ok(rc == E_INPUT && column == refused[i].column &&
			    strncmp(e.text, refused[i].field, len) == 0 && e.text[len] == ':',
			"'%s' is refused in %s, column %d: %s", shown(expr).text, refused[i].field,
			refused[i].column, refused[i].why))
			tap_note("got %d, column %d, '%s'", rc, column, e.text);
	}
}

/* What is refused as a whole. */
static const struct {
	const char *expr;
	int column;
	const char *part, *why;
} miscounted[] = {
	{ "", 1, "five fields", "nothing" },
	{ "   ", 4, "five fields", "blanks" },
	{ "*", 2, "five fields", "one field" },
	{ "* * * *", 8, "five fields", "four fields" },
	{ "0 0 12 * * 1", 12, "no seconds", "six fields, with a hint" },
	{ "0 9 * * * 2026", 11, "no years", "a year, with a hint" },
	{ "* * * * * *  * *", 11, "one more", "eight fields" },
	{ "@fortnightly", 1, "@fortnightly", "an unknown nickname" },
	{ "@day", 1, "@day", "part of a nickname" },
	{ "@dailyx", 1, "@dailyx", "more than a nickname" },
	{ "@", 1, "@", "an @ alone" },
	{ "  @nope", 3, "@nope", "the column after blanks" },
	{ "@daily *", 8, "follow", "a field after a nickname" },
	{ "@every 5m", 8, "follow", "an interval is not a cron expression" },
};

static void
test_whole(void)
{
	struct cron c;
	struct err e;
	char text[5000];
	int column, rc;

	for (size_t i = 0; i < sizeof(miscounted) / sizeof(miscounted[0]); i++) {
		rc = cron_parse(&c, miscounted[i].expr, 1, &column, &e);
		if (!tap_ok(rc == E_INPUT && column == miscounted[i].column &&
			    strstr(e.text, miscounted[i].part) != NULL,
			"'%s' is refused at column %d: %s", miscounted[i].expr, miscounted[i].column,
			miscounted[i].why))
			tap_note("got %d, column %d, '%s'", rc, column, e.text);
	}
	memset(text, '1', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	tap_ok(cron_parse(&c, text, 1, &column, &e) == E_INPUT && strlen(e.text) < 200,
	    "an overlong text is refused and not repeated");
	memset(text, ' ', sizeof(text) - 1);
	tap_ok(cron_parse(&c, text, 1, &column, &e) == E_INPUT, "so are endless blanks");
	tap_ok(cron_parse(&c, "* * * *", 1, NULL, &e) == E_INPUT, "nobody need ask for the column");
	cron_parse(&c, "* 5,61 * * *", 1, NULL, &e);
	tap_is_str(e.text, "hour, column 5: 61 is out of range (0 to 23)",
	    "to those who do not, the sentence tells it");
	cron_parse(&c, "* 5,61 * * *", 1, &column, &e);
	tap_is_str(e.text, "hour: 61 is out of range (0 to 23)", "and to others it does not");
}

static void
test_longest(void)
{
	char text[1000], *p = text;
	struct cron c;
	struct err e;
	int column;

	for (int v = 0; v < 60; v++)
		p += snprintf(p, 10, "%s%04d", v > 0 ? "," : "", v);
	snprintf(p, 20, " * * * *");
	tap_ok(cron_parse(&c, text, 1, &column, &e) == 0 && c.minute == UINT64_MAX >> 4,
	    "a field with every value written out in four digits is not too long");
}

static int
count(uint64_t bits)
{
	return __builtin_popcountll(bits);
}

static void
test_random_range(void)
{
	uint64_t minutes = 0, days = 0, february = 0, weekdays = 0, upper = 0;
	bool single = true, stepped = true, differs = false;
	struct cron c, again;
	struct err e;

	for (uint64_t seed = 0; seed < 5000; seed++) {
		cron_parse(&c, "~ ~ ~ * ~", seed, NULL, &e);
		cron_parse(&again, "~ ~ ~ * ~", seed, NULL, &e);
		single = single && count(c.minute) == 1 && count(c.hour) == 1 &&
		    count(c.dom) == 1 && count(c.dow) == 1 && memcmp(&c, &again, sizeof(c)) == 0;
		minutes |= c.minute;
		days |= c.dom;
		weekdays |= c.dow;
		cron_parse(&c, "0~29,30~59 0 1~31 2 *", seed, NULL, &e);
		single = single && count(c.minute) == 2;
		differs = differs || (c.minute >> 30 & c.minute) == 0;
		february |= c.dom;
		cron_parse(&c, "40~ 0 29~ 2 *", seed, NULL, &e);
		upper |= c.minute;
		cron_parse(&c, "~/10 5~20/7 * * *", seed, NULL, &e);
		stepped = stepped && count(c.minute) == 6 && count(c.minute & 0x3ff) == 1 &&
		    c.minute >> 10 == (c.minute & UINT64_MAX >> 14) && (c.hour & 0xfe0) != 0;
	}
	tap_ok(single, "each ~ draws one value, and the same for the same seed");
	tap_ok(differs, "two ~ in one list draw for themselves");
	tap_is_str(values(minutes), "0-59", "~ in minute draws from all minutes");
	tap_is_str(values(days), "1-28", "~ in day of month draws a day that every month has");
	tap_is_str(values(february), "1-29", "an end that is written is cut to the days there are");
	tap_is_str(values(weekdays), "0-6", "~ in day of week draws from all seven days");
	tap_is_str(values(upper), "40-59", "an open ~ goes up to the last value");
	tap_ok(stepped, "~/10 is every 10 minutes from a random start below 10");
}

/* Entries that differ a little must not all run at once. */
static void
test_random_spread(void)
{
	int hits[60] = { 0 }, most = 0;
	struct cron c;
	struct err e;
	char name[40];

	for (int i = 0; i < 6000; i++) {
		snprintf(name, sizeof(name), "backup-%d", i);
		cron_parse(&c, "~ 3 * * *", hash_string(HASH_SEED, name), NULL, &e);
		hits[__builtin_ctzll(c.minute)]++;
	}
	for (int v = 0; v < 60; v++)
		most = hits[v] > most ? hits[v] : most;
	tap_ok(most < 150, "6000 like-named entries spread over the hour (at most %d in a minute)",
	    most);
}

/* Texts made of pieces of expressions: read whole, or refused with a column that is in the text. */
static void
test_noise(void)
{
	static const char *const parts[] = { "*", "?", "5", "0", "7", "31", "2026", "-", "/", ",", "~",
		"L", "w", "#", "sun", "feb", " ", " ", " ", "* ", "@", "\t", "\xff", "x" };
	uint64_t state = 20260401;
	bool held = true;
	struct cron c;
	struct err e;

	for (int i = 0; i < 200000 && held; i++) {
		char text[100] = "";
		int column = -1;

		for (int k = 0; k < 20; k++) {
			state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
			strlcat(text, parts[(state >> 33) % 24], sizeof(text));
		}
		if (i % 2 == 0) /* often enough the right number of fields */
			strlcat(text, " * * *", sizeof(text));
		if (cron_parse(&c, text, state, &column, &e) == 0)
			held = c.minute != 0 && c.hour != 0 && c.month != 0;
		else
			held = column >= 1 && column <= (int)strlen(text) + 1 && e.text[0] != '\0';
		if (!held)
			tap_note("'%s' column %d", shown(text).text, column);
	}
	tap_ok(held, "noise is read whole or refused with a column in it");
}

int
main(void)
{
	test_sets();
	test_forms();
	test_kinds();
	test_same();
	test_refused();
	test_whole();
	test_longest();
	test_random_range();
	test_random_spread();
	test_noise();
	return tap_done();
}
