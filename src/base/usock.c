/*
 * usock: see usock.h.
 */
#include "base/usock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

/* Fills sa; *dir is a descriptor to close after use, or -1. -1 with errno on failure. */
static int
address(struct sockaddr_un *sa, const char *path, int *dir)
{
	char *copy, *folder;
	const char *name = strrchr(path, '/');

	memset(sa, 0, sizeof(*sa));
	sa->sun_family = AF_UNIX;
	*dir = -1;
	if (strlcpy(sa->sun_path, path, sizeof(sa->sun_path)) < sizeof(sa->sun_path))
		return 0;
	if (name == NULL || strlen(name) > 64) {
		errno = ENAMETOOLONG;
		return -1;
	}
	copy = xstrdup(path);
	folder = dirname(copy);
	*dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	if (*dir == -1)
		return -1;
	snprintf(sa->sun_path, sizeof(sa->sun_path), "/proc/self/fd/%d%s", *dir, name);
	return 0;
}

static void
close_keep_errno(int fd)
{
	int saved = errno;

	if (fd != -1)
		close(fd);
	errno = saved;
}

/* The address of a name that is in no folder; its length. */
static socklen_t
nowhere(struct sockaddr_un *sa, const char *name)
{
	size_t len;

	memset(sa, 0, sizeof(*sa));
	sa->sun_family = AF_UNIX;
	len = strlcpy(sa->sun_path + 1, name + 1, sizeof(sa->sun_path) - 1);
	if (len >= sizeof(sa->sun_path) - 1)
		len = sizeof(sa->sun_path) - 2;
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + len);
}

/* What path names, of either kind; as address. */
static int
find(struct sockaddr_un *sa, socklen_t *len, const char *path, int *dir)
{
	*dir = -1;
	*len = sizeof(*sa);
	if (path[0] != '@')
		return address(sa, path, dir);
	*len = nowhere(sa, path);
	return 0;
}

/* A socket of this type after op (bind or connect) on path; -1 with errno. */
static int
socket_at(const char *path, int type, int (*op)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_un sa;
	socklen_t len;
	int dir, fd;

	if (find(&sa, &len, path, &dir) == -1)
		return -1;
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (fd != -1 && op(fd, (struct sockaddr *)&sa, len) == -1) {
		close_keep_errno(fd);
		fd = -1;
	}
	close_keep_errno(dir);
	return fd;
}

static int
bind_at(const char *path, int type, struct err *e)
{
	mode_t mask;
	int fd;

	if (unlink(path) == -1 && errno != ENOENT)
		return err_errno(e, E_FAIL, "cannot remove old socket '%s'", path);
	mask = umask(0177);
	fd = socket_at(path, type | SOCK_NONBLOCK, bind);
	umask(mask);
	if (fd == -1)
		return err_errno(e, E_FAIL, "cannot make socket '%s'", path);
	return fd;
}

int
usock_listen(const char *path, struct err *e)
{
	int fd = bind_at(path, SOCK_STREAM, e);

	if (fd >= 0 && listen(fd, 16) == -1) {
		err_errno(e, E_FAIL, "cannot listen on '%s'", path);
		close(fd);
		return E_FAIL;
	}
	return fd;
}

int
usock_listen_anywhere(char name[USOCK_NAME], struct err *e)
{
	uint64_t random[2];
	int fd;

	arc4random_buf(random, sizeof(random));
	snprintf(name, USOCK_NAME, "@jobsched-%016" PRIx64 "%016" PRIx64, random[0], random[1]);
	fd = socket_at(name, SOCK_STREAM | SOCK_NONBLOCK, bind);
	if (fd == -1)
		return err_errno(e, E_FAIL, "cannot make a socket");
	if (listen(fd, 16) == -1) {
		err_errno(e, E_FAIL, "cannot listen on a socket");
		close(fd);
		return E_FAIL;
	}
	return fd;
}

int
usock_connect(const char *path)
{
	return socket_at(path, SOCK_STREAM, connect);
}

int
usock_bind_datagram(const char *path, struct err *e)
{
	return bind_at(path, SOCK_DGRAM, e);
}

int
usock_send(const char *path, const void *data, unsigned long len)
{
	struct sockaddr_un sa;
	ssize_t n = -1;
	socklen_t size;
	int dir, fd;

	if (find(&sa, &size, path, &dir) == -1)
		return -1;
	if ((fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) != -1)
		n = sendto(fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL,
		    (struct sockaddr *)&sa, size);
	close_keep_errno(fd);
	close_keep_errno(dir);
	return n == -1 ? -1 : 0;
}
