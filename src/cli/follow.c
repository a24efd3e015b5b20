/*
 * follow: see follow.h.
 */
#include "cli/follow.h"

#include <errno.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/usock.h"
#include "cli/cli.h"
#include "wire/frame.h"
#include "wire/pack.h"

/* ---- where the runner is ---- */

struct search {
	int64_t fence, runner;
	char *socket;
};

static int
find_attempt(void *arg, const struct open_attempt *a)
{
	struct search *s = arg;

	if (a->fence != s->fence)
		return 0;
	s->runner = a->runner;
	return 1;
}

static int
find_runner(void *arg, const struct runner *r)
{
	struct search *s = arg;

	if (r->id != s->runner || r->socket == NULL)
		return 0;
	s->socket = xstrdup(r->socket);
	return 1;
}

/* A connection to the runner of this attempt; -1 in *fd if it cannot be reached. */
static int
reach(struct cli *c, int64_t fence, const char *node, int *fd)
{
	struct search s = { .fence = fence };

	*fd = -1;
	if (store_open_attempts(c->store, 0, find_attempt, &s, &c->err) < 0 ||
	    store_runner_list(c->store, node, find_runner, &s, &c->err) < 0)
		return c->err.code;
	if (s.socket != NULL)
		*fd = usock_connect(s.socket);
	free(s.socket);
	return 0;
}

/* ---- what it says ---- */

struct watch {
	void (*each)(void *, int64_t, int64_t, const char *, size_t);
	void *arg;
	int64_t *pos;
	bool *whole;
	struct buf in;
};

static void
take(struct watch *w, enum frame_type type, const void *body, size_t len)
{
	int64_t dropped, n;
	struct unpack u;
	char *data;

	if (type == FRAME_OUTPUT_END)
		*w->whole = true;
	if (type != FRAME_OUTPUT)
		return;
	unpack_init(&u, body, len);
	dropped = unpack_int(&u);
	data = unpack_bytes(&u, &n);
	w->each(w->arg, dropped, *w->pos, data, (size_t)n);
	*w->pos += dropped + n;
	free(data);
}

/* All whole frames that have come; false if what has come is none. */
static bool
take_all(struct watch *w)
{
	enum frame_type type;
	const void *body;
	size_t len, done = 0;
	ssize_t n;

	while ((n = frame_peek(w->in.data + done, w->in.len - done, &type, &body, &len)) > 0) {
		take(w, type, body, len);
		done += (size_t)n;
	}
	buf_drop(&w->in, done);
	return n == 0;
}

static void
listen_to(int fd, struct watch *w)
{
	ssize_t n;

	while (!*w->whole) {
		n = read(fd, buf_room(&w->in, 65536), 65536);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		w->in.len += (size_t)n;
		if (!take_all(w))
			break;
	}
	buf_release(&w->in);
}

int
follow(struct cli *c, int64_t fence, const char *node,
    void (*each)(void *, int64_t, int64_t, const char *, size_t), void *arg, int64_t *pos,
    bool *whole)
{
	struct watch w = { .each = each, .arg = arg, .pos = pos, .whole = whole };
	struct buf body = { 0 }, frame = { 0 };
	int fd, rc;

	*pos = 0;
	*whole = false;
	if ((rc = reach(c, fence, node, &fd)) < 0 || fd == -1)
		return rc;
	pack_int(&body, fence);
	frame_add(&frame, FRAME_FOLLOW, &body);
	if (io_write_all(fd, frame.data, frame.len) == 0)
		listen_to(fd, &w);
	buf_release(&body);
	buf_release(&frame);
	close(fd);
	return 0;
}
