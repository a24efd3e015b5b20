/*
 * member: see member.h.
 */
#include "daemon/member.h"

#include <event2/event.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/usock.h"
#include "daemon/fault.h"
#include "daemon/link.h"
#include "daemon/orphans.h"
#include "daemon/patience.h"
#include "daemon/remains.h"
#include "daemon/results.h"
#include "store/lease.h"
#include "wire/journal.h"
#include "wire/launch.h"

#define AGAIN_US 100000 /* between two tries to reach a runner that lives */

/* ---- its open attempts, as an array ---- */

struct open_list {
	struct open_attempt *v;
	size_t n, cap;
};

static int
collect(void *arg, const struct open_attempt *a)
{
	struct open_list *l = arg;

	l->v = mem_grow(l->v, l->n, &l->cap, sizeof(*l->v));
	l->v[l->n++] = *a;
	return 0;
}

static int
read_open(struct member *m, struct open_list *l, struct err *e)
{
	int rc;

	memset(l, 0, sizeof(*l));
	if ((rc = store_open_attempts(m->setup->store, m->row.id, collect, l, e)) < 0) {
		free(l->v);
		l->v = NULL;
	}
	return rc;
}

/* Also those that were given up with this node, of which nobody knows whether they were started. */
static int
read_unsettled(struct member *m, struct open_list *l, struct err *e)
{
	int rc = read_open(m, l, e);

	if (rc == 0 &&
	    (rc = store_given_up(m->setup->store, m->row.id, collect, l, e)) < 0) {
		free(l->v);
		l->v = NULL;
	}
	return rc;
}

static bool
open_attempts(struct member *m, struct open_list *l)
{
	struct err e;

	if (read_unsettled(m, l, &e) == 0)
		return true;
	fault(m->setup->store, &e, "cannot read the attempts of runner %" PRId64, m->row.id);
	return false;
}

int
member_open_attempts(struct member *m, size_t *n, struct err *e)
{
	struct open_list open;
	int rc = read_open(m, &open, e);

	*n = rc == 0 ? open.n : 0;
	free(open.v);
	return rc;
}

/* ---- life ---- */

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	struct member *m = arg;

	(void)fd, (void)what;
	/* One that was welcomed, and nobody could tell what it should have. */
	link_free(m->link);
	m->link = NULL;
	member_reach(m);
}

static void
try_again(struct member *m)
{
	struct timeval tv = { AGAIN_US / 1000000, AGAIN_US % 1000000 };

	evtimer_add(m->again, &tv);
}

struct member *
member_new(const struct runners_setup *setup, const struct runner *row,
    const struct member_calls *calls, void *arg)
{
	struct member *m = xcalloc(1, sizeof(*m));

	m->setup = setup;
	m->calls = calls;
	m->arg = arg;
	m->row.id = row->id;
	m->row.node = xstrdup(row->node);
	m->row.socket = xstrdup(row->socket);
	m->row.boot = xstrdup(row->boot);
	/* Without a journal its scheduler died before starting it; no claim can name it. */
	m->row.journal = row->journal != NULL ? xstrdup(row->journal) :
	    xasprintf("%s/%" PRId64 ".journal", setup->journals, row->id);
	m->lock = -1;
	m->again = evtimer_new(setup->base, on_again, m);
	patience_init(m);
	return m;
}

void
member_free(struct member *m)
{
	link_free(m->link);
	event_free(m->again);
	patience_release(m);
	if (m->lock != -1)
		close(m->lock);
	runner_release(&m->row);
	free(m);
}

/* ---- dead ---- */

bool
member_forget(struct member *m)
{
	struct open_list open;
	struct err e;
	int rc = read_unsettled(m, &open, &e);

	free(open.v);
	/* What it had begun to end is known from its journal only. */
	if (rc == 0 && (open.n > 0 || orphans_of(m->setup->orphans, m->row.id)))
		return false;
	if (rc == 0) {
		/* The row goes last: by it the next scheduler finds what a kill leaves here. */
		if (m->row.socket != NULL)
			unlink(m->row.socket);
		journal_unlink(m->row.journal);
		(void)FAILPOINT("takein.forget");
		rc = store_runner_remove(m->setup->store, m->row.id, &e);
	}
	if (rc < 0) {
		fault(m->setup->store, &e, "cannot forget runner %" PRId64, m->row.id);
		return false;
	}
	close(m->lock);
	m->lock = -1;
	return true;
}

void
member_judge(struct member *m)
{
	struct open_list open;

	if (!open_attempts(m, &open))
		return;
	remains_judge(m, open.v, open.n);
	free(open.v);
}

/* Its lock is ours. False if it has to be done again later. */
static bool
bury(struct member *m)
{
	struct open_list open;
	int rc;

	if (FAILPOINT("takein.read") || !open_attempts(m, &open))
		return false;
	if (open.n > 0)
		log_info("runner %" PRId64 " has ended, taking in its journal: %zu open attempts",
		    m->row.id, open.n);
	rc = remains_judge(m, open.v, open.n);
	free(open.v);
	return rc == 0 && !FAILPOINT("takein.done");
}

/* ---- alive ---- */

static bool
known(const struct welcome *w, int64_t fence)
{
	for (int64_t i = 0; i < w->nfences; i++)
		if (w->fences[i] == fence)
			return true;
	return false;
}

static void
undo(struct member *m, int64_t fence)
{
	struct result r;

	result_init(&r);
	r.fence = fence;
	r.not_started = true;
	r.why_not = WHY_UNDONE;
	results_add(m->setup->results, m->row.id, 0, &r);
}

/*
 * What the store has as running there and the runner does not know was never handed over. What
 * somebody cancelled while nobody could tell the runner is cancelled now. False if the store does
 * not answer.
 */
static bool
reconcile(struct member *m, const struct welcome *w)
{
	struct open_list open;

	if (!open_attempts(m, &open))
		return false;
	for (size_t i = 0; i < open.n; i++) {
		if (!known(w, open.v[i].fence))
			undo(m, open.v[i].fence);
		else if (open.v[i].cancel_wanted)
			link_cancel(m->link, open.v[i].fence, open.v[i].grace);
	}
	free(open.v);
	return true;
}

static void
on_welcome(void *arg, struct link *l, const struct welcome *w)
{
	struct member *m = arg;

	m->heard = true;
	m->proc = w->proc;
	/* Without that, what was never handed over would run on in the books: another welcome. */
	if (FAILPOINT("attach.welcome") || !reconcile(m, w)) {
		try_again(m);
		return;
	}
	m->ready = true;
	/* Before any launch. */
	if (m->setup->lease != 0)
		link_lease(l, m->setup->lease);
	log_debug("runner %" PRId64 ": %s%s", m->row.id,
	    w->cells != NULL ? "each job has a control group below " : "no control groups",
	    w->cells != NULL ? w->cells : "");
	if (!m->fresh)
		link_retire(l);
	m->calls->ready(m->arg, m);
}

static void
on_started(void *arg, struct link *l, const struct started *s)
{
	struct member *m = arg;

	(void)l;
	m->heard = true;
	results_started(m->setup->results, s->fence, s->started_at);
}

static void
on_ended(void *arg, struct link *l, int64_t seq, struct result *r)
{
	struct member *m = arg;

	(void)l;
	m->heard = true;
	results_add(m->setup->results, m->row.id, seq, r);
}

static void
on_kept(void *arg, struct link *l, const struct kept *k)
{
	struct member *m = arg;

	m->heard = true;
	if (remains_keep(m, k))
		link_stored(l, k->fence, k->serial);
}

static void
on_synced(void *arg, struct link *l, int64_t number)
{
	struct member *m = arg;

	(void)l;
	m->heard = true;
	if (number == PATIENCE_SYNC)
		return;
	m->unsynced = false;
	m->calls->synced(m->arg, m);
}

static void
on_closed(void *arg, struct link *l)
{
	struct member *m = arg;

	link_free(l);
	m->link = NULL;
	m->ready = m->unsynced = false;
	m->heard = true;
	/* Not from within the callback of the connection that was just freed. */
	event_active(m->again, EV_TIMEOUT, 0);
}

void
member_connected(struct member *m, int fd)
{
	static const struct link_calls calls = {
		.welcome = on_welcome,
		.started = on_started,
		.ended = on_ended,
		.kept = on_kept,
		.synced = on_synced,
		.closed = on_closed,
	};

	m->link = link_new(m->setup->base, fd, m->row.id, m->setup->node, &calls, m);
	patience_watch(m);
}

void
member_sync(struct member *m)
{
	m->unsynced = true;
	link_sync(m->link, 1);
	patience_watch(m);
}

void
member_reach(struct member *m)
{
	bool alive = false;
	struct err e;
	int fd;

	m->lock = journal_claim(m->row.journal, &alive, &e);
	if (m->lock >= 0 && bury(m)) {
		m->calls->ended(m->arg, m);
		return;
	}
	if (m->lock >= 0)
		close(m->lock);
	else if (!alive)
		log_error("runner %" PRId64 ": %s", m->row.id, e.text);
	m->lock = -1;
	if (alive && !FAILPOINT("attach.reach") && (fd = usock_connect(m->row.socket)) != -1)
		member_connected(m, fd);
	else
		try_again(m);
}
