/*
 * What a dead runner's journal and lock files say about its open attempts: one forged history
 * for each rule.
 */
#include "daemon/takein.h"

#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libutil.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/proc.h"
#include "job/attempt.h"
#include "store/store.h"
#include "scratch.h"
#include "tap.h"
#include "wire/joblock.h"
#include "wire/journal.h"
#include "wire/launch.h"

#define FENCE 7

static const char other_boot[] = "00000000-0000-0000-0000-000000000000";

enum verdict { NOTHING, UNDONE, LOST, ENDED, WATCHED };

static const char *const verdict_words[] = { "nothing", "undone", "lost", "ended", "watched" };

struct history {
	const char *name;
	bool start, end, start_of_other_boot, runner_of_other_boot;
	int64_t lock_fence; /* 0: the lock file is empty */
	bool process_gone;  /* the lock file's process does not live */
	bool cannot_tell;   /* whether it lives */
	bool no_journal;
	bool lock_held;	    /* by a child between vfork and exec */
	bool lock_removed;  /* by a person, with the runtime folder */
	bool lock_replaced; /* by a person, who made another to lock it */
	bool told;	    /* the store knows of its start */
	enum verdict want;
};

static const struct history histories[] = {
	{ .name = "an end in the journal is the result", .start = true, .end = true,
	    .lock_fence = FENCE, .want = ENDED },
	{ .name = "an end without a start (it could not be started) is the result", .end = true,
	    .want = ENDED },
	{ .name = "nothing in the journal, in this boot: never handed over", .want = UNDONE },
	{ .name = "no journal at all, in this boot: never handed over", .no_journal = true,
	    .want = UNDONE },
	{ .name = "no journal, and the lock names an earlier attempt: never handed over",
	    .no_journal = true, .lock_fence = FENCE - 1, .want = UNDONE },
	{ .name = "no journal, for somebody removed it, and its main process lives: watched",
	    .no_journal = true, .lock_fence = FENCE, .want = WATCHED },
	{ .name = "no journal, and its main process has gone: lost", .no_journal = true,
	    .lock_fence = FENCE, .process_gone = true, .want = LOST },
	{ .name = "no journal, no name, and the lock is held: its child may be about to write it",
	    .no_journal = true, .lock_held = true, .want = NOTHING },
	{ .name = "no journal, and no lock file: never handed over", .no_journal = true,
	    .lock_removed = true, .want = UNDONE },
	{ .name = "no journal, and no lock file, but a start that the store knows: lost",
	    .no_journal = true, .lock_removed = true, .told = true, .want = LOST },
	{ .name = "nothing in the journal, and the lock is held by others: never handed over",
	    .lock_held = true, .want = UNDONE },
	{ .name = "a journal that lost its records, and its main process lives: watched",
	    .lock_fence = FENCE, .want = WATCHED },
	{ .name = "nothing in the journal of an earlier boot: lost",
	    .runner_of_other_boot = true, .want = LOST },
	{ .name = "a start whose child never named itself: undone", .start = true, .want = UNDONE },
	{ .name = "a start, the lock still names an earlier attempt: undone", .start = true,
	    .lock_fence = FENCE - 1, .want = UNDONE },
	{ .name = "a start, no name, and the lock is held: its child may be about to write it",
	    .start = true, .lock_held = true, .want = NOTHING },
	{ .name = "a start, and its lock file has been removed: lost, for it may have begun",
	    .start = true, .lock_removed = true, .want = LOST },
	{ .name = "a start, and another lock file in the place of its own: lost",
	    .start = true, .lock_replaced = true, .want = LOST },
	{ .name = "a start whose main process lives: watched", .start = true,
	    .lock_fence = FENCE, .want = WATCHED },
	{ .name = "a start, and nobody can tell now whether its main process lives", .start = true,
	    .lock_fence = FENCE, .cannot_tell = true, .want = NOTHING },
	{ .name = "a start whose main process has gone: lost", .start = true,
	    .lock_fence = FENCE, .process_gone = true, .want = LOST },
	{ .name = "a start of an earlier boot: lost at once, whoever has that pid now",
	    .start = true, .lock_fence = FENCE, .start_of_other_boot = true,
	    .runner_of_other_boot = true, .want = LOST },
};

struct seen {
	char kept[16];
	bool cannot_tell;
	enum verdict verdict;
	int exit_status, calls;
};

static void
on_result(void *arg, struct result *r)
{
	struct seen *s = arg;

	s->calls++;
	s->exit_status = r->exit_status;
	s->verdict = r->not_started && r->why_not == WHY_UNDONE ? UNDONE :
	    r->outcome == OUTCOME_LOST				? LOST :
								  ENDED;
}

static int
on_survivor(void *arg, const struct start *s, const struct proc_id *proc)
{
	struct seen *seen = arg;

	if (seen->cannot_tell)
		return -1;
	if (s->fence != FENCE || !proc_alive(proc))
		return 0;
	seen->calls++;
	seen->verdict = WATCHED;
	return 1;
}

static int
on_checkpoint(void *arg, const struct kept *k)
{
	struct seen *seen = arg;

	snprintf(seen->kept, sizeof(seen->kept), "%.*s", (int)k->len, k->data);
	return 0;
}

static void
write_lock(const char *path, const struct history *h)
{
	char text[JOBLOCK_TEXT];
	struct proc_id self;
	struct err e;

	proc_self(&self);
	/* A start time that is not ours: the pid belongs to another process now. */
	if (h->process_gone)
		self.start++;
	joblock_format(text, h->lock_fence, &self);
	if (io_replace_file(path, text, h->lock_fence > 0 ? sizeof(text) : 0, 0600, &e) < 0)
		errx(1, "%s", e.text);
}

static void
write_journal(const char *path, const char *lock, const struct history *h)
{
	struct start s = { .fence = FENCE, .job_id = 1, .lock = (char *)(uintptr_t)lock };
	struct buf body = { 0 };
	struct journal *j;
	struct result r;
	struct stat st;
	struct err e;

	if (journal_create(&j, path, &e) < 0)
		errx(1, "%s", e.text);
	strlcpy(s.boot, h->start_of_other_boot ? other_boot : proc_boot_id(), sizeof(s.boot));
	if (stat(lock, &st) == 0)
		s.lock_file = (int64_t)st.st_ino + h->lock_replaced;
	if (h->start) {
		start_pack(&body, &s);
		journal_add(j, FRAME_START, &body);
		buf_clear(&body);
	}
	for (int i = 0; h->start && i < 2; i++) {
		struct kept k = { FENCE, i + 1, (char *)(uintptr_t)(i == 0 ? "old" : "new"), 3 };

		kept_pack(&body, &k);
		journal_add(j, FRAME_CHECKPOINT_KEPT, &body);
		buf_clear(&body);
	}
	if (h->end) {
		result_init(&r);
		r.fence = FENCE;
		r.outcome = OUTCOME_FAILED;
		r.exit_status = 3;
		ended_pack(&body, 1, &r);
		journal_add(j, FRAME_END, &body);
	}
	buf_release(&body);
	if (journal_flush(j, &e) < 0)
		errx(1, "%s", e.text);
	journal_close(j, false);
}

static void
check(const char *folder, size_t i)
{
	static const struct takein_calls calls = { on_result, on_survivor, on_checkpoint };
	const struct history *h = &histories[i];
	struct open_attempt open = { .fence = FENCE, .job_id = 1 };
	char *journal = xasprintf("%s/%zu.journal", folder, i);
	char *locks = xasprintf("%s/%zu.locks", folder, i);
	char *lock = xasprintf("%s/job-1.lock", locks);
	struct seen seen = { .verdict = NOTHING, .cannot_tell = h->cannot_tell };
	int held = -1, unsettled;
	struct err e;

	open.started = h->told;
	if (mkdir(locks, 0700) == -1)
		err(1, "%s", locks);
	if (!h->lock_removed)
		write_lock(lock, h);
	if (h->lock_held && (held = flopen(lock, O_RDONLY | O_NONBLOCK)) == -1)
		err(1, "%s", lock);
	if (!h->no_journal)
		write_journal(journal, lock, h);
	unsettled = takein(journal, h->runner_of_other_boot ? other_boot : proc_boot_id(), locks,
	    &open, 1, &calls, &seen, &e);
	if (unsettled < 0)
		errx(1, "%s", e.text);
	if (held != -1)
		close(held);
	tap_is_str(verdict_words[seen.verdict], verdict_words[h->want], "%s", h->name);
	tap_is_int(seen.calls + unsettled, 1, "%s: judged once, or to be judged again", h->name);
	tap_is_str(seen.kept, h->start && !h->end ? "new" : "",
	    "%s: its newest checkpoint arrives, unless the end has it", h->name);
	if (h->want == ENDED)
		tap_is_int(seen.exit_status, 3, "%s: its exit status arrives", h->name);
	free(journal);
	free(lock);
	free(locks);
}

int
main(void)
{
	char *folder = scratch_new("t_takein");

	for (size_t i = 0; i < sizeof(histories) / sizeof(histories[0]); i++)
		check(folder, i);
	scratch_remove(folder);
	free(folder);
	return tap_done();
}
