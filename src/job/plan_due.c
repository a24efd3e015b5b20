/*
 * plan_due: see plan.h. What becomes of a cron job's occurrences from the waiting one up to now.
 *
 * An occurrence is due when it may start: scheduled_for plus the job's jitter. All that follows
 * looks at the stretch of those that are due. In this order:
 *
 * (0) --not-on and --only-on close days. One plan speaks of occurrences of open days only, or of
 * closed days only, so that each skip is a stretch without gaps: it ends before the first of the
 * other kind, which waits, is due, and is planned next. Those of closed days are skipped. What runs
 * is chosen among all of the open days up to now. On a day that --not-on names, --missed is skip.
 *
 * (1) --overlap=skip and busy: all of it is skipped, because its job was running. Not with
 * --missed=all: what is caught up runs one after the other, and must not skip itself.
 *
 * (2) --deadline: those that are later than it are skipped.
 *
 * (3) --missed says which of the others may run: all (the last N); else those that are not late
 * (PLAN_LATE), and if all are late, the latest of them (once) or none (skip). The earliest of
 * these is the candidate. One that was kept waiting for its own job is not missed: it runs, and
 * those that came due meanwhile overlapped with it, for at most one is kept waiting.
 * (--overlap=replace keeps the newest instead.)
 *
 * (4) busy: the candidate is held, or replaces; with --overlap=skip it is skipped with all after
 * it, or held if it is being caught up: it is late, or was due when the one before it was started.
 *
 * Nothing here takes as long as the downtime was: stretches are counted by schedule_count.
 */
#include "job/plan_parts.h"

#include "time/duration.h"

/* The stretch [first, horizon] of occurrences that are due. */
struct stretch {
	const struct plan_input *in;
	int64_t first;	 /* an occurrence */
	int64_t horizon; /* the latest scheduled_for that may start now and is not after --until */
	int64_t end;	 /* this plan's part: [first, end] are all open, or all closed */
};

static int64_t
next_after(const struct stretch *st, int64_t t)
{
	int64_t next = schedule_next(st->in->schedule, st->in->zone, t);

	return next != INSTANT_NONE ? next : NEVER;
}

/* The first of the stretch at or after t; NEVER, or one beyond the horizon, if there is none. */
static int64_t
first_from(const struct stretch *st, int64_t t)
{
	return t <= st->first ? st->first : next_after(st, t - 1);
}

/* How many lie from `from`, which is one, up to `to`; *last is the latest. */
static int64_t
count_to(const struct stretch *st, int64_t from, int64_t to, int64_t *last)
{
	*last = from;
	if (from > to)
		return 0;
	return 1 + schedule_count(st->in->schedule, st->in->zone, from, to, last);
}

/* The first of an open day at or after t; NEVER, or one beyond the horizon, if there is none. */
static int64_t
first_open(const struct stretch *st, int64_t t)
{
	t = first_from(st, t);
	while (t <= st->horizon && plan_closed(st->in, t) != NULL) {
		t = plan_days_change(st->in, t, st->horizon);
		t = t != NEVER ? first_from(st, t) : next_after(st, st->horizon);
	}
	return t;
}

/* How many of open days lie after `after` up to the horizon; *last is the latest, if any. */
static int64_t
count_open(const struct stretch *st, int64_t after, int64_t *last)
{
	const struct plan_input *in = st->in;
	int64_t n = 0, to;

	for (; after < st->horizon; after = to) {
		to = plan_days_change(in, after + 1, st->horizon);
		to = to != NEVER ? to - 1 : st->horizon;
		if (plan_closed(in, after + 1) == NULL)
			n += schedule_count(in->schedule, in->zone, after, to, last);
	}
	return n;
}

/* Where this plan's part ends: before the first that is closed otherwise than the first of all. */
static int64_t
part_end(const struct stretch *st)
{
	const char *closed = plan_closed(st->in, st->first);
	int64_t t = st->first;

	do {
		t = plan_days_change(st->in, t, st->horizon);
		if (t == NEVER || (t = first_from(st, t)) > st->horizon)
			return st->horizon;
	} while (plan_closed(st->in, t) == closed);
	return t - 1;
}

/* Notes those from `from` (one of this part, or beyond it) to before `to`, or to its end. */
static void
note(const struct stretch *st, struct plan *p, enum skip_reason reason, int64_t from, int64_t to)
{
	int64_t last, n;

	if (to > st->end)
		to = st->end + 1;
	n = count_to(st, from, to - 1, &last);
	plan_note(st->in, p, reason, from, last, n);
}

/*
 * From where on there are n open ones up to the horizon, or all that there are: looks back twice as
 * far until there are enough. *found is their number, *last the latest.
 */
static int64_t
look_back(const struct stretch *st, int64_t n, int64_t *found, int64_t *last)
{
	int64_t after, back = HOUR_US;

	do {
		after = st->horizon - back > st->first ? st->horizon - back : st->first - 1;
		*found = count_open(st, after, last);
		back *= 2;
	} while (*found < n && after >= st->first);
	return after + 1;
}

/* The n-th open one from the end, or the first of fewer. */
static int64_t
nth_last(const struct stretch *st, int64_t n)
{
	int64_t found, last, t = first_open(st, look_back(st, n, &found, &last));

	for (; found > n; found--)
		t = first_open(st, t + 1);
	return t;
}

/* The latest open one; the first is open. */
static int64_t
latest(const struct stretch *st)
{
	int64_t found, last = st->first;

	look_back(st, 1, &found, &last);
	return last;
}

/* Step 3: the first open one that may run; NEVER or beyond the horizon if none may. */
static int64_t
first_wanted(const struct stretch *st)
{
	const struct job *job = st->in->job;
	enum missed missed = plan_makes_up(st->in) ? job->missed : MISSED_SKIP;
	int64_t t;

	if (missed == MISSED_ALL)
		return nth_last(st, job->missed_max > 0 ? job->missed_max : PLAN_MISSED_DEFAULT);
	if (st->in->held && job->missed != MISSED_ALL)
		return job->overlap == OVERLAP_REPLACE ? latest(st) : st->first;
	t = first_open(st, plan_horizon(st->in) - PLAN_LATE);
	return t <= st->horizon || missed == MISSED_SKIP ? t : latest(st);
}

/* Steps 2 and 3. Notes what is skipped and returns the candidate. */
static int64_t
candidate(const struct stretch *st, struct plan *p)
{
	const struct plan_input *in = st->in;
	int64_t wanted = first_wanted(st), in_time = st->first;
	bool waited = in->held && in->job->missed != MISSED_ALL;

	if (in->job->deadline > 0)
		in_time = first_from(st, in->now - in->job->deadline);
	note(st, p, SKIP_DEADLINE, st->first, in_time);
	note(st, p, waited ? SKIP_OVERLAP : plan_missed_reason(in), in_time, wanted);
	return wanted > in_time ? wanted : in_time;
}

/* Step 4. */
static void
plan_busy(const struct stretch *st, struct plan *p, int64_t run_for)
{
	const struct plan_input *in = st->in;
	bool late = plan_horizon(in) - run_for > PLAN_LATE;
	bool catching_up = in->job->missed == MISSED_ALL && (late || in->held);

	/* A one-time job waits for its lock, whatever its policy. */
	if (in->job->overlap == OVERLAP_WAIT || catching_up || in->schedule->kind == SCHEDULE_ONCE)
		plan_wait(p, false, run_for);
	else if (in->job->overlap == OVERLAP_REPLACE)
		plan_wait(p, true, run_for);
	else {
		note(st, p, SKIP_OVERLAP, run_for, NEVER);
		plan_skip(in, p, next_after(st, st->end));
	}
}

static void
plan_free(const struct stretch *st, struct plan *p, int64_t run_for)
{
	const struct plan_input *in = st->in;
	int64_t next = next_after(st, run_for);

	if (in->held && in->job->missed != MISSED_ALL && !plan_is_last(in)) {
		note(st, p, SKIP_OVERLAP, next, NEVER);
		next = next_after(st, st->end);
	}
	plan_run(in, p, run_for, run_for, next);
}

/* Whether all of it overlaps with the attempt that runs: step 1. */
static bool
all_overlap(const struct plan_input *in)
{
	return in->busy && in->job->overlap == OVERLAP_SKIP && in->job->missed != MISSED_ALL &&
	       in->schedule->kind != SCHEDULE_ONCE;
}

static void
plan_open(const struct stretch *st, struct plan *p)
{
	int64_t run_for = candidate(st, p);

	if (run_for > st->end)
		plan_skip(st->in, p, next_after(st, st->end));
	else if (st->in->busy)
		plan_busy(st, p, run_for);
	else
		plan_free(st, p, run_for);
}

static void
plan_due_cron(const struct plan_input *in, struct plan *p)
{
	struct stretch st = {.in = in, .first = in->scheduled_for, .horizon = plan_horizon(in)};
	bool closed = plan_closed(in, st.first) != NULL;

	if (in->job->until != INSTANT_NONE && st.horizon > in->job->until)
		st.horizon = in->job->until;
	st.end = part_end(&st);
	if (closed || all_overlap(in)) {
		note(&st, p, closed ? SKIP_CALENDAR : SKIP_OVERLAP, st.first, NEVER);
		plan_skip(in, p, next_after(&st, st.end));
	} else
		plan_open(&st, p);
}

void
plan_due(const struct plan_input *in, struct plan *p)
{
	memset(p, 0, sizeof(*p));
	p->run_for = p->last_scheduled = p->next = INSTANT_NONE;
	if (in->job->until != INSTANT_NONE && in->scheduled_for > in->job->until)
		plan_skip(in, p, NEVER);
	else if (in->schedule->kind == SCHEDULE_EVERY)
		plan_due_every(in, p);
	else
		plan_due_cron(in, p);
}
