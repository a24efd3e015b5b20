/*
 * output: what an attempt wrote. In JSON it is one text; to a terminal it goes with control
 * characters made harmless, else byte for byte.
 */
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/ended.h"
#include "cli/follow.h"
#include "cli/out.h"

struct output_args {
	int64_t attempt;
	bool follow;
};

#define AT(member) offsetof(struct output_args, member)

static const struct opt options[] = {
	{ .name = "attempt", .kind = OPT_NUMBER, .arg = "N", .offset = AT(attempt), .min = 1,
	    .max = INT32_MAX, .help = "of this attempt of the newest occurrence; else the last" },
	{ .name = "follow", .letter = 'f', .kind = OPT_FLAG, .offset = AT(follow),
	    .help = "if the job is running, show it as it comes, until its end" },
	{ 0 },
};

static void
write_part(const char *data, size_t len, bool terminal)
{
	struct buf b = { 0 };

	if (len == 0)
		return;
	if (!terminal) {
		fwrite(data, 1, len, stdout);
		return;
	}
	utf8_escape(&b, data, len, true);
	fwrite(b.data, 1, b.len, stdout);
	buf_release(&b);
}

/* A word on what is missing. */
static void
write_gap(struct cli *c, int64_t dropped, int64_t at)
{
	if (dropped > 0 && isatty(STDOUT_FILENO))
		printf("\n[... %lld bytes dropped ...]\n", (long long)dropped);
	else if (dropped > 0)
		cli_note(c, "%lld bytes dropped after the first %lld", (long long)dropped,
		    (long long)at);
}

/* The kept head, the gap, the kept tail: all from pos on, of what it wrote in all. */
static void
write_output(struct cli *c, const struct output *o, int64_t pos)
{
	bool terminal = isatty(STDOUT_FILENO);
	int64_t head = o->dropped_bytes > 0 ? o->dropped_at : o->len, from = 0;

	if (pos < head)
		write_part(o->data + pos, (size_t)(head - pos), terminal);
	if (pos < head + o->dropped_bytes)
		write_gap(c, o->dropped_bytes, o->dropped_at);
	else
		from = pos - head - o->dropped_bytes;
	if (from < o->len - head)
		write_part(o->data + head + from, (size_t)(o->len - head - from), terminal);
}

struct watching {
	struct cli *c;
	bool terminal;
	struct buf rest; /* the beginning of a character of which the end is still to come */
};

/* How many bytes at the end of s may be the beginning of a character. */
static size_t
unfinished(const char *s, size_t len)
{
	for (size_t n = 1; n <= 3 && n <= len; n++) {
		unsigned char c = (unsigned char)s[len - n];

		if ((c & 0xc0) != 0x80)
			return (c >= 0xf0 && n < 4) || (c >= 0xe0 && n < 3) || (c >= 0xc0 && n < 2)
			    ? n
			    : 0;
	}
	return 0;
}

static void
on_piece(void *arg, int64_t dropped, int64_t at, const char *data, size_t len)
{
	struct watching *w = arg;
	size_t hold;

	write_gap(w->c, dropped, at);
	buf_add(&w->rest, data, len);
	hold = w->terminal ? unfinished(w->rest.data, w->rest.len) : 0;
	write_part(w->rest.data, w->rest.len - hold, w->terminal);
	buf_drop(&w->rest, w->rest.len - hold);
	fflush(stdout);
}

/* The running attempt that is followed. */
struct followed {
	int64_t fence, attempt; /* 0: none runs */
	char *node;
	int64_t pos; /* how far it has been shown */
	bool whole;  /* to its end */
};

/* The one that runs, if it is this one (0: any). */
static int
find_running(struct cli *c, int64_t id, int64_t attempt, struct followed *f)
{
	struct job_view v;

	if (store_job_get(c->store, id, &v, &c->err) < 0)
		return c->err.code;
	if (v.fence != 0 && (attempt == 0 || attempt == v.attempt)) {
		f->fence = v.fence;
		f->attempt = v.attempt;
		f->node = v.node != NULL ? xstrdup(v.node) : NULL;
	}
	job_view_release(&v);
	return 0;
}

/* Shows it as it comes. */
static int
watch(struct cli *c, struct followed *f)
{
	struct watching w = { .c = c, .terminal = isatty(STDOUT_FILENO) };
	int rc = follow(c, f->fence, f->node, on_piece, &w, &f->pos, &f->whole);

	write_part(w.rest.data, w.rest.len, w.terminal);
	buf_release(&w.rest);
	return rc;
}

/* Its runner is out of reach, or has gone: the store has its output in the end, or nobody. */
static int
await(struct cli *c, int64_t id, const struct followed *f)
{
	enum outcome outcome;

	if (ended_wait_attempt(c, id, f->fence, &outcome) < 0)
		return c->err.code;
	if (outcome == OUTCOME_LOST)
		cli_note(c, "attempt %lld is lost with its runner, and with it %s",
		    (long long)f->attempt,
		    f->pos > 0 ? "the rest of its output" : "its output");
	return 0;
}

/* As it comes, then what is left of it; o is what the store has of it. */
static int
follow_to_end(struct cli *c, int64_t id, struct followed *f, struct output *o)
{
	if (!c->global.json && watch(c, f) < 0)
		return c->err.code;
	if (f->whole)
		return 0;
	if (await(c, id, f) < 0)
		return c->err.code;
	return store_attempt_output(c->store, id, f->fence, o, &c->err);
}

/* As text of JSON; a NUL cannot be in one, so then it is shown as on a terminal. The caller's. */
static char *
as_text(const struct output *o)
{
	struct buf b = { 0 };

	if (o->len == 0 || memchr(o->data, '\0', (size_t)o->len) == NULL)
		return xstrndup(o->len > 0 ? o->data : "", (size_t)o->len);
	utf8_escape(&b, o->data, (size_t)o->len, true);
	return buf_string(&b);
}

/* For scripts: the whole of what is kept, in one piece. */
static void
json_output(struct cli *c, int64_t id, const struct output *o)
{
	char *text = as_text(o);
	struct out *out = cli_out(c);

	out_number(out, "job_id", id);
	out_text(out, "output", text);
	out_number(out, "dropped_bytes", o->dropped_bytes);
	if (o->dropped_bytes > 0)
		out_number(out, "dropped_at", o->dropped_at);
	else
		out_null(out, "dropped_at");
	free(text);
}

static int
run(struct cli *c, void *args, int argc, char *const argv[])
{
	const struct output_args *a = args;
	struct followed f = { 0 };
	struct output o = { 0 };
	int64_t id;
	int rc;

	(void)argc;
	if (cli_open(c, STORE_READ) < 0 || cli_job(c, argv[0], &id) < 0)
		return c->err.code;
	if (a->follow && find_running(c, id, a->attempt, &f) < 0)
		return c->err.code;
	rc = f.fence != 0 ? follow_to_end(c, id, &f, &o)
			  : store_output(c->store, id, a->attempt, &o, &c->err);
	if (rc >= 0 && c->global.json)
		json_output(c, id, &o);
	else if (rc >= 0 && !f.whole && (o.len > 0 || o.dropped_bytes > 0))
		write_output(c, &o, f.pos);
	free(f.node);
	free(o.data);
	return rc < 0 ? rc : 0;
}

const struct command cmd_output = {
	.name = "output",
	.operands = "JOB",
	.help = "print what a job wrote",
	.min = 1,
	.max = 1,
	.flags = CMD_CONF | CMD_RAW,
	.opts = options,
	.args_size = sizeof(struct output_args),
	.run = run,
};
