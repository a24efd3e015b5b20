/*
 * children: see children.h.
 */
#include "children.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/strv.h"
#include "base/tree.h"
#include "dice.h"
#include "points.h"
#include "storm.h"

struct children {
	struct child *list;
	int64_t last;
};

void
children_init(struct storm *s)
{
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) == -1)
		err(2, "cannot become the reaper of orphans");
	s->children = xcalloc(1, sizeof(*s->children));
}

void
children_free(struct storm *s)
{
	free(s->children);
}

static int
open_file(const char *path, int flags)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);

	if (fd == -1)
		err(2, "cannot open '%s'", path);
	return fd;
}

static void __attribute__((noreturn))
become(const char *path, char **words, const struct strv *env, int out, int complaints)
{
	int in = open("/dev/null", O_RDONLY);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	/* If the storm has died meanwhile nobody else would tell us. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || in == -1 || dup2(in, 0) == -1 ||
	    dup2(out, 1) == -1 || dup2(complaints, 2) == -1)
		_exit(127);
	for (size_t i = 0; env != NULL && i < env->n; i++)
		if (putenv(env->v[i]) != 0)
			_exit(127);
	execv(path, words);
	_exit(127);
}

struct child *
child_run(struct storm *s, const struct strv *words, const char *name, const struct strv *env,
    void (*ended)(struct storm *, struct child *, int status), int64_t arg)
{
	struct child *c = xcalloc(1, sizeof(*c));
	char *path = xasprintf("%s/%s", s->bin, words->v[0]);
	int out, complaints;

	if (name != NULL) {
		c->out = xasprintf("%s/io/%s.out", s->dir, name);
		c->complaints = xasprintf("%s/io/%s.err", s->dir, name);
	} else
		c->complaints = xasprintf("%s/log", s->dir);
	complaints = open_file(c->complaints, name != NULL ? O_TRUNC : O_APPEND);
	out = name != NULL ? open_file(c->out, O_TRUNC) : complaints;
	c->number = ++s->children->last;
	c->started = clock_wall();
	c->ended = ended;
	c->arg = arg;
	c->shimmed = env != NULL && env->n > 0;
	if ((c->pid = fork()) == -1)
		err(2, "cannot fork");
	if (c->pid == 0)
		become(path, words->v, env, out, complaints);
	close(complaints);
	if (out != complaints)
		close(out);
	free(path);
	c->next = s->children->list;
	s->children->list = c;
	return c;
}

void
child_shim(const struct storm *s, struct dice *d, struct strv *env)
{
	int64_t one_in = dice_spread(d, 200, 20000), seed = dice_below(d, 1 << 30);
	char *rate;

	if (s->shim == NULL)
		return;
	rate = xasprintf("rate:%" PRId64 ":%" PRId64, one_in, seed);
	strv_setenv(env, "SHIM", rate);
	strv_setenv(env, "LD_PRELOAD", s->shim);
	free(rate);
}

void
child_points(const struct storm *s, struct dice *d, struct strv *env)
{
	char *list = points_draw(d), *folder;

	if (list == NULL)
		return;
	folder = points_folder(s);
	strv_setenv(env, "JOBSCHED_FAILPOINTS", list);
	strv_setenv(env, "JOBSCHED_FAILPOINTS_DIR", folder);
	storm_say(s, "failpoints: %s", list);
	free(folder);
	free(list);
}

struct child *
child_find(struct storm *s, int64_t number)
{
	struct child *c = s->children->list;

	while (c != NULL && c->number != number)
		c = c->next;
	return c;
}

/* It is not reaped yet: the pid is its own. */
void
child_signal(struct child *c, int sig)
{
	if (sig == SIGKILL || sig == SIGTERM)
		c->killed = true;
	kill(c->pid, sig);
}

void
child_process(const struct child *c, struct proc_id *id)
{
	strlcpy(id->boot, proc_boot_id(), sizeof(id->boot));
	id->pid = c->pid;
	id->start = proc_start_time(c->pid);
}

static struct child *
take(struct storm *s, pid_t pid)
{
	struct child **at = &s->children->list, *c;

	while (*at != NULL && (*at)->pid != pid)
		at = &(*at)->next;
	if ((c = *at) != NULL)
		*at = c->next;
	return c;
}

/*
 * A runner, or a job of one that was killed. KILL is ours; 123 is a sanitizer's (see storm.c), and
 * 100 says that a job could not write its evidence.
 */
static void
stranger_ended(struct storm *s, pid_t pid, int status)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	/* It may have been a runner that came to a failpoint. */
	if (sig == SIGKILL && s->has_points)
		s->runner_killed = clock_wall();
	if (sig == SIGABRT || sig == SIGSEGV || sig == SIGBUS || sig == SIGFPE || sig == SIGILL ||
	    (WIFEXITED(status) && (WEXITSTATUS(status) == 123 || WEXITSTATUS(status) == 100)))
		storm_violation(s, "process %d, a runner or a job, ended with status %#x", (int)pid,
		    (unsigned)status);
}

void
children_reap(struct storm *s)
{
	struct child *c;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if ((c = take(s, pid)) == NULL) {
			stranger_ended(s, pid, status);
			continue;
		}
		c->ended(s, c, status);
		free(c->out);
		free(c->complaints);
		free(c);
	}
}

bool
children_none(struct storm *s)
{
	children_reap(s);
	return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD;
}

void
children_end(struct storm *s)
{
	struct tree t;

	while (!children_none(s)) {
		if (!tree_read(&t))
			err(2, "cannot read /proc");
		/* Ours, while we do not reap: no pid among them can become another's. */
		for (size_t i = 0; i < t.n; i++)
			if (t.procs[i].parent == getpid())
				kill(t.procs[i].pid, SIGKILL);
		tree_release(&t);
		usleep(1000);
	}
}
