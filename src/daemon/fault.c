/*
 * fault: see fault.h.
 */
#include "daemon/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "store/lease.h"
#include "store/store.h"
#include "time/duration.h"

#define REMIND_US (60 * USEC)

static void
tell_outage(struct store_outage *o, const char *why, int64_t now)
{
	char since[32];

	if (o->told == 0) {
		log_error("%s: nothing is started, what runs goes on until the lease has run out, "
			  "and ends are kept; it is tried again until it is back", why);
		o->told_since = o->since;
		o->told = now;
	} else if (now - o->told >= REMIND_US) {
		duration_format((now - o->told_since) / USEC * USEC, since, sizeof(since));
		log_error("for %s now: %s", since, why);
		o->told = now;
	}
}

/* Not more than once in a minute, whatever it was that could not be done. */
static bool
is_news(struct store_outage *o, const char *why, int64_t now)
{
	bool same = o->other_told != 0 && strcmp(o->other, why) == 0;

	if (same && now - o->other_told < REMIND_US) {
		o->other_again++;
		return false;
	}
	if (!same)
		o->other_again = 0;
	strlcpy(o->other, why, sizeof(o->other));
	o->other_told = now;
	return true;
}

bool
fault(struct store *s, const struct err *e, const char *what, ...)
{
	struct store_outage *o = store_outage(s);
	char text[256];
	va_list ap;

	if (o->since != 0) {
		tell_outage(o, o->why, clock_boot());
		return false;
	}
	if (!is_news(o, e->text, clock_boot()))
		return true;
	va_start(ap, what);
	vsnprintf(text, sizeof(text), what, ap);
	va_end(ap);
	if (o->other_again > 0)
		log_error("%s: %s (and %d times before that in the last minutes)", text, e->text,
		    o->other_again);
	else
		log_error("%s: %s", text, e->text);
	o->other_again = 0;
	return true;
}

void
fault_over(struct store *s)
{
	struct store_outage *o = store_outage(s);
	int64_t lasted = o->back - o->told_since;
	char text[32];

	if (o->told == 0 || o->since != 0)
		return;
	duration_format(lasted < USEC ? lasted / 1000 * 1000 : lasted / USEC * USEC, text,
	    sizeof(text));
	log_info("database '%s' is back, after %s", store_uri(s), text);
	o->told = 0;
}
