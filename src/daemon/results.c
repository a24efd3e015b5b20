/*
 * results: see results.h.
 *
 * One commit costs an fsync, so results that come close together share one: a commit follows
 * the last by at least GROUP_US. Starts are told to the store later still, and only for jobs
 * that are still running then: a result carries its start.
 */
#include "daemon/results.h"

#include <event2/event.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/fault.h"
#include "store/store.h"

#define GROUP_US 20000	   /* at most one commit in so many µs */
#define STARTS_US 200000   /* starts wait for so long */
#define RETRY_US 1000000   /* after an error of the store */
#define CHUNK 1000	   /* results in one transaction */

struct source {
	int64_t runner, seq;
};

struct results {
	struct store *store;
	const struct results_calls *calls;
	void *arg;
	struct event *flush, *start;
	bool held;
	bool failing; /* the log has been told that the store takes nothing */
	int64_t last_commit; /* boot clock, µs */
	struct result *v;
	struct source *sources; /* of the same index */
	size_t n, cap, sources_cap;
	struct started_row *starts;
	size_t gone; /* so many at the front have ended */
	size_t nstarts, starts_cap;
};

static void
arm(struct event *ev, int64_t us)
{
	struct timeval tv = { us / 1000000, us % 1000000 };

	if (!evtimer_pending(ev, NULL))
		evtimer_add(ev, &tv);
}

static void
on_flush(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	results_flush(arg);
}

/* They are tried again several times a second, and it is said once. */
static void
failed(struct results *r, const char *what, const struct err *e)
{
	if (!r->failing)
		r->failing = fault(r->store, e, "cannot record %s, they are kept", what);
}

static void
recorded(struct results *r)
{
	if (r->failing)
		log_info("starts and ends are recorded again");
	r->failing = false;
}

static void
on_starts(evutil_socket_t fd, short what, void *arg)
{
	struct results *r = arg;
	struct err e;

	(void)fd, (void)what;
	if (r->nstarts == r->gone)
		return;
	if (store_start_attempts(r->store, r->starts + r->gone, r->nstarts - r->gone, &e) < 0) {
		failed(r, "starts", &e);
		arm(r->start, RETRY_US);
		return;
	}
	recorded(r);
	r->nstarts = r->gone = 0;
}

struct results *
results_new(struct event_base *base, struct store *store, const struct results_calls *calls,
    void *arg)
{
	struct results *r = xcalloc(1, sizeof(*r));

	r->store = store;
	r->calls = calls;
	r->arg = arg;
	r->flush = evtimer_new(base, on_flush, r);
	r->start = evtimer_new(base, on_starts, r);
	return r;
}

void
results_free(struct results *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n; i++)
		result_release(&r->v[i]);
	event_free(r->flush);
	event_free(r->start);
	free(r->v);
	free(r->sources);
	free(r->starts);
	free(r);
}

/*
 * A job that has ended needs no start of its own in the store. Most often it is one of the oldest:
 * what has to be moved, and looked at, is only what came before it.
 */
static void
forget_start(struct results *r, int64_t fence)
{
	size_t i = r->gone;

	while (i < r->nstarts && r->starts[i].fence != fence)
		i++;
	if (i == r->nstarts)
		return;
	memmove(r->starts + r->gone + 1, r->starts + r->gone,
	    (i - r->gone) * sizeof(*r->starts));
	r->gone++;
}

void
results_add(struct results *r, int64_t runner, int64_t seq, struct result *result)
{
	int64_t since = clock_boot() - r->last_commit;

	forget_start(r, result->fence);
	r->v = mem_grow(r->v, r->n, &r->cap, sizeof(*r->v));
	r->sources = mem_grow(r->sources, r->n, &r->sources_cap, sizeof(*r->sources));
	r->v[r->n] = *result;
	r->sources[r->n] = (struct source){ runner, seq };
	r->n++;
	result_init(result);
	arm(r->flush, since >= GROUP_US ? 0 : GROUP_US - since);
}

void
results_started(struct results *r, int64_t fence, int64_t started_at)
{
	if (r->gone == r->nstarts)
		r->gone = r->nstarts = 0;
	r->starts = mem_grow(r->starts, r->nstarts, &r->starts_cap, sizeof(*r->starts));
	r->starts[r->nstarts++] = (struct started_row){ fence, started_at };
	arm(r->start, STARTS_US);
}

/* Tells each runner how far its results are committed. */
static void
acknowledge(struct results *r, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool last = r->sources[i].seq > 0;

		for (size_t k = i + 1; last && k < n; k++)
			last = r->sources[k].runner != r->sources[i].runner;
		if (last)
			r->calls->committed(r->arg, r->sources[i].runner, r->sources[i].seq);
	}
}

static void
drop(struct results *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		result_release(&r->v[i]);
	r->n -= n;
	memmove(r->v, r->v + n, r->n * sizeof(*r->v));
	memmove(r->sources, r->sources + n, r->n * sizeof(*r->sources));
}

/* One transaction's worth; false if the store did not take it. */
static bool
commit(struct results *r, size_t n)
{
	struct finished *done = xcalloc(n, sizeof(*done));
	struct err e;
	int rc;

	if (FAILPOINT("result.record"))
		rc = err_errno(&e, E_STORE, "failpoint");
	else
		rc = store_finish_attempts(r->store, r->v, n, clock_wall(), done, &e);
	r->last_commit = clock_boot();
	if (rc == 0) {
		recorded(r);
		acknowledge(r, n);
		drop(r, n);
		r->calls->finished(r->arg, done, n);
	} else
		failed(r, "ends", &e);
	free(done);
	return rc == 0;
}

void
results_flush(struct results *r)
{
	evtimer_del(r->flush);
	while (r->n > 0 && !r->held) {
		if (!commit(r, r->n < CHUNK ? r->n : CHUNK)) {
			arm(r->flush, RETRY_US);
			return;
		}
	}
}

void
results_hold(struct results *r, bool held)
{
	r->held = held;
	if (!held && r->n > 0)
		arm(r->flush, 0);
}

size_t
results_waiting(const struct results *r)
{
	return r->n;
}
