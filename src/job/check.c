/*
 * check: see check.h.
 */
#include "job/check.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"
#include "job/job.h"
#include "job/limit.h"
#include "time/calendar.h"
#include "time/zone.h"

#define DIGITS "0123456789"

struct quoted
quoted(const char *s)
{
	struct quoted q;
	struct buf b = {0};
	size_t len = strlen(s), room = sizeof(q.text) - sizeof("...");

	/* No more than can be shown is escaped: s may be a megabyte. */
	utf8_escape(&b, s, len < room ? len : room, false);
	if (b.len > room || len > room) {
		b.len = b.len < room ? b.len : room;
		/* Not in the middle of a character, which is at most 4 bytes. */
		for (int i = 0; i < 3 && b.len > 0 && !utf8_valid(b.data, b.len); i++)
			b.len--;
		buf_addstr(&b, "...");
	}
	buf_addc(&b, '\0');
	memcpy(q.text, b.data, b.len);
	buf_release(&b);
	return q;
}

static int
check_printable(const char *s, struct err *e)
{
	size_t len = strlen(s);

	if (utf8_printable(s, len))
		return 0;
	return err_set(e, E_INPUT,
	    utf8_valid(s, len) ? "'%s' holds a control character" : "'%s' is not valid UTF-8",
	    quoted(s).text);
}

int
check_text(const char *s, struct err *e)
{
	return *s == '\0' ? err_set(e, E_INPUT, "'' is empty") : check_printable(s, e);
}

int
job_name_check(const char *name, struct err *e)
{
	int rc;

	if ((rc = check_text(name, e)) < 0)
		return rc;
	if (strlen(name) > JOB_NAME_MAX)
		return err_set(
		    e, E_INPUT, "'%s' is longer than %d bytes", quoted(name).text, JOB_NAME_MAX);
	if (strchr(name, '/') != NULL)
		return err_set(e, E_INPUT, "'%s' holds a '/'", quoted(name).text);
	if (*name == '-')
		return err_set(e, E_INPUT, "'%s' begins with '-'", quoted(name).text);
	if (name[strspn(name, DIGITS)] == '\0')
		return err_set(e, E_INPUT, "'%s' is all digits, which is an id", quoted(name).text);
	return 0;
}

int
check_user(const char *s, struct err *e)
{
	int rc;

	if ((rc = check_text(s, e)) < 0)
		return rc;
	if (*s == '-' || strpbrk(s, ":/ ") != NULL)
		return err_set(e, E_INPUT, "'%s' is not a user name", quoted(s).text);
	return 0;
}

int
check_folder(const char *s, struct err *e)
{
	if (*s != '/')
		return err_set(e, E_INPUT, "'%s' is not an absolute path", quoted(s).text);
	return 0;
}

int
check_setting(const char *s, struct err *e)
{
	const char *equals = strchr(s, '=');

	if (equals == NULL || equals == s)
		return err_set(e, E_INPUT, "'%s' is not NAME=VALUE", quoted(s).text);
	if (!utf8_printable(s, (size_t)(equals - s)))
		return err_set(e, E_INPUT, "the name in '%s' is not printable", quoted(s).text);
	return 0;
}

int
check_zone(const char *s, struct err *e)
{
	if (*s == '\0')
		return err_set(e, E_INPUT, "'' is not a time zone");
	return zone_get(s, e) != NULL ? 0 : E_INPUT;
}

int
check_calendar(const char *s, struct err *e)
{
	if (!calendar_name_ok(s))
		return err_set(e, E_INPUT, "'%s' is not the name of a calendar", quoted(s).text);
	return 0;
}

int
check_label(const char *s, struct err *e)
{
	int rc;

	if ((rc = check_text(s, e)) < 0)
		return rc;
	if (*s == '=' || strchr(s, '=') == NULL)
		return err_set(e, E_INPUT, "'%s' is not NAME=VALUE", quoted(s).text);
	return 0;
}

int
check_job_ref(const char *s, struct err *e)
{
	long long id;

	if (*s != '\0' && s[strspn(s, DIGITS)] == '\0')
		return number_parse(s, 1, INT64_MAX, &id, e);
	return job_name_check(s, e);
}

int
check_address(const char *s, struct err *e)
{
	int rc;

	if ((rc = check_text(s, e)) < 0)
		return rc;
	if (strchr(s, ' ') != NULL)
		return err_set(e, E_INPUT, "'%s' holds a blank", quoted(s).text);
	/* The mailer would take it for an option. */
	if (*s == '-')
		return err_set(e, E_INPUT, "'%s' begins with '-'", quoted(s).text);
	return 0;
}

int
number_parse(const char *s, long long min, long long max, long long *n, struct err *e)
{
	const char *bad = "invalid", *digits = *s == '-' ? s + 1 : s;

	/* strtonum takes blanks and '+' too. */
	if (*digits >= '0' && *digits <= '9')
		*n = strtonum(s, min, max, &bad);
	if (bad == NULL)
		return 0;
	if (max == INT64_MAX)
		return err_set(
		    e, E_INPUT, "'%s' is not a number from %lld on", quoted(s).text, min);
	return err_set(
	    e, E_INPUT, "'%s' is not a number from %lld to %lld", quoted(s).text, min, max);
}
