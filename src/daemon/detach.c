/*
 * detach: see detach.h. The database may be named relative to the current folder, so the change
 * to "/" waits until all is open.
 */
#include "daemon/detach.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

/*
 * Waits for the child's word, a byte; its end without one is failure, told on stderr already.
 */
static void
await(pid_t child, int fd)
{
	int status = 0;
	char word;
	ssize_t n;

	while ((n = read(fd, &word, 1)) == -1 && errno == EINTR)
		continue;
	if (n == 1)
		_exit(0);
	while (waitpid(child, &status, 0) == -1 && errno == EINTR)
		continue;
	_exit(WIFEXITED(status) && WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) : 1);
}

void
detach_begin(struct detach *d)
{
	int pipes[2];
	pid_t child;

	if (pipe2(pipes, O_CLOEXEC) == -1)
		err(1, "cannot make a pipe");
	switch (child = fork()) {
	case -1:
		err(1, "cannot fork");
	case 0:
		break;
	default:
		close(pipes[1]);
		await(child, pipes[0]);
	}
	close(pipes[0]);
	d->report = pipes[1];
	setsid();
	log_init("jobschedd", true, LOG_LEVEL_INFO);
}

void
detach_ready(struct detach *d)
{
	int null;

	if (d->report == -1)
		return;
	if (chdir("/") == -1)
		log_warn("cannot change to '/'");
	if ((null = open("/dev/null", O_RDWR | O_CLOEXEC)) != -1) {
		for (int fd = 0; fd <= 2; fd++)
			dup2(null, fd);
		if (null > 2)
			close(null);
	}
	(void)!write(d->report, "", 1);
	close(d->report);
	d->report = -1;
}

void
detach_failed(struct detach *d, const char *sentence)
{
	(void)d;
	warnx("%s", sentence);
}
