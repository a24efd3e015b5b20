/*
 * runner: what the rooms of this program share. One process, one loop, no threads.
 */
#ifndef RUNNER_RUNNER_H
#define RUNNER_RUNNER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

#include "base/buf.h"
#include "base/proc.h"
#include "runner/capture.h"
#include "runner/cells.h"
#include "runner/end.h"
#include "runner/guests.h"
#include "runner/jobs.h"
#include "runner/users.h"

struct event;
struct event_base;
struct journal;
struct server;

struct runner {
	/* Fixed at the start. */
	int64_t id;
	const char *node, *journal_path, *locks_path, *socket_path;
	struct proc_id self;
	struct rlimit nofile;  /* as it was given to us: jobs get it back */
	char *session;	       /* path of jobsched-session; NULL: built without PAM */
	bool clear_oom_score;  /* ours is below 0: jobs must not inherit it */
	sigset_t signals;      /* that have a handler */
	bool cgroups;	       /* jobs may have some */
	int64_t started;       /* boot clock, µs */
	int input, output;     /* our own stdin, and stdout and stderr, once more */
	int64_t tick;	       /* see child.h; 0: not tried yet, -1: it is not by our clock */

	struct event_base *base;
	struct event *child_died, *alarm;
	int alarm_fd;	       /* timerfd: rings after a suspend, too, when it should */
	int64_t alarm_at;      /* boot clock, µs; 0: not set */

	struct server *server;
	struct journal *journal;
	struct jobs jobs;
	struct captures captures;
	struct cells cells;
	struct endings endings;
	struct users users;
	struct guests guests;

	int locks_left, locks_left_max; /* so many attempts have a lock_left, and may */

	/* checkpoint.c */
	size_t unstored;     /* bytes of checkpoints that the store does not have */
	bool checkpoints_due; /* some may have to be sent */

	bool attached;	       /* some scheduler has been connected, ever */
	bool starved;	       /* jobs wait for descriptors; the log has been told */
	bool retired;	       /* takes nothing new */
	int64_t lease_until;   /* lease.c; boot clock, 0: there is none */
	bool lease_over;       /* it has passed, and all has been ended */
	int64_t *syncs;	       /* numbers asked by FRAME_SYNC and not answered */
	size_t nsyncs, syncs_cap;

	/* report.c */
	struct buf packed;	    /* one small record after another */
	int64_t seq;		    /* the last one given out */
	struct attempt *untold;	    /* it and those that run behind it: their start is not told */
	struct attempt *unsent;	    /* the first result that this connection has not been told */
	size_t owed;		    /* bytes of all results that are not acknowledged */
	bool journal_failing;	    /* the log has been told */
	int64_t flush_at;	    /* when to try the journal again; 0: nothing to write */
};

/* One turn after another until there is nothing left to do. */
void runner_run(struct runner *);

#endif
