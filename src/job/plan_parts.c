/*
 * plan_parts: see plan_parts.h.
 */
#include "job/plan_parts.h"

#include <assert.h>

int64_t
plan_horizon(const struct plan_input *in)
{
	int64_t t = in->now - plan_ready_at(in->job, 0);

	/* The waiting one is due because the caller says so: its jitter may have been changed
	 * since. */
	return t > in->scheduled_for ? t : in->scheduled_for;
}

bool
plan_is_last(const struct plan_input *in)
{
	return in->job->count > 0 && in->started + 1 >= in->job->count;
}

enum skip_reason
plan_missed_reason(const struct plan_input *in)
{
	if (in->was_paused)
		return SKIP_PAUSED;
	return in->job->missed == MISSED_SKIP || plan_makes_up(in) ? SKIP_MISSED : SKIP_CALENDAR;
}

void
plan_note(const struct plan_input *in, struct plan *p, enum skip_reason reason, int64_t first,
    int64_t last, int64_t count)
{
	struct plan_skip *s;

	if (count <= 0)
		return;
	assert(p->nskips < PLAN_SKIPS_MAX);
	s = &p->skips[p->nskips++];
	*s = (struct plan_skip){.reason = reason, .first = first, .last = last, .count = count};
	if (reason != SKIP_CALENDAR)
		return;
	if ((s->calendar = plan_closed(in, first)) == NULL)
		s->calendar = in->job->not_on;
	s->missing = (s->calendar == in->job->not_on ? in->not_on : in->only_on) == NULL;
}

static void
set_next(const struct plan_input *in, struct plan *p, int64_t next, bool over)
{
	if (next == NEVER || over || (in->job->until != INSTANT_NONE && next > in->job->until))
		next = INSTANT_NONE;
	p->next = next;
	p->next_held = in->job->missed == MISSED_ALL && next != INSTANT_NONE &&
		       next <= plan_horizon(in);
}

void
plan_run(const struct plan_input *in, struct plan *p, int64_t run_for, int64_t last_scheduled,
    int64_t next)
{
	p->action = PLAN_RUN;
	p->run_for = run_for;
	p->last_scheduled = last_scheduled;
	set_next(in, p, next, plan_is_last(in));
}

void
plan_skip(const struct plan_input *in, struct plan *p, int64_t next)
{
	p->action = PLAN_SKIP;
	set_next(in, p, next, in->job->count > 0 && in->started >= in->job->count);
}

void
plan_wait(struct plan *p, bool replace, int64_t run_for)
{
	p->action = replace ? PLAN_REPLACE : PLAN_HOLD;
	p->run_for = p->next = run_for;
}
