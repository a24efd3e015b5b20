/*
 * upcoming: see upcoming.h.
 */
#include "cli/upcoming.h"

#include "base/err.h"
#include "job/plan.h"
#include "store/store.h"
#include "time/calendar.h"
#include "time/duration.h"
#include "time/zone.h"

/* 2401-01-01T00:00:00Z: no calendar has days from then on. */
#define CALENDARS_END (INT64_C(13601088000) * USEC)

/* How many stretches of closed days are passed over before the search is given up. */
#define STRETCHES_MAX 1000

static int
init(struct upcoming *u, const struct job *j, const struct upcoming_context *ctx, struct err *e)
{
	struct plan_input days = { .job = j };

	plan_find_calendars(&days, ctx->calendar, ctx->arg);
	*u = (struct upcoming){
		.zone = j->tz != NULL ? zone_get(j->tz, e) : ctx->zone,
		.not_on = days.not_on,
		.only_on = days.only_on,
		.closed = (j->not_on != NULL && days.not_on == NULL) ||
		    (j->only_on != NULL && days.only_on == NULL),
		.next = INSTANT_NONE,
		.until = j->until,
		.left = -1,
	};
	if (u->zone == NULL)
		return e->code;
	return job_schedule(j, &u->schedule, e);
}

/* The calendar that closes the day of t; NULL: it is open. */
static const struct calendar *
closing(const struct upcoming *u, int64_t t)
{
	struct civil day;

	zone_civil(u->zone, t / USEC, &day, NULL);
	if (u->not_on != NULL && calendar_has(u->not_on, &day))
		return u->not_on;
	return u->only_on != NULL && !calendar_has(u->only_on, &day) ? u->only_on : NULL;
}

/* The first time of the schedule at or after `from`, which is after next. */
static void
seek(struct upcoming *u, int64_t from)
{
	int64_t every = u->schedule.every;

	if (u->schedule.kind == SCHEDULE_EVERY)
		/* Whole intervals at once: `from` may be years ahead. */
		u->next += (from - u->next + every - 1) / every * every;
	else
		u->next = schedule_next(&u->schedule, u->zone, from - 1);
}

/* Passes over closed days, and ends the list where the job's --until or --count does. */
static void
settle(struct upcoming *u)
{
	const struct calendar *c;
	int64_t change;

	for (int i = 0; u->next != INSTANT_NONE && (c = closing(u, u->next)) != NULL; i++) {
		change = calendar_change(c, u->zone, u->next, CALENDARS_END);
		if (change == INT64_MAX || i == STRETCHES_MAX)
			u->next = INSTANT_NONE;
		else
			seek(u, change);
	}
	if (u->closed || u->left == 0 || (u->until != INSTANT_NONE && u->next > u->until))
		u->next = INSTANT_NONE;
}

int
upcoming_stored(struct upcoming *u, const struct job_view *v, const struct upcoming_context *ctx,
    struct err *e)
{
	if (init(u, &v->job, ctx, e) < 0)
		return e->code;
	if (v->job.count > 0)
		u->left = v->job.count > v->started ? v->job.count - v->started : 0;
	if (!v->paused || v->paused_until != INSTANT_NONE)
		u->next = v->next_scheduled_for;
	settle(u);
	if (v->paused)
		upcoming_skip(u, v->paused_until);
	return 0;
}

int
upcoming_new(struct upcoming *u, const struct job *j, const struct upcoming_context *ctx,
    int64_t now, struct err *e)
{
	if (init(u, j, ctx, e) < 0)
		return e->code;
	if (j->count > 0)
		u->left = j->count;
	u->next = plan_first(j, &u->schedule, u->zone, now, INSTANT_NONE, true);
	settle(u);
	return 0;
}

void
upcoming_step(struct upcoming *u)
{
	if (u->next == INSTANT_NONE)
		return;
	if (u->left > 0)
		u->left--;
	u->next = schedule_next(&u->schedule, u->zone, u->next);
	settle(u);
}

void
upcoming_skip(struct upcoming *u, int64_t from)
{
	if (u->next == INSTANT_NONE || u->next >= from)
		return;
	seek(u, from);
	settle(u);
}
