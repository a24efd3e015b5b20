/*
 * spawn: see spawn.h. Everything that can be looked up, opened or allocated is so before the vfork;
 * the child only takes steps. While it does, the runner stands still: that is the price of a vfork,
 * paid back many times by not copying page tables.
 */
#include "runner/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/failpoint.h"
#include "base/io.h"
#include "base/mem.h"
#include "runner/brief.h"
#include "runner/checkpoint.h"
#include "runner/child.h"
#include "runner/clone.h"
#include "runner/lock.h"
#include "runner/runner.h"
#include "wire/launch.h"

/* What one spawn needs and gives back. */
struct setup {
	struct child child;
	struct invitation invitation;
	int output[2]; /* the pipe */
	int writable;  /* a tree's lock, once more, for writing */
};

static void
close_one(int fd)
{
	if (fd != -1)
		close(fd);
}

static void
setup_release(struct setup *s)
{
	close_one(s->output[0]);
	close_one(s->output[1]);
	close_one(s->child.input);
	close_one(s->writable);
	close_one(s->child.brief);
	become_release(&s->child.job);
}

/* Who switches user has jobsched-session do it, in a session of PAM, where that was built. */
static int
open_brief(struct setup *s, const struct runner *r, const struct attempt *a, struct err *e)
{
	const struct become *job = &s->child.job;
	struct brief b = { .launch = *a->launch, .user = *job->user, .told = s->invitation.told,
		.runner = r->self.pid, .tree = job->tree };

	if (r->session == NULL || job->user->same || geteuid() != 0)
		return 0;
	s->child.brief = brief_write(&b, r->locks_path, e);
	return s->child.brief < 0 ? s->child.brief : 0;
}

static int
open_files(struct setup *s, const struct runner *r, const struct attempt *a, struct err *e)
{
	const char *text = a->launch->stdin_text;

	/* The job's end of it blocks. */
	if (pipe2(s->output, O_CLOEXEC) == -1 ||
	    fcntl(s->output[0], F_SETFL, O_NONBLOCK) == -1)
		return err_errno(e, E_FAIL, "cannot make a pipe for the output");
	s->child.output = s->output[1];
	if (text != NULL) {
		s->child.input = io_nameless("stdin", r->locks_path);
		if (s->child.input == -1 ||
		    io_write_all(s->child.input, text, strlen(text)) == -1 ||
		    lseek(s->child.input, 0, SEEK_SET) == -1)
			return err_errno(e, E_FAIL, "cannot keep the text for standard input");
	}
	s->child.identity = a->lock_fd;
	if (a->lock_fd != -1 && a->lock_tree) {
		s->writable = s->child.identity = lock_open_for_writing(a->lock_fd);
		if (s->writable == -1)
			return err_errno(e, E_FAIL, "cannot write to lock '%s'", a->lock);
		s->child.job.tree = a->lock_fd;
	}
	return open_brief(s, r, a, e);
}

static int
set_up(struct setup *s, struct runner *r, struct attempt *a, struct err *e)
{
	const struct user *u;
	int rc;

	memset(s, 0, sizeof(*s));
	s->output[0] = s->output[1] = s->writable = -1;
	s->child.input = s->child.identity = s->child.brief = s->child.job.tree = -1;
	s->child.fence = a->fence;
	s->child.nofile = r->nofile;
	s->child.clear_oom_score = r->clear_oom_score;
	s->child.session = r->session;
	s->child.job.die_with = a->launch->die_with_runner ? r->self.pid : 0;
	sigemptyset(&s->child.job.signals);
	s->child.id = r->self; /* for the boot id */
	if ((u = users_find(&r->users, a->launch->user, a->started_boot, e)) == NULL)
		return e->code;
	checkpoint_invite(r, a, u->uid, &s->invitation);
	if ((rc = become_prepare(&s->child.job, a->launch, u, NULL,
		 &s->invitation.told, e)) < 0)
		return rc;
	return open_files(s, r, a, e);
}

static void
run(void *arg)
{
	child_run(arg);
}

/* What the child has put there, of a table that it shared with us, is the job's. */
static void
take_stdio_back(const struct runner *r, const struct child *c)
{
	if ((c->input != -1 && dup2(r->input, STDIN_FILENO) == -1) ||
	    dup2(r->output, STDOUT_FILENO) == -1 || dup2(r->output, STDERR_FILENO) == -1)
		abort();
}

/*
 * In its cell, or without one if that cannot be. Descriptors are shared: copying them, and closing
 * the copies, would cost the more the more jobs run. Not where the job is to inherit some.
 */
static pid_t
fork_into(struct runner *r, struct child *c, int cell)
{
	int folder = cells_enter(&r->cells, cell);
	pid_t pid;

	c->job.shares = c->job.tree == -1 && c->brief == -1;
	pid = clone_into(folder, c->job.shares, run, c);
	if (pid == -1 && folder != -1 && (errno == ENODEV || errno == ENOENT) &&
	    (folder = cells_enter_anew(&r->cells, cell)) != -1)
		pid = clone_into(folder, c->job.shares, run, c);
	if (pid != -1) {
		if (c->job.shares)
			take_stdio_back(r, c);
		return pid;
	}
	c->job.shares = false;
	c->job.signals = r->signals;
	if ((pid = vfork()) == 0)
		child_run(c);
	return pid;
}

/*
 * Whether the clock tells when a process began is seen at the first: not where somebody stands
 * between us and the kernel.
 */
static void
learn_tick(struct runner *r, const struct child *c)
{
	int64_t hz = sysconf(_SC_CLK_TCK), tick = hz > 0 && 1000000 % hz == 0 ? 1000000 / hz : 0;
	int64_t start = (int64_t)c->id.start;

	if (r->tick != 0)
		return;
	r->tick = -1;
	if (tick != 0 && start >= c->begun / tick && start <= clock_kernel() / tick)
		r->tick = tick;
}

static pid_t
start(struct runner *r, struct child *c, int cell)
{
	pid_t pid;
	int saved;

	c->tick = r->tick > 0 ? r->tick : 0;
	c->begun = clock_kernel();
	pid = FAILPOINT("spawn.fork") ? -1 : fork_into(r, c, cell);
	saved = errno;
	(void)FAILPOINT("spawn.done");
	errno = saved;
	return pid;
}

int
spawn_attempt(struct runner *r, struct attempt *a, struct err *e)
{
	char number[16], *argv[] = { r->session, number, NULL };
	struct setup s;
	pid_t pid;
	int rc, saved;

	errno = 0;
	if ((rc = set_up(&s, r, a, e)) < 0)
		goto out;
	if (s.child.brief != -1)
		snprintf(number, sizeof(number), "%d", s.child.brief);
	s.child.session_argv = argv;
	if ((pid = start(r, &s.child, a->cell)) == -1) {
		rc = err_errno(e, E_FAIL, "cannot start a process");
		goto out;
	}
	if (s.child.job.step != STEP_NONE) {
		while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
			;
		rc = become_explain(&s.child.job, e);
		goto out;
	}
	learn_tick(r, &s.child);
	jobs_set_pid(&r->jobs, a, pid);
	a->start = s.child.id.start;
	a->capture = capture_new(&r->captures, s.output[0], a->launch->output);
	s.output[0] = -1;
	a->brief = s.child.brief;
	s.child.brief = -1;
out:
	saved = errno;
	setup_release(&s);
	errno = saved;
	return rc;
}
