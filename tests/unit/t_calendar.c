/*
 * t_calendar: what may stand in a calendar, which days it means, and when its days begin and end in
 * a zone.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "tap.h"
#include "time/calendar.h"
#include "time/duration.h"
#include "time/instant.h"
#include "time/zone.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name;
	bool ok;
} names[] = {
    {"holidays", true},
    {"freeze-2026", true},
    {"DE.BY", true},
    {"_x", true},
    {"1", true},
    {"", false},
    {".", false},
    {"..", false},
    {".hidden", false},
    {"-x", false},
    {"a/b", false},
    {"a b", false},
    {"h\xc3\xb6he", false},
    {"a~", false},
};

static void
test_names(void)
{
	for (size_t i = 0; i < COUNT(names); i++)
		tap_ok(calendar_name_ok(names[i].name) == names[i].ok, "'%s' is %s", names[i].name,
		    names[i].ok ? "a name" : "no name");
}

static bool
has(const struct calendar *c, const char *date)
{
	struct civil day = {0};

	if (sscanf(date, "%d-%d-%d", &day.year, &day.month, &day.day) != 3)
		abort();
	return calendar_has(c, &day);
}

/* Up to four days that are in it, and four that are not. */
static const struct {
	const char *why, *text, *in[4], *out[4];
} texts[] = {
    {"a day", "2026-12-24", {"2026-12-24"}, {"2026-12-23", "2026-12-25", "2025-12-24"}},
    {"a range", "2026-12-24..2027-01-06", {"2026-12-24", "2026-12-31", "2027-01-06"},
	{"2026-12-23", "2027-01-07"}},
    {"a range of one day", "2026-12-24..2026-12-24", {"2026-12-24"}, {"2026-12-23", "2026-12-25"}},
    {"every year", "12-25", {"1970-12-25", "2026-12-25", "2400-12-25"},
	{"2026-12-24", "2026-12-26"}},
    {"a range of every year", "05-01..05-03", {"2026-05-01", "2027-05-02", "2028-05-03"},
	{"2026-04-30", "2026-05-04"}},
    {"every year over New Year", "12-24..01-06",
	{"2026-12-24", "2026-12-31", "2027-01-01", "2027-01-06"},
	{"2026-12-23", "2027-01-07", "2027-06-01"}},
    {"the first days of 1970 belong to the range that began before", "12-24..01-06",
	{"1970-01-01", "1970-01-06"}, {"1970-01-07"}},
    {"the last days of 2400", "12-24..01-06", {"2400-12-31"}, {"2401-01-01"}},
    {"the whole of every year", "01-01..12-31", {"2026-01-01", "2028-02-29", "2026-12-31"},
	{"2401-01-01"}},
    {"the whole of every year, from day to day before", "07-01..06-30",
	{"2026-06-30", "2026-07-01", "2028-02-29"}, {"1969-12-31"}},
    {"29 February is a day of leap years", "02-29", {"2024-02-29", "2000-02-29"},
	{"2024-02-28", "2024-03-01", "2023-02-28", "2023-03-01"}},
    {"2100 is none", "02-29", {"2096-02-29", "2104-02-29"}, {"2100-02-28", "2100-03-01"}},
    {"a range that ends on it", "02-27..02-29", {"2023-02-28", "2024-02-29"},
	{"2023-03-01", "2024-03-01"}},
    {"a range that begins on it", "02-29..03-01", {"2023-03-01", "2024-02-29"},
	{"2023-02-28", "2024-02-28"}},
    {"29 February of a leap year", "2024-02-29", {"2024-02-29"}, {"2028-02-29"}},
    {"several lines in any order", "2026-05-03\n2026-05-01\n2026-05-01\n",
	{"2026-05-01", "2026-05-03"}, {"2026-05-02"}},
    {"ranges within ranges", "2026-05-01..2026-05-31\n2026-05-10..2026-05-12\n",
	{"2026-05-01", "2026-05-20", "2026-05-31"}, {"2026-06-01"}},
    {"years and every year together", "2026-12-20..2026-12-24\n12-25\n",
	{"2026-12-20", "2026-12-25", "2027-12-25"}, {"2026-12-26", "2027-12-24"}},
    {"blanks before and behind", " \t2026-12-24 \t ", {"2026-12-24"}, {NULL}},
    {"blanks around the dots", "2026-12-24 ..\t2026-12-26", {"2026-12-25"}, {"2026-12-27"}},
    {"a label", "2026-12-24 Christmas Eve, 2026-12-25 too", {"2026-12-24"}, {"2026-12-25"}},
    {"a label behind a range", "12-24..12-26 Christmas", {"2026-12-26"}, {NULL}},
    {"a label that begins with a dot", "12-24 .", {"2026-12-24"}, {"2026-12-25"}},
    {"a comment", "# 2026-12-24\n  # 2026-12-25\n2026-12-26", {"2026-12-26"},
	{"2026-12-24", "2026-12-25"}},
    {"a comment at the end of a line", "2026-12-24 # x\n2026-12-25#y", {"2026-12-24", "2026-12-25"},
	{NULL}},
    {"ends of lines from elsewhere", "2026-12-24\r\n\r\n12-26 x\r\n", {"2026-12-24", "2026-12-26"},
	{"2026-12-25"}},
    {"nothing at all", "", {NULL}, {"2026-12-24"}},
    {"comments alone", "# none this year\n\n", {NULL}, {"2026-12-24"}},
    {"the first and the last day there are", "1970-01-01\n2400-12-31\n",
	{"1970-01-01", "2400-12-31"}, {"1969-12-31", "2401-01-01"}},
};

static void
test_texts(void)
{
	struct calendar c;
	struct err e = {0};
	int line, column;

	for (size_t i = 0; i < COUNT(texts); i++) {
		bool right = true;

		if (calendar_parse(&c, texts[i].text, strlen(texts[i].text), &line, &column, &e) <
		    0) {
			tap_ok(false, "%s: %d:%d: %s", texts[i].why, line, column, e.text);
			continue;
		}
		for (size_t k = 0; k < 4; k++) {
			if (texts[i].in[k] != NULL && !has(&c, texts[i].in[k])) {
				tap_note("%s is missing", texts[i].in[k]);
				right = false;
			}
			if (texts[i].out[k] != NULL && has(&c, texts[i].out[k])) {
				tap_note("%s is in it", texts[i].out[k]);
				right = false;
			}
		}
		tap_ok(right, "%s", texts[i].why);
		calendar_release(&c);
	}
}

static const struct {
	const char *text;
	int line, column;
	const char *error;
} errors[] = {
    {"holiday", 1, 1, "'holiday' is not a date like 2026-12-24 or 12-24"},
    {"  24.12.2026 x", 1, 3, "'24.12.2026' is not a date like 2026-12-24 or 12-24"},
    {"2026/12/24", 1, 1, "'2026/12/24' is not a date like 2026-12-24 or 12-24"},
    {"2026-1-2", 1, 1, "'2026-1-2' is not a date like 2026-12-24 or 12-24"},
    {"2026-12", 1, 1, "'2026-12' is not a date like 2026-12-24 or 12-24"},
    {"-12-24", 1, 1, "'-12-24' is not a date like 2026-12-24 or 12-24"},
    {"..12-24", 1, 1, "'..12-24' is not a date like 2026-12-24 or 12-24"},
    {"12-24\n\n# x\n12-2", 4, 1, "'12-2' is not a date like 2026-12-24 or 12-24"},
    {"12-24\r\n13-01\r\n", 2, 1, "month 13 is not within 01 and 12"},
    {"2026-00-10", 1, 6, "month 00 is not within 01 and 12"},
    {"2026-04-31", 1, 9, "day 31 is not within 01 and 30"},
    {"2026-04-00", 1, 9, "day 00 is not within 01 and 30"},
    {"2025-02-29", 1, 9, "day 29 is not within 01 and 28"},
    {"2100-02-29", 1, 9, "day 29 is not within 01 and 28"},
    {"02-30", 1, 4, "day 30 is not within 01 and 29"},
    {"1969-12-31", 1, 1, "year 1969 is not within 1970 and 2400"},
    {"2401-01-01", 1, 1, "year 2401 is not within 1970 and 2400"},
    {"2026-12-24..", 1, 13, "'' is not a date like 2026-12-24 or 12-24"},
    {"2026-12-24.. x", 1, 14, "'x' is not a date like 2026-12-24 or 12-24"},
    {"2026-12-24...2026-12-26", 1, 13, "'.2026-12-26' is not a date like 2026-12-24 or 12-24"},
    {"2026-12-24..2026-12-32", 1, 21, "day 32 is not within 01 and 31"},
    {"2026-12-24..12-26", 1, 13, "both dates of a range have a year, or none has"},
    {"12-24..2027-01-06", 1, 8, "both dates of a range have a year, or none has"},
    {"2026-12-24..2026-12-23", 1, 13, "the range ends before it begins"},
    {"2026-12-241", 1, 11, "'1' follows the date without a blank"},
    {"12-25-2026", 1, 6, "'-2026' follows the date without a blank"},
    {"2026-12-24T00:00", 1, 11, "'T00:00' follows the date without a blank"},
    {"2026-12-24,2026-12-25", 1, 11, "',2026-12-25' follows the date without a blank"},
    {"12-24..12-26..12-28", 1, 13, "'..12-28' follows the date without a blank"},
    {"12-24.", 1, 6, "'.' follows the date without a blank"},
    {"\xef\xbb\xbf"
     "12-24",
	1, 1, "'???12-24' is not a date like 2026-12-24 or 12-24"},
};

static void
test_errors(void)
{
	struct calendar c;

	for (size_t i = 0; i < COUNT(errors); i++) {
		struct err e = {0};
		int line = 0, column = 0, rc;
		const char *text = errors[i].text;

		rc = calendar_parse(&c, text, strlen(text), &line, &column, &e);
		tap_is_str(e.text, errors[i].error, "error %zu", i + 1);
		tap_ok(rc == E_INPUT && line == errors[i].line && column == errors[i].column,
		    "and where it is: %d:%d", line, column);
		tap_ok(c.n == 0 && c.ranges == NULL, "and there is no calendar");
	}
	tap_is_int(calendar_parse(&c, "12-24\0", 6, &(int){0}, &(int){0}, &(struct err){0}),
	    E_INPUT, "a NUL is no blank");
}

/* What touches or overlaps is one range, so that looking a day up costs little. */
static void
test_merged(void)
{
	static const char text[] = "2026-05-03\n2026-05-01..2026-05-02\n2026-05-05\n05-04\n";
	struct calendar c;
	struct err e;
	int line, column;
	bool in_order = true;

	if (calendar_parse(&c, text, strlen(text), &line, &column, &e) < 0)
		abort();
	tap_is_int((int64_t)c.n, 2400 - 1970 + 1, "a range for each year is left");
	for (size_t i = 1; i < c.n; i++)
		in_order = in_order && c.ranges[i].first > c.ranges[i - 1].last + 1;
	tap_ok(in_order, "in order, with days between them");
	calendar_release(&c);
}

static void
test_long(void)
{
	struct buf text = {0};
	struct calendar c;
	struct err e = {0};
	int line, column;

	while (text.len + 12 < CALENDAR_SIZE_MAX)
		buf_addf(&text, "%04d-%02d-%02d\n", 2400 - (int)(text.len / 11 / 336 % 430),
		    12 - (int)(text.len / 11 / 28 % 12), 28 - (int)(text.len / 11 % 28));
	tap_is_int(calendar_parse(&c, text.data, text.len, &line, &column, &e), 0,
	    "a text of the full size is read");
	tap_ok(has(&c, "2200-05-28") && !has(&c, "2200-05-29"), "and has its days");
	calendar_release(&c);
	buf_release(&text);
}

static int64_t
at(const char *text)
{
	int64_t us;
	struct err e;

	if (instant_parse(text, zone_utc(), 0, &us, &e) < 0)
		abort();
	return us;
}

static const struct {
	const char *why, *text, *zone, *after, *until, *change;
} changes[] = {
    {"a day begins", "2026-12-24", "UTC", "2026-12-23T08:00:00Z", "2027-01-01T00:00:00Z",
	"2026-12-24T00:00:00Z"},
    {"a day ends", "2026-12-24", "UTC", "2026-12-24T08:00:00Z", "2027-01-01T00:00:00Z",
	"2026-12-25T00:00:00Z"},
    {"from its first instant on", "2026-12-24", "UTC", "2026-12-24T00:00:00Z",
	"2027-01-01T00:00:00Z", "2026-12-25T00:00:00Z"},
    {"from a fraction of a second before", "2026-12-24", "UTC", "2026-12-23T23:59:59.5Z",
	"2027-01-01T00:00:00Z", "2026-12-24T00:00:00Z"},
    {"the end of what is asked for is part of it", "2026-12-24", "UTC", "2026-12-23T08:00:00Z",
	"2026-12-24T00:00:00Z", "2026-12-24T00:00:00Z"},
    {"nothing until then", "2026-12-24", "UTC", "2026-12-23T08:00:00Z", "2026-12-23T23:59:59Z",
	NULL},
    {"nothing ever after", "2026-12-24", "Europe/Berlin", "2026-12-25T08:00:00Z",
	"2399-01-01T00:00:00Z", NULL},
    {"an empty calendar", "", "Europe/Berlin", "2026-12-25T08:00:00Z", "2399-01-01T00:00:00Z",
	NULL},
    {"a day east of Greenwich begins earlier", "2026-12-24", "Asia/Tokyo", "2026-12-23T08:00:00Z",
	"2027-01-01T00:00:00Z", "2026-12-23T15:00:00Z"},
    {"one west later", "2026-12-24", "America/New_York", "2026-12-23T08:00:00Z",
	"2027-01-01T00:00:00Z", "2026-12-24T05:00:00Z"},
    {"a range ends after a DST change", "2026-03-28..2026-03-29", "Europe/Berlin",
	"2026-03-28T12:00:00Z", "2027-01-01T00:00:00Z", "2026-03-29T22:00:00Z"},
    {"far ahead, over many changes of the offset", "2126-07-01", "Europe/Berlin",
	"2026-03-28T12:00:00Z", "2399-01-01T00:00:00Z", "2126-06-30T22:00:00Z"},
    {"every year", "12-25", "Europe/Berlin", "2026-12-26T12:00:00Z", "2399-01-01T00:00:00Z",
	"2027-12-24T23:00:00Z"},
    {"Apia had no 30 December 2011: its day is never reached", "2011-12-30", "Pacific/Apia",
	"2011-12-29T12:00:00Z", "2012-06-01T00:00:00Z", NULL},
    {"and the day behind it begins where the 29th ends", "2011-12-31", "Pacific/Apia",
	"2011-12-29T12:00:00Z", "2012-06-01T00:00:00Z", "2011-12-30T10:00:00Z"},
    {"in Sao Paulo 15 October 2017 began at one", "2017-10-15", "America/Sao_Paulo",
	"2017-10-14T12:00:00Z", "2018-01-01T00:00:00Z", "2017-10-15T03:00:00Z"},
    {"in St John's 7 November 2010 began,", "2010-11-07", "America/St_Johns",
	"2010-11-06T12:00:00Z", "2011-01-01T00:00:00Z", "2010-11-07T02:30:00Z"},
    {"after a minute the clock was set back to the 6th,", "2010-11-07", "America/St_Johns",
	"2010-11-07T02:30:30Z", "2011-01-01T00:00:00Z", "2010-11-07T02:31:00Z"},
    {"and it began once more", "2010-11-07", "America/St_Johns", "2010-11-07T02:31:00Z",
	"2011-01-01T00:00:00Z", "2010-11-07T03:30:00Z"},
};

static void
test_changes(void)
{
	for (size_t i = 0; i < COUNT(changes); i++) {
		const struct zone *zone;
		char shown[INSTANT_TEXT] = "never";
		struct calendar c;
		struct err e;
		int line, column;
		int64_t t;

		zone = zone_get(changes[i].zone, &e);
		if (zone == NULL || calendar_parse(&c, changes[i].text, strlen(changes[i].text),
					&line, &column, &e) < 0) {
			tap_ok(false, "%s: %s", changes[i].why, e.text);
			continue;
		}
		t = calendar_change(&c, zone, at(changes[i].after), at(changes[i].until));
		if (t != INT64_MAX)
			instant_json(t, shown, sizeof(shown));
		tap_ok(t == (changes[i].change != NULL ? at(changes[i].change) : INT64_MAX),
		    "%s: %s", changes[i].why, shown);
		calendar_release(&c);
	}
}

/* The same, found by looking at each quarter of an hour. */
static void
test_against_steps(void)
{
	static const char *const zones[] = {"UTC", "Europe/Berlin", "Australia/Lord_Howe",
	    "Pacific/Apia", "America/Havana", "Asia/Kathmandu"};
	static const char text[] = "12-30..01-02\n02-29\n2011-12-30\n03-25..03-31\n10-25..10-31\n";
	struct calendar c;
	struct err e;
	int line, column;

	if (calendar_parse(&c, text, strlen(text), &line, &column, &e) < 0)
		abort();
	for (size_t i = 0; i < COUNT(zones); i++) {
		const struct zone *zone = zone_get(zones[i], &e);
		int64_t t = at("2010-06-01T00:00:00Z"), end = at("2013-06-01T00:00:00Z"), expected;
		bool same = true, was, is;
		struct civil day;
		int n = 0;

		while (t <= end) {
			expected = t;
			zone_civil(zone, t / USEC, &day, NULL);
			was = is = calendar_has(&c, &day);
			while (is == was && expected <= end) {
				expected += 15 * MINUTE_US;
				zone_civil(zone, expected / USEC, &day, NULL);
				is = calendar_has(&c, &day);
			}
			if (expected > end)
				break;
			same = same && calendar_change(&c, zone, t, end) == expected;
			t = expected;
			n++;
		}
		tap_ok(same && n > 15, "in %s all %d borders are found", zones[i], n);
	}
	calendar_release(&c);
}

/* Those that are handed out are right. */
static void
test_examples(void)
{
	static const struct {
		const char *file, *in, *out;
	} files[] = {
	    {"holidays", "2027-03-26", "2027-03-27"}, {"freeze", "2027-01-06", "2027-01-07"}};
	const char *srcdir = getenv("srcdir");
	int line, column;

	for (size_t i = 0; i < COUNT(files); i++) {
		char *path = xasprintf(
		    "%s/examples/calendars/%s", srcdir != NULL ? srcdir : ".", files[i].file);
		struct buf text = {0};
		struct calendar c;
		struct err e;

		if (io_read_file(path, &text, CALENDAR_SIZE_MAX, &e) < 0 ||
		    calendar_parse(&c, text.data, text.len, &line, &column, &e) < 0)
			tap_ok(false, "%s: %s", path, e.text);
		else {
			tap_ok(has(&c, files[i].in) && !has(&c, files[i].out),
			    "the example %s is a calendar", files[i].file);
			calendar_release(&c);
		}
		buf_release(&text);
		free(path);
	}
}

int
main(void)
{
	test_names();
	test_texts();
	test_errors();
	test_merged();
	test_long();
	test_changes();
	test_against_steps();
	test_examples();
	zone_cache_free();
	return tap_done();
}
