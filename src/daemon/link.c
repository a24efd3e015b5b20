/*
 * link: see link.h.
 */
#include "daemon/link.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <inttypes.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/failpoint.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "job/attempt.h"
#include "wire/frame.h"
#include "wire/launch.h"
#include "wire/pack.h"

struct link {
	int64_t runner;
	struct bufferevent *io;
	const struct link_calls *calls;
	void *arg;
};

static void
send_frame(struct link *l, enum frame_type type, struct buf *body)
{
	struct buf frame = { 0 };

	frame_add(&frame, type, body);
	bufferevent_write(l->io, frame.data, frame.len);
	buf_release(&frame);
	buf_release(body);
}

/* As if the other side had gone, for a failpoint: what is not sent yet is lost. */
static void
lose(struct link *l)
{
	shutdown(bufferevent_getfd(l->io), SHUT_RDWR);
}

static void
send_number(struct link *l, enum frame_type type, int64_t number)
{
	struct buf body = { 0 };

	pack_int(&body, number);
	send_frame(l, type, &body);
}

static bool
take_welcome(struct link *l, const void *body, size_t len)
{
	struct welcome w;

	if (welcome_unpack(body, len, &w) < 0)
		return false;
	l->calls->welcome(l->arg, l, &w);
	welcome_release(&w);
	return true;
}

static bool
take_started(struct link *l, const void *body, size_t len)
{
	struct started s;

	if (started_unpack(body, len, &s) < 0)
		return false;
	l->calls->started(l->arg, l, &s);
	return true;
}

static bool
take_ended(struct link *l, const void *body, size_t len)
{
	struct result r;
	int64_t seq;

	if (FAILPOINT("result.take") || ended_unpack(body, len, &seq, &r) < 0)
		return false;
	l->calls->ended(l->arg, l, seq, &r);
	result_release(&r);
	return true;
}

static bool
take_kept(struct link *l, const void *body, size_t len)
{
	struct kept k;

	if (kept_unpack(body, len, &k) < 0)
		return false;
	l->calls->kept(l->arg, l, &k);
	kept_release(&k);
	return true;
}

static bool
take_synced(struct link *l, const void *body, size_t len)
{
	struct unpack u;
	int64_t number;

	unpack_init(&u, body, len);
	number = unpack_int(&u);
	l->calls->synced(l->arg, l, number);
	return !u.bad;
}

static bool
take(struct link *l, enum frame_type type, const void *body, size_t len)
{
	switch (type) {
	case FRAME_WELCOME:
		return take_welcome(l, body, len);
	case FRAME_STARTED:
		return take_started(l, body, len);
	case FRAME_ENDED:
		return take_ended(l, body, len);
	case FRAME_CHECKPOINT_KEPT:
		return take_kept(l, body, len);
	case FRAME_SYNCED:
		return take_synced(l, body, len);
	default:
		/* A newer runner may know more than we do. */
		return true;
	}
}

static void
on_read(struct bufferevent *io, void *arg)
{
	struct link *l = arg;
	struct evbuffer *in = bufferevent_get_input(io);
	size_t len = evbuffer_get_length(in), used = 0, body_len;
	const unsigned char *data = evbuffer_pullup(in, -1);
	enum frame_type type;
	const void *body;
	ssize_t n = 0;

	while (used < len) {
		n = frame_peek(data + used, len - used, &type, &body, &body_len);
		if (n <= 0)
			break;
		if (!take(l, type, body, body_len)) {
			n = -1;
			break;
		}
		used += (size_t)n;
	}
	evbuffer_drain(in, used);
	if (n < 0) {
		log_error("runner %" PRId64 " sent what is no message: its connection is closed",
		    l->runner);
		l->calls->closed(l->arg, l);
	}
}

static void
on_event(struct bufferevent *io, short what, void *arg)
{
	struct link *l = arg;

	(void)io;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
		l->calls->closed(l->arg, l);
}

struct link *
link_new(struct event_base *base, int fd, int64_t runner, const char *node,
    const struct link_calls *calls, void *arg)
{
	struct link *l = xcalloc(1, sizeof(*l));
	struct buf body = { 0 };

	io_set_nonblock(fd);
	l->runner = runner;
	l->calls = calls;
	l->arg = arg;
	l->io = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
	bufferevent_setcb(l->io, on_read, NULL, on_event, l);
	bufferevent_setwatermark(l->io, EV_READ, 0, FRAME_BODY_MAX + FRAME_HEADER);
	bufferevent_enable(l->io, EV_READ | EV_WRITE);
	pack_int(&body, WIRE_VERSION);
	pack_str(&body, node);
	send_frame(l, FRAME_HELLO, &body);
	return l;
}

void
link_free(struct link *l)
{
	if (l == NULL)
		return;
	bufferevent_free(l->io);
	free(l);
}

int64_t
link_runner(const struct link *l)
{
	return l->runner;
}

void
link_launch(struct link *l, const struct launch *launch)
{
	struct buf body = { 0 };

	if (FAILPOINT("handover.start"))
		lose(l);
	launch_pack(&body, launch);
	send_frame(l, FRAME_LAUNCH, &body);
	if (FAILPOINT("handover.sent"))
		lose(l);
}

void
link_cancel(struct link *l, int64_t fence, int64_t grace)
{
	struct buf body = { 0 };

	pack_int(&body, fence);
	pack_int(&body, OUTCOME_CANCELLED);
	pack_int(&body, grace);
	send_frame(l, FRAME_CANCEL, &body);
}

void
link_ack(struct link *l, int64_t seq)
{
	if (FAILPOINT("result.ack"))
		lose(l);
	send_number(l, FRAME_ACK, seq);
}

void
link_stored(struct link *l, int64_t fence, int64_t serial)
{
	struct buf body = { 0 };

	pack_int(&body, fence);
	pack_int(&body, serial);
	send_frame(l, FRAME_CHECKPOINT_STORED, &body);
}

void
link_retire(struct link *l)
{
	struct buf body = { 0 };

	send_frame(l, FRAME_RETIRE, &body);
}

/* All that waits, as far as the socket takes it. The loop sends the rest, or finds out why not. */
static void
send_now(struct link *l)
{
	struct evbuffer *out = bufferevent_get_output(l->io);

	/* Its front is the loop's else. */
	evbuffer_unfreeze(out, 1);
	(void)evbuffer_write(out, bufferevent_getfd(l->io));
	evbuffer_freeze(out, 1);
}

void
link_lease(struct link *l, int64_t until)
{
	send_number(l, FRAME_LEASE, until);
	send_now(l);
}

void
link_sync(struct link *l, int64_t number)
{
	send_number(l, FRAME_SYNC, number);
}

bool
link_flushed(const struct link *l)
{
	return evbuffer_get_length(bufferevent_get_output(l->io)) == 0;
}
