/*
 * state: see state.h. Everything that can happen to a job is one cell of `after`. The rules behind
 * the cells:
 *
 * A job is `running` exactly while an attempt of it is claimed. Whatever is asked of it meanwhile
 * (cancel, pause, retire) leaves it running and is a wish beside the state, fulfilled by
 * job_state_ended. So no end of an attempt finds its job in another state than `running`. What
 * takes a wish back (resume; return, for retire) is allowed there too.
 *
 * `paused` can be claimed: a manual run starts whatever the schedule, and nothing else of a paused
 * job is ever ready. The pause stays in force: the job is paused again when that attempt has ended.
 *
 * Occurrences may be skipped while a job runs (overlap) and while it is paused (one occurrence
 * cancelled), and none may be left then: a running job learns that at its end, a paused one is
 * done.
 *
 * cancel: twice is the same as once; what has ended by itself is not cancelled any more. A dead
 * letter is dropped by it. A cancelled job of a tab stays cancelled even if its entry goes and
 * comes back: a reload, or an editor that takes the file away for a moment, must not undo what a
 * person said.
 *
 * pause: twice gives it a new reason and end. resume: only what is paused, so that a mistaken name
 * is noticed.
 *
 * retry: a job that is done may have a dead occurrence, if it is periodic and its schedule is over;
 * the store refuses where there is none. A paused job is to be resumed first.
 *
 * run: also for what has ended, but a cancelled job was to run no more, and the entry of a retired
 * one has gone.
 */
#include "job/state.h"

#include <assert.h>
#include <stddef.h>

#include "job/words.h"

static const char *const states[JOB_NSTATES + 1] = {
    [JOB_PENDING] = "pending",
    [JOB_RUNNING] = "running",
    [JOB_PAUSED] = "paused",
    [JOB_DONE] = "done",
    [JOB_FAILED] = "failed",
    [JOB_CANCELLED] = "cancelled",
    [JOB_RETIRED] = "retired",
};

static const char *const events[JOB_NEVENTS + 1] = {
    [EV_CLAIM] = "claim",
    [EV_UNCLAIM] = "unclaim",
    [EV_OK] = "ok",
    [EV_NEXT] = "next",
    [EV_DEAD] = "dead",
    [EV_SKIP] = "skip",
    [EV_EXPIRE] = "expire",
    [EV_CANCEL] = "cancel",
    [EV_PAUSE] = "pause",
    [EV_RESUME] = "resume",
    [EV_RETIRE] = "retire",
    [EV_RETURN] = "return",
    [EV_RETRY] = "retry",
    [EV_RUN] = "run",
};

/* clang-format off */
enum {
	P = JOB_PENDING, R = JOB_RUNNING, H = JOB_PAUSED, D = JOB_DONE,
	F = JOB_FAILED, C = JOB_CANCELLED, T = JOB_RETIRED, X = -1
};

static const signed char after[JOB_NEVENTS][JOB_NSTATES] = {
	/* from:        pending running paused done failed cancelled retired */
	[EV_CLAIM] =   { R,     X,      R,     X,   X,     X,        X },
	[EV_UNCLAIM] = { X,     P,      X,     X,   X,     X,        X },
	[EV_OK] =      { X,     D,      X,     X,   X,     X,        X },
	[EV_NEXT] =    { X,     P,      X,     X,   X,     X,        X },
	[EV_DEAD] =    { F,     F,      F,     X,   X,     X,        X },
	[EV_SKIP] =    { P,     R,      H,     X,   X,     X,        X },
	[EV_EXPIRE] =  { D,     R,      D,     X,   X,     X,        X },
	[EV_CANCEL] =  { C,     R,      C,     X,   C,     C,        X },
	[EV_PAUSE] =   { H,     R,      H,     X,   X,     X,        X },
	[EV_RESUME] =  { X,     R,      P,     X,   X,     X,        X },
	[EV_RETIRE] =  { T,     R,      T,     T,   T,     C,        X },
	[EV_RETURN] =  { X,     R,      X,     X,   X,     C,        P },
	[EV_RETRY] =   { P,     X,      X,     P,   P,     X,        X },
	[EV_RUN] =     { P,     X,      H,     P,   P,     X,        X },
};
/* clang-format on */

const char *
job_state_word(enum job_state s)
{
	return states[s];
}

int
job_state_parse(const char *word)
{
	return words_index(states, word);
}

bool
job_state_is_final(enum job_state s)
{
	return s == JOB_DONE || s == JOB_FAILED || s == JOB_CANCELLED || s == JOB_RETIRED;
}

const char *
job_event_word(enum job_event ev)
{
	return events[ev];
}

int
job_state_after(enum job_state s, enum job_event ev)
{
	assert((unsigned)s < JOB_NSTATES && (unsigned)ev < JOB_NEVENTS);
	return after[ev][s];
}

enum job_state
job_state_ended(enum job_event ev, unsigned wishes)
{
	/* Cancelling first: it outlives a retirement, and neither leaves anything to pause. */
	static const struct {
		unsigned wish;
		enum job_event event;
	} order[] = {
	    {WISH_CANCEL, EV_CANCEL},
	    {WISH_RETIRE, EV_RETIRE},
	    {WISH_PAUSE, EV_PAUSE},
	};
	int s = job_state_after(JOB_RUNNING, ev), next;

	assert(ev == EV_OK || ev == EV_NEXT || ev == EV_DEAD || ev == EV_UNCLAIM);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		next = (wishes & order[i].wish) != 0
			   ? job_state_after((enum job_state)s, order[i].event)
			   : -1;
		s = next != -1 ? next : s;
	}
	return (enum job_state)s;
}
