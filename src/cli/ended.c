/*
 * ended: see ended.h.
 */
#include "cli/ended.h"

#include <poll.h>
#include <signal.h>

#include "cli/cli.h"
#include "time/instant.h"

/* ms between two looks at the store. */
#define LOOK_FIRST 20
#define LOOK_LAST 1000

/* How far back in a job's ledger its occurrence can be: between two looks not many can start. */
#define LOOK_BACK 200

/* What the ledger says of the occurrence (of a one-time job: of the job). */
struct finding {
	const struct ended *of;
	bool attempted, skipped;
	bool started; /* its newest attempt */
	enum outcome outcome; /* of its newest attempt */
	int exit_status, signal;
	int64_t scheduled_for;
};

static bool
is_of(const struct ended *w, const struct ledger_row *r)
{
	if (r->outcome != OUTCOME_SKIPPED)
		return !w->periodic || r->scheduled_for == w->occurrence;
	return w->periodic && r->first_scheduled_for <= w->occurrence &&
	    w->occurrence <= r->last_scheduled_for;
}

static int
find_row(void *arg, const struct ledger_row *r)
{
	struct finding *f = arg;

	if (!is_of(f->of, r))
		return 0;
	if (r->outcome == OUTCOME_SKIPPED) {
		f->skipped = true;
		return 0;
	}
	f->attempted = true;
	f->started = r->started_at != INSTANT_NONE;
	f->outcome = r->outcome;
	f->exit_status = r->exit_status;
	f->signal = r->signal;
	f->scheduled_for = r->scheduled_for;
	return 1; /* the newest is first */
}

static int
look(struct cli *c, const struct ended *w, struct finding *f)
{
	struct ledger_filter filter;

	ledger_filter_init(&filter);
	filter.job_id = w->id;
	filter.limit = LOOK_BACK;
	*f = (struct finding){ .of = w, .exit_status = -1 };
	return store_ledger(c->store, &filter, find_row, f, &c->err);
}

int
ended_init(struct cli *c, struct ended *w, int64_t id)
{
	struct ended any = { .id = id };
	struct job_view v;
	struct finding f;

	if (store_job_get(c->store, id, &v, &c->err) < 0)
		return c->err.code;
	*w = (struct ended){ id, v.job.periodic, v.next_scheduled_for };
	job_view_release(&v);
	if (look(c, &any, &f) < 0)
		return c->err.code;
	if (f.attempted && (f.outcome == OUTCOME_RUNNING || w->occurrence == INSTANT_NONE))
		w->occurrence = f.scheduled_for;
	return 0;
}

static int
status_of(const struct finding *f)
{
	if (!f->attempted || f->outcome == OUTCOME_ERROR ||
	    (f->outcome == OUTCOME_CANCELLED && !f->started))
		return ENDED_NEVER_RAN;
	if (f->outcome == OUTCOME_OK)
		return 0;
	if (f->outcome == OUTCOME_LOST)
		return ENDED_UNKNOWN;
	if (f->signal != 0)
		return 128 + f->signal;
	/* It took TERM and left with 0: that is no success. */
	return f->exit_status > 0 ? f->exit_status : 128 + SIGTERM;
}

/*
 * One look: 1 if it has ended, 0 if not. The job is read before its ledger: what is claimed in
 * between is found there.
 */
static int
has_ended(struct cli *c, struct ended *w, struct finding *f)
{
	struct job_view v;
	int64_t next;
	bool final;

	if (store_job_get(c->store, w->id, &v, &c->err) < 0)
		return c->err.code;
	final = job_state_is_final(v.state);
	next = v.next_scheduled_for;
	job_view_release(&v);
	if (look(c, w, f) < 0)
		return c->err.code;
	if (f->attempted && f->outcome == OUTCOME_RUNNING)
		return 0;
	if (final || !w->periodic)
		return final;
	if (next == w->occurrence)
		return 0; /* it waits: for its time, or for a retry */
	if (f->attempted || f->skipped)
		return 1;
	w->occurrence = next; /* it has another schedule now */
	return 0;
}

/* ms to the next look, after a pause of ms. */
static int
pause_for(int ms)
{
	poll(NULL, 0, ms);
	return ms * 3 / 2 < LOOK_LAST ? ms * 3 / 2 : LOOK_LAST;
}

int
ended_wait(struct cli *c, struct ended *w, int *status)
{
	struct finding f;
	int r, ms = LOOK_FIRST;

	while ((r = has_ended(c, w, &f)) == 0)
		ms = pause_for(ms);
	if (r < 0)
		return r;
	*status = status_of(&f);
	return 0;
}

struct attempt_finding {
	int64_t fence;
	bool found;
	enum outcome outcome;
};

static int
find_attempt_row(void *arg, const struct ledger_row *r)
{
	struct attempt_finding *f = arg;

	if (r->fence != f->fence)
		return 0;
	f->found = true;
	f->outcome = r->outcome;
	return 1;
}

int
ended_wait_attempt(struct cli *c, int64_t id, int64_t fence, enum outcome *outcome)
{
	struct attempt_finding f = { .fence = fence };
	struct ledger_filter filter;
	int ms = LOOK_FIRST;

	ledger_filter_init(&filter);
	filter.job_id = id;
	filter.limit = LOOK_BACK;
	for (;;) {
		f.found = false;
		f.outcome = OUTCOME_RUNNING;
		if (store_ledger(c->store, &filter, find_attempt_row, &f, &c->err) < 0)
			return c->err.code;
		if (!f.found || f.outcome != OUTCOME_RUNNING)
			break;
		ms = pause_for(ms);
	}
	*outcome = f.outcome;
	return 0;
}
