/*
 * orphans: see orphans.h. A main process is known by its pidfd, opened and then checked against its
 * start time. Where there are no pidfds it is looked at once a second. However many are ended in
 * one turn, /proc is looked through once.
 */
#include "daemon/orphans.h"

#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/queue.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/kin.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/tree.h"
#include "job/attempt.h"
#include "time/duration.h"
#include "wire/launch.h"
#include "wire/pursuit.h"

/* Between two KILLs for what is still there, and how often: 10 s in all. */
#define AGAIN_US (250 * INT64_C(1000))
#define AGAIN_MAX 40
/* Between two looks whether any of a tree is left, within the grace. */
#define LOOK_US (500 * INT64_C(1000))

enum phase { PHASE_WATCH, PHASE_NEW, PHASE_TERM, PHASE_KILL };

struct orphan {
	LIST_ENTRY(orphan) entry;
	struct orphans *all;
	struct kin kin; /* main is 0 once it has gone */
	int64_t runner, claim_wall, claim_boot, started_boot, grace;
	int64_t due;	 /* boot clock: timeout, end of grace, next KILL; 0: none */
	int64_t look_at; /* is any of the tree left? 0: its main process is */
	int kills;
	enum phase phase;
	enum outcome outcome;
	bool open;	      /* its attempt is, and needs a result */
	bool kept;	      /* this one */
	struct result result;
	int64_t gone_at;      /* boot clock: its main process; 0: it lives */
	int pidfd;	      /* -1: there are none, or it has gone */
	struct event *gone;   /* the pidfd is readable, or the look of each second; or NULL */
};

struct orphans {
	struct event_base *base;
	struct event *alarm; /* the next turn */
	char *database;
	void (*ended)(void *, int64_t, struct result *);
	void *arg;
	LIST_HEAD(, orphan) list;
};

static void
unwatch(struct orphan *o)
{
	if (o->gone != NULL)
		event_free(o->gone);
	if (o->pidfd != -1)
		close(o->pidfd);
	o->gone = NULL;
	o->pidfd = -1;
}

static void
orphan_free(struct orphan *o)
{
	LIST_REMOVE(o, entry);
	unwatch(o);
	if (o->kept)
		result_release(&o->result);
	kin_release(&o->kin);
	free(o);
}

static void
make_result(const struct orphan *o, struct result *r)
{
	int64_t end = o->gone_at != 0 ? o->gone_at : clock_boot();

	result_init(r);
	r->fence = o->kin.fence;
	r->outcome = o->outcome;
	r->started_at = o->claim_wall + (o->started_boot - o->claim_boot);
	r->finished_at = o->claim_wall + (end - o->claim_boot);
	r->reason = xstrdup("its runner was killed: the exit status is unknown");
}

/* Nothing of it is left that should not be. */
static void
report(struct orphan *o)
{
	struct orphans *all = o->all;
	int64_t runner = o->runner;
	bool open = o->open || o->kept;
	struct result r;

	if (o->kept)
		r = o->result;
	else
		make_result(o, &r);
	o->kept = false;
	orphan_free(o);
	all->ended(all->arg, runner, open ? &r : NULL);
	result_release(&r);
}

/* ---- turns ---- */

static void
earlier(int64_t *next, int64_t at)
{
	if (at != 0 && (*next == 0 || at < *next))
		*next = at;
}

static void
arm(struct orphans *all)
{
	int64_t next = 0, wait;
	struct timeval tv = { 0 };
	const struct orphan *o;

	LIST_FOREACH(o, &all->list, entry) {
		earlier(&next, o->due);
		earlier(&next, o->look_at);
	}
	if (next == 0) {
		evtimer_del(all->alarm);
		return;
	}
	if ((wait = next - clock_boot()) > 0) {
		tv.tv_sec = (time_t)(wait / USEC);
		tv.tv_usec = wait % USEC;
	}
	evtimer_add(all->alarm, &tv);
}

static struct proc_id
identify(const struct kin *k)
{
	struct proc_id id = { .pid = k->main, .start = k->main_start };

	strlcpy(id.boot, proc_boot_id(), sizeof(id.boot));
	return id;
}

static bool
main_gone(const struct orphan *o)
{
	struct proc_id id = identify(&o->kin);

	return proc_look(&id) == 0;
}

static void
begin(struct orphan *o, enum outcome outcome, int64_t grace)
{
	o->phase = PHASE_NEW;
	o->outcome = outcome;
	o->grace = grace;
	o->due = clock_boot();
}

/* Whoever has ended in time without our having been told yet is not timed out. */
static void
time_out(struct orphan *o)
{
	if (main_gone(o))
		o->due = 0;
	else
		begin(o, OUTCOME_TIMEOUT, o->grace);
}

/* It has survived all KILLs, or is gone. */
static bool
is_over(const struct orphan *o)
{
	return o->kin.main == 0 && (o->kin.n == 0 || o->kills > AGAIN_MAX);
}

/* Those of whom one is known to live are left in peace until they are due. */
static bool
is_due(const struct orphan *o, int64_t now)
{
	if (o->phase == PHASE_WATCH)
		return false;
	return (o->due != 0 && o->due <= now) || is_over(o) ||
	    (o->look_at != 0 && o->look_at <= now && !kin_alive(&o->kin));
}

/* Without its runner, anybody may have become its parent. */
static bool
is_stray(void *arg, const struct tree_proc *p)
{
	(void)arg, (void)p;
	return true;
}

/* As in time_out. */
static void
check_main(struct orphan *o)
{
	if (main_gone(o))
		o->kin.main = 0;
}

static void
look(struct orphans *all)
{
	const struct kin_search search = { getpid(), is_stray, NULL, all->database };
	struct kin **v = NULL;
	size_t n = 0, cap = 0;
	struct orphan *o;

	LIST_FOREACH(o, &all->list, entry) {
		if (o->phase == PHASE_WATCH)
			continue;
		check_main(o);
		v = mem_grow(v, n, &cap, sizeof(*v));
		v[n++] = &o->kin;
	}
	kin_look(v, n, &search);
	free(v);
}

/* Of one that is due. */
static void
step(struct orphan *o, int64_t now)
{
	if (o->phase == PHASE_NEW && o->grace > 0) {
		kin_signal(&o->kin, SIGTERM);
		/* What is stopped takes in its TERM only when it goes on. */
		kin_signal(&o->kin, SIGCONT);
		o->phase = PHASE_TERM;
		o->due = now + o->grace;
		return;
	}
	o->phase = PHASE_KILL;
	o->due = now + AGAIN_US;
	if (o->kills++ < AGAIN_MAX) {
		kin_signal(&o->kin, SIGKILL);
		return;
	}
	log_error("processes of attempt %" PRId64 " do not die of KILL", o->kin.fence);
	o->due = 0;
	if (is_over(o))
		report(o);
}

static void
on_alarm(evutil_socket_t fd, short what, void *arg)
{
	struct orphans *all = arg;
	int64_t now = clock_boot();
	struct orphan *o, *next;
	bool any = false;

	(void)fd, (void)what;
	LIST_FOREACH(o, &all->list, entry) {
		if (o->phase == PHASE_WATCH && o->due != 0 && o->due <= now)
			time_out(o);
		any = any || is_due(o, now);
	}
	if (any)
		look(all);
	for (o = LIST_FIRST(&all->list); o != NULL; o = next) {
		next = LIST_NEXT(o, entry);
		if (o->look_at != 0 && o->look_at <= now)
			o->look_at = now + LOOK_US;
		if (o->phase == PHASE_WATCH)
			continue;
		if (any && is_over(o))
			report(o);
		else if (o->due != 0 && o->due <= now)
			step(o, now);
	}
	arm(all);
}

static void
on_gone(evutil_socket_t fd, short what, void *arg)
{
	struct orphan *o = arg;

	(void)fd, (void)what;
	if (o->pidfd == -1 && !main_gone(o))
		return;
	unwatch(o);
	o->gone_at = clock_boot();
	o->kin.main = 0;
	if (o->phase == PHASE_WATCH) {
		report(o);
		return;
	}
	o->look_at = o->gone_at;
	arm(o->all);
}

struct orphans *
orphans_new(struct event_base *base, const char *database,
    void (*ended)(void *, int64_t, struct result *), void *arg)
{
	struct orphans *all = xcalloc(1, sizeof(*all));

	all->base = base;
	all->alarm = evtimer_new(base, on_alarm, all);
	all->database = xstrdup(database);
	all->ended = ended;
	all->arg = arg;
	LIST_INIT(&all->list);
	return all;
}

void
orphans_free(struct orphans *all)
{
	if (all == NULL)
		return;
	while (!LIST_EMPTY(&all->list))
		orphan_free(LIST_FIRST(&all->list));
	event_free(all->alarm);
	free(all->database);
	free(all);
}

static struct orphan *
find(struct orphans *all, int64_t fence)
{
	struct orphan *o;

	LIST_FOREACH(o, &all->list, entry)
		if (o->kin.fence == fence)
			return o;
	return NULL;
}

static struct orphan *
add(struct orphans *all, int64_t runner, int64_t fence)
{
	struct orphan *o = xcalloc(1, sizeof(*o));

	o->all = all;
	o->runner = runner;
	o->kin.fence = fence;
	o->pidfd = -1;
	LIST_INSERT_HEAD(&all->list, o, entry);
	return o;
}

/* As orphans_watch. */
static int
watch_main(struct orphan *o, const struct proc_id *proc)
{
	struct timeval second = { 1, 0 };
	int fd = proc_open(proc);

	if (fd == -1 && errno != ENOSYS)
		return errno == ESRCH ? 0 : -1;
	o->kin.main = proc->pid;
	o->kin.main_start = proc->start;
	o->pidfd = fd;
	o->gone = event_new(o->all->base, fd, (fd != -1 ? EV_READ : 0) | EV_PERSIST, on_gone, o);
	event_add(o->gone, fd != -1 ? NULL : &second);
	return 1;
}

static void
note_start(struct orphan *o, const struct start *s)
{
	o->open = true;
	o->claim_wall = s->claim_wall;
	o->claim_boot = s->claim_boot;
	o->started_boot = s->started_boot;
}

void
orphans_pursue(struct orphans *all, int64_t runner, const struct pursuit *p)
{
	struct orphan *o = find(all, p->kin.fence);
	struct proc_id proc = identify(&p->kin);

	if (o == NULL) {
		o = add(all, runner, p->kin.fence);
		o->kin.main_start = p->kin.main_start;
		/* What cannot be told now is told by the looks. */
		if (proc.pid == 0 || watch_main(o, &proc) != 1)
			o->look_at = clock_boot();
	}
	if (o->kin.cgroup == NULL && p->kin.cgroup != NULL)
		o->kin.cgroup = xstrdup(p->kin.cgroup);
	for (size_t i = 0; i < p->kin.n; i++)
		kin_remember(&o->kin, p->kin.members[i].pid, p->kin.members[i].start);
	o->phase = PHASE_TERM;
	o->outcome = p->outcome;
	/* 0 would be never. */
	o->due = p->kill_at > 0 ? p->kill_at : 1;
	arm(all);
}

int
orphans_watch(struct orphans *all, int64_t runner, const struct start *s,
    const struct proc_id *proc)
{
	struct orphan *o = find(all, s->fence);
	int rc;

	if (o != NULL) {
		if (!o->open)
			note_start(o, s);
		return o->kin.main != 0;
	}
	o = add(all, runner, s->fence);
	if ((rc = watch_main(o, proc)) != 1) {
		orphan_free(o);
		return rc;
	}
	note_start(o, s);
	o->kin.cgroup = s->cgroup != NULL ? xstrdup(s->cgroup) : NULL;
	o->outcome = OUTCOME_LOST;
	o->grace = s->grace;
	if (s->timeout > 0)
		o->due = s->started_boot + s->timeout;
	arm(all);
	log_warn("attempt %" PRId64 " still runs as process %d, its runner was killed", s->fence,
	    (int)proc->pid);
	return 1;
}

bool
orphans_keep(struct orphans *all, struct result *r)
{
	struct orphan *o = find(all, r->fence);

	if (o == NULL || o->phase == PHASE_WATCH)
		return false;
	if (o->kept)
		return true;
	if (r->outcome == OUTCOME_LOST)
		r->outcome = o->outcome;
	o->result = *r;
	o->kept = true;
	result_init(r);
	return true;
}

bool
orphans_cancel(struct orphans *all, int64_t fence, int64_t grace)
{
	struct orphan *o = find(all, fence);

	if (o != NULL && o->phase == PHASE_WATCH) {
		begin(o, OUTCOME_CANCELLED, grace);
		arm(all);
	}
	return o != NULL;
}

bool
orphans_of(const struct orphans *all, int64_t runner)
{
	const struct orphan *o;

	LIST_FOREACH(o, &all->list, entry)
		if (o->runner == runner)
			return true;
	return false;
}
