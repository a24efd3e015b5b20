/*
 * proc: see proc.h. Field 22 of /proc/PID/stat is found from the last ')', because a
 * command name may itself hold blanks and parentheses (proc(5)).
 */
#include "base/proc.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifdef HAVE_SYS_PIDFD_H
#include <sys/pidfd.h>
#endif

#include "base/mem.h"

/* 1; 0: no such file, or what it tells of has gone; -1 with errno: it cannot be read now. */
static int
read_line(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), saved;
	ssize_t n;

	if (fd == -1)
		return errno == ENOENT || errno == ESRCH ? 0 : -1;
	n = read(fd, buf, size - 1);
	saved = errno;
	close(fd);
	errno = saved;
	if (n == -1)
		return errno == ESRCH ? 0 : -1;
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return n > 0;
}

const char *
proc_boot_id(void)
{
	static const char path[] = "/proc/sys/kernel/random/boot_id";
	static char id[BOOT_ID_SIZE];

	if (id[0] == '\0') {
		switch (read_line(path, id, sizeof(id))) {
		case -1:
			err(1, "cannot read '%s'", path);
		case 0:
			strlcpy(id, "unknown", sizeof(id));
		}
	}
	return id;
}

/* State and start time of pid: 1; 0: there is no such process; -1 with errno. */
static int
proc_stat(pid_t pid, char *state, uint64_t *start)
{
	char path[64], line[1024], *p;
	int field = 3, rc;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if ((rc = read_line(path, line, sizeof(line))) <= 0)
		return rc;
	errno = EINVAL;
	if ((p = strrchr(line, ')')) == NULL || p[1] != ' ' || p[2] == '\0')
		return -1;
	*state = p[2];
	for (p += 2; field < 22 && (p = strchr(p, ' ')) != NULL; field++)
		p++;
	if (p == NULL)
		return -1;
	*start = strtoull(p, NULL, 10);
	return 1;
}

uint64_t
proc_start_time(pid_t pid)
{
	uint64_t start;
	char state;

	return proc_stat(pid, &state, &start) > 0 ? start : 0;
}

void
proc_self(struct proc_id *id)
{
	strlcpy(id->boot, proc_boot_id(), sizeof(id->boot));
	id->pid = getpid();
	id->start = proc_start_time(id->pid);
}

void
proc_text(const struct proc_id *id, char *text, size_t size)
{
	snprintf(text, size, "%s %d %" PRIu64, id->boot, (int)id->pid, id->start);
}

/* path, or NULL after freeing it. */
static char *
if_runnable(char *path)
{
	if (access(path, X_OK) == 0)
		return path;
	free(path);
	return NULL;
}

/* How much of a program's folder stands before where it is installed: a DESTDIR, or 0. */
static int
staging_length(const char *folder)
{
	static const char *const installed[] = { BINDIR, SBINDIR, LIBEXECDIR };

	for (size_t i = 0; i < sizeof(installed) / sizeof(*installed); i++) {
		size_t len = strlen(folder), tail = strlen(installed[i]);

		if (len >= tail && strcmp(folder + len - tail, installed[i]) == 0)
			return (int)(len - tail);
	}
	return 0;
}

char *
proc_beside(const char *name, const char *folder)
{
	char self[4096] = "", *slash, *path = NULL;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n > 0 && (slash = strrchr(self, '/')) != NULL) {
		*slash = '\0';
		path = if_runnable(xasprintf("%s/%s", self, name));
		if (path == NULL)
			path = if_runnable(xasprintf(
			    "%.*s%s/%s", staging_length(self), self, folder, name));
	}
	return path != NULL ? path : xasprintf("%s/%s", folder, name);
}

int
proc_look(const struct proc_id *id)
{
	uint64_t start;
	char state;
	int rc;

	if (id->pid <= 0 || strcmp(id->boot, proc_boot_id()) != 0)
		return 0;
	if ((rc = proc_stat(id->pid, &state, &start)) <= 0)
		return rc;
	return start == id->start && state != 'Z' && state != 'X';
}

bool
proc_alive(const struct proc_id *id)
{
	return proc_look(id) == 1;
}

#ifdef HAVE_PIDFD_OPEN
/* 0 if it lives, else -1 with errno. */
static int
must_live(const struct proc_id *id)
{
	int rc = proc_look(id);

	if (rc == 0)
		errno = ESRCH;
	return rc == 1 ? 0 : -1;
}
#endif

int
proc_open(const struct proc_id *id)
{
#ifdef HAVE_PIDFD_OPEN
	int fd, saved;

	if (must_live(id) == -1)
		return -1;
	if ((fd = pidfd_open(id->pid, 0)) == -1)
		return -1;
	/* The pid may have passed to another process before the open. */
	if (must_live(id) == -1) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
#else
	(void)id;
	errno = ENOSYS;
	return -1;
#endif
}

int
proc_signal(const struct proc_id *id, int sig)
{
	int fd = proc_open(id), result, saved;

	if (fd == -1 && errno != ENOSYS)
		return -1;
	if (fd == -1) {
		if (proc_alive(id))
			return kill(id->pid, sig);
		errno = ESRCH;
		return -1;
	}
#ifdef HAVE_PIDFD_SEND_SIGNAL
	result = pidfd_send_signal(fd, sig, NULL, 0);
#else
	result = kill(id->pid, sig);
#endif
	saved = errno;
	close(fd);
	errno = saved;
	return result;
}
