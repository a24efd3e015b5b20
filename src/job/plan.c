/*
 * plan: see plan.h. Here: when a job is first due, when it may start, when it is tried again.
 * What becomes of an occurrence that is due is in plan_due.c.
 */

#include <assert.h>

#include "base/hash.h"
#include "job/plan_parts.h"
#include "time/duration.h"

/* A clock that was set back by more is a new clock: what ran before tells nothing about it. */
#define SMALL_STEP (3 * HOUR_US)

/* The hashes of similar names are similar; these are not (a finalizer of the splitmix kind). */
static uint64_t
spread(uint64_t h)
{
	h = (h ^ h >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ h >> 27) * UINT64_C(0x94d049bb133111eb);
	return h ^ h >> 31;
}

int64_t
plan_ready_at(const struct job *job, int64_t scheduled_for)
{
	uint64_t h;

	if (job->jitter <= 0)
		return scheduled_for;
	/* A seed of its own, so that jitter and `~` in the schedule do not go together. */
	h = spread(hash_string(job_seed(job), "jitter"));
	return scheduled_for + (int64_t)(h % ((uint64_t)job->jitter + 1));
}

int64_t
plan_after_interval(const struct job *job, const struct schedule *s, int64_t from)
{
	int64_t delay = plan_ready_at(job, 0);

	/* It starts `delay` after its time; taken off here, or the jitter would add to each
	 * interval. */
	return from + s->every - (delay < s->every ? delay : 0);
}

static int64_t
first(const struct job *job, const struct schedule *s, const struct zone *zone, int64_t now,
    int64_t last, bool boot_seen)
{
	switch (s->kind) {
	case SCHEDULE_ONCE:
		return s->at;
	case SCHEDULE_REBOOT:
		return boot_seen ? INSTANT_NONE : now;
	case SCHEDULE_EVERY:
		if (last == INSTANT_NONE)
			return now;
		/* Later than now: the clock was set back, and it must not wait for that time. */
		return plan_after_interval(job, s, last < now ? last : now);
	case SCHEDULE_CRON:
		if (last != INSTANT_NONE && last > now && last - now <= SMALL_STEP)
			return schedule_next(s, zone, last);
		return schedule_next(s, zone, now);
	}
	abort();
}

int64_t
plan_first(const struct job *job, const struct schedule *s, const struct zone *zone, int64_t now,
    int64_t last_scheduled, bool boot_seen)
{
	int64_t t = first(job, s, zone, now, last_scheduled, boot_seen);

	return job->until != INSTANT_NONE && t > job->until ? INSTANT_NONE : t;
}

int64_t
plan_backoff(const struct job *job, int64_t n, uint64_t entropy)
{
	int64_t wait = job->backoff > 0 ? job->backoff : PLAN_BACKOFF;
	int64_t max = job->backoff_max > 0 ? job->backoff_max : PLAN_BACKOFF_MAX;

	assert(n >= 1);
	if (max < wait)
		max = wait;
	for (; n > 1 && wait < max; n--)
		wait = wait <= max / 2 ? wait * 2 : max;
	/* Half of it is certain, the other half spreads those that failed together. */
	return wait - wait / 2 + (int64_t)(entropy % ((uint64_t)wait / 2 + 1));
}
