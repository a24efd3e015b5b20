/*
 * helper: see helper.h.
 */
#include "daemon/helper.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/utf8.h"

#define SAID_MAX 200 /* of what it writes, so much is kept */

struct helper {
	pid_t pid;
	int said_fd; /* -1: at its end */
	struct event *child, *readable, *patience;
	bool impatient;
	struct buf said;
	void (*ended)(void *, const char *);
	void *arg;
};

/* One read; the rest of what it says is thrown away. False at the end, or if there is no more. */
static bool
read_said(struct helper *h)
{
	char text[4096];
	size_t room = SAID_MAX - h->said.len;
	ssize_t n = read(h->said_fd, text, sizeof(text));

	if (n > 0)
		buf_add(&h->said, text, (size_t)n < room ? (size_t)n : room);
	return n > 0;
}

static void
on_said(evutil_socket_t fd, short what, void *arg)
{
	struct helper *h = arg;

	(void)fd, (void)what;
	if (!read_said(h) && errno != EAGAIN && errno != EINTR)
		event_del(h->readable);
}

static void
on_impatient(evutil_socket_t fd, short what, void *arg)
{
	struct helper *h = arg;

	(void)fd, (void)what;
	h->impatient = true;
	/* Not reaped yet: the group is its own. */
	kill(-h->pid, SIGKILL);
}

/* What is wrong with this end; the caller's, NULL if nothing is. */
static char *
judge(struct helper *h, int status)
{
	struct buf shown = { 0 };
	char *said, *problem;
	size_t len;

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return NULL;
	while (read_said(h))
		continue;
	for (len = 0; len < h->said.len && h->said.data[len] != '\n'; len++)
		continue;
	if (len > 0)
		utf8_escape(&shown, h->said.data, len, false);
	said = buf_string(&shown);
	if (h->impatient)
		problem = xasprintf("not done after %d seconds", HELPER_PATIENCE_S);
	else if (WIFSIGNALED(status))
		problem = xasprintf("killed by signal %d", WTERMSIG(status));
	else
		problem = xasprintf("exit status %d%s%s", WEXITSTATUS(status),
		    said[0] != '\0' ? ": " : "", said);
	free(said);
	return problem;
}

void
helper_look(struct helper *h)
{
	char *problem;
	int status;

	if (waitpid(h->pid, &status, WNOHANG) != h->pid)
		return;
	problem = judge(h, status);
	h->ended(h->arg, problem);
	free(problem);
}

static void
on_child(evutil_socket_t sig, short what, void *arg)
{
	(void)sig, (void)what;
	helper_look(arg);
}

/* Its input, and whatever it says to the pipe. 0 or an errno. */
static int
set_files(posix_spawn_file_actions_t *files, const struct helper_setup *s, int said)
{
	int rc;

	if (s->input != -1)
		rc = posix_spawn_file_actions_adddup2(files, s->input, 0);
	else
		rc = posix_spawn_file_actions_addopen(files, 0, "/dev/null", 0, 0);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(files, said, 1);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(files, said, 2);
	if (rc == 0)
		rc = posix_spawn_file_actions_addclosefrom_np(files, 3);
	if (rc == 0)
		rc = posix_spawn_file_actions_addchdir_np(files, "/");
	return rc;
}

/* A session of its own, no signal blocked, and PIPE as everybody expects it. 0 or an errno. */
static int
set_attributes(posix_spawnattr_t *attr)
{
	sigset_t none, defaults;
	int rc;

	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	if ((rc = posix_spawnattr_setsigmask(attr, &none)) == 0)
		rc = posix_spawnattr_setsigdefault(attr, &defaults);
	if (rc == 0)
		rc = posix_spawnattr_setflags(attr,
		    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
	return rc;
}

/* 0 or an errno. */
static int
spawn(const struct helper_setup *s, int said, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int rc;

	if ((rc = posix_spawn_file_actions_init(&files)) != 0)
		return rc;
	if ((rc = posix_spawnattr_init(&attr)) != 0) {
		posix_spawn_file_actions_destroy(&files);
		return rc;
	}
	if ((rc = set_files(&files, s, said)) == 0 && (rc = set_attributes(&attr)) == 0)
		rc = posix_spawn(pid, s->program, &files, &attr, s->argv, s->env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return rc;
}

static void
watch(struct helper *h, struct event_base *base)
{
	struct timeval patience = { HELPER_PATIENCE_S, 0 };

	h->child = evsignal_new(base, SIGCHLD, on_child, h);
	h->readable = event_new(base, h->said_fd, EV_READ | EV_PERSIST, on_said, h);
	h->patience = evtimer_new(base, on_impatient, h);
	event_add(h->child, NULL);
	event_add(h->readable, NULL);
	evtimer_add(h->patience, &patience);
}

struct helper *
helper_start(struct event_base *base, const struct helper_setup *s,
    void (*ended)(void *, const char *), void *arg, struct err *e)
{
	struct helper *h;
	int said[2], error;

	if (pipe2(said, O_CLOEXEC) == -1) {
		err_errno(e, E_FAIL, "cannot make a pipe");
		return NULL;
	}
	io_set_nonblock(said[0]);
	h = xcalloc(1, sizeof(*h));
	h->said_fd = said[0];
	h->ended = ended;
	h->arg = arg;
	/* Before it can die. */
	watch(h, base);
	error = spawn(s, said[1], &h->pid);
	close(said[1]);
	if (error == 0)
		return h;
	err_set(e, E_FAIL, "cannot start '%s': %s", s->program, strerror(error));
	helper_free(h);
	return NULL;
}

void
helper_free(struct helper *h)
{
	if (h == NULL)
		return;
	event_free(h->child);
	event_free(h->readable);
	event_free(h->patience);
	close(h->said_fd);
	buf_release(&h->said);
	free(h);
}
