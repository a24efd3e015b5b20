/*
 * duration: see duration.h.
 */
#include "time/duration.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "time/shown.h"

/* In falling order, which is also the order in which they may be written. */
static const struct unit {
	char name[3];
	int64_t us;
} units[] = {
    {"w", 7 * DAY_US},
    {"d", DAY_US},
    {"h", HOUR_US},
    {"m", MINUTE_US},
    {"s", USEC},
    {"ms", USEC / 1000},
};
enum { UNITS = sizeof(units) / sizeof(units[0]) };

/* Reads digits; what is above DURATION_MAX stays just above it. -1 if there is no digit. */
static int64_t
read_number(const char **p)
{
	int64_t n = 0;

	if (**p < '0' || **p > '9')
		return -1;
	for (; **p >= '0' && **p <= '9'; (*p)++)
		if (n <= DURATION_MAX)
			n = n * 10 + (**p - '0');
	return n;
}

/* The unit whose name is the whole run of letters at *p; UNITS if it is none. */
static size_t
read_unit(const char **p)
{
	size_t len = 0;

	while ((*p)[len] != '\0' && ((*p)[len] < '0' || (*p)[len] > '9'))
		len++;
	for (size_t i = 0; i < UNITS; i++)
		if (strlen(units[i].name) == len && memcmp(units[i].name, *p, len) == 0) {
			*p += len;
			return i;
		}
	return UNITS;
}

static int
bad(const char *text, struct err *e)
{
	return err_set(
	    e, E_INPUT, "'%s' is not a duration, such as 90s, 1h30m or 2d", shown(text).text);
}

int
duration_parse(const char *text, int64_t *us, struct err *e)
{
	const char *p = text;
	int64_t n, sum = 0;
	size_t unit, allowed = 0;

	do {
		if ((n = read_number(&p)) < 0)
			return bad(text, e);
		unit = *p == '\0' && allowed == 0 ? UNITS - 2 : read_unit(&p);
		if (unit == UNITS)
			return bad(text, e);
		if (unit < allowed)
			return err_set(e, E_INPUT,
			    "'%s' is not a duration: units go w d h m s ms, each once at most",
			    shown(text).text);
		if (n > (DURATION_MAX - sum) / units[unit].us)
			return err_set(e, E_INPUT,
			    "'%s' is too long: a duration is at most 100 years", shown(text).text);
		sum += n * units[unit].us;
		allowed = unit + 1;
	} while (*p != '\0');
	*us = sum;
	return 0;
}

void
duration_format(int64_t us, char *buf, size_t size)
{
	uint64_t left = us < 0 ? -(uint64_t)us : (uint64_t)us, n;
	size_t len;

	strlcpy(buf, us < 0 ? "-" : "", size);
	len = strlen(buf);
	for (size_t i = 0; i < UNITS; i++) {
		n = left / (uint64_t)units[i].us;
		/* Weeks only where nothing else is needed: 10d, not 1w3d. */
		if (n == 0 || (i == 0 && left % (uint64_t)units[i].us != 0) || len >= size)
			continue;
		len += (size_t)snprintf(buf + len, size - len, "%" PRIu64 "%s", n, units[i].name);
		left -= n * (uint64_t)units[i].us;
	}
	if (len <= 1 && (buf[0] == '\0' || buf[0] == '-'))
		strlcpy(buf, "0s", size);
}
