/*
 * jobsched-session: a job's run within a session of PAM. jobsched-runner starts it as root in place
 * of the job: it opens the session, becomes the job in a child, waits for that, closes the session,
 * and ends as the job did. It is a program of its own because modules of PAM may do anything: what
 * they leak, lock or break ends with one job. To the runner it is the job's main process.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "runner/become.h"
#include "runner/brief.h"
#include "runner/pam.h"

/*
 * What is meant for the job reaches it by itself: the runner signals the whole tree. These must not
 * end us while a session is open; they wait, blocked, and are looked at before there is a job.
 */
static const int held[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGPIPE };
static const int ends[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT };
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The runner started us with all signals blocked, so that none has been lost. */
static int
hold_signals(void)
{
	sigset_t set, all;

	sigfillset(&all);
	sigemptyset(&set);
	for (size_t i = 0; i < COUNT(held); i++)
		sigaddset(&set, held[i]);
	return become_plain(&all) == 0 && sigprocmask(SIG_SETMASK, &set, NULL) == 0 ? 0 : -1;
}

/* A signal that says that there shall be no job; 0: none. */
static int
told_to_end(void)
{
	sigset_t set;

	if (sigpending(&set) == -1)
		return 0;
	for (size_t i = 0; i < COUNT(ends); i++)
		if (sigismember(&set, ends[i]))
			return ends[i];
	return 0;
}

/* The runner must see the job's signal; a core would be ours. */
static void __attribute__((noreturn))
die_of(int sig)
{
	sigset_t set;

	prctl(PR_SET_DUMPABLE, 0);
	signal(sig, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(sig);
	_exit(128 + sig);
}

/* As our child's parent would have seen us die with the runner, where that is asked for. */
static int
die_with_runner(const struct brief *b, struct err *e)
{
	if (!b->launch.die_with_runner)
		return 0;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
		return err_errno(e, E_FAIL, "cannot set the parent-death signal");
	if (getppid() != b->runner)
		return err_set(e, E_FAIL, "the runner has gone");
	return 0;
}

/* The user's groups, and those that PAM has added to them. */
static int
take_groups(struct user *u, struct err *e)
{
	int n = getgroups(0, NULL);

	if (n == -1)
		return err_errno(e, E_FAIL, "cannot read the groups of user '%s'", u->name);
	u->groups = xreallocarray(u->groups, (size_t)n + 1, sizeof(*u->groups));
	u->ngroups = getgroups(n, u->groups);
	if (u->ngroups == -1)
		return err_errno(e, E_FAIL, "cannot read the groups of user '%s'", u->name);
	return 0;
}

/* A signal that came before the vfork is ours alone; from then on the group has two. */
static int
start(struct become *job, pid_t *pid, struct err *e)
{
	sigset_t all, before;
	int sig;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	*pid = vfork();
	if (*pid == 0) {
		become_job(job);
		_exit(127);
	}
	if (*pid == -1) {
		err_errno(e, E_FAIL, "cannot start a process");
	} else if (job->step != STEP_NONE) {
		while (waitpid(*pid, NULL, 0) == -1 && errno == EINTR)
			continue;
		become_explain(job, e);
	} else if ((sig = told_to_end()) != 0) {
		kill(*pid, sig);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return *pid == -1 || job->step != STEP_NONE ? E_FAIL : 0;
}

/* 0 and the job's status, once it is over. */
static int
run_job(struct brief *b, int fd, const struct strv *granted, int *status, struct err *e)
{
	struct become job = { .tree = b->tree, .die_with = getpid() };
	pid_t pid;
	int rc, sig;

	/* Whatever modules have done to them. */
	sigfillset(&job.signals);
	if ((rc = become_prepare(&job, &b->launch, &b->user, granted, &b->told, e)) < 0)
		goto out;
	if ((sig = told_to_end()) != 0)
		rc = err_set(e, E_FAIL, "ended by signal %d before the job ran", sig);
	else
		rc = start(&job, &pid, e);
	if (rc < 0)
		goto out;
	brief_answer(fd, NULL);
	while (waitpid(pid, status, 0) == -1 && errno == EINTR)
		continue;
out:
	become_release(&job);
	return rc;
}

/* 0 and the job's status, or what failed before it ran. */
static int
serve(struct brief *b, int fd, int *status, struct err *e)
{
	struct strv granted = { 0 };
	struct pam *pam;
	int rc;

	if ((rc = die_with_runner(b, e)) < 0)
		return rc;
	/* Modules may add to them. */
	if (setgroups((size_t)b->user.ngroups, b->user.groups) == -1)
		return err_errno(e, E_FAIL, "cannot set the groups of user '%s'", b->user.name);
	if ((pam = pam_begin(b->user.name, &granted, e)) == NULL)
		return e->code;
	/* Again, for modules that change who we are have undone it. */
	if ((rc = die_with_runner(b, e)) == 0 && (rc = take_groups(&b->user, e)) == 0)
		rc = run_job(b, fd, &granted, status, e);
	pam_finish(pam);
	strv_clear(&granted);
	return rc;
}

static int
take_brief(const char *arg, int *fd, struct brief *b, struct err *e)
{
	const char *problem;

	*fd = (int)strtonum(arg, STDERR_FILENO + 1, INT_MAX, &problem);
	if (problem != NULL || fcntl(*fd, F_SETFD, FD_CLOEXEC) == -1)
		return err_set(e, E_FAIL, "'%s' is not an open descriptor", arg);
	if (brief_read(*fd, b, e) < 0)
		return e->code;
	if (b->tree != -1 && (b->tree = fcntl(b->tree, F_DUPFD_CLOEXEC, INHERITED_MIN)) == -1)
		return err_errno(e, E_FAIL, "cannot hand on the lock");
	return 0;
}

int
main(int argc, char *argv[])
{
	struct brief b = { 0 };
	int fd, status = 0, rc;
	struct err e;

	setprogname("jobsched-session");
	if (argc != 2)
		errx(2, "started by jobsched-runner only");
	if (hold_signals() == -1)
		err(1, "cannot hold signals");
	rc = take_brief(argv[1], &fd, &b, &e);
	if (rc == 0 && (rc = serve(&b, fd, &status, &e)) < 0)
		brief_answer(fd, e.text);
	brief_release(&b);
	if (rc < 0)
		return 1;
	if (WIFSIGNALED(status))
		die_of(WTERMSIG(status));
	return WEXITSTATUS(status);
}
