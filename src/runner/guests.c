/*
 * guests: see guests.h.
 */
#include "runner/guests.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "runner/checkpoint.h"
#include "runner/runner.h"
#include "wire/frame.h"
#include "wire/pack.h"

#define QUESTION_MAX (CHECKPOINT_MAX + 4096)
#define PIECE 65536	     /* of an output, in one frame */
#define AHEAD (4 * PIECE) /* so much is sent before it is read */

struct guest {
	TAILQ_ENTRY(guest) link;
	struct guests *guests;
	struct bufferevent *io;
	uid_t uid;
	int64_t fence; /* of the attempt that it watches; 0: none */
	int64_t pos;   /* how far it has come in that output */
	bool leaving;  /* has its answer; goes once that is sent */
};

static void
guest_free(struct guest *g)
{
	struct guests *gs = g->guests;

	TAILQ_REMOVE(&gs->list, g, link);
	gs->n--;
	if (gs->n == GUESTS_MAX - 1 && gs->door != NULL)
		event_add(gs->door, NULL);
	bufferevent_free(g->io);
	free(g);
}

static void
send_frame(struct guest *g, enum frame_type type, const struct buf *body)
{
	struct buf frame = { 0 };

	frame_add(&frame, type, body);
	bufferevent_write(g->io, frame.data, frame.len);
	buf_release(&frame);
}

/* ---- checkpoints ---- */

static void
answer(struct guest *g, enum checkpoint_answer how, const void *data, size_t len)
{
	struct buf body = { 0 };

	pack_int(&body, how);
	pack_bytes(&body, data, len);
	send_frame(g, FRAME_CHECKPOINT, &body);
	buf_release(&body);
	g->leaving = true;
}

static void
keep(struct guest *g, struct attempt *a, const void *data, int64_t len)
{
	struct err e;

	if (len > CHECKPOINT_MAX)
		err_set(&e, E_INPUT, "longer than %d bytes", CHECKPOINT_MAX);
	else if (checkpoint_put(g->guests->runner, a, data, (size_t)len, &e) == 0) {
		answer(g, CHECKPOINT_OK, NULL, 0);
		return;
	}
	answer(g, CHECKPOINT_FAILED, e.text, strlen(e.text));
}

static int
take_checkpoint(struct guest *g, enum frame_type type, struct unpack *u)
{
	char *token = unpack_str(u), *data = NULL;
	struct attempt *a = NULL;
	int64_t len = 0;

	if (type == FRAME_CHECKPOINT_PUT)
		data = unpack_bytes(u, &len);
	if (token != NULL)
		a = checkpoint_owner(g->guests->runner, token, g->uid);
	if (!u->bad && a == NULL)
		answer(g, CHECKPOINT_FOREIGN, NULL, 0);
	else if (!u->bad && type == FRAME_CHECKPOINT_PUT)
		keep(g, a, data, len);
	else if (!u->bad)
		answer(g, a->checkpoint.len > 0 ? CHECKPOINT_OK : CHECKPOINT_NONE,
		    a->checkpoint.data, a->checkpoint.len);
	free(token);
	free(data);
	return u->bad ? -1 : 0;
}

/* ---- outputs ---- */

/* One piece; false if there is nothing new. */
static bool
feed_piece(struct guest *g, const struct capture *c)
{
	struct buf piece = { 0 }, body = { 0 };
	int64_t dropped;

	capture_copy(c, &g->pos, &dropped, &piece, PIECE);
	if (piece.len == 0 && dropped == 0)
		return false;
	pack_int(&body, dropped);
	pack_bytes(&body, piece.data, piece.len);
	send_frame(g, FRAME_OUTPUT, &body);
	buf_release(&piece);
	buf_release(&body);
	return true;
}

/* What is new of its attempt's output, as far as it keeps up. */
static void
feed(struct guest *g)
{
	const struct attempt *a = jobs_by_fence(&g->guests->runner->jobs, g->fence);

	if (a == NULL || a->capture == NULL)
		return;
	while (evbuffer_get_length(bufferevent_get_output(g->io)) < AHEAD &&
	    feed_piece(g, a->capture))
		continue;
}

static void
say_end(struct guest *g)
{
	struct buf nothing = { 0 };

	send_frame(g, FRAME_OUTPUT_END, &nothing);
	g->leaving = true;
}

static int
take_follow(struct guest *g, struct unpack *u)
{
	struct runner *r = g->guests->runner;
	const struct attempt *a;

	g->fence = unpack_int(u);
	if (u->bad || (g->uid != 0 && g->uid != geteuid()))
		return -1;
	a = jobs_by_fence(&r->jobs, g->fence);
	/* It may watch for as long as it likes, but has to read on. */
	if (a == NULL || a->state == ATTEMPT_ENDED)
		say_end(g);
	else
		feed(g);
	return 0;
}

static void
on_grew(void *arg, struct capture *c)
{
	struct guests *gs = arg;
	const struct attempt *a;
	struct guest *g;

	TAILQ_FOREACH(g, &gs->list, link)
		if (g->fence != 0 &&
		    (a = jobs_by_fence(&gs->runner->jobs, g->fence)) != NULL && a->capture == c)
			feed(g);
}

void
guests_last(struct guests *gs, const struct attempt *a)
{
	struct guest *g;

	TAILQ_FOREACH(g, &gs->list, link)
		while (g->fence == a->fence && feed_piece(g, a->capture))
			continue;
}

void
guests_ended(struct guests *gs, int64_t fence)
{
	const struct timeval patience = { GUEST_PATIENCE_S, 0 };
	struct guest *g;

	TAILQ_FOREACH(g, &gs->list, link) {
		if (g->fence != fence || g->leaving)
			continue;
		bufferevent_set_timeouts(g->io, NULL, &patience);
		say_end(g);
	}
}

bool
guests_leaving(const struct guests *gs)
{
	const struct guest *g;

	TAILQ_FOREACH(g, &gs->list, link)
		if (g->leaving)
			return true;
	return false;
}

/* ---- connections ---- */

static int
take_frame(struct guest *g, enum frame_type type, const void *body, size_t len)
{
	const struct timeval patience = { GUEST_PATIENCE_S, 0 };
	struct unpack u;

	unpack_init(&u, body, len);
	if (g->fence != 0 || g->leaving)
		return -1;
	bufferevent_set_timeouts(g->io, NULL, type == FRAME_FOLLOW ? NULL : &patience);
	if (type == FRAME_FOLLOW)
		return take_follow(g, &u);
	if (type == FRAME_CHECKPOINT_PUT || type == FRAME_CHECKPOINT_GET)
		return take_checkpoint(g, type, &u);
	return -1;
}

/* One whole question, if it is there; how long it is. -1: it is none, and the guest has gone. */
static ssize_t
take_question(struct guest *g, const void *data, size_t len)
{
	enum frame_type type;
	const void *body;
	size_t body_len;
	ssize_t n = frame_peek(data, len, &type, &body, &body_len);

	if ((n == 0 && len > QUESTION_MAX) || n < 0 ||
	    (n > 0 && take_frame(g, type, body, body_len) == -1)) {
		guest_free(g);
		return -1;
	}
	return n;
}

static void
on_read(struct bufferevent *io, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(io);
	ssize_t n = take_question(arg, evbuffer_pullup(in, -1), evbuffer_get_length(in));

	if (n > 0)
		evbuffer_drain(in, (size_t)n);
}

static void
on_written(struct bufferevent *io, void *arg)
{
	struct guest *g = arg;

	(void)io;
	if (g->leaving)
		guest_free(g);
	else if (g->fence != 0)
		feed(g);
}

static void
on_event(struct bufferevent *io, short what, void *arg)
{
	(void)io;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR | BEV_EVENT_TIMEOUT))
		guest_free(arg);
}

static uid_t
peer_of(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == -1)
		return (uid_t)-1;
	return peer.uid;
}

void
guests_adopt(struct guests *gs, int fd, const void *data, size_t len)
{
	const struct timeval patience = { GUEST_PATIENCE_S, 0 };
	struct guest *g;

	if (gs->n >= GUESTS_MAX) {
		close(fd);
		return;
	}
	g = xcalloc(1, sizeof(*g));
	g->guests = gs;
	g->uid = peer_of(fd);
	g->io = bufferevent_socket_new(gs->runner->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (g->io == NULL)
		abort();
	TAILQ_INSERT_TAIL(&gs->list, g, link);
	gs->n++;
	bufferevent_setcb(g->io, on_read, on_written, on_event, g);
	bufferevent_setwatermark(g->io, EV_READ, 0, QUESTION_MAX + 1);
	bufferevent_set_timeouts(g->io, &patience, &patience);
	bufferevent_enable(g->io, EV_READ | EV_WRITE);
	if (len > 0)
		take_question(g, data, len);
}

/* Root, we ourselves, or somebody a job of whom runs. */
static bool
is_welcome(const struct guests *gs, uid_t uid)
{
	const struct attempt *a;

	if (uid == 0 || uid == geteuid())
		return true;
	TAILQ_FOREACH(a, &gs->runner->jobs.list[ATTEMPT_RUNNING], link)
		if (a->uid == uid)
			return true;
	return false;
}

static void
on_door(int listening, short what, void *arg)
{
	struct guests *gs = arg;
	int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)what;
	if (fd == -1)
		return;
	if (!is_welcome(gs, peer_of(fd))) {
		close(fd);
		return;
	}
	guests_adopt(gs, fd, NULL, 0);
	/* The next one waits outside until somebody goes. */
	if (gs->n >= GUESTS_MAX)
		event_del(gs->door);
}

int
guests_open(struct guests *gs, struct runner *r, struct err *e)
{
	char name[USOCK_NAME];

	gs->runner = r;
	TAILQ_INIT(&gs->list);
	if ((gs->fd = usock_listen_anywhere(name, e)) < 0)
		return gs->fd;
	gs->setting = xasprintf("JOBSCHED_SOCKET=%s", name);
	gs->door = event_new(r->base, gs->fd, EV_READ | EV_PERSIST, on_door, gs);
	if (gs->door == NULL || event_add(gs->door, NULL) == -1)
		abort();
	r->captures.grew = on_grew;
	r->captures.arg = gs;
	return 0;
}

void
guests_close(struct guests *gs)
{
	while (!TAILQ_EMPTY(&gs->list))
		guest_free(TAILQ_FIRST(&gs->list));
	event_free(gs->door);
	close(gs->fd);
	free(gs->setting);
}
