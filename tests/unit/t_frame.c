/*
 * t_frame: whole frames are found, parts are waited for, and what is damaged is no frame.
 */
#include "base/buf.h"
#include "guard.h"
#include "tap.h"
#include "wire/frame.h"

static ssize_t
peek(const struct buf *b, enum frame_type *type, size_t *len)
{
	const void *body;

	return frame_peek(b->data, b->len, type, &body, len);
}

static void
test_whole(void)
{
	struct buf body = { 0 }, b = { 0 };
	enum frame_type type;
	const void *got;
	ssize_t n;
	size_t len;

	buf_addstr(&body, "hello");
	frame_add(&b, FRAME_LAUNCH, &body);
	frame_add(&b, FRAME_RETIRE, NULL);
	n = frame_peek(b.data, b.len, &type, &got, &len);
	tap_is_int(n, FRAME_HEADER + 5, "the first frame's size");
	tap_ok(type == FRAME_LAUNCH && len == 5 && memcmp(got, "hello", 5) == 0,
	    "the first frame's type and body");
	buf_drop(&b, (size_t)n);
	tap_is_int(peek(&b, &type, &len), FRAME_HEADER, "a frame may have no body");
	tap_ok(type == FRAME_RETIRE && len == 0, "the second frame's type and length");
	buf_release(&body);
	buf_release(&b);
}

static void
test_truncated(void)
{
	struct buf body = { 0 }, b = { 0 };
	enum frame_type type;
	const void *got;
	struct guard g;
	size_t len, waits = 0;

	buf_addstr(&body, "some bytes that take a while to arrive");
	frame_add(&b, FRAME_ENDED, &body);
	guard_init(&g, b.len);
	for (size_t n = 0; n < b.len; n++)
		waits += frame_peek(guard_copy(&g, b.data, n), n, &type, &got, &len) == 0;
	tap_is_int((int64_t)waits, (int64_t)b.len, "every part of a frame is waited for");
	guard_release(&g);
	buf_release(&body);
	buf_release(&b);
}

static void
test_flipped(void)
{
	struct buf body = { 0 }, b = { 0 };
	enum frame_type type;
	const void *got;
	struct guard g;
	size_t len, taken = 0;

	buf_addstr(&body, "these bytes are watched over");
	frame_add(&b, FRAME_LAUNCH, &body);
	guard_init(&g, b.len);
	for (size_t bit = 0; bit < 8 * b.len; bit++) {
		char *copy = guard_copy(&g, b.data, b.len);

		copy[bit / 8] ^= (char)(1 << bit % 8);
		taken += frame_peek(copy, b.len, &type, &got, &len) > 0;
	}
	tap_is_int((int64_t)taken, 0, "no flip of one bit makes another frame");
	guard_release(&g);
	buf_release(&body);
	buf_release(&b);
}

static void
test_refused(void)
{
	static const struct {
		const char *what;
		unsigned char header[FRAME_HEADER];
	} cases[] = {
		{ "a type of 0", { 0 } },
		{ "an unknown type", { [8] = FRAME_TYPES } },
		{ "a type of 32 bits", { [8] = FRAME_HELLO, [11] = 1 } },
		{ "a body above the bound", { 0xff, 0xff, 0xff, 0x7f, [8] = FRAME_HELLO } },
		{ "a fourth number", { [8] = FRAME_HELLO, [12] = 1 } },
		{ "a wrong checksum", { [4] = 1, [8] = FRAME_HELLO } },
	};
	enum frame_type type;
	const void *got;
	size_t len;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		tap_is_int(frame_peek(cases[i].header, FRAME_HEADER, &type, &got, &len), -1,
		    "%s is refused at once", cases[i].what);
}

int
main(void)
{
	test_whole();
	test_truncated();
	test_flipped();
	test_refused();
	return tap_done();
}
