/*
 * t_state: every cell of the table of event and state, as jobsched(1) prints it, and what becomes
 * of wishes.
 */
#include "base/mem.h"
#include "job/state.h"
#include "tap.h"

/* pending, running, paused, done, failed, cancelled, retired; "-" is refused. */
static const struct row {
	enum job_event event;
	const char *word;
	const char *after[JOB_NSTATES];
} rows[] = {
    {EV_CLAIM, "claim", {"running", "-", "running", "-", "-", "-", "-"}},
    {EV_UNCLAIM, "unclaim", {"-", "pending", "-", "-", "-", "-", "-"}},
    {EV_OK, "ok", {"-", "done", "-", "-", "-", "-", "-"}},
    {EV_NEXT, "next", {"-", "pending", "-", "-", "-", "-", "-"}},
    {EV_DEAD, "dead", {"failed", "failed", "failed", "-", "-", "-", "-"}},
    {EV_SKIP, "skip", {"pending", "running", "paused", "-", "-", "-", "-"}},
    {EV_EXPIRE, "expire", {"done", "running", "done", "-", "-", "-", "-"}},
    {EV_CANCEL, "cancel",
	{"cancelled", "running", "cancelled", "-", "cancelled", "cancelled", "-"}},
    {EV_PAUSE, "pause", {"paused", "running", "paused", "-", "-", "-", "-"}},
    {EV_RESUME, "resume", {"-", "running", "pending", "-", "-", "-", "-"}},
    {EV_RETIRE, "retire",
	{"retired", "running", "retired", "retired", "retired", "cancelled", "-"}},
    {EV_RETURN, "return", {"-", "running", "-", "-", "-", "cancelled", "pending"}},
    {EV_RETRY, "retry", {"pending", "-", "-", "pending", "pending", "-", "-"}},
    {EV_RUN, "run", {"pending", "-", "paused", "pending", "pending", "-", "-"}},
};

static const struct {
	enum job_event end;
	unsigned wishes;
	enum job_state after;
	const char *why;
} ends[] = {
    {EV_OK, 0, JOB_DONE, "a good end"},
    {EV_NEXT, 0, JOB_PENDING, "an end with more to come"},
    {EV_DEAD, 0, JOB_FAILED, "a bad end"},
    {EV_UNCLAIM, 0, JOB_PENDING, "a claim undone"},
    {EV_NEXT, WISH_CANCEL, JOB_CANCELLED, "cancelled while it ran, and more would come"},
    {EV_DEAD, WISH_CANCEL, JOB_CANCELLED, "cancelled while it ran: no dead letter"},
    {EV_UNCLAIM, WISH_CANCEL, JOB_CANCELLED, "cancelled in the instant of the claim"},
    {EV_OK, WISH_CANCEL, JOB_DONE, "done before the cancel reached it"},
    {EV_NEXT, WISH_PAUSE, JOB_PAUSED, "paused while it ran"},
    {EV_DEAD, WISH_PAUSE, JOB_FAILED, "nothing left to pause"},
    {EV_OK, WISH_PAUSE, JOB_DONE, "nothing left to pause, and well"},
    {EV_NEXT, WISH_RETIRE, JOB_RETIRED, "its entry went while it ran"},
    {EV_OK, WISH_RETIRE, JOB_RETIRED, "its entry went, and it was its last time"},
    {EV_NEXT, WISH_RETIRE | WISH_PAUSE, JOB_RETIRED, "retired rather than paused"},
    {EV_NEXT, WISH_CANCEL | WISH_RETIRE | WISH_PAUSE, JOB_CANCELLED, "cancelled above all"},
};

static const char *
word_after(enum job_state s, enum job_event ev)
{
	int after = job_state_after(s, ev);

	return after == -1 ? "-" : job_state_word((enum job_state)after);
}

static void
test_row(const struct row *r)
{
	tap_is_str(job_event_word(r->event), r->word, "event '%s' has its word", r->word);
	for (int s = 0; s < JOB_NSTATES; s++)
		tap_is_str(word_after((enum job_state)s, r->event), r->after[s], "%s in %s",
		    r->word, job_state_word((enum job_state)s));
}

int
main(void)
{
	tap_is_int(sizeof(rows) / sizeof(rows[0]), JOB_NEVENTS, "every event has a row");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tap_is_int(rows[i].event, (int64_t)i, "rows are in the order of events");
		test_row(&rows[i]);
	}
	for (int s = 0; s < JOB_NSTATES; s++)
		tap_is_int(job_state_parse(job_state_word((enum job_state)s)), s,
		    "state '%s' is read back", job_state_word((enum job_state)s));
	tap_is_int(job_state_parse("Pending"), -1, "states are in lower case");
	tap_is_int(job_state_parse(""), -1, "no word is no state");
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		tap_is_str(job_state_word(job_state_ended(ends[i].end, ends[i].wishes)),
		    job_state_word(ends[i].after), "%s", ends[i].why);
	return tap_done();
}
