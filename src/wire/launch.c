/*
 * launch: see launch.h. The order of the fields is the format: new ones go to the end only.
 */
#include "wire/launch.h"

#include <limits.h>

#include "base/buf.h"
#include "base/mem.h"
#include "time/instant.h"
#include "wire/pack.h"

/* µs, about 36,000 years: no clock shows more, and a few of them can be added up. */
#define TIME_MAX (INT64_C(1) << 60)

/* A number outside of its range makes the message bad, and is 0. */
static int64_t
unpack_within(struct unpack *u, int64_t min, int64_t max)
{
	int64_t n = unpack_int(u);

	if (n >= min && n <= max)
		return n;
	u->bad = true;
	return 0;
}

/* A point in time or a length of time. */
static int64_t
unpack_time(struct unpack *u)
{
	return unpack_within(u, -TIME_MAX, TIME_MAX);
}

/* The same, or INSTANT_NONE. */
static int64_t
unpack_instant(struct unpack *u)
{
	struct unpack look = *u;

	if (unpack_int(&look) != INSTANT_NONE)
		return unpack_time(u);
	*u = look;
	return INSTANT_NONE;
}

void
launch_init(struct launch *l)
{
	memset(l, 0, sizeof(*l));
}

static void
release_texts(struct launch *l)
{
	free(l->argv.v);
	free(l->env.v);
	free(l->vars.v);
	free(l->limits.v);
	free(l->texts);
}

static void
release_each(struct launch *l)
{
	free(l->user);
	free(l->command);
	strv_clear(&l->argv);
	free(l->cwd);
	strv_clear(&l->env);
	strv_clear(&l->vars);
	free(l->stdin_text);
	free(l->lock);
	strv_clear(&l->limits);
}

void
launch_release(struct launch *l)
{
	if (l->texts != NULL)
		release_texts(l);
	else
		release_each(l);
	free(l->checkpoint);
	launch_init(l);
}

void
launch_pack(struct buf *b, const struct launch *l)
{
	pack_int(b, l->fence);
	pack_int(b, l->job_id);
	pack_int(b, l->scheduled_for);
	pack_int(b, l->attempt);
	pack_int(b, l->claim_wall);
	pack_int(b, l->claim_boot);
	pack_str(b, l->user);
	pack_str(b, l->command);
	pack_words(b, &l->argv);
	pack_str(b, l->cwd);
	pack_words(b, &l->env);
	pack_words(b, &l->vars);
	pack_str(b, l->stdin_text);
	pack_str(b, l->lock);
	pack_int(b, l->lock_tree);
	pack_int(b, l->wait_lock);
	pack_int(b, l->die_with_runner);
	pack_int(b, l->timeout);
	pack_int(b, l->grace);
	pack_int(b, l->output);
	pack_int(b, l->nice);
	pack_words(b, &l->limits);
	pack_bytes(b, l->checkpoint, (size_t)l->checkpoint_len);
	pack_int(b, l->once);
}

int
launch_unpack(const void *data, size_t len, struct launch *l)
{
	struct unpack u;

	launch_init(l);
	l->texts = xmalloc(len);
	unpack_init(&u, data, len);
	unpack_into(&u, l->texts);
	l->fence = unpack_int(&u);
	l->job_id = unpack_int(&u);
	l->scheduled_for = unpack_time(&u);
	l->attempt = unpack_int(&u);
	l->claim_wall = unpack_time(&u);
	l->claim_boot = unpack_time(&u);
	l->user = unpack_str(&u);
	l->command = unpack_str(&u);
	unpack_words(&u, &l->argv);
	l->cwd = unpack_str(&u);
	unpack_words(&u, &l->env);
	unpack_words(&u, &l->vars);
	l->stdin_text = unpack_str(&u);
	l->lock = unpack_str(&u);
	l->lock_tree = unpack_int(&u) != 0;
	l->wait_lock = unpack_int(&u) != 0;
	l->die_with_runner = unpack_int(&u) != 0;
	l->timeout = unpack_time(&u);
	l->grace = unpack_time(&u);
	l->output = unpack_within(&u, 0, INT64_MAX);
	l->nice = unpack_int(&u);
	unpack_words(&u, &l->limits);
	l->checkpoint = unpack_bytes(&u, &l->checkpoint_len);
	l->once = unpack_int(&u) != 0;
	if (!u.bad && l->fence > 0)
		return 0;
	launch_release(l);
	return -1;
}

void
start_release(struct start *s)
{
	free(s->lock);
	free(s->cgroup);
	memset(s, 0, sizeof(*s));
}

void
start_pack(struct buf *b, const struct start *s)
{
	pack_int(b, s->fence);
	pack_int(b, s->job_id);
	pack_int(b, s->claim_wall);
	pack_int(b, s->claim_boot);
	pack_int(b, s->started_boot);
	pack_int(b, s->timeout);
	pack_int(b, s->grace);
	pack_str(b, s->lock);
	pack_str(b, s->boot);
	pack_int(b, s->lock_file);
	pack_str(b, s->cgroup);
}

/* A boot id into its array; one that is too long makes the message bad. */
static void
unpack_boot(struct unpack *u, char boot[BOOT_ID_SIZE])
{
	char *s = unpack_str(u);

	if (s != NULL && strlcpy(boot, s, BOOT_ID_SIZE) >= BOOT_ID_SIZE)
		u->bad = true;
	free(s);
}

int
start_unpack(const void *data, size_t len, struct start *s)
{
	struct unpack u;

	memset(s, 0, sizeof(*s));
	unpack_init(&u, data, len);
	s->fence = unpack_int(&u);
	s->job_id = unpack_int(&u);
	s->claim_wall = unpack_time(&u);
	s->claim_boot = unpack_time(&u);
	s->started_boot = unpack_time(&u);
	s->timeout = unpack_time(&u);
	s->grace = unpack_time(&u);
	s->lock = unpack_str(&u);
	unpack_boot(&u, s->boot);
	s->lock_file = unpack_int(&u);
	s->cgroup = unpack_str(&u);
	if (!u.bad && s->fence > 0)
		return 0;
	start_release(s);
	return -1;
}

void
started_pack(struct buf *b, const struct started *s)
{
	pack_int(b, s->fence);
	pack_int(b, s->started_at);
	pack_int(b, s->pid);
}

int
started_unpack(const void *data, size_t len, struct started *s)
{
	struct unpack u;

	unpack_init(&u, data, len);
	s->fence = unpack_int(&u);
	s->started_at = unpack_time(&u);
	s->pid = unpack_int(&u);
	return !u.bad && s->fence > 0 ? 0 : -1;
}

void
ended_pack(struct buf *b, int64_t seq, const struct result *r)
{
	pack_int(b, seq);
	pack_int(b, r->fence);
	pack_int(b, r->outcome);
	pack_int(b, r->not_started);
	pack_int(b, r->why_not);
	pack_int(b, r->exit_status);
	pack_int(b, r->signal);
	pack_int(b, r->started_at);
	pack_int(b, r->finished_at);
	pack_int(b, r->user_time);
	pack_int(b, r->system_time);
	pack_int(b, r->max_rss);
	pack_int(b, r->output_bytes);
	pack_int(b, r->dropped_at);
	pack_int(b, r->dropped_bytes);
	pack_bytes(b, r->output, (size_t)r->output_len);
	pack_str(b, r->reason);
	/* One more than its length: 0, and whoever does not know of it, says nothing new. */
	pack_int(b, r->checkpoint_len + 1);
	pack_bytes(b, r->checkpoint, r->checkpoint_len > 0 ? (size_t)r->checkpoint_len : 0);
}

/* Whether a runner can have seen it: what is done with a result relies on this. */
static bool
is_possible(const struct result *r)
{
	if (!r->not_started &&
	    (r->outcome == OUTCOME_RUNNING || r->outcome == OUTCOME_SKIPPED))
		return false;
	return r->dropped_at <= r->output_len;
}

int
ended_unpack(const void *data, size_t len, int64_t *seq, struct result *r)
{
	struct unpack u;
	int64_t said, got;

	result_init(r);
	unpack_init(&u, data, len);
	*seq = unpack_int(&u);
	r->fence = unpack_int(&u);
	r->outcome = (enum outcome)unpack_within(&u, 0, OUTCOME_COUNT - 1);
	r->not_started = unpack_int(&u) != 0;
	r->why_not = unpack_within(&u, 0, WHY_LOCKED);
	r->exit_status = (int)unpack_within(&u, -1, INT_MAX);
	r->signal = (int)unpack_within(&u, 0, INT_MAX);
	r->started_at = unpack_instant(&u);
	r->finished_at = unpack_instant(&u);
	r->user_time = unpack_within(&u, 0, TIME_MAX);
	r->system_time = unpack_within(&u, 0, TIME_MAX);
	r->max_rss = unpack_within(&u, 0, INT64_MAX);
	r->output_bytes = unpack_within(&u, 0, INT64_MAX);
	r->dropped_at = unpack_within(&u, 0, INT64_MAX);
	r->dropped_bytes = unpack_within(&u, 0, INT64_MAX);
	r->output = unpack_bytes(&u, &r->output_len);
	r->reason = unpack_str(&u);
	said = unpack_int(&u);
	r->checkpoint = unpack_bytes(&u, &got);
	r->checkpoint_len = said > 0 ? got : -1;
	if (!u.bad && r->fence > 0 && is_possible(r))
		return 0;
	result_release(r);
	return -1;
}

void
kept_release(struct kept *k)
{
	free(k->data);
	memset(k, 0, sizeof(*k));
}

void
kept_pack(struct buf *b, const struct kept *k)
{
	pack_int(b, k->fence);
	pack_int(b, k->serial);
	pack_bytes(b, k->data, (size_t)k->len);
}

int
kept_unpack(const void *data, size_t len, struct kept *k)
{
	struct unpack u;

	memset(k, 0, sizeof(*k));
	unpack_init(&u, data, len);
	k->fence = unpack_int(&u);
	k->serial = unpack_int(&u);
	k->data = unpack_bytes(&u, &k->len);
	if (!u.bad && k->fence > 0)
		return 0;
	kept_release(k);
	return -1;
}

void
welcome_release(struct welcome *w)
{
	free(w->fences);
	free(w->cells);
	memset(w, 0, sizeof(*w));
}

void
welcome_pack(struct buf *b, const struct welcome *w)
{
	pack_int(b, w->version);
	pack_int(b, w->runner);
	pack_str(b, w->proc.boot);
	pack_int(b, w->proc.pid);
	pack_int(b, (int64_t)w->proc.start);
	pack_int(b, w->nfences);
	for (int64_t i = 0; i < w->nfences; i++)
		pack_int(b, w->fences[i]);
	pack_str(b, w->cells);
}

int
welcome_unpack(const void *data, size_t len, struct welcome *w)
{
	struct unpack u;

	memset(w, 0, sizeof(*w));
	unpack_init(&u, data, len);
	w->version = unpack_int(&u);
	w->runner = unpack_int(&u);
	unpack_boot(&u, w->proc.boot);
	w->proc.pid = (pid_t)unpack_int(&u);
	w->proc.start = (uint64_t)unpack_int(&u);
	w->nfences = unpack_int(&u);
	if (u.bad || w->nfences < 0 || w->nfences > (u.end - u.p) / 8) {
		w->nfences = 0;
		return -1;
	}
	w->fences = xcalloc((size_t)w->nfences, sizeof(*w->fences));
	for (int64_t i = 0; i < w->nfences; i++)
		w->fences[i] = unpack_int(&u);
	w->cells = unpack_str(&u);
	if (!u.bad)
		return 0;
	welcome_release(w);
	return -1;
}
