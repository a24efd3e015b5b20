/*
 * lease: see lease.h.
 */
#include "runner/lease.h"

#include "base/log.h"
#include "job/attempt.h"
#include "runner/end.h"
#include "runner/launch.h"
#include "runner/reap.h"
#include "runner/runner.h"

void
lease_set(struct runner *r, int64_t until)
{
	r->lease_until = until;
	r->lease_over = false;
}

static void
give_back(struct runner *r, enum attempt_state state, int64_t now)
{
	struct attempt *a, *next;

	TAILQ_FOREACH_SAFE(a, &r->jobs.list[state], link, next)
		launch_undo(r, a, "the lease of its node has run out", now);
}

static void
end_all(struct runner *r, int64_t now)
{
	struct attempt *a;

	/* Whoever has ended in time without our having seen it is not lost. */
	reap_all(r);
	TAILQ_FOREACH(a, &r->jobs.list[ATTEMPT_RUNNING], link)
		end_begin(r, a, OUTCOME_LOST, 0, now);
}

void
lease_turn(struct runner *r, int64_t now)
{
	if (r->lease_until == 0 || now < r->lease_until)
		return;
	if (!r->lease_over && r->jobs.count[ATTEMPT_RUNNING] > 0)
		log_warn("the lease has run out: %d jobs are killed",
		    (int)r->jobs.count[ATTEMPT_RUNNING]);
	give_back(r, ATTEMPT_FRESH, now);
	give_back(r, ATTEMPT_WAITING, now);
	if (!r->lease_over)
		end_all(r, now);
	r->lease_over = true;
}

int64_t
lease_next(const struct runner *r)
{
	return r->lease_over ? 0 : r->lease_until;
}
