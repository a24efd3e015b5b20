/*
 * reap: see reap.h.
 */
#include "runner/reap.h"

#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/failpoint.h"
#include "base/mem.h"
#include "job/attempt.h"
#include "runner/brief.h"
#include "runner/launch.h"
#include "runner/lock.h"
#include "runner/report.h"
#include "runner/runner.h"

static int64_t
microseconds(const struct timeval *tv)
{
	return (int64_t)tv->tv_sec * 1000000 + tv->tv_usec;
}

/*
 * An end that we were asked for is that, however the job took it. Of one whose lease has run out
 * only what was killed for it is lost.
 */
static enum outcome
judge(const struct attempt *a, int status)
{
	if (a->outcome != 0 && (a->outcome != OUTCOME_LOST || !WIFEXITED(status)))
		return (enum outcome)a->outcome;
	if (WIFSIGNALED(status))
		return OUTCOME_KILLED;
	return WEXITSTATUS(status) == 0 ? OUTCOME_OK : OUTCOME_FAILED;
}

/* How it ended; of one that jobsched-session did not get to run, why. */
static void
tell_end(struct attempt *a, int status, struct result *res)
{
	struct err e = { 0 };

	if (a->brief != -1 && brief_judge(a->brief, status, &e) < 0) {
		res->outcome = a->outcome != 0 ? (enum outcome)a->outcome : OUTCOME_ERROR;
		res->reason = xstrdup(e.text);
	} else {
		res->outcome = judge(a, status);
		if (WIFEXITED(status))
			res->exit_status = WEXITSTATUS(status);
		else
			res->signal = WTERMSIG(status);
		if (res->outcome == OUTCOME_LOST)
			res->reason = xstrdup("the lease of its node ran out");
	}
	if (a->brief != -1)
		close(a->brief);
	a->brief = -1;
}

/* The lock of a job that is over for good stays open for a moment: its file is to go. */
static void
give_lock(struct runner *r, struct attempt *a)
{
	if (a->once && !a->lock_tree && a->lock_fd != -1 && r->locks_left < r->locks_left_max) {
		lock_let_go(a->lock_fd);
		a->lock_left = a->lock_fd;
		a->lock_fd = -1;
		r->locks_left++;
	}
	lock_drop(&a->lock_fd, a->lock_tree);
	launch_retry(r, a->lock);
}

static void
finish(struct runner *r, struct attempt *a, int status, const struct rusage *used)
{
	struct result res;

	(void)FAILPOINT("exit.reaped");
	result_init(&res);
	tell_end(a, status, &res);
	res.started_at = a->claim_wall + (a->started_boot - a->claim_boot);
	res.user_time = microseconds(&used->ru_utime);
	res.system_time = microseconds(&used->ru_stime);
	res.max_rss = used->ru_maxrss;
	capture_drain(a->capture);
	guests_last(&r->guests, a);
	capture_finish(&r->captures, a->capture, &res);
	a->capture = NULL;
	end_main_gone(r, a);
	cells_give(&r->cells, a->cell);
	a->cell = 0;
	jobs_set_pid(&r->jobs, a, 0);
	jobs_set_due(&r->jobs, a, 0);
	give_lock(r, a);
	launch_room(r);
	report_result(r, a, &res, clock_boot());
	result_release(&res);
}

void
reap_all(struct runner *r)
{
	struct rusage used;
	struct attempt *a;
	int status;
	pid_t pid;

	while ((pid = wait4(-1, &status, WNOHANG, &used)) > 0) {
		if ((a = jobs_by_pid(&r->jobs, pid)) != NULL)
			finish(r, a, status, &used);
		else
			end_look_soon(r);
	}
}
