/*
 * t_launch: every field of every message goes through; cut or damaged messages do no harm.
 */
#include "base/buf.h"
#include "base/mem.h"
#include "guard.h"
#include "tap.h"
#include "wire/launch.h"
#include "wire/pursuit.h"
#include "wire/pack.h"

static void
fill(struct launch *l)
{
	launch_init(l);
	l->fence = 1;
	l->job_id = 2;
	l->scheduled_for = 3;
	l->attempt = 4;
	l->claim_wall = 5;
	l->claim_boot = 6;
	l->user = strdup("nobody");
	l->command = strdup("echo \xff");
	strv_push(&l->argv, "a");
	strv_push(&l->argv, "");
	l->cwd = strdup("/tmp");
	strv_push(&l->env, "A=1");
	strv_push(&l->vars, "B=2");
	l->stdin_text = strdup("in\nput");
	l->lock = strdup("job-2.lock");
	l->lock_tree = l->wait_lock = l->die_with_runner = l->once = true;
	l->timeout = 7;
	l->grace = 8;
	l->output = 9;
	l->nice = -10;
	strv_push(&l->limits, "nofile=64");
}

/* Packing again what was unpacked gives the same bytes: no field was lost. */
static void
test_launch(void)
{
	struct buf b = { 0 }, again = { 0 };
	struct launch l, got;

	fill(&l);
	launch_pack(&b, &l);
	tap_is_int(launch_unpack(b.data, b.len, &got), 0, "a launch is read");
	launch_pack(&again, &got);
	tap_ok(again.len == b.len && memcmp(again.data, b.data, b.len) == 0,
	    "no field of a launch is lost");
	tap_ok(got.fence == 1 && got.job_id == 2 && got.scheduled_for == 3 && got.attempt == 4 &&
		got.claim_wall == 5 && got.claim_boot == 6 && got.timeout == 7 && got.grace == 8 &&
		got.output == 9 && got.nice == -10,
	    "the numbers are in their places");
	tap_is_str(got.stdin_text, "in\nput", "so are the strings");
	tap_ok(got.lock_tree && got.wait_lock && got.die_with_runner && got.once, "and the flags");
	launch_release(&got);
	launch_release(&l);
	buf_release(&b);
	buf_release(&again);
}

static void
test_releases(void)
{
	struct buf b = { 0 };
	struct launch l, got;

	fill(&l);
	launch_pack(&b, &l);
	pack_str(&b, "a field of a later release");
	tap_is_int(launch_unpack(b.data, b.len, &got), 0, "a newer launch is read");
	launch_release(&got);
	buf_clear(&b);
	pack_int(&b, 77);
	tap_is_int(launch_unpack(b.data, b.len, &got), 0, "an older, shorter launch is read");
	tap_ok(got.fence == 77 && got.command == NULL && got.argv.n == 0,
	    "what it lacks is zero");
	launch_release(&got);
	launch_release(&l);
	buf_release(&b);
}

static void
test_ended(void)
{
	struct buf b = { 0 }, again = { 0 };
	struct result r, got;
	int64_t seq;

	result_init(&r);
	r.fence = 1;
	r.outcome = OUTCOME_KILLED;
	r.not_started = true;
	r.why_not = WHY_LOCKED;
	r.signal = 9;
	r.started_at = 10;
	r.finished_at = 11;
	r.user_time = 12;
	r.system_time = 13;
	r.max_rss = 14;
	r.output_bytes = 15;
	r.dropped_at = 2;
	r.dropped_bytes = 17;
	r.output = memcpy(malloc(3), "a\0b", 3);
	r.output_len = 3;
	r.reason = strdup("reason");
	ended_pack(&b, 99, &r);
	tap_is_int(ended_unpack(b.data, b.len, &seq, &got), 0, "a result is read");
	tap_is_int(seq, 99, "its number");
	ended_pack(&again, seq, &got);
	tap_ok(again.len == b.len && memcmp(again.data, b.data, b.len) == 0,
	    "no field of a result is lost");
	tap_ok(got.exit_status == -1 && got.signal == 9 && got.outcome == OUTCOME_KILLED,
	    "no exit status stays -1");
	result_release(&got);
	buf_clear(&b);
	r.outcome = (enum outcome)OUTCOME_COUNT;
	ended_pack(&b, 99, &r);
	tap_is_int(ended_unpack(b.data, b.len, &seq, &got), -1, "an unknown outcome is refused");
	result_release(&r);
	buf_release(&b);
	buf_release(&again);
}

/* What no runner can have seen: a sum would overflow, or bytes be read that are not there. */
static const struct impossible {
	const char *name;
	size_t offset; /* of an int64_t */
	int64_t value;
} impossible[] = {
	{ "the end of time", offsetof(struct result, finished_at), INT64_MAX },
	{ "a time before all clocks", offsetof(struct result, started_at), INT64_MIN + 1 },
	{ "a gap behind the end of the output", offsetof(struct result, dropped_at), 4 },
	{ "a gap before its beginning", offsetof(struct result, dropped_at), -1 },
	{ "a gap of less than nothing", offsetof(struct result, dropped_bytes), -1 },
	{ "less than no output", offsetof(struct result, output_bytes), -1 },
	{ "more processor time than there is", offsetof(struct result, user_time), INT64_MAX },
};

static void
test_impossible_results(void)
{
	struct result r, got;
	struct buf b = { 0 };
	int64_t seq;

	for (size_t i = 0; i < sizeof(impossible) / sizeof(impossible[0]); i++) {
		result_init(&r);
		r.fence = 1;
		r.outcome = OUTCOME_OK;
		r.output = memcpy(malloc(3), "abc", 3);
		r.output_len = 3;
		buf_clear(&b);
		ended_pack(&b, 1, &r);
		if (!tap_is_int(ended_unpack(b.data, b.len, &seq, &got), 0, "a result is taken"))
			break;
		result_release(&got);
		memcpy((char *)&r + impossible[i].offset, &impossible[i].value, sizeof(int64_t));
		buf_clear(&b);
		ended_pack(&b, 1, &r);
		tap_is_int(ended_unpack(b.data, b.len, &seq, &got), -1, "with %s it is refused",
		    impossible[i].name);
		result_release(&r);
	}
	result_init(&r);
	r.fence = 1;
	buf_clear(&b);
	ended_pack(&b, 1, &r);
	tap_is_int(ended_unpack(b.data, b.len, &seq, &got), -1,
	    "the result of what is said to be running still is refused");
	buf_release(&b);
}

static void
test_impossible_starts(void)
{
	struct start s = { .fence = 1, .claim_wall = INT64_MIN, .claim_boot = 1 }, got;
	struct buf b = { 0 };

	start_pack(&b, &s);
	tap_is_int(start_unpack(b.data, b.len, &got), -1, "a start at no time is refused");
	s.claim_wall = 1;
	buf_clear(&b);
	start_pack(&b, &s);
	tap_is_int(start_unpack(b.data, b.len, &got), 0, "at a time of some clock it is read");
	start_release(&got);
	buf_release(&b);
}

static void
test_checkpoints(void)
{
	static const char bytes[] = "a\0b";
	struct launch l;
	struct result r;
	struct kept k = { .fence = 7, .serial = 3, .data = (char *)(uintptr_t)bytes, .len = 3 };
	struct buf b = { 0 };
	int64_t seq;

	kept_pack(&b, &k);
	memset(&k, 0, sizeof(k));
	tap_ok(kept_unpack(b.data, b.len, &k) == 0 && k.fence == 7 && k.serial == 3 && k.len == 3 &&
		memcmp(k.data, bytes, 3) == 0,
	    "a checkpoint arrives with its fence and serial");
	kept_release(&k);
	buf_clear(&b);
	launch_init(&l);
	l.fence = 8;
	l.checkpoint = xmemdup(bytes, 3);
	l.checkpoint_len = 3;
	launch_pack(&b, &l);
	launch_release(&l);
	tap_ok(launch_unpack(b.data, b.len, &l) == 0 && l.checkpoint_len == 3 &&
		memcmp(l.checkpoint, bytes, 3) == 0,
	    "a launch has that of the attempt before");
	launch_release(&l);
	for (int64_t len = -1; len <= 3; len++) {
		buf_clear(&b);
		result_init(&r);
		r.fence = 9;
		r.outcome = OUTCOME_OK;
		r.checkpoint_len = len;
		r.checkpoint = len > 0 ? xmemdup(bytes, (size_t)len) : NULL;
		ended_pack(&b, 1, &r);
		result_release(&r);
		tap_ok(ended_unpack(b.data, b.len, &seq, &r) == 0 && r.checkpoint_len == len,
		    "an end with a checkpoint of %d bytes (-1: nothing new)", (int)len);
		result_release(&r);
	}
	buf_release(&b);
}

static void
test_small_ones(void)
{
	struct start s = { .fence = 1, .job_id = 2, .claim_wall = 3, .claim_boot = 4,
		.started_boot = 5, .timeout = 6, .grace = 7, .lock = strdup("/x/y"),
		.cgroup = strdup("/cell/1"), .boot = "0d7a8e3e-0000-4000-8000-123456789abc" };
	struct start s2;
	struct started t = { 1, 2, 3 }, t2;
	int64_t fences[] = { 5, 6, 7 };
	struct welcome w = { .version = 1, .runner = 2, .proc = { "boot", 3, 4 },
		.fences = fences, .nfences = 3, .cells = strdup("/cell") }, w2;
	struct buf b = { 0 };

	start_pack(&b, &s);
	tap_is_int(start_unpack(b.data, b.len, &s2), 0, "a start is read");
	tap_ok(s2.fence == 1 && s2.job_id == 2 && s2.claim_wall == 3 && s2.claim_boot == 4 &&
		s2.started_boot == 5 && s2.timeout == 6 && s2.grace == 7 &&
		strcmp(s2.lock, "/x/y") == 0 && strcmp(s2.cgroup, "/cell/1") == 0 && strcmp(s2.boot, s.boot) == 0,
	    "no field of a start is lost");
	start_release(&s);
	start_release(&s2);
	buf_clear(&b);
	started_pack(&b, &t);
	tap_is_int(started_unpack(b.data, b.len, &t2), 0, "a started is read");
	tap_ok(t2.fence == 1 && t2.started_at == 2 && t2.pid == 3, "no field of it is lost");
	buf_clear(&b);
	welcome_pack(&b, &w);
	tap_is_int(welcome_unpack(b.data, b.len, &w2), 0, "a welcome is read");
	tap_ok(w2.version == 1 && w2.runner == 2 && strcmp(w2.proc.boot, "boot") == 0 &&
		w2.proc.pid == 3 && w2.proc.start == 4 && w2.nfences == 3 && w2.fences[2] == 7 &&
		strcmp(w2.cells, "/cell") == 0,
	    "no field of it is lost");
	welcome_release(&w2);
	tap_is_int(welcome_unpack(b.data, b.len - 4 - strlen("/cell") - 8, &w2), -1,
	    "a fence too few is refused");
	free(w.cells);
	buf_release(&b);
}

static void
test_pursuit(void)
{
	struct pursuit p = { .kin = { .fence = 7, .main = 8, .main_start = 9 },
		.outcome = OUTCOME_TIMEOUT, .kill_at = 10 };
	struct buf b = { 0 };
	size_t len;

	p.kin.cgroup = xstrdup("/cell/1");
	kin_remember(&p.kin, 11, 12);
	kin_remember(&p.kin, 13, 14);
	pursuit_pack(&b, &p);
	pursuit_release(&p);
	tap_is_int(pursuit_unpack(b.data, b.len, &p), 0, "a pursuit is read");
	tap_ok(p.kin.fence == 7 && p.kin.main == 8 && p.kin.main_start == 9 &&
		p.outcome == OUTCOME_TIMEOUT && p.kill_at == 10 && p.kin.n == 2 &&
		p.kin.members[1].pid == 13 && p.kin.members[1].start == 14 &&
		strcmp(p.kin.cgroup, "/cell/1") == 0,
	    "no field of it is lost");
	pursuit_release(&p);
	/* Each text has its length before it. */
	len = b.len - 4 - strlen("/cell/1");
	tap_ok(pursuit_unpack(b.data, len, &p) == 0 && p.kin.cgroup == NULL,
	    "one of before there were control groups is read");
	pursuit_release(&p);
	tap_is_int(pursuit_unpack(b.data, len - 8, &p), -1, "a member too few is refused");
	buf_release(&b);
}

/* All readers over one run of bytes, whatever it holds. */
static void
read_all(const char *data, size_t len)
{
	struct started started;
	struct welcome welcome;
	struct launch launch;
	struct result result;
	struct start start;
	int64_t seq;

	if (launch_unpack(data, len, &launch) == 0)
		launch_release(&launch);
	if (ended_unpack(data, len, &seq, &result) == 0)
		result_release(&result);
	if (start_unpack(data, len, &start) == 0)
		start_release(&start);
	if (welcome_unpack(data, len, &welcome) == 0)
		welcome_release(&welcome);
	started_unpack(data, len, &started);
}

static void
test_hostile(void)
{
	uint64_t state = 88172645463325252;
	struct buf b = { 0 };
	struct guard g;
	struct launch l;

	fill(&l);
	launch_pack(&b, &l);
	guard_init(&g, b.len);
	for (size_t n = 0; n <= b.len; n++)
		read_all(guard_copy(&g, b.data, n), n);
	tap_ok(true, "a message cut at any byte does no harm");
	for (int round = 0; round < 20000; round++) {
		char *copy = guard_copy(&g, b.data, b.len);

		for (int flips = 1 + round % 4; flips > 0; flips--)
			copy[guard_random(&state) % b.len] ^= (char)(1 << guard_random(&state) % 8);
		read_all(copy, b.len);
	}
	tap_ok(true, "a message with flipped bits does no harm");
	guard_release(&g);
	launch_release(&l);
	buf_release(&b);
}

int
main(void)
{
	test_launch();
	test_releases();
	test_ended();
	test_impossible_results();
	test_impossible_starts();
	test_checkpoints();
	test_small_ones();
	test_pursuit();
	test_hostile();
	return tap_done();
}
