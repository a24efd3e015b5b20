/*
 * plan_stepped: see plan.h. What becomes of a waiting occurrence when the wall clock is set.
 *
 * `@every`, `--in` and @reboot follow elapsed time: their occurrences move with the clock. `--at`
 * is a reading of the wall clock, and stays. Of a cron job:
 *
 * Forward by a little: what was jumped over is treated as what a DST gap skips. A fixed entry runs
 * once for all of it (not with --dst-gap=skip), under the last of the times jumped over. A wild one
 * goes on from now. One that was due before the step is late or missed like any other: --missed
 * decides, of what was jumped over as well.
 *
 * Back by a little: what waits was the next to come, and still is.
 *
 * By more, either way, it is a new clock: the next time after now, and nothing is made up for.
 */
#include "job/plan_parts.h"

/* The stretch of times from the waiting one up to now, or to --until. */
static void
note_jumped(const struct plan_input *in, struct plan_skip *s)
{
	int64_t until = in->job->until, end = in->now;

	if (until != INSTANT_NONE && until < end)
		end = until;
	s->reason = SKIP_CLOCK;
	s->first = s->last = in->scheduled_for;
	s->count = 1 + schedule_count(in->schedule, in->zone, s->first, end, &s->last);
}

static int64_t
next_from_now(const struct plan_input *in)
{
	int64_t t = schedule_next(in->schedule, in->zone, in->now);

	return in->job->until != INSTANT_NONE && t > in->job->until ? INSTANT_NONE : t;
}

/* The last one is taken out of the stretch, and is to run. */
static void
run_last(const struct plan_input *in, struct plan_stepped *p)
{
	struct plan_skip *s = &p->skip;

	p->late = true;
	p->scheduled_for = s->last;
	if (--s->count == 0)
		return;
	s->last = s->first;
	schedule_count(in->schedule, in->zone, s->first, p->scheduled_for - 1, &s->last);
}

static void
step_cron(const struct plan_input *in, enum step kind, int64_t by, struct plan_stepped *p)
{
	const struct schedule *s = in->schedule;

	if (kind == STEP_BACKWARD ||
	    (kind == STEP_FORWARD &&
		(in->scheduled_for <= in->now - by || in->scheduled_for > in->now)))
		return;
	if (in->scheduled_for <= in->now)
		note_jumped(in, &p->skip);
	if (kind == STEP_FORWARD && !s->cron.wild && s->gap != DST_GAP_SKIP)
		run_last(in, p);
	else
		p->scheduled_for = next_from_now(in);
}

void
plan_stepped(const struct plan_input *in, enum step kind, int64_t by, struct plan_stepped *p)
{
	enum schedule_kind what = in->schedule->kind;

	memset(p, 0, sizeof(*p));
	p->scheduled_for = in->scheduled_for;
	if (kind == STEP_NONE)
		return;
	if (what == SCHEDULE_CRON)
		step_cron(in, kind, by, p);
	else if (what != SCHEDULE_ONCE || in->job->elapsed) {
		p->moved = true;
		p->scheduled_for += by;
	}
}
