/*
 * faults: see faults.h.
 */
#include "faults.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/queue.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/proc.h"
#include "children.h"
#include "clients.h"
#include "dice.h"
#include "found.h"
#include "scheduler.h"
#include "storm.h"
#include "tally.h"
#include "timers.h"
#include "world.h"

/* A process that is stopped. */
struct stopped {
	LIST_ENTRY(stopped) entry;
	struct proc_id id;
	int64_t number;
	bool holds; /* it keeps the product from claiming */
};

/* A transaction of ours that lasts. */
struct hold {
	LIST_ENTRY(hold) entry;
	sqlite3 *sql;
	int64_t number;
	bool holds;
};

struct faults {
	struct dice dice;
	LIST_HEAD(, stopped) stopped;
	LIST_HEAD(, hold) holds;
	int64_t last;
	bool paused;
};

void
faults_init(struct storm *s)
{
	s->faults = xcalloc(1, sizeof(*s->faults));
	LIST_INIT(&s->faults->stopped);
	LIST_INIT(&s->faults->holds);
	dice_init(&s->faults->dice, s->seed, "faults");
}

void
faults_free(struct storm *s)
{
	free(s->faults);
}

/* ---- stopped for a while ---- */

static void
go_on(struct storm *s, struct stopped *p)
{
	proc_signal(&p->id, SIGCONT);
	s->holds -= p->holds;
	LIST_REMOVE(p, entry);
	free(p);
}

static void
continue_one(struct storm *s, int64_t number)
{
	struct stopped *p;

	LIST_FOREACH(p, &s->faults->stopped, entry)
	if (p->number == number) {
		go_on(s, p);
		return;
	}
}

static void
stop(struct storm *s, const struct proc_id *id, bool holds)
{
	struct faults *f = s->faults;
	struct stopped *p = xcalloc(1, sizeof(*p));

	p->id = *id;
	p->number = ++f->last;
	p->holds = holds;
	LIST_INSERT_HEAD(&f->stopped, p, entry);
	proc_signal(id, SIGSTOP);
	if (holds) {
		s->holds++;
		scheduler_disturbed(s);
	}
	timers_add(s, dice_spread(&f->dice, 1 * MS, 2000 * MS), continue_one, p->number);
}

/* ---- scheduler ---- */

static void
kill_scheduler(struct storm *s, struct dice *d)
{
	(void)d;
	if (scheduler_signal(s, SIGKILL))
		tally_fault(s, "KILL of the scheduler");
}

static void
kill_again(struct storm *s, int64_t arg)
{
	(void)arg;
	if (!s->calm && scheduler_signal(s, SIGKILL))
		tally_fault(s, "KILL of a starting scheduler");
}

static void
kill_scheduler_twice(struct storm *s, struct dice *d)
{
	kill_scheduler(s, d);
	timers_add(s, dice_spread(d, 0, 80 * MS), kill_again, 0);
}

static void
end_scheduler(struct storm *s, struct dice *d)
{
	(void)d;
	if (scheduler_signal(s, SIGTERM))
		tally_fault(s, "TERM of the scheduler");
}

static void
reload_scheduler(struct storm *s, struct dice *d)
{
	(void)d;
	if (scheduler_signal(s, SIGHUP))
		tally_fault(s, "HUP of the scheduler");
}

static void
stop_scheduler(struct storm *s, struct dice *d)
{
	struct proc_id id;

	(void)d;
	if (!scheduler_process(s, &id))
		return;
	stop(s, &id, true);
	tally_fault(s, "STOP of the scheduler");
}

static void
run_beside(struct storm *s, struct dice *d)
{
	(void)d;
	scheduler_beside(s);
	tally_fault(s, "--once beside the daemon");
}

/* ---- runners ---- */

static void
kill_found(struct storm *s, const struct found *r)
{
	storm_fact(s, "killed|%lld|%lld", (long long)r->runner, (long long)clock_wall());
	s->runner_killed = clock_wall();
	if (proc_signal(&r->id, SIGKILL) == 0)
		tally_fault(s, "KILL of a runner");
}

static void
kill_runner(struct storm *s, struct dice *d)
{
	struct found r;

	if (found_pick(s, d, &r))
		kill_found(s, &r);
}

static void
kill_all_runners(struct storm *s, struct dice *d)
{
	struct found *v;
	size_t n = found_all(s, &v);

	(void)d;
	for (size_t i = 0; i < n; i++)
		kill_found(s, &v[i]);
	free(v);
}

static void
stop_runner(struct storm *s, struct dice *d)
{
	struct found r;

	if (!found_pick(s, d, &r))
		return;
	stop(s, &r.id, true);
	tally_fault(s, "STOP of a runner");
}

static void
kill_both(struct storm *s, struct dice *d)
{
	bool scheduler_first = dice_percent(d, 50);

	if (scheduler_first)
		kill_scheduler(s, d);
	if (dice_percent(d, 50))
		usleep((useconds_t)dice_spread(d, 1, 3 * MS));
	kill_all_runners(s, d);
	if (!scheduler_first)
		kill_scheduler(s, d);
}

/* ---- commands ---- */

static void
kill_command(struct storm *s, struct dice *d)
{
	struct child *c = child_find(s, clients_pick(s, d));

	if (c == NULL)
		return;
	child_signal(c, SIGKILL);
	tally_fault(s, "KILL of a command");
}

static void
stop_command(struct storm *s, struct dice *d)
{
	struct child *c = child_find(s, clients_pick(s, d));
	struct proc_id id;

	if (c == NULL)
		return;
	child_process(c, &id);
	stop(s, &id, false);
	tally_fault(s, "STOP of a command");
}

/* ---- the database ---- */

static void
let_go(struct storm *s, struct hold *h)
{
	sqlite3_close(h->sql);
	s->holds -= h->holds;
	LIST_REMOVE(h, entry);
	free(h);
}

static void
end_hold(struct storm *s, int64_t number)
{
	struct hold *h;

	LIST_FOREACH(h, &s->faults->holds, entry)
	if (h->number == number) {
		let_go(s, h);
		return;
	}
}

static void
hold(struct storm *s, struct dice *d, const char *sql, bool writes, const char *name)
{
	struct faults *f = s->faults;
	struct hold *h = xcalloc(1, sizeof(*h));

	if (sqlite3_open_v2(s->db, &h->sql, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
	    sqlite3_busy_timeout(h->sql, 100) != SQLITE_OK ||
	    sqlite3_exec(h->sql, sql, NULL, NULL, NULL) != SQLITE_OK) {
		sqlite3_close(h->sql);
		free(h);
		return;
	}
	h->number = ++f->last;
	h->holds = writes;
	LIST_INSERT_HEAD(&f->holds, h, entry);
	if (writes) {
		s->holds++;
		scheduler_disturbed(s);
	}
	timers_add(s, dice_spread(d, 10 * MS, 3000 * MS), end_hold, h->number);
	tally_fault(s, name);
}

static void
hold_as_writer(struct storm *s, struct dice *d)
{
	hold(s, d, "BEGIN IMMEDIATE", true, "database held by a writer");
}

static void
hold_as_reader(struct storm *s, struct dice *d)
{
	hold(s, d, "BEGIN; SELECT count(*) FROM jobs", false, "database held by a reader");
}

/* ---- everything paused ---- */

static void
resume_all(struct storm *s, int64_t arg)
{
	struct faults *f = s->faults;

	if (!clients_run(s, "resume", 0)) {
		timers_add(s, 5 * MS, resume_all, arg);
		return;
	}
	f->paused = false;
	s->holds--;
}

static void
pause_all(struct storm *s, struct dice *d)
{
	struct faults *f = s->faults;

	if (f->paused || !clients_run(s, "pause", 0))
		return;
	f->paused = true;
	s->holds++;
	scheduler_disturbed(s);
	tally_fault(s, "everything paused");
	timers_add(s, dice_spread(d, 50 * MS, 1500 * MS), resume_all, 0);
}

/* ---- one after the other ---- */

static const struct {
	void (*what)(struct storm *, struct dice *);
	int weight;
} kinds[] = {
    {kill_scheduler, 10},
    {kill_scheduler_twice, 6},
    {end_scheduler, 5},
    {reload_scheduler, 8},
    {stop_scheduler, 6},
    {run_beside, 3},
    {kill_runner, 10},
    {kill_all_runners, 3},
    {stop_runner, 8},
    {kill_both, 6},
    {kill_command, 20},
    {stop_command, 8},
    {hold_as_writer, 3},
    {hold_as_reader, 3},
    {pause_all, 2},
};

#define KINDS ((int)(sizeof(kinds) / sizeof(kinds[0])))

static void
next_fault(struct storm *s, int64_t arg)
{
	struct dice *d = &s->faults->dice;
	int weights[KINDS];

	if (s->calm)
		return;
	for (int i = 0; i < KINDS; i++)
		weights[i] = kinds[i].weight;
	kinds[dice_weighed(d, weights, KINDS)].what(s, d);
	timers_add(s, dice_spread(d, 1 * MS, 1200 * MS), next_fault, arg);
}

void
faults_start(struct storm *s)
{
	timers_add(s, SECOND, next_fault, 0);
}

void
faults_calm(struct storm *s)
{
	struct stopped *p;
	struct hold *h;

	while ((p = LIST_FIRST(&s->faults->stopped)) != NULL)
		go_on(s, p);
	while ((h = LIST_FIRST(&s->faults->holds)) != NULL)
		let_go(s, h);
}

bool
faults_are_over(struct storm *s)
{
	return !s->faults->paused;
}
