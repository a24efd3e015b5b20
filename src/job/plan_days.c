/*
 * plan_days: the days on which a job may run, by its calendars. See plan.h.
 *
 * An occurrence belongs to the day of its scheduled time in the job's zone, also where jitter or a
 * running attempt makes it start on another. But what was missed is not made up for on a day that
 * --not-on names: whoever starts a machine in a freeze does not want the runs of the day before.
 */
#include "job/plan_parts.h"

#include "time/calendar.h"
#include "time/duration.h"
#include "time/zone.h"

void
plan_find_calendars(
    struct plan_input *in, const struct calendar *(*find)(void *arg, const char *name), void *arg)
{
	const struct job *job = in->job;

	in->calendar_missing = find != NULL;
	if (find != NULL && job->not_on != NULL)
		in->not_on = find(arg, job->not_on);
	if (find != NULL && job->only_on != NULL)
		in->only_on = find(arg, job->only_on);
}

const char *
plan_closed(const struct plan_input *in, int64_t t)
{
	const char *not_on = in->job->not_on, *only_on = in->job->only_on;
	struct civil day;

	if (not_on == NULL && only_on == NULL)
		return NULL;
	zone_civil(in->zone, t / USEC, &day, NULL);
	if (in->not_on != NULL ? calendar_has(in->not_on, &day)
			       : not_on != NULL && in->calendar_missing)
		return not_on;
	if (in->only_on != NULL ? !calendar_has(in->only_on, &day) : in->calendar_missing)
		return only_on;
	return NULL;
}

bool
plan_makes_up(const struct plan_input *in)
{
	struct civil today;

	if (in->job->not_on == NULL || in->not_on == NULL)
		return true;
	zone_civil(in->zone, in->now / USEC, &today, NULL);
	return !calendar_has(in->not_on, &today);
}

static int64_t
change(const struct plan_input *in, const struct calendar *c, int64_t after, int64_t until)
{
	return c != NULL ? calendar_change(c, in->zone, after, until) : NEVER;
}

int64_t
plan_days_change(const struct plan_input *in, int64_t after, int64_t until)
{
	const char *closed = plan_closed(in, after);
	int64_t t = after, a, b;

	do {
		a = change(in, in->not_on, t, until);
		b = change(in, in->only_on, t, until);
		t = a < b ? a : b;
	} while (t != NEVER && plan_closed(in, t) == closed);
	return t;
}
