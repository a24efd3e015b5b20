/*
 * server: see server.h.
 */
#include "runner/server.h"

#include <errno.h>
#include <event2/event.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"

#define READ_SIZE 65536
/* Connections that have not said HELLO; one more closes the oldest. */
#define STRANGERS_MAX 16
/* Out of descriptors: the next attempt to accept. */
#define ACCEPT_AGAIN_US (1000 * INT64_C(1000))

struct conn {
	TAILQ_ENTRY(conn) link;
	struct server *server;
	struct event *readable, *writable;
	int fd;
	bool writing; /* writable is waited for */
	bool mute;    /* the other end listens no more; it may have said something before */
	struct buf in, out;
	size_t sent; /* of out */
};

TAILQ_HEAD(conn_list, conn);

struct server {
	struct event_base *base;
	const struct server_ops *ops;
	void *arg;
	struct event *acceptable;
	int fd;
	int64_t accept_at; /* -1: as soon as a turn tells the time; 0: listening */
	struct conn *scheduler;
	struct conn_list strangers;
	size_t nstrangers;
};

static void
conn_free(struct conn *c)
{
	struct server *s = c->server;

	if (c == s->scheduler) {
		s->scheduler = NULL;
	} else {
		TAILQ_REMOVE(&s->strangers, c, link);
		s->nstrangers--;
	}
	event_free(c->readable);
	event_free(c->writable);
	if (c->fd != -1)
		close(c->fd);
	buf_release(&c->in);
	buf_release(&c->out);
	free(c);
}

/* Writes what the socket takes. */
static void
conn_flush(struct conn *c)
{
	ssize_t n;

	while (!c->mute && c->sent < c->out.len) {
		n = send(c->fd, c->out.data + c->sent, c->out.len - c->sent,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN)
			break;
		if (n == -1)
			c->mute = true;
		else
			c->sent += (size_t)n;
	}
	if (c->mute || c->sent == c->out.len) {
		buf_reuse(&c->out);
		c->sent = 0;
	}
	if (c->writing != (c->out.len > 0)) {
		c->writing = !c->writing;
		if (c->writing)
			event_add(c->writable, NULL);
		else
			event_del(c->writable);
	}
}

static void
on_writable(int fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	conn_flush(arg);
}

/* A stranger says HELLO: the scheduler is dead, long live the scheduler. */
static int
greet(struct conn *c, const void *body, size_t len)
{
	struct server *s = c->server;

	if (s->ops->hello(s->arg, body, len) == -1)
		return -1;
	TAILQ_REMOVE(&s->strangers, c, link);
	s->nstrangers--;
	if (s->scheduler != NULL)
		conn_free(s->scheduler);
	s->scheduler = c;
	s->ops->attached(s->arg);
	return 0;
}

static int
take_frame(struct conn *c, enum frame_type type, const void *body, size_t len)
{
	struct server *s = c->server;

	if (c != s->scheduler)
		return type == FRAME_HELLO ? greet(c, body, len) : -1;
	return type == FRAME_HELLO ? -1 : s->ops->frame(s->arg, type, body, len);
}

/* It is none of ours: somebody else serves it. */
static void
hand_on(struct conn *c)
{
	struct server *s = c->server;
	int fd = c->fd;

	event_del(c->readable);
	c->fd = -1;
	s->ops->guest(s->arg, fd, c->in.data, c->in.len);
	conn_free(c);
}

/* All whole frames that have come. -1: what has come is none; 1: they are not for us. */
static int
take_frames(struct conn *c)
{
	enum frame_type type;
	const void *body;
	size_t len, done = 0;
	ssize_t n;

	while ((n = frame_peek(c->in.data + done, c->in.len - done, &type, &body, &len)) > 0) {
		if (c != c->server->scheduler && type == FRAME_FOLLOW)
			return 1;
		if (take_frame(c, type, body, len) == -1)
			return -1;
		done += (size_t)n;
	}
	if (done == c->in.len)
		buf_release(&c->in);
	else if (done > 0)
		buf_drop(&c->in, done);
	return (int)n;
}

static void
on_readable(int fd, short what, void *arg)
{
	struct conn *c = arg;
	ssize_t n = read(fd, buf_room(&c->in, READ_SIZE), READ_SIZE);
	int taken;

	(void)what;
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	/* At an end, whatever came before it has been taken in already. */
	if (n <= 0) {
		conn_free(c);
		return;
	}
	c->in.len += (size_t)n;
	taken = take_frames(c);
	if (taken == 1)
		hand_on(c);
	if (taken == -1) {
		log_warn("closing a connection that does not keep to the protocol");
		conn_free(c);
	}
}

int
server_adopt(struct server *s, int fd)
{
	struct conn *c;

	if (io_set_nonblock(fd) == -1 || io_set_cloexec(fd) == -1)
		return -1;
	c = xcalloc(1, sizeof(*c));
	c->server = s;
	c->fd = fd;
	c->readable = event_new(s->base, fd, EV_READ | EV_PERSIST, on_readable, c);
	c->writable = event_new(s->base, fd, EV_WRITE | EV_PERSIST, on_writable, c);
	if (c->readable == NULL || c->writable == NULL || event_add(c->readable, NULL) == -1)
		abort();
	TAILQ_INSERT_TAIL(&s->strangers, c, link);
	if (++s->nstrangers > STRANGERS_MAX)
		conn_free(TAILQ_FIRST(&s->strangers));
	return 0;
}

static bool
is_welcome(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == -1)
		return false;
	if (peer.uid == geteuid() || peer.uid == 0)
		return true;
	log_warn("refusing a connection of user %u, process %d", peer.uid, (int)peer.pid);
	return false;
}

static void
on_acceptable(int listening, short what, void *arg)
{
	struct server *s = arg;
	int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)what;
	if (fd == -1 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			    errno == ENOMEM)) {
		/* It stays acceptable: without a pause this would be a busy loop. */
		event_del(s->acceptable);
		s->accept_at = -1;
	}
	if (fd == -1)
		return;
	if (!is_welcome(fd) || server_adopt(s, fd) == -1)
		close(fd);
}

struct server *
server_new(struct event_base *base, int fd, const struct server_ops *ops, void *arg)
{
	struct server *s = xcalloc(1, sizeof(*s));

	s->base = base;
	s->fd = fd;
	s->ops = ops;
	s->arg = arg;
	TAILQ_INIT(&s->strangers);
	s->acceptable = event_new(base, fd, EV_READ | EV_PERSIST, on_acceptable, s);
	if (s->acceptable == NULL || event_add(s->acceptable, NULL) == -1)
		abort();
	return s;
}

void
server_free(struct server *s)
{
	struct conn *c;

	if (s->scheduler != NULL)
		conn_free(s->scheduler);
	while ((c = TAILQ_FIRST(&s->strangers)) != NULL)
		conn_free(c);
	event_free(s->acceptable);
	close(s->fd);
	free(s);
}

bool
server_connected(const struct server *s)
{
	return s->scheduler != NULL && !s->scheduler->mute;
}

bool
server_busy(const struct server *s)
{
	return s->scheduler != NULL || s->nstrangers > 0;
}

void
server_send(struct server *s, enum frame_type type, const struct buf *body)
{
	if (server_connected(s))
		frame_add(&s->scheduler->out, type, body);
}

size_t
server_backlog(const struct server *s)
{
	return s->scheduler != NULL ? s->scheduler->out.len - s->scheduler->sent : 0;
}

void
server_turn(struct server *s, int64_t now)
{
	if (s->accept_at == -1)
		s->accept_at = now + ACCEPT_AGAIN_US;
	if (s->accept_at > 0 && s->accept_at <= now) {
		event_add(s->acceptable, NULL);
		s->accept_at = 0;
	}
	if (s->scheduler != NULL)
		conn_flush(s->scheduler);
}

int64_t
server_next(const struct server *s)
{
	return s->accept_at;
}
