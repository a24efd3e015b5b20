/*
 * spawn: see spawn.h. The runner gets its end of a socketpair as descriptor 3, so that there is
 * no moment at which it exists and cannot be reached.
 */
#include "daemon/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/strv.h"

#define CHANNEL_FD 3
#define SAID_MAX 65536

extern char **environ;

static struct strv
arguments(const struct spawn *s)
{
	struct strv v = { 0 };

	strv_push(&v, "jobsched-runner");
	strv_take(&v, xasprintf("--id=%" PRId64, s->id));
	strv_take(&v, xasprintf("--node=%s", s->node));
	strv_take(&v, xasprintf("--journal=%s", s->journal));
	strv_take(&v, xasprintf("--locks=%s", s->locks));
	strv_take(&v, xasprintf("--socket=%s", s->socket));
	strv_take(&v, xasprintf("--channel=%d", CHANNEL_FD));
	if (s->cgroups)
		strv_push(&v, "--cgroups");
	return v;
}

/* What it has open, and no more: stderr is a pipe. 0 or an errno. */
static int
set_files(posix_spawn_file_actions_t *files, int channel, int complaints)
{
	int rc = posix_spawn_file_actions_addopen(files, 0, "/dev/null", 0, 0);

	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(files, complaints, 2);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(files, channel, CHANNEL_FD);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(files, 2, 1);
	if (rc == 0)
		rc = posix_spawn_file_actions_addclosefrom_np(files, CHANNEL_FD + 1);
	return rc;
}

/* No signal is blocked. 0 or an errno. */
static int
set_signals(posix_spawnattr_t *attr)
{
	sigset_t none;
	int rc;

	sigemptyset(&none);
	rc = posix_spawnattr_setsigmask(attr, &none);
	return rc != 0 ? rc : posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK);
}

/* All that is ours but what leads to the database, which it knows nothing of. */
static struct strv
environment(void)
{
	struct strv env = { 0 };

	for (char **v = environ; *v != NULL; v++)
		if (strncmp(*v, "PG", 2) != 0 && strncmp(*v, "JOBSCHED_DB=", 12) != 0)
			strv_push(&env, *v);
	return env;
}

/* Starts it. 0 or an errno. */
static int
start(const struct spawn *s, int channel, int complaints, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	struct strv argv, env;
	int rc;

	if ((rc = posix_spawn_file_actions_init(&files)) != 0)
		return rc;
	if ((rc = posix_spawnattr_init(&attr)) != 0) {
		posix_spawn_file_actions_destroy(&files);
		return rc;
	}
	argv = arguments(s);
	env = environment();
	if ((rc = set_files(&files, channel, complaints)) == 0 && (rc = set_signals(&attr)) == 0)
		rc = posix_spawn(pid, s->program, &files, &attr, argv.v, env.v);
	strv_clear(&argv);
	strv_clear(&env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return rc;
}

/* What it says until it has closed stderr, or is to be waited for no longer: then false. */
static bool
hear_out(int complaints, int64_t patience, struct buf *said)
{
	struct pollfd fd = { .fd = complaints, .events = POLLIN };
	int64_t end = clock_boot() + patience, left;
	char block[1024];
	ssize_t n;

	do {
		left = end - clock_boot();
		n = poll(&fd, 1, left > 0 ? (int)((left + 999) / 1000) : 0);
		/* A signal is nothing to read, for which that would wait as long as it takes. */
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		n = read(complaints, block, sizeof(block));
		if (n > 0 && said->len < SAID_MAX)
			buf_add(said, block, (size_t)n);
	} while (n > 0 || (n == -1 && errno == EINTR));
	return true;
}

/*
 * Waits for the first process of the runner, which ends once the runner has detached. Until then
 * the runner dies with it.
 */
static int
await(pid_t pid, int complaints, int64_t patience, struct err *e)
{
	struct buf said = { 0 };
	bool heard = hear_out(complaints, patience, &said);
	int status = 0;
	char *text;

	if (!heard)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		continue;
	text = buf_string(&said);
	text[strcspn(text, "\n")] = '\0';
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		err_set(e, E_FAIL, "jobsched-runner did not start%s%s%s",
		    heard ? "" : " in time, and is killed",
		    text[0] != '\0' ? ": " : "", text);
	free(text);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : E_FAIL;
}

int
spawn_runner(const struct spawn *s, struct err *e)
{
	int channel[2], complaints[2], error, rc;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) == -1)
		return err_errno(e, E_FAIL, "cannot make a socket pair");
	if (pipe2(complaints, O_CLOEXEC) == -1) {
		err_errno(e, E_FAIL, "cannot make a pipe");
		close(channel[0]);
		close(channel[1]);
		return E_FAIL;
	}
	error = start(s, channel[1], complaints[1], &pid);
	close(channel[1]);
	close(complaints[1]);
	if (error != 0)
		rc = err_set(e, E_FAIL, "cannot start '%s': %s", s->program, strerror(error));
	else
		rc = await(pid, complaints[0], s->patience, e);
	close(complaints[0]);
	if (rc < 0) {
		close(channel[0]);
		return rc;
	}
	return channel[0];
}
