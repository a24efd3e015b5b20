/*
 * clockstep: see clockstep.h.
 */
#include "daemon/clockstep.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/proc.h"
#include "daemon/daemon.h"
#include "daemon/results.h"
#include "store/store.h"
#include "store/clock.h"
#include "time/duration.h"
#include "time/step.h"

#define APART_US 10000 /* the two clocks are read within so much of each other … */
#define TRIES 100      /* … unless the machine is too busy for that */

void
clockstep_read(struct moment *m)
{
	int64_t before;

	m->boot = proc_boot_id();
	for (int i = 0; i < TRIES; i++) {
		before = clock_boot();
		m->wall_clock = clock_wall();
		m->boot_clock = clock_boot();
		if (m->boot_clock - before < APART_US)
			break;
	}
}

static void
tell(const struct clock_step *step, const struct clock_stepped *done)
{
	int64_t size = step->by < 0 ? -step->by : step->by;
	char by[32];

	duration_format((size + USEC / 2) / USEC * USEC, by, sizeof(by));
	log_info("the wall clock was set %s by %s%s: %" PRId64 " occurrences moved, %" PRId64
		 " run late, %" PRId64 " planned anew, %" PRId64 " skipped",
	    step->by < 0 ? "back" : "forward", by,
	    step->kind == STEP_NEW_CLOCK ? ", a new clock" : "", done->moved, done->late,
	    done->anew, done->skipped);
}

/* Without a word of what failed before: the step is found again, or gone on with. */
static enum clock_look
fail(const struct err *e)
{
	log_error("cannot deal with the clock that was set: %s", e->text);
	return CLOCK_FAILED;
}

static void
finish(struct daemon *d)
{
	d->stepping = false;
	d->next_prune += d->step.by;
	tell(&d->step, &d->stepped);
	results_hold(d->results, false);
}

enum clock_look
clockstep_go_on(struct daemon *d)
{
	struct err e;

	d->step.zone = d->zone;
	if (store_clock_step(d->store, &d->step, &d->stepped, &e) < 0)
		return fail(&e);
	if (d->stepped.more)
		return CLOCK_BUSY;
	finish(d);
	return CLOCK_STEADY;
}

/* The first batch: with it the store knows of the step. */
static enum clock_look
begin(struct daemon *d)
{
	struct err e;

	d->step.zone = d->zone;
	memset(&d->stepped, 0, sizeof(d->stepped));
	if (store_clock_step(d->store, &d->step, &d->stepped, &e) < 0)
		return fail(&e);
	d->seen = d->step.now;
	d->stepping = true;
	results_hold(d->results, true);
	if (d->stepped.more)
		return CLOCK_BUSY;
	finish(d);
	return CLOCK_STEADY;
}

enum clock_look
clockstep_look(struct daemon *d)
{
	struct moment now;

	if (d->stepping)
		return CLOCK_BUSY;
	clockstep_read(&now);
	/* Whoever keeps the clock of all hosts answers for its steps. */
	if (store_shared(d->store)) {
		d->seen = now;
		return CLOCK_STEADY;
	}
	d->step.kind = step_between(&d->seen, &now, &d->step.by);
	if (d->step.kind == STEP_NONE) {
		d->seen = now;
		return CLOCK_STEADY;
	}
	d->step.now = now;
	return begin(d);
}

/* What a daemon before us began. */
static int
finish_old(struct daemon *d, struct err *e)
{
	struct clock_step unfinished = { .kind = STEP_NONE, .zone = d->zone };
	struct clock_stepped done = { 0 };
	int rc;

	do
		rc = store_clock_step(d->store, &unfinished, &done, e);
	while (rc == 0 && done.more);
	return rc;
}

int
clockstep_open(struct daemon *d, struct err *e)
{
	enum clock_look found;
	struct clock_mark mark;
	int rc;

	if (store_shared(d->store)) {
		clockstep_read(&d->seen);
		return 0;
	}
	if ((rc = finish_old(d, e)) < 0 || (rc = store_clock_mark(d->store, &mark, e)) < 0)
		return rc;
	/* Of this boot, or it says nothing. */
	if (strcmp(mark.boot, proc_boot_id()) != 0) {
		clockstep_read(&d->seen);
		return 0;
	}
	d->seen = (struct moment){ proc_boot_id(), mark.boot_clock, mark.wall_clock };
	found = clockstep_look(d);
	while (found == CLOCK_BUSY)
		found = clockstep_go_on(d);
	if (found == CLOCK_FAILED)
		return err_set(e, E_STORE, "the clock was set, and what waits cannot follow it");
	return 0;
}
