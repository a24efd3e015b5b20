/*
 * plan_every: see plan.h. What becomes of the waiting occurrence of an `@every` job.
 *
 * An interval is kept between starts: when a job starts, its next occurrence is one interval from
 * now, however late it is. So intervals that went by while nothing could run are one late run,
 * and --missed=all is the same as once.
 *
 * Where a run is refused (overlap, deadline, --missed=skip), nothing has started from which an
 * interval could be counted, and the occurrences are those of the row scheduled_for, + interval,
 * + 2 intervals …: the latest that is due may run if it is in time, the others are skipped, and
 * the next of the row waits. The last start was at least one interval before the row began, so
 * this is never closer than the interval either.
 *
 * The same row is kept on days that a calendar closes. As in plan_due.c, one plan speaks of open
 * days only, or of closed ones.
 */
#include "job/plan_parts.h"

/* The latest of the row that is not after t. */
static int64_t
row_up_to(const struct plan_input *in, int64_t t)
{
	int64_t every = in->schedule->every;

	return in->scheduled_for + (t - in->scheduled_for) / every * every;
}

/* The latest of the row that is due, up to which all days are open, or all are closed. */
static int64_t
latest(const struct plan_input *in)
{
	const char *closed = plan_closed(in, in->scheduled_for);
	int64_t end = plan_horizon(in), every = in->schedule->every, last, t = in->scheduled_for;

	if (in->job->until != INSTANT_NONE && end > in->job->until)
		end = in->job->until;
	last = row_up_to(in, end);
	while ((t = plan_days_change(in, t, last)) != NEVER) {
		t = row_up_to(in, t - 1) + every;
		if (plan_closed(in, t) != closed)
			return t - every;
	}
	return last;
}

static void
note(const struct plan_input *in, struct plan *p, enum skip_reason reason, int64_t last)
{
	plan_note(in, p, reason, in->scheduled_for, last,
	    (last - in->scheduled_for) / in->schedule->every + 1);
}

/* Whether the occurrence at t is too late to run, and why. */
static bool
too_late(const struct plan_input *in, int64_t t, enum skip_reason *why)
{
	if (in->job->deadline > 0 && t < in->now - in->job->deadline) {
		*why = SKIP_DEADLINE;
		return true;
	}
	*why = plan_missed_reason(in);
	return (in->job->missed == MISSED_SKIP || !plan_makes_up(in)) && !in->held &&
	       t < plan_horizon(in) - PLAN_LATE;
}

void
plan_due_every(const struct plan_input *in, struct plan *p)
{
	int64_t every = in->schedule->every, last = latest(in), run_for = in->scheduled_for;
	bool closed = plan_closed(in, run_for) != NULL;
	enum skip_reason why, unused;

	if (closed || (in->busy && in->job->overlap == OVERLAP_SKIP)) {
		note(in, p, closed ? SKIP_CALENDAR : SKIP_OVERLAP, last);
		plan_skip(in, p, last + every);
		return;
	}
	if (too_late(in, run_for, &why)) {
		if (too_late(in, last, &unused)) {
			note(in, p, why, last);
			plan_skip(in, p, last + every);
			return;
		}
		note(in, p, why, last - every);
		run_for = last;
	}
	if (in->busy)
		plan_wait(p, in->job->overlap == OVERLAP_REPLACE, run_for);
	else
		plan_run(
		    in, p, run_for, in->now, plan_after_interval(in->job, in->schedule, in->now));
}
