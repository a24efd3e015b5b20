/*
 * t_runner_lease: jobs end before others may take them over, whatever has become of the scheduler.
 */
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "peer.h"
#include "tap.h"
#include "wire/journal.h"

#define SECOND INT64_C(1000000)
#define HOUR (3600 * SECOND)

static bool
is_dead(void *arg)
{
	return !proc_alive(arg);
}

static pid_t
number_in(const struct peer *p, const char *name)
{
	char *text = peer_file(p, name);
	pid_t pid = text != NULL ? (pid_t)strtol(text, NULL, 10) : 0;

	free(text);
	return pid;
}

static struct proc_id
started_as(struct peer *p, int64_t fence)
{
	struct proc_id id;

	proc_self(&id); /* the boot */
	id.pid = (pid_t)peer_started(p, fence)->pid;
	id.start = proc_start_time(id.pid);
	return id;
}

/* What wants a lock that somebody else has, and so waits. */
static void
launch_waiting(struct peer *p, int64_t fence)
{
	struct launch l;

	peer_launch_init(&l, p, fence, "exit 0");
	free(l.lock);
	l.lock = xstrdup("shared.lock");
	l.wait_lock = true;
	peer_launch(p, &l);
}

static void
test_runs_out(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	const struct result *res;
	struct proc_id own, child;
	struct launch l;

	peer_start(p);
	peer_lease(p, clock_boot() + HOUR);
	peer_launch_init(&l, p, 1, "trap '' TERM; sleep 1000 & echo $! >child; wait");
	free(l.lock);
	l.lock = xstrdup("shared.lock");
	peer_launch(p, &l);
	own = started_as(p, 1);
	launch_waiting(p, 2);
	peer_run(p, 3, "exit 3");
	tap_is_int(peer_result(p, 3)->exit_status, 3, "within the lease jobs run");
	child = own;
	while ((child.pid = number_in(p, "child")) == 0)
		peer_poll(p, 10);
	child.start = proc_start_time(child.pid);

	peer_lease(p, clock_boot());
	res = peer_result(p, 1);
	tap_ok(res->outcome == OUTCOME_LOST && res->signal == SIGKILL && res->reason != NULL,
	    "past it what runs is killed, and lost");
	tap_ok(peer_until(is_dead, &own) && peer_until(is_dead, &child), "all of it");
	res = peer_result(p, 2);
	tap_ok(res->not_started && res->why_not == WHY_UNDONE, "what waits is given back");
	peer_run(p, 4, "exit 4");
	res = peer_result(p, 4);
	tap_ok(res->not_started && res->why_not == WHY_UNDONE, "nothing is started any more");
	tap_is_int(p->times_ended[3], 1, "what had ended has its own end");

	peer_lease(p, clock_boot() + HOUR);
	peer_run(p, 5, "exit 5");
	tap_is_int(peer_result(p, 5)->exit_status, 5, "renewed, it goes on");
	peer_stop(p);
	free(p);
}

static void
test_without_scheduler(void)
{
	struct peer *p = xmalloc(sizeof(*p));
	struct peer_record record;
	struct proc_id id;
	bool alive;
	struct err e;

	peer_start(p);
	peer_lease(p, clock_boot() + HOUR);
	peer_run(p, 1, "exec sleep 1000");
	id = started_as(p, 1);
	peer_lease(p, clock_boot() + SECOND / 5);
	peer_disconnect(p);
	tap_ok(peer_until(is_dead, &id), "it ends what runs while no scheduler is there");
	tap_is_int(peer_exit(p), 0, "and exits, having nothing left to do");
	peer_journal(p, 1, &record);
	tap_ok(record.end && record.outcome == OUTCOME_LOST, "its journal tells the next one");
	journal_remove(p->journal, journal_claim(p->journal, &alive, &e));
	peer_remove(p);
	free(p);
}

static void
test_none(void)
{
	struct peer *p = xmalloc(sizeof(*p));

	peer_start(p);
	peer_lease(p, clock_boot());
	peer_lease(p, 0);
	peer_run(p, 1, "exit 1");
	tap_is_int(peer_result(p, 1)->exit_status, 1, "0 takes it away: jobs run as they like");
	peer_stop(p);
	free(p);
}

int
main(void)
{
	test_runs_out();
	test_without_scheduler();
	test_none();
	return tap_done();
}
