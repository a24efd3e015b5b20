/*
 * runners: see runners.h. What becomes of one runner is in member.c.
 */
#include "daemon/runners.h"

#include <inttypes.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/failpoint.h"
#include "base/mem.h"
#include "base/proc.h"
#include "daemon/link.h"
#include "daemon/member.h"
#include "daemon/orphans.h"
#include "daemon/patience.h"
#include "daemon/results.h"
#include "daemon/spawn.h"
#include "store/store.h"

#define RESTART_US 1000000 /* at most one start in so many µs */
#define START_US 20000000  /* one may take no longer: nothing else is done meanwhile */

struct runners {
	struct runners_setup setup;
	LIST_HEAD(, member) list;
	struct member *fresh;
	int64_t last_start; /* boot clock, µs; 0: none yet */
	bool syncing;
};

static struct member *
find(struct runners *all, int64_t id)
{
	struct member *m;

	LIST_FOREACH(m, &all->list, entry)
		if (m->row.id == id)
			return m;
	return NULL;
}

static void
drop(struct runners *all, struct member *m)
{
	if (all->fresh == m)
		all->fresh = NULL;
	LIST_REMOVE(m, entry);
	member_free(m);
}

static void
check_settled(struct runners *all)
{
	struct member *m;

	if (!all->syncing)
		return;
	LIST_FOREACH(m, &all->list, entry)
		if (m->lock == -1 && (!m->ready || m->unsynced))
			return;
	all->syncing = false;
	all->setup.settled(all->setup.arg);
}

static void
on_ready(void *arg, struct member *m)
{
	struct runners *all = arg;

	if (m == all->fresh)
		all->setup.ready(all->setup.arg);
	if (all->syncing)
		member_sync(m);
}

static void
on_synced(void *arg, struct member *m)
{
	(void)m;
	check_settled(arg);
}

static void
on_ended(void *arg, struct member *m)
{
	struct runners *all = arg;

	/* The next tick makes a new one. */
	if (all->fresh == m) {
		all->fresh = NULL;
		all->setup.ready(all->setup.arg);
	}
	if (member_forget(m))
		drop(all, m);
	check_settled(all);
}

/* Should it wake up, it goes when its jobs have ended. */
static void
on_silent(void *arg, struct member *m)
{
	struct runners *all = arg;

	m->fresh = false;
	if (m->ready)
		link_retire(m->link);
	if (all->fresh != m)
		return;
	all->fresh = NULL;
	all->setup.ready(all->setup.arg);
}

static const struct member_calls member_calls = { on_ready, on_synced, on_ended, on_silent };

static struct member *
add(struct runners *all, const struct runner *row)
{
	struct member *m = member_new(&all->setup, row, &member_calls, all);

	LIST_INSERT_HEAD(&all->list, m, entry);
	return m;
}

struct runners *
runners_new(const struct runners_setup *setup)
{
	struct runners *all = xcalloc(1, sizeof(*all));

	all->setup = *setup;
	LIST_INIT(&all->list);
	return all;
}

void
runners_free(struct runners *all)
{
	if (all == NULL)
		return;
	while (!LIST_EMPTY(&all->list))
		drop(all, LIST_FIRST(&all->list));
	free(all);
}

static int
add_row(void *arg, const struct runner *row)
{
	add(arg, row);
	return 0;
}

int
runners_attach(struct runners *all, size_t *open, struct err *e)
{
	struct member *m, *next;
	size_t n;
	int rc;

	*open = 0;
	if (FAILPOINT("attach.list"))
		return err_errno(e, E_STORE, "failpoint");
	if ((rc = store_runner_list(all->setup.store, all->setup.node, add_row, all, e)) < 0)
		return rc;
	for (m = LIST_FIRST(&all->list); m != NULL; m = next) {
		next = LIST_NEXT(m, entry);
		if ((rc = member_open_attempts(m, &n, e)) < 0)
			return rc;
		*open += n;
		member_reach(m);
	}
	results_flush(all->setup.results);
	return 0;
}

/*
 * Registers a runner and starts it; the row is there before the process, so that no runner is
 * ever unknown.
 */
static int
start(struct runners *all, struct runner *row, struct err *e)
{
	struct spawn s = { .program = all->setup.program, .node = all->setup.node,
		.locks = all->setup.locks, .cgroups = *all->setup.cgroups,
		.patience = *all->setup.patience };
	int rc;

	rc = store_runner_add(all->setup.store, all->setup.node, clock_wall(), &row->id, e);
	if (rc < 0)
		return rc;
	row->node = xstrdup(all->setup.node);
	row->journal = xasprintf("%s/%" PRId64 ".journal", all->setup.journals, row->id);
	row->socket = xasprintf("%s/runner-%" PRId64 ".sock", all->setup.sockets, row->id);
	row->boot = xstrdup(proc_boot_id());
	if ((rc = store_runner_set(all->setup.store, row, e)) < 0)
		return rc;
	if (s.patience > START_US)
		s.patience = START_US;
	s.id = row->id;
	s.journal = row->journal;
	s.socket = row->socket;
	rc = FAILPOINT("runner.add") ? err_errno(e, E_FAIL, "failpoint") : spawn_runner(&s, e);
	if (rc < 0) {
		struct err ignored;

		store_runner_remove(all->setup.store, row->id, &ignored);
	}
	return rc;
}

int
runners_freshen(struct runners *all, struct err *e)
{
	struct runner row = { 0 };
	int fd;

	if (all->fresh != NULL)
		return 0;
	/* One that ends as soon as it starts must not be started in a loop. */
	if (all->last_start > 0 && clock_boot() - all->last_start < RESTART_US)
		return err_set(e, E_FAIL, "the last runner was started less than a second ago");
	all->last_start = clock_boot();
	if ((fd = start(all, &row, e)) >= 0) {
		all->fresh = add(all, &row);
		all->fresh->fresh = true;
		member_connected(all->fresh, fd);
	}
	runner_release(&row);
	return fd < 0 ? fd : 0;
}

bool
runners_ready(const struct runners *all)
{
	return all->fresh != NULL && all->fresh->ready;
}

int64_t
runners_fresh_id(const struct runners *all)
{
	return all->fresh != NULL ? all->fresh->row.id : 0;
}

void
runners_launch(struct runners *all, const struct launch *l)
{
	link_launch(all->fresh->link, l);
	patience_watch(all->fresh);
}

int
runners_cancel_attempt(void *arg, const struct open_attempt *a)
{
	struct runners *all = arg;
	struct member *m = find(all, a->runner);

	if (m != NULL && m->ready) {
		link_cancel(m->link, a->fence, a->grace);
		patience_watch(m);
	} else {
		orphans_cancel(all->setup.orphans, a->fence, a->grace);
	}
	return 0;
}

void
runners_acknowledge(struct runners *all, int64_t runner, int64_t seq)
{
	struct member *m = find(all, runner);

	if (m != NULL && m->ready)
		link_ack(m->link, seq);
}

void
runners_lease(struct runners *all, int64_t until)
{
	struct member *m;

	all->setup.lease = until;
	LIST_FOREACH(m, &all->list, entry)
		if (m->ready)
			link_lease(m->link, until);
}

int
runners_count(struct runners *all, size_t *n, struct err *e)
{
	struct member *m;
	size_t one;
	int rc = 0;

	*n = 0;
	LIST_FOREACH(m, &all->list, entry) {
		if ((rc = member_open_attempts(m, &one, e)) < 0)
			return rc;
		*n += one;
	}
	return rc;
}

void
runners_settle(struct runners *all)
{
	struct member *m, *next;

	for (m = LIST_FIRST(&all->list); m != NULL; m = next) {
		next = LIST_NEXT(m, entry);
		if (m->lock != -1 && member_forget(m))
			drop(all, m);
	}
}

void
runners_sync(struct runners *all)
{
	struct member *m;

	all->syncing = true;
	LIST_FOREACH(m, &all->list, entry)
		if (m->ready)
			member_sync(m);
	check_settled(all);
}

bool
runners_syncing(const struct runners *all)
{
	return all->syncing;
}
