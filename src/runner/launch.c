/*
 * launch: see launch.h.
 */
#include "runner/launch.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "job/attempt.h"
#include "runner/lock.h"
#include "runner/report.h"
#include "runner/runner.h"
#include "runner/spawn.h"
#include "wire/journal.h"
#include "wire/launch.h"

/* Spawned in one turn: some tens of milliseconds, in which nothing else is looked at. */
#define BATCH 64
/* A lock that is held is tried again after so long, twice as long each time. */
#define RETRY_MIN_US (100 * INT64_C(1000))
#define RETRY_MAX_US (5 * INT64_C(1000000))
/* Without a descriptor to be had, unless a job ends before that. */
#define ROOM_US (1000 * INT64_C(1000))

/* Not started, and no attempt is spent. */
static void
report_not_started(struct runner *r, struct attempt *a, int why, const char *reason, int64_t now)
{
	struct result res;

	result_init(&res);
	res.not_started = true;
	res.why_not = why;
	res.reason = xstrdup(reason);
	report_result(r, a, &res, now);
	result_release(&res);
}

void
launch_accept(struct runner *r, struct launch *launch)
{
	struct launch *l = xmemdup(launch, sizeof(*launch));
	struct attempt *a = jobs_add(&r->jobs, l);

	if (a == NULL) {
		free(l);
		launch_release(launch);
		return;
	}
	launch_init(launch);
	if (l->lock != NULL)
		a->lock = mem_join(r->locks_path, strlen(r->locks_path), '/', l->lock);
	if (r->retired)
		launch_undo(r, a, "this runner takes nothing new", clock_boot());
}

void
launch_undo(struct runner *r, struct attempt *a, const char *reason, int64_t now)
{
	report_not_started(r, a, WHY_UNDONE, reason, now);
}

static void
wait_for_lock(struct runner *r, struct attempt *a, int64_t now)
{
	if (a->state == ATTEMPT_FRESH) {
		jobs_move(&r->jobs, a, ATTEMPT_WAITING);
		a->retry_delay = RETRY_MIN_US;
	} else if (a->retry_delay < RETRY_MAX_US / 2) {
		a->retry_delay *= 2;
	} else {
		a->retry_delay = RETRY_MAX_US;
	}
	a->retry_at = now + a->retry_delay;
}

static bool
is_want_of_descriptors(int error)
{
	return error == EMFILE || error == ENFILE;
}

/* That is nothing its job has done: no attempt is spent. */
static void
wait_for_room(struct runner *r, struct attempt *a, const char *why, int64_t now)
{
	if (!r->starved)
		log_warn("jobs wait for descriptors: %s", why);
	r->starved = true;
	if (a->state == ATTEMPT_FRESH)
		jobs_move(&r->jobs, a, ATTEMPT_WAITING);
	a->for_room = true;
	a->retry_delay = RETRY_MIN_US;
	a->retry_at = now + ROOM_US;
}

/* Whether it has its lock, or needs none. Else it waits or is over. */
static bool
take_lock(struct runner *r, struct attempt *a, int64_t now)
{
	const char *name = a->launch->lock;
	struct err e;

	if (name == NULL)
		return true;
	if (name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL) {
		report_error(r, a, "the name of its lock is not the name of a file", now);
		return false;
	}
	switch (lock_take(a->lock, a->lock_tree, &a->lock_fd, &a->lock_file, &e)) {
	case LOCK_TAKEN:
		return true;
	case LOCK_HELD:
		if (a->launch->wait_lock)
			wait_for_lock(r, a, now);
		else
			report_not_started(r, a, WHY_LOCKED, e.text, now);
		return false;
	case LOCK_FAILED:
		if (is_want_of_descriptors(errno))
			wait_for_room(r, a, e.text, now);
		else
			report_error(r, a, e.text, now);
	}
	return false;
}

/* Those that can start now, their locks taken. */
static size_t
gather(struct runner *r, struct attempt *batch[BATCH], int64_t now)
{
	struct attempt *a, *next;
	size_t n = 0;

	TAILQ_FOREACH_SAFE(a, &r->jobs.list[ATTEMPT_WAITING], link, next)
		if (n < BATCH && a->retry_at <= now && take_lock(r, a, now))
			batch[n++] = a;
	TAILQ_FOREACH_SAFE(a, &r->jobs.list[ATTEMPT_FRESH], link, next)
		if (n < BATCH && take_lock(r, a, now))
			batch[n++] = a;
	return n;
}

/* START records of the whole batch, on file when this returns 0. */
static int
record(struct runner *r, struct attempt *batch[], size_t n, int64_t now, struct err *e)
{
	int rc;

	/*
	 * What is still to be written comes first, and apart: it must not be forgotten with the
	 * starts.
	 */
	if ((rc = report_flush(r, e)) < 0)
		return rc;
	for (size_t i = 0; i < n; i++) {
		batch[i]->started_boot = now;
		batch[i]->cell = cells_take(&r->cells);
		report_start(r, batch[i]);
	}
	if ((rc = report_flush(r, e)) < 0)
		journal_drop(r->journal);
	return rc;
}

/* It has not started after all. error: an errno. */
static void
give_up(struct runner *r, struct attempt *a, int error, const char *why)
{
	cells_give(&r->cells, a->cell);
	a->cell = 0;
	lock_drop(&a->lock_fd, false);
	launch_retry(r, a->lock);
	if (is_want_of_descriptors(error))
		wait_for_room(r, a, why, clock_boot());
	else
		report_error(r, a, why, clock_boot());
}

static void
start(struct runner *r, struct attempt *a)
{
	struct err e;

	a->started_boot = clock_boot();
	if (spawn_attempt(r, a, &e) < 0) {
		give_up(r, a, errno, e.text);
		return;
	}
	r->starved = a->for_room = false;
	jobs_move(&r->jobs, a, ATTEMPT_RUNNING);
	jobs_shed(a);
	if (a->timeout > 0)
		jobs_set_due(&r->jobs, a, a->started_boot + a->timeout);
	report_started(r, a);
}

/* Those that end while others start are told of by one signal, when all have been started. */
static void
start_all(struct runner *r, struct attempt *batch[], size_t n)
{
	sigset_t all, before;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	for (size_t i = 0; i < n; i++)
		start(r, batch[i]);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

void
launch_turn(struct runner *r, int64_t now)
{
	struct attempt *batch[BATCH];
	size_t n = gather(r, batch, now);
	struct err e;

	if (n == 0)
		return;
	if (record(r, batch, n, now, &e) < 0) {
		for (size_t i = 0; i < n; i++)
			give_up(r, batch[i], 0, e.text);
		return;
	}
	start_all(r, batch, n);
}

void
launch_retry(struct runner *r, const char *lock)
{
	struct attempt *a;

	TAILQ_FOREACH(a, &r->jobs.list[ATTEMPT_WAITING], link)
		if (lock != NULL && a->lock != NULL && strcmp(a->lock, lock) == 0)
			a->retry_at = 0;
}

void
launch_room(struct runner *r)
{
	struct attempt *a;

	if (!r->starved)
		return;
	TAILQ_FOREACH(a, &r->jobs.list[ATTEMPT_WAITING], link) {
		if (!a->for_room || a->retry_at == 0)
			continue;
		a->retry_at = 0;
		break;
	}
}

int64_t
launch_next(const struct runner *r)
{
	const struct attempt *a;
	int64_t next = 0;

	if (!TAILQ_EMPTY(&r->jobs.list[ATTEMPT_FRESH]))
		return 1;
	TAILQ_FOREACH(a, &r->jobs.list[ATTEMPT_WAITING], link)
		if (next == 0 || a->retry_at < next)
			next = a->retry_at > 0 ? a->retry_at : 1;
	return next;
}
