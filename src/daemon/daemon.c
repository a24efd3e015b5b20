/*
 * daemon: see daemon.h.
 */
#include "daemon/daemon.h"

#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "conf/calendars.h"
#include "daemon/alarm.h"
#include "daemon/clockstep.h"
#include "daemon/days.h"
#include "daemon/ear.h"
#include "daemon/fault.h"
#include "daemon/ground.h"
#include "daemon/notices.h"
#include "daemon/notify.h"
#include "daemon/orphans.h"
#include "daemon/place.h"
#include "daemon/queues.h"
#include "daemon/results.h"
#include "daemon/runners.h"
#include "daemon/singleton.h"
#include "daemon/standing.h"
#include "daemon/sweep.h"
#include "daemon/tabs.h"
#include "daemon/tabwatch.h"
#include "daemon/tick.h"
#include "daemon/wake.h"
#include "daemon/work.h"
#include "daemon/zones.h"
#include "store/lease.h"
#include "store/notices.h"
#include "store/store.h"
#include "time/zone.h"

/* ---- what the loop calls ---- */

void
daemon_notices(struct daemon *d)
{
	if (d->standing != NULL && standing_leads(d->standing))
		notices_look(d->notices);
}

static void
on_alarm(void *arg, bool stepped)
{
	struct daemon *d = arg;

	(void)stepped; /* every tick looks for that */
	tick_run(d);
	/* What the tick found too late may have come before others. */
	daemon_notices(d);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	tick_run(arg);
}

static void
on_calm(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	tick_calm(arg);
}

static void
on_work(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;

	(void)fd, (void)what;
	/* What it has stored may be due, and what waited for it can be done. */
	if (work_run(d, 0))
		tick_run(d);
	work_soon(d);
}

static void
on_heed(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	tick_cancels(arg);
}

static void
on_wake(void *arg)
{
	static const struct timeval now = { 0, 0 };
	struct daemon *d = arg;

	/* First what is to start, and its way to the runner: most wake for that. */
	d->recall = d->woken = true;
	tick_run(d);
	evtimer_add(d->heed, &now);
	/* A job may have failed with one that was cancelled. */
	daemon_notices(d);
}

static void
on_ready(void *arg)
{
	tick_soon(arg);
}

static void
on_settled(void *arg)
{
	struct daemon *d = arg;

	event_base_loopbreak(d->base);
}

static void
on_orphan_ended(void *arg, int64_t runner, struct result *r)
{
	struct daemon *d = arg;

	if (r != NULL)
		results_add(d->results, runner, 0, r);
	else if (!orphans_of(d->orphans, runner))
		runners_settle(d->runners);
}

static void
on_committed(void *arg, int64_t runner, int64_t seq)
{
	struct daemon *d = arg;

	runners_acknowledge(d->runners, runner, seq);
}

static void
on_finished(void *arg, const struct finished *done, size_t n)
{
	struct daemon *d = arg;
	bool notice = false;

	for (size_t i = 0; i < n; i++) {
		notice = notice || done[i].notice;
		if (!done[i].stale)
			d->running--;
	}
	if (notice)
		daemon_notices(d);
	runners_settle(d->runners);
	if (d->stopping && d->running <= 0)
		event_base_loopbreak(d->base);
	else
		tick_soon(d);
}

/* ---- start ---- */

/*
 * Descriptors: one for each runner and a few; the soft limit is for programs that use select.
 */
static void
raise_descriptor_limit(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == 0 && rl.rlim_cur < rl.rlim_max && rl.rlim_cur < 4096) {
		rl.rlim_cur = rl.rlim_max < 4096 ? rl.rlim_max : 4096;
		(void)setrlimit(RLIMIT_NOFILE, &rl);
	}
}

static char *
host_name(void)
{
	char name[256];

	if (gethostname(name, sizeof(name)) == -1)
		return xstrdup("localhost");
	name[sizeof(name) - 1] = '\0';
	return xstrdup(name);
}

/* The store, created if it is new, brought up to date if it is old. */
static int
open_store(struct daemon *d, struct err *e)
{
	struct err why;
	int from, to, rc;

	if ((rc = store_open(&d->store, d->conf.database, STORE_CREATE, e)) == 0)
		return 0;
	if (rc != E_STORE || store_upgrade(d->conf.database, &from, &to, &why) < 0 || from == to)
		return rc;
	log_info("database upgraded from version %d to %d", from, to);
	return store_open(&d->store, d->conf.database, STORE_CREATE, e);
}

/* Whom to tell of ends, and whether the command of on_failure is to be told at all. */
static void
make_notices(struct daemon *d)
{
	const struct notices_setup setup = {
		.base = d->base,
		.store = d->store,
		.conf = &d->conf,
		.node = d->node,
		.user = d->own_user,
	};

	d->notices = notices_new(&setup);
	store_tell_failures(d->store, d->conf.on_failure != NULL);
}

static int
make_loop(struct daemon *d, struct err *e)
{
	static const struct results_calls calls = { on_committed, on_finished };
	struct runners_setup setup;

	event_set_mem_functions(xmalloc, xrealloc, free);
	if ((d->base = event_base_new()) == NULL)
		return err_set(e, E_FAIL, "cannot make an event loop");
	d->tick = event_new(d->base, -1, 0, on_tick, d);
	d->work = event_new(d->base, -1, 0, on_work, d);
	d->calm = event_new(d->base, -1, 0, on_calm, d);
	d->heed = event_new(d->base, -1, 0, on_heed, d);
	store_tidy_later(d->store);
	d->orphans = orphans_new(d->base, store_uri(d->store), on_orphan_ended, d);
	make_notices(d);
	d->results = results_new(d->base, d->store, &calls, d);
	d->tabs = tabs_new(d->store, d->own_user);
	d->tabwatch = tabwatch_new(d->store, d->node);
	d->calendars = days_new(&d->conf);
	setup = (struct runners_setup){
		.base = d->base,
		.store = d->store,
		.results = d->results,
		.orphans = d->orphans,
		.node = d->node,
		.program = d->program,
		.journals = d->journals,
		.sockets = d->sockets,
		.locks = d->locks,
		.patience = &d->conf.runner_patience,
		.cgroups = &d->conf.cgroups,
		.ready = on_ready,
		.settled = on_settled,
		.arg = d,
	};
	d->runners = runners_new(&setup);
	return alarm_new(&d->alarm, d->base, on_alarm, d, e);
}

/* Where somebody may wonder why no tabs are read. */
static void
explain_tabs(const struct daemon *d, const struct strv *named)
{
	if (d->conf.tab_dirs.n == 0 && d->conf.apart && named->n == 0 && !d->args->once)
		log_info("no tabs are read: the database was named, and neither '-t' nor tab_dirs "
			 "is given");
	for (size_t i = 0; i < named->n; i++)
		if (access(named->v[i], F_OK) == -1 && errno == ENOENT)
			log_warn("there is no '%s' (option '-t'): no tabs are read from it until "
				 "it is there", named->v[i]);
}

int
daemon_open(struct daemon *d, const struct daemon_args *args, int *other, struct err *e)
{
	int rc;

	memset(d, 0, sizeof(*d));
	d->args = args;
	if ((rc = conf_load(&d->conf, args->config, args->database, e)) < 0)
		return rc;
	log_set_level(d->conf.log_level);
	if ((d->zone = zone_get(d->conf.tz, e)) == NULL)
		return E_INPUT;
	if ((rc = conf_own_user(&d->own_user, e)) < 0)
		return rc;
	d->node = args->node_id != NULL ? xstrdup(args->node_id) :
	    d->conf.node_id != NULL	? xstrdup(d->conf.node_id) :
					  host_name();
	if ((rc = job_name_check(d->node, e)) < 0)
		return err_prefix(e, "node id");
	d->program = proc_beside("jobsched-runner", LIBEXECDIR);
	/* Else it would look live, and nothing would ever run. */
	if (access(d->program, X_OK) == -1)
		return err_errno(e, E_FAIL, "cannot run '%s'", d->program);
	raise_descriptor_limit();
	if ((rc = ground_runtime(d, e)) < 0 || (rc = ground_lock(d, other, e)) < 0 ||
	    (rc = open_store(d, e)) < 0 || (rc = ground_state(d, e)) < 0)
		return rc;
	if (args->once && store_shared(d->store))
		return err_set(e, E_INPUT, "'--once' is not for a database that several hosts "
			"share: nobody would renew the lease of what it starts");
	ground_note_store(d);
	explain_tabs(d, &args->tabs);
	return make_loop(d, e);
}

/*
 * Jobs without a zone follow the daemon's: who submits one needs it for the first occurrence.
 */
static int
tell_zone(struct daemon *d, struct err *e)
{
	return store_setting_set(d->store, SETTING_ZONE, zone_name(d->zone), e);
}

void
daemon_tell(struct daemon *d)
{
	struct err e;

	if (tell_zone(d, &e) < 0)
		fault(d->store, &e, "cannot record the zone");
	if (queues_tell(d->store, &d->conf, clock_wall(), &e) < 0)
		fault(d->store, &e, "cannot record the limits of queues");
}

int
daemon_register(struct daemon *d, struct err *e)
{
	struct node n = {
		.id = d->node,
		.host = host_name(),
		.zone = d->conf.zone,
		.version = (char *)(uintptr_t)PACKAGE_VERSION,
		.labels = d->conf.labels,
		.wake = d->wake != NULL ? d->wake_path : NULL,
		.runtime = d->conf.runtime_dir,
		.capacity = d->conf.max_running,
		.lease = store_shared(d->store) ? d->conf.lease : 0,
	};
	int rc;

	proc_self(&n.proc);
	n.was = d->was;
	if ((rc = store_node_up(d->store, &n, clock_wall(), e)) == 0)
		tabwatch_anew(d->tabwatch);
	free(n.host);
	return rc;
}

int
daemon_recount(struct daemon *d, struct err *e)
{
	size_t open;
	int rc = runners_count(d->runners, &open, e);

	if (rc == 0)
		d->running = (int64_t)open;
	return rc;
}

void
daemon_lead(struct daemon *d)
{
	daemon_tell(d);
	tabwatch_clear(d->tabwatch, clock_wall());
	/* A full tick: it loads the tabs. */
	d->next_minute = 0;
	tick_soon(d);
}

int
daemon_attach(struct daemon *d, struct err *e)
{
	size_t open = 0;
	int rc;

	if (!d->args->once &&
	    (rc = wake_new(&d->wake, d->base, d->wake_path, on_wake, d, e)) < 0)
		return rc;
	/* Before anything is stored by the new clock. */
	if ((rc = clockstep_open(d, e)) < 0)
		return rc;
	if ((rc = place_take(d, e)) < 0 || (rc = zones_new(&d->zones, d, e)) < 0 ||
	    (rc = standing_new(&d->standing, d, e)) < 0 ||
	    (rc = ear_new(&d->ear, d->base, d->store, on_wake, d, e)) < 0)
		return rc;
	/* Where a leader is chosen, it does so when it is: see daemon_lead. */
	if (!store_shared(d->store) &&
	    ((rc = tell_zone(d, e)) < 0 ||
		(rc = queues_tell(d->store, &d->conf, clock_wall(), e)) < 0))
		return rc;
	if ((rc = runners_attach(d->runners, &open, e)) < 0)
		return rc;
	/* What was taken in during the attach has been counted off already. */
	d->running += (int64_t)open;
	if (!d->args->once)
		d->sweep = sweep_new(d->base, d->store, d->locks);
	/* What an earlier daemon did not come to. */
	daemon_notices(d);
	return 0;
}

void
daemon_close(struct daemon *d)
{
	struct proc_id self;
	struct err e;

	if (d->results != NULL)
		results_flush(d->results);
	proc_self(&self);
	if (d->wake != NULL && store_node_down(d->store, d->node, &self, clock_wall(), &e) < 0)
		log_warn("cannot record the end of this node: %s", e.text);
	sweep_free(d->sweep);
	standing_free(d->standing);
	notices_free(d->notices);
	runners_free(d->runners);
	results_free(d->results);
	orphans_free(d->orphans);
	tabs_free(d->tabs);
	tabwatch_free(d->tabwatch);
	zones_free(d->zones);
	calendars_free(d->calendars);
	wake_free(d->wake);
	ear_free(d->ear);
	alarm_free(d->alarm);
	if (d->tick != NULL)
		event_free(d->tick);
	if (d->work != NULL)
		event_free(d->work);
	if (d->calm != NULL)
		event_free(d->calm);
	if (d->heed != NULL)
		event_free(d->heed);
	if (d->base != NULL)
		event_base_free(d->base);
	if (d->store != NULL)
		store_close(d->store);
	singleton_free(d->singleton);
	conf_release(&d->conf);
	free(d->node);
	free(d->own_user);
	strv_clear(&d->was);
	free(d->sockets);
	free(d->locks);
	free(d->journals);
	free(d->wake_path);
	free(d->program);
	zone_cache_free();
}

const struct strv *
daemon_tab_folders(const struct daemon *d)
{
	return d->args->tabs.n > 0 ? &d->args->tabs : &d->conf.tab_dirs;
}
