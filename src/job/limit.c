/*
 * limit: see limit.h.
 */
#include "job/limit.h"

#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "job/check.h"

static const struct {
	const char *name;
	int resource;
} resources[] = {
    {"as", RLIMIT_AS},
    {"core", RLIMIT_CORE},
    {"cpu", RLIMIT_CPU},
    {"data", RLIMIT_DATA},
    {"fsize", RLIMIT_FSIZE},
    {"locks", RLIMIT_LOCKS},
    {"memlock", RLIMIT_MEMLOCK},
    {"msgqueue", RLIMIT_MSGQUEUE},
    {"nice", RLIMIT_NICE},
    {"nofile", RLIMIT_NOFILE},
    {"nproc", RLIMIT_NPROC},
    {"rss", RLIMIT_RSS},
    {"rtprio", RLIMIT_RTPRIO},
    {"sigpending", RLIMIT_SIGPENDING},
    {"stack", RLIMIT_STACK},
};
enum { RESOURCES = sizeof(resources) / sizeof(resources[0]) };

static int
parse_name(const char *text, size_t len, int *resource, struct err *e)
{
	for (size_t i = 0; i < RESOURCES; i++)
		if (strlen(resources[i].name) == len && memcmp(resources[i].name, text, len) == 0) {
			*resource = resources[i].resource;
			return 0;
		}
	return err_set(
	    e, E_INPUT, "'%s' does not begin with the name of a limit and '='", quoted(text).text);
}

static int
parse_value(const char *s, rlim_t *value, struct err *e)
{
	long long n;
	int rc;

	if (strcmp(s, "unlimited") == 0) {
		*value = RLIM_INFINITY;
		return 0;
	}
	if ((rc = number_parse(s, 0, INT64_MAX, &n, e)) < 0)
		return rc;
	*value = (rlim_t)n;
	return 0;
}

/* SOFT[:HARD]; one value is both. RLIM_INFINITY is the highest of all: one comparison will do. */
static int
parse_values(char *s, struct rlimit *value, struct err *e)
{
	char *soft = strsep(&s, ":");
	int rc;

	if ((rc = parse_value(soft, &value->rlim_cur, e)) < 0)
		return rc;
	value->rlim_max = value->rlim_cur;
	if (s == NULL)
		return 0;
	if ((rc = parse_value(s, &value->rlim_max, e)) < 0)
		return rc;
	if (value->rlim_cur > value->rlim_max)
		return err_set(e, E_INPUT, "the soft limit '%s' is above the hard one", soft);
	return 0;
}

int
limit_parse(const char *text, struct limit *limit, struct err *e)
{
	size_t len = strcspn(text, "=");
	char *values;
	int rc;

	if ((rc = parse_name(text, text[len] == '=' ? len : 0, &limit->resource, e)) < 0)
		return rc;
	values = xstrdup(text + len + 1);
	rc = parse_values(values, &limit->value, e);
	free(values);
	return rc;
}

int
limit_check(const char *text, struct err *e)
{
	struct limit limit;

	return limit_parse(text, &limit, e);
}
