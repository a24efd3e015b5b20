/*
 * capture: see capture.h. Memory is taken as output comes: a silent job costs none.
 */
#include "runner/capture.h"

#include <errno.h>
#include <event2/event.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "job/attempt.h"
#include "job/job.h"

#define SCRATCH 65536

struct capture {
	TAILQ_ENTRY(capture) link; /* of those that are fresh, or left */
	struct captures *captures;
	struct event *event; /* NULL: not waited for */
	int fd;		     /* -1: at its end */
	bool fresh, left;

	size_t head_max, tail_max;
	int64_t total;
	struct buf head;
	/* A ring once it has grown to tail_max: tail_len bytes from tail_at on. */
	char *tail;
	size_t tail_size, tail_at, tail_len;
};

void
captures_init(struct captures *cs, struct event_base *base)
{
	*cs = (struct captures){ .base = base, .scratch = xmalloc(SCRATCH) };
	TAILQ_INIT(&cs->fresh);
	TAILQ_INIT(&cs->left);
}

static void
no_longer_fresh(struct capture *c)
{
	if (c->fresh)
		TAILQ_REMOVE(&c->captures->fresh, c, link);
	c->fresh = false;
}

static void
stop_reading(struct capture *c)
{
	if (c->fd == -1)
		return;
	no_longer_fresh(c);
	if (c->event != NULL)
		event_free(c->event);
	close(c->fd);
	c->fd = -1;
}

/* What was kept is nobody's any more. */
static void
let_go(struct capture *c)
{
	c->captures->kept -= c->head.len + c->tail_size;
	buf_release(&c->head);
	free(c->tail);
	c->tail = NULL;
	c->tail_size = c->tail_at = c->tail_len = 0;
}

static void
capture_free(struct capture *c)
{
	if (c->left) {
		TAILQ_REMOVE(&c->captures->left, c, link);
		c->captures->nleft--;
	}
	stop_reading(c);
	let_go(c);
	free(c);
}

void
captures_release(struct captures *cs)
{
	struct capture *c;

	while ((c = TAILQ_FIRST(&cs->left)) != NULL)
		capture_free(c);
	free(cs->scratch);
}

/* How many of n more bytes a half of a capture may keep that has so many. */
static size_t
granted(const struct captures *cs, size_t has, size_t n)
{
	size_t all = cs->kept + (cs->owed != NULL ? *cs->owed : 0);
	size_t room = all < CAPTURES_KEPT_MAX ? CAPTURES_KEPT_MAX - all : 0;

	if (has < CAPTURE_LEAST && room < CAPTURE_LEAST - has)
		room = CAPTURE_LEAST - has;
	return n < room ? n : room;
}

static void
tail_grow(struct capture *c, size_t want)
{
	size_t size = c->tail_size > 0 ? c->tail_size : 256, more;

	while (size < want)
		size *= 2;
	if (size > c->tail_max)
		size = c->tail_max;
	if (size <= c->tail_size)
		return;
	more = granted(c->captures, c->tail_size, size - c->tail_size);
	/* It only turns into a ring at its full size: up to then it begins at 0. */
	if (more < size - c->tail_size)
		c->tail_max = c->tail_size + more;
	if (more == 0)
		return;
	c->tail_size += more;
	c->captures->kept += more;
	c->tail = xreallocarray(c->tail, c->tail_size, 1);
}

static void
tail_add(struct capture *c, const char *data, size_t n)
{
	size_t at, first;

	if (c->tail_max == 0)
		return;
	tail_grow(c, c->tail_len + (n < c->tail_max ? n : c->tail_max));
	if (n > c->tail_max) {
		data += n - c->tail_max;
		n = c->tail_max;
	}
	at = (c->tail_at + c->tail_len) % c->tail_size;
	first = n < c->tail_size - at ? n : c->tail_size - at;
	memcpy(c->tail + at, data, first);
	memcpy(c->tail, data + first, n - first);
	c->tail_len += n;
	if (c->tail_len > c->tail_size) {
		c->tail_at = (c->tail_at + c->tail_len - c->tail_size) % c->tail_size;
		c->tail_len = c->tail_size;
	}
}

static void
keep(struct capture *c, const char *data, size_t n)
{
	size_t room = c->head_max - c->head.len, want = n < room ? n : room;
	size_t first = granted(c->captures, c->head.len, want);

	/* What comes behind a gap is none of the head. */
	if (first < want)
		c->head_max = c->head.len + first;
	c->total += (int64_t)n;
	c->captures->kept += first;
	if (first > 0)
		buf_add(&c->head, data, first);
	if (n > first)
		tail_add(c, data + first, n - first);
}

/* One read; what it gave, 0 for now or for ever nothing. */
static size_t
read_some(struct capture *c, size_t max)
{
	ssize_t n;

	if (c->fd == -1)
		return 0;
	n = read(c->fd, c->captures->scratch, max < SCRATCH ? max : SCRATCH);
	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
		stop_reading(c);
	if (n > 0 && !c->left) {
		keep(c, c->captures->scratch, (size_t)n);
		if (c->captures->grew != NULL)
			c->captures->grew(c->captures->arg, c);
	}
	return n > 0 ? (size_t)n : 0;
}

static void
on_readable(int fd, short what, void *arg)
{
	struct capture *c = arg;

	(void)fd;
	(void)what;
	read_some(c, SCRATCH);
	if (c->left && c->fd == -1)
		capture_free(c);
}

struct capture *
capture_new(struct captures *cs, int fd, int64_t cap)
{
	struct capture *c = xcalloc(1, sizeof(*c));
	size_t max = cap < 0 ? 0 : cap < JOB_OUTPUT_MAX ? (size_t)cap : JOB_OUTPUT_MAX;

	c->captures = cs;
	c->head_max = max / 2;
	c->tail_max = max - max / 2;
	c->fd = fd;
	c->fresh = true;
	TAILQ_INSERT_TAIL(&cs->fresh, c, link);
	return c;
}

static void
watch(struct capture *c)
{
	no_longer_fresh(c);
	c->event = event_new(c->captures->base, c->fd, EV_READ | EV_PERSIST, on_readable, c);
	if (c->event == NULL || event_add(c->event, NULL) == -1)
		abort();
}

bool
captures_fresh(const struct captures *cs)
{
	return !TAILQ_EMPTY(&cs->fresh);
}

void
captures_watch(struct captures *cs)
{
	struct capture *c;

	while ((c = TAILQ_FIRST(&cs->fresh)) != NULL)
		watch(c);
}

/*
 * No more than is there, for someone else may go on writing for ever, and one look for the end. A
 * silent job needs nothing but that.
 */
void
capture_drain(struct capture *c)
{
	int waiting = 0;
	size_t n, rest;

	if (read_some(c, SCRATCH) == 0 || ioctl(c->fd, FIONREAD, &waiting) == -1)
		return;
	rest = (size_t)waiting;
	while (rest > 0 && (n = read_some(c, rest)) > 0)
		rest -= n;
	read_some(c, SCRATCH);
}

/* Up to n bytes of the tail, from its byte `from` on. */
static void
copy_tail(const struct capture *c, size_t from, size_t n, struct buf *out)
{
	size_t at = (c->tail_at + from) % c->tail_size;
	size_t first = n < c->tail_size - at ? n : c->tail_size - at;

	buf_add(out, c->tail + at, first);
	buf_add(out, c->tail, n - first);
}

void
capture_copy(const struct capture *c, int64_t *pos, int64_t *dropped, struct buf *out, size_t max)
{
	int64_t head = (int64_t)c->head.len, tail = c->total - (int64_t)c->tail_len, n;

	*dropped = 0;
	if (*pos < head) {
		n = head - *pos < (int64_t)max ? head - *pos : (int64_t)max;
		buf_add(out, c->head.data + *pos, (size_t)n);
		*pos += n;
		return;
	}
	if (*pos < tail) {
		*dropped = tail - *pos;
		*pos = tail;
	}
	n = c->total - *pos < (int64_t)max ? c->total - *pos : (int64_t)max;
	if (n > 0)
		copy_tail(c, (size_t)(*pos - tail), (size_t)n, out);
	*pos += n;
}

static void
hand_over(struct capture *c, struct result *r)
{
	size_t to_end = c->tail_size - c->tail_at;
	size_t first = c->tail_len < to_end ? c->tail_len : to_end;
	struct buf all = { 0 };

	r->output_bytes = c->total;
	r->output_len = (int64_t)(c->head.len + c->tail_len);
	if (c->total > r->output_len) {
		r->dropped_at = (int64_t)c->head.len;
		r->dropped_bytes = c->total - r->output_len;
	}
	buf_add(&all, c->head.data, c->head.len);
	if (c->tail_len > 0) {
		buf_add(&all, c->tail + c->tail_at, first);
		buf_add(&all, c->tail, c->tail_len - first);
	}
	r->output = all.data;
	let_go(c);
}

void
capture_finish(struct captures *cs, struct capture *c, struct result *r)
{
	capture_drain(c);
	hand_over(c, r);
	if (c->fd == -1) {
		capture_free(c);
		return;
	}
	if (c->fresh)
		watch(c);
	c->left = true;
	TAILQ_INSERT_TAIL(&cs->left, c, link);
	if (++cs->nleft > CAPTURES_LEFT_MAX) {
		log_warn("more than %d ended jobs have left processes that keep their output open: "
			 "closing the oldest",
		    CAPTURES_LEFT_MAX);
		capture_free(TAILQ_FIRST(&cs->left));
	}
}
