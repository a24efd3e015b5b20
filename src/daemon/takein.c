/*
 * takein: see takein.h. The rules are those of the design's "a dead runner":
 *
 *   end recorded                  that is the result
 *   start, and of an earlier boot lost
 *   start, lock file names it     its main process lives: watched; else lost
 *   start, no lock file, or not   somebody removed it: lost
 *   the one that was locked
 *   start, lock file does not     the child never came as far as exec: undone, once the lock is
 *                                 free (while the child has it, it may be about to write)
 *   nothing, this boot            never handed over, or not begun: undone; unless the lock file of
 *                                 its job names it: somebody removed the journal, and it is
 *                                 judged as one with a start. No journal at all, and the lock
 *                                 is held: it may be about to be named; no lock file either,
 *                                 though the store knows of a start: both were lost, and so
 *                                 is it
 *   nothing, an earlier boot      lost
 */
#include "daemon/takein.h"

#include <errno.h>
#include <fcntl.h>
#include <libutil.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "job/attempt.h"
#include "store/store.h"
#include "wire/joblock.h"
#include "wire/journal.h"
#include "wire/launch.h"

struct entry {
	int64_t fence;
	const struct open_attempt *open;
	bool has_start, has_end, has_kept;
	struct start start;
	struct result end;
	struct kept kept;
};

struct table {
	struct entry *v;
	size_t n;
};

static int
compare_fence(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return x->fence < y->fence ? -1 : x->fence > y->fence;
}

static struct entry *
find(struct table *t, int64_t fence)
{
	struct entry key = { .fence = fence };

	return t->n > 0 ? bsearch(&key, t->v, t->n, sizeof(*t->v), compare_fence) : NULL;
}

static void
note_start(struct table *t, const void *body, size_t len)
{
	struct start s;
	struct entry *en;

	if (start_unpack(body, len, &s) < 0)
		return;
	if ((en = find(t, s.fence)) == NULL) {
		start_release(&s);
		return;
	}
	if (en->has_start)
		start_release(&en->start);
	en->start = s;
	en->has_start = true;
}

static void
note_end(struct table *t, const void *body, size_t len)
{
	struct entry *en;
	struct result r;
	int64_t seq;

	if (ended_unpack(body, len, &seq, &r) < 0)
		return;
	if ((en = find(t, r.fence)) == NULL || en->has_end) {
		result_release(&r);
		return;
	}
	en->end = r;
	en->has_end = true;
}

static void
note_kept(struct table *t, const void *body, size_t len)
{
	struct entry *en;
	struct kept k;

	if (kept_unpack(body, len, &k) < 0)
		return;
	if ((en = find(t, k.fence)) == NULL) {
		kept_release(&k);
		return;
	}
	if (en->has_kept)
		kept_release(&en->kept);
	en->kept = k;
	en->has_kept = true;
}

static void
note(void *arg, enum frame_type type, const void *body, size_t len)
{
	if (type == FRAME_START)
		note_start(arg, body, len);
	else if (type == FRAME_END)
		note_end(arg, body, len);
	else if (type == FRAME_CHECKPOINT_KEPT)
		note_kept(arg, body, len);
}

static void
table_init(struct table *t, const struct open_attempt *open, size_t n)
{
	t->n = n;
	t->v = xcalloc(n, sizeof(*t->v));
	for (size_t i = 0; i < n; i++) {
		t->v[i].fence = open[i].fence;
		t->v[i].open = &open[i];
	}
	if (n > 0)
		qsort(t->v, n, sizeof(*t->v), compare_fence);
}

static void
table_release(struct table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i].has_start)
			start_release(&t->v[i].start);
		if (t->v[i].has_end)
			result_release(&t->v[i].end);
		if (t->v[i].has_kept)
			kept_release(&t->v[i].kept);
	}
	free(t->v);
}

/* Its end is when that is recorded: an instant from before the look may lie before it. */
static void
give_lost(struct entry *en, const struct takein_calls *calls, void *arg)
{
	struct result r;

	result_init(&r);
	r.fence = en->fence;
	r.outcome = OUTCOME_LOST;
	r.reason = xstrdup("its runner was killed: how it ended is unknown");
	if (en->has_start)
		r.started_at = en->start.claim_wall +
		    (en->start.started_boot - en->start.claim_boot);
	calls->result(arg, &r);
	result_release(&r);
}

static void
give_undone(struct entry *en, const struct takein_calls *calls, void *arg)
{
	struct result r;

	result_init(&r);
	r.fence = en->fence;
	r.not_started = true;
	r.why_not = WHY_UNDONE;
	calls->result(arg, &r);
	result_release(&r);
}

enum signature { SIGNED, UNSIGNED, UNKNOWN, REMOVED };

/* Whether the attempt's child has come as far as naming itself in the lock file. */
static enum signature
read_signature(const struct entry *en, struct joblock *lock)
{
	bool other;
	struct stat st;
	int fd, named;

	if (joblock_read(en->start.lock, lock) && lock->fence == en->fence)
		return SIGNED;
	fd = flopen(en->start.lock, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	/* The runner makes it before it records a start. */
	if (fd == -1)
		return errno == ENOENT ? REMOVED : UNKNOWN;
	/* Nobody can write it now. */
	named = joblock_read_from(fd, lock);
	other = fstat(fd, &st) == -1 ||
	    (en->start.lock_file != 0 && (int64_t)st.st_ino != en->start.lock_file);
	close(fd);
	/* Somebody has removed it, and made another to lock it himself. */
	if (other)
		return REMOVED;
	if (named == -1)
		return UNKNOWN;
	return named == 1 && lock->fence == en->fence ? SIGNED : UNSIGNED;
}

/*
 * A start without an end: the lock file tells how far it came. False if that is not settled
 * yet.
 */
static bool
judge_started(struct entry *en, const struct takein_calls *calls, void *arg)
{
	struct joblock lock;
	int watched;

	if (strcmp(en->start.boot, proc_boot_id()) != 0) {
		give_lost(en, calls, arg);
		return true;
	}
	switch (read_signature(en, &lock)) {
	case SIGNED:
		if ((watched = calls->survivor(arg, &en->start, &lock.proc)) == 0)
			give_lost(en, calls, arg);
		return watched != -1;
	case UNSIGNED:
		give_undone(en, calls, arg);
		return true;
	case REMOVED: /* by somebody: who ran is not known any more, and may be running */
		give_lost(en, calls, arg);
		return true;
	case UNKNOWN:
		return false;
	}
	abort();
}

/* What the runner had recorded, as far as the store knows it. */
static void
assume_start(struct entry *en, const char *locks)
{
	struct start *s = &en->start;
	char name[64];

	joblock_name(en->open->job_id, name, sizeof(name));
	s->fence = en->fence;
	s->job_id = en->open->job_id;
	s->claim_wall = en->open->claimed_at;
	s->timeout = en->open->timeout;
	s->grace = en->open->grace;
	s->lock = xasprintf("%s/%s", locks, name);
	strlcpy(s->boot, proc_boot_id(), sizeof(s->boot));
	en->has_start = true;
}

/* Neither a start nor an end, in this boot. False if that is not settled yet. */
static bool
judge_unknown(struct entry *en, bool has_journal, const char *locks,
    const struct takein_calls *calls, void *arg)
{
	enum signature signature;
	struct joblock lock;

	assume_start(en, locks);
	signature = read_signature(en, &lock);
	if (signature == SIGNED) {
		/* It began when it was claimed, or a moment later. */
		en->start.started_boot = (int64_t)lock.proc.start * 1000000 / sysconf(_SC_CLK_TCK);
		en->start.claim_boot = en->start.started_boot;
		return judge_started(en, calls, arg);
	}
	/* With a journal its lock is another's: nothing is begun before its start is on file. */
	if (signature == UNKNOWN && !has_journal)
		return false;
	/* Neither is there that could tell more: it may even have done its work. */
	if (signature == REMOVED && !has_journal && en->open->started)
		give_lost(en, calls, arg);
	else
		give_undone(en, calls, arg);
	return true;
}

int
takein(const char *journal, const char *boot, const char *locks, const struct open_attempt *open,
    size_t n, const struct takein_calls *calls, void *arg, struct err *e)
{
	bool this_boot = boot != NULL && strcmp(boot, proc_boot_id()) == 0;
	bool has_journal = access(journal, F_OK) == 0;
	struct table t;
	int rc, unsettled = 0;

	table_init(&t, open, n);
	if ((rc = journal_read(journal, note, &t, e)) < 0)
		goto out;
	for (size_t i = 0; i < t.n; i++) {
		struct entry *en = &t.v[i];

		if (en->has_end)
			calls->result(arg, &en->end);
		else if (en->has_kept && calls->checkpoint(arg, &en->kept) == -1)
			unsettled++;
		else if (en->has_start)
			unsettled += !judge_started(en, calls, arg);
		else if (this_boot)
			unsettled += !judge_unknown(en, has_journal, locks, calls, arg);
		else
			give_lost(en, calls, arg);
	}
out:
	table_release(&t);
	return rc < 0 ? rc : unsettled;
}
