/*
 * t_capture: what is kept of many outputs has a bound, and each keeps a little beyond it.
 */
#include <err.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "job/attempt.h"
#include "runner/capture.h"
#include "tap.h"

#define CAP 60000

struct talker {
	struct capture *capture;
	int end; /* where it writes */
};

static struct talker
talker_new(struct captures *cs, int64_t cap)
{
	struct talker t;
	int fds[2];

	if (pipe2(fds, O_NONBLOCK | O_CLOEXEC) == -1)
		err(1, "pipe2");
	t.capture = capture_new(cs, fds[0], cap);
	t.end = fds[1];
	return t;
}

/* n bytes, counted on from first, modulo 251. */
static void
say(struct talker *t, size_t first, size_t n)
{
	char *data = xmalloc(n);

	for (size_t i = 0; i < n; i++)
		data[i] = (char)((first + i) % 251);
	if (write(t->end, data, n) != (ssize_t)n)
		err(1, "write");
	free(data);
	capture_drain(t->capture);
}

static void
finish(struct captures *cs, struct talker *t, struct result *res)
{
	close(t->end);
	result_init(res);
	capture_finish(cs, t->capture, res);
}

static bool
counts_on(const char *data, size_t n, size_t first)
{
	for (size_t i = 0; i < n; i++)
		if (data[i] != (char)((first + i) % 251))
			return false;
	return true;
}

/* Head and tail are where they belong, and what is not kept is counted. */
static void
is_right(const struct result *res, int64_t total, const char *what)
{
	size_t head = res->dropped_bytes > 0 ? (size_t)res->dropped_at : (size_t)res->output_len;
	size_t tail = (size_t)res->output_len - head;

	tap_ok(res->output_bytes == total && res->output_len + res->dropped_bytes == total &&
		counts_on(res->output, head, 0) &&
		counts_on(res->output + head, tail, (size_t)total - tail),
	    "%s", what);
}

static void
test_room(struct captures *cs, size_t *owed)
{
	struct talker t = talker_new(cs, CAP);
	struct result res;

	*owed = CAPTURES_KEPT_MAX - CAP - 1000;
	say(&t, 0, CAP);
	tap_ok(cs->kept >= CAP, "what is kept is counted");
	finish(cs, &t, &res);
	is_right(&res, CAP, "while there is room all within the cap is kept");
	tap_is_int(res.dropped_bytes, 0, "and nothing dropped");
	tap_is_int((int64_t)cs->kept, 0, "what was handed over is no longer the capture's");
	result_release(&res);
}

static void
test_full(struct captures *cs, size_t *owed)
{
	struct talker t = talker_new(cs, CAP);
	struct result res;

	*owed = CAPTURES_KEPT_MAX;
	say(&t, 0, 50000);
	say(&t, 50000, 30000);
	finish(cs, &t, &res);
	is_right(&res, 80000, "with no room left an output is cut in its middle");
	tap_is_int(res.dropped_at, CAPTURE_LEAST, "the least of its head is kept");
	tap_is_int(res.output_len, 2 * CAPTURE_LEAST, "and of its tail");
	result_release(&res);

	t = talker_new(cs, 100);
	say(&t, 0, 5000);
	finish(cs, &t, &res);
	is_right(&res, 5000, "a cap below that holds as ever");
	tap_is_int(res.output_len, 100, "with all of it kept");
	result_release(&res);
}

static void
test_filled(struct captures *cs, size_t *owed)
{
	struct talker a = talker_new(cs, CAP), b = talker_new(cs, CAP);
	struct result res;

	*owed = CAPTURES_KEPT_MAX - 40000;
	say(&a, 0, 20000);
	say(&b, 0, 50000);
	tap_ok(cs->kept <= 40000 + 2 * CAPTURE_LEAST, "two have no more than the room of both");
	*owed = 0;
	say(&a, 20000, 20000);
	say(&b, 50000, 20000);
	finish(cs, &a, &res);
	is_right(&res, 40000, "one that was not cut goes on when there is room again");
	tap_is_int(res.dropped_bytes, 0, "as if it had always been there");
	result_release(&res);
	finish(cs, &b, &res);
	is_right(&res, 70000, "one that was cut stays in order");
	tap_ok(res.output_len < CAP, "and keeps its size");
	result_release(&res);
}

int
main(void)
{
	struct event_base *base = event_base_new();
	struct captures cs;
	size_t owed = 0;

	captures_init(&cs, base);
	cs.owed = &owed;
	test_room(&cs, &owed);
	test_full(&cs, &owed);
	test_filled(&cs, &owed);
	tap_is_int((int64_t)cs.kept, 0, "in the end nothing is kept");
	captures_release(&cs);
	event_base_free(base);
	return tap_done();
}
