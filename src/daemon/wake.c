/*
 * wake: see wake.h.
 */
#include "daemon/wake.h"

#include <event2/event.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/usock.h"

struct wake {
	int fd;
	char *path;
	struct event *readable;
	void (*woken)(void *);
	void *arg;
};

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct wake *w = arg;
	char byte;

	(void)what;
	/* However many have poked: one look at the store serves them all. */
	while (recv(fd, &byte, sizeof(byte), MSG_DONTWAIT) >= 0)
		continue;
	w->woken(w->arg);
}

static void
listen_to(struct wake *w, struct event_base *base, int fd)
{
	w->fd = fd;
	w->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, w);
	event_add(w->readable, NULL);
}

int
wake_new(struct wake **out, struct event_base *base, const char *path, void (*woken)(void *),
    void *arg, struct err *e)
{
	struct wake *w;
	int fd = usock_bind_datagram(path, e);

	if (fd < 0)
		return fd;
	w = xcalloc(1, sizeof(*w));
	w->path = xstrdup(path);
	w->woken = woken;
	w->arg = arg;
	listen_to(w, base, fd);
	*out = w;
	return 0;
}

int
wake_renew(struct wake *w, struct err *e)
{
	struct event_base *base = event_get_base(w->readable);
	int fd = usock_bind_datagram(w->path, e);

	if (fd < 0)
		return fd;
	event_free(w->readable);
	close(w->fd);
	listen_to(w, base, fd);
	return 0;
}

void
wake_free(struct wake *w)
{
	if (w == NULL)
		return;
	event_free(w->readable);
	close(w->fd);
	unlink(w->path);
	free(w->path);
	free(w);
}
