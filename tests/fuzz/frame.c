/*
 * frame: frames and the messages in them. The bytes are looked at as a frame, and, the first being
 * the type, as the body of one, whose checksum is right.
 */
#include "wire/frame.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "fuzz.h"
#include "wire/launch.h"
#include "wire/pursuit.h"

#define CUTS 64 /* truncations of one body */

/* Unpacks a body and packs what was in it; false if it is broken. */
typedef bool repack(struct buf *, const void *, size_t);

static bool
repack_launch(struct buf *b, const void *data, size_t len)
{
	struct launch l;

	if (launch_unpack(data, len, &l) < 0)
		return false;
	HOLDS(l.fence > 0);
	launch_pack(b, &l);
	launch_release(&l);
	return true;
}

static bool
repack_start(struct buf *b, const void *data, size_t len)
{
	struct start s;

	if (start_unpack(data, len, &s) < 0)
		return false;
	HOLDS(s.fence > 0 && memchr(s.boot, '\0', sizeof(s.boot)) != NULL);
	start_pack(b, &s);
	start_release(&s);
	return true;
}

static bool
repack_started(struct buf *b, const void *data, size_t len)
{
	struct started s;

	if (started_unpack(data, len, &s) < 0)
		return false;
	started_pack(b, &s);
	return true;
}

static bool
repack_ended(struct buf *b, const void *data, size_t len)
{
	struct result r;
	int64_t seq;

	if (ended_unpack(data, len, &seq, &r) < 0)
		return false;
	HOLDS(r.fence > 0 && r.outcome >= 0 && r.outcome < OUTCOME_COUNT);
	HOLDS(r.dropped_at >= 0 && r.dropped_at <= r.output_len);
	HOLDS(r.output_len >= 0 && (r.output != NULL) == (r.output_len > 0));
	HOLDS(r.checkpoint_len >= -1);
	ended_pack(b, seq, &r);
	result_release(&r);
	return true;
}

static bool
repack_kept(struct buf *b, const void *data, size_t len)
{
	struct kept k;

	if (kept_unpack(data, len, &k) < 0)
		return false;
	HOLDS(k.len >= 0 && (k.data != NULL) == (k.len > 0));
	kept_pack(b, &k);
	kept_release(&k);
	return true;
}

static bool
repack_pursuit(struct buf *b, const void *data, size_t len)
{
	struct pursuit p;

	if (pursuit_unpack(data, len, &p) < 0)
		return false;
	HOLDS(p.kin.fence > 0 && p.kill_at >= 0);
	HOLDS(p.outcome == OUTCOME_TIMEOUT || p.outcome == OUTCOME_CANCELLED);
	for (size_t i = 0; i < p.kin.n; i++)
		HOLDS(p.kin.members[i].pid > 0);
	pursuit_pack(b, &p);
	pursuit_release(&p);
	return true;
}

static bool
repack_welcome(struct buf *b, const void *data, size_t len)
{
	struct welcome w;

	if (welcome_unpack(data, len, &w) < 0)
		return false;
	HOLDS(w.nfences >= 0);
	welcome_pack(b, &w);
	welcome_release(&w);
	return true;
}

static repack *const messages[FRAME_TYPES] = {
	[FRAME_LAUNCH] = repack_launch,
	[FRAME_WELCOME] = repack_welcome,
	[FRAME_STARTED] = repack_started,
	[FRAME_ENDED] = repack_ended,
	[FRAME_START] = repack_start,
	[FRAME_END] = repack_ended,
	[FRAME_CHECKPOINT_KEPT] = repack_kept,
	[FRAME_PURSUIT] = repack_pursuit,
};

/* In memory of exactly its size, so that a sanitizer sees who reads beyond. */
static bool
repack_exactly(repack *f, struct buf *b, const void *data, size_t len)
{
	void *copy = xmemdup(data, len);
	bool whole = f(b, copy, len);

	free(copy);
	return whole;
}

static void
check_body(repack *f, const void *data, size_t len)
{
	struct buf once = { 0 }, twice = { 0 }, cut = { 0 };

	if (repack_exactly(f, &once, data, len)) {
		HOLDS(repack_exactly(f, &twice, once.data, once.len));
		HOLDS(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
	}
	for (size_t n = 0; n < len && n < CUTS; n++) {
		repack_exactly(f, &cut, data, n);
		buf_clear(&cut);
	}
	buf_release(&once);
	buf_release(&twice);
	buf_release(&cut);
}

/* The frame around a body is the body again, and is no frame before its last byte is there. */
static void
check_framed(enum frame_type type, const void *data, size_t len)
{
	struct buf body = { 0 }, frame = { 0 };
	enum frame_type got;
	const void *p;
	size_t n;

	buf_add(&body, data, len);
	frame_add(&frame, type, &body);
	HOLDS(frame.len == FRAME_HEADER + len);
	HOLDS(frame_peek(frame.data, frame.len, &got, &p, &n) == (ssize_t)frame.len);
	HOLDS(got == type && n == len && memcmp(p, frame.data + FRAME_HEADER, n) == 0);
	for (size_t cut = 0; cut < frame.len && cut < CUTS; cut++)
		HOLDS(frame_peek(frame.data, cut, &got, &p, &n) == 0);
	frame.data[0] ^= 1;
	HOLDS(frame_peek(frame.data, frame.len, &got, &p, &n) <= 0);
	buf_release(&body);
	buf_release(&frame);
}

static void
check_stream(const uint8_t *data, size_t len)
{
	struct buf again = { 0 }, body = { 0 };
	enum frame_type type;
	const void *p;
	ssize_t size;
	size_t n;

	while ((size = frame_peek(data, len, &type, &p, &n)) > 0) {
		HOLDS((size_t)size <= len && (size_t)size == FRAME_HEADER + n);
		buf_clear(&again);
		buf_clear(&body);
		buf_add(&body, p, n);
		frame_add(&again, type, &body);
		HOLDS(again.len == (size_t)size && memcmp(again.data, data, again.len) == 0);
		data += size;
		len -= (size_t)size;
	}
	buf_release(&again);
	buf_release(&body);
}

int
fuzz_frame(const uint8_t *data, size_t len)
{
	enum frame_type type;

	check_stream(data, len);
	if (len == 0 || (type = (enum frame_type)(data[0] % FRAME_TYPES)) == 0)
		return 0;
	check_framed(type, data + 1, len - 1);
	if (messages[type] != NULL)
		check_body(messages[type], data + 1, len - 1);
	return 0;
}
