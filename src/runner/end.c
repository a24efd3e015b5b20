/*
 * end: see end.h. However many jobs end in one turn, /proc is looked through once.
 */
#include "runner/end.h"

#include <inttypes.h>
#include <signal.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/kin.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/tree.h"
#include "runner/reap.h"
#include "runner/report.h"
#include "runner/runner.h"
#include "wire/frame.h"
#include "wire/journal.h"
#include "wire/pursuit.h"

/* Between two KILLs for what is still there, and how often: 10 s in all. */
#define AGAIN_US (250 * INT64_C(1000))
#define AGAIN_MAX 40
/* So long jobsched-session has for closing the session once its job has been killed. */
#define CLOSING_US (2000 * INT64_C(1000))
/* Many deaths in so long a time are one look. */
#define LOOK_US (50 * INT64_C(1000))

enum phase { PHASE_NEW, PHASE_BEGUN, PHASE_TERM, PHASE_KILL };

struct ending {
	TAILQ_ENTRY(ending) link;
	struct attempt *attempt; /* NULL: its main process has been reaped */
	struct kin kin;		 /* main is 0 once it is reaped */
	enum phase phase;
	enum outcome outcome;
	int64_t grace, due;	 /* boot clock, µs; due 0: waits for the reap only */
	int kills;
	int cell;		 /* of one whose main process has been reaped; 0: none */
	size_t noted;		 /* bytes of its record in the journal */
};

void
end_init(struct endings *e)
{
	TAILQ_INIT(&e->list);
	e->look_at = 0;
	e->noted = 0;
}

static void
ending_free(struct runner *r, struct ending *x)
{
	struct endings *e = &r->endings;

	if (x->attempt != NULL)
		x->attempt->ending = NULL;
	TAILQ_REMOVE(&e->list, x, link);
	e->noted -= x->noted;
	if (x->kills > 0)
		cells_renew(&r->cells, x->cell);
	else
		cells_give(&r->cells, x->cell);
	kin_release(&x->kin);
	free(x);
}

void
end_release(struct runner *r)
{
	struct ending *x;

	while ((x = TAILQ_FIRST(&r->endings.list)) != NULL)
		ending_free(r, x);
}

bool
end_idle(const struct endings *e)
{
	return TAILQ_EMPTY(&e->list);
}

void
end_begin(struct runner *r, struct attempt *a, enum outcome outcome, int64_t grace, int64_t now)
{
	struct ending *x = a->ending;

	if (grace < 0)
		grace = 0;
	if (x != NULL) {
		/* Whoever has less patience decides; a KILL that has been sent stays sent. */
		if (x->phase == PHASE_TERM && x->due > now + grace)
			x->due = now + grace;
		return;
	}
	x = xcalloc(1, sizeof(*x));
	x->attempt = a;
	x->kin.fence = a->fence;
	x->kin.main = a->pid;
	x->kin.main_start = a->start;
	x->kin.cgroup = cells_path(&r->cells, a->cell);
	x->outcome = outcome;
	x->grace = grace;
	x->due = now;
	a->ending = x;
	a->outcome = outcome;
	jobs_set_due(&r->jobs, a, 0);
	TAILQ_INSERT_TAIL(&r->endings.list, x, link);
}

void
end_main_gone(struct runner *r, struct attempt *a)
{
	struct ending *x = a->ending;

	if (x == NULL)
		return;
	x->attempt = NULL;
	x->kin.main = 0;
	/* Nobody else gets it before all of them are gone. */
	x->cell = a->cell;
	a->cell = 0;
	/* The time that jobsched-session had is not for others. */
	if (x->phase == PHASE_KILL && x->due > clock_boot() + AGAIN_US)
		x->due = clock_boot() + AGAIN_US;
	a->ending = NULL;
	end_look_soon(r);
}

void
end_look_soon(struct runner *r)
{
	if (r->endings.look_at == 0 && !TAILQ_EMPTY(&r->endings.list))
		r->endings.look_at = clock_boot() + LOOK_US;
}

/* Orphans become our children, and are no main processes. */
static bool
is_stray(void *arg, const struct tree_proc *p)
{
	struct runner *r = arg;

	return p->parent == r->self.pid && jobs_by_pid(&r->jobs, p->pid) == NULL;
}

/* Fills the kin of all endings anew with who lives now. */
static void
look(struct runner *r)
{
	struct kin_search search = { r->self.pid, is_stray, r, NULL };
	struct kin **all = NULL;
	size_t n = 0, cap = 0;
	struct ending *x;

	TAILQ_FOREACH(x, &r->endings.list, link) {
		all = mem_grow(all, n, &cap, sizeof(*all));
		all[n++] = &x->kin;
	}
	kin_look(all, n, &search);
	free(all);
}

static void
pack(struct buf *body, const struct ending *x)
{
	struct pursuit p = { x->kin, x->outcome, x->due };

	if (x->phase == PHASE_KILL)
		p.kill_at = 0;
	pursuit_pack(body, &p);
}

/* Those that begin now are in the journal before anybody is signalled. */
static void
note_begun(struct runner *r, int64_t now)
{
	struct buf body = { 0 };
	bool any = false;
	struct ending *x;
	struct err e;

	TAILQ_FOREACH(x, &r->endings.list, link) {
		if (x->phase != PHASE_NEW || x->due > now)
			continue;
		x->phase = PHASE_BEGUN;
		x->due = now + x->grace;
		buf_clear(&body);
		pack(&body, x);
		x->noted = body.len;
		r->endings.noted += body.len;
		journal_add(r->journal, FRAME_PURSUIT, &body);
		any = true;
	}
	/* A disk that is full does not save them. */
	if (any)
		report_flush(r, &e);
	buf_release(&body);
}

void
end_pack(const struct endings *e, struct buf *frames)
{
	struct buf body = { 0 };
	const struct ending *x;

	TAILQ_FOREACH(x, &e->list, link) {
		if (x->phase == PHASE_NEW)
			continue;
		buf_clear(&body);
		pack(&body, x);
		frame_add(frames, FRAME_PURSUIT, &body);
	}
	buf_release(&body);
}

/*
 * The first KILL leaves out jobsched-session, which must close the session that it has opened, but
 * tells it not to start the job any more.
 */
static void
kill_but_session(const struct ending *x)
{
	kill(x->kin.main, SIGTERM);
	kin_signal_others(&x->kin, SIGKILL);
}

static void
step(struct runner *r, struct ending *x, int64_t now)
{
	if (x->phase == PHASE_BEGUN && x->grace > 0) {
		kin_signal(&x->kin, SIGTERM);
		/* What is stopped takes in its TERM only when it goes on. */
		kin_signal(&x->kin, SIGCONT);
		x->phase = PHASE_TERM;
		x->due = now + x->grace;
		return;
	}
	x->phase = PHASE_KILL;
	if (x->kills == 0 && x->attempt != NULL && x->attempt->brief != -1) {
		kill_but_session(x);
		x->kills = 1;
		x->due = now + CLOSING_US;
		return;
	}
	if (x->kills++ < AGAIN_MAX) {
		kin_signal(&x->kin, SIGKILL);
		x->due = now + AGAIN_US;
		return;
	}
	log_error("processes of attempt %" PRId64 " do not die of KILL", x->kin.fence);
	x->due = 0;
	if (x->kin.main == 0)
		ending_free(r, x);
}

static bool
anything_to_do(const struct endings *e, int64_t now)
{
	const struct ending *x;

	if (e->look_at != 0 && e->look_at <= now)
		return true;
	TAILQ_FOREACH(x, &e->list, link)
		if (x->due != 0 && x->due <= now)
			return true;
	return false;
}

static void
begin_timeouts(struct runner *r, int64_t now)
{
	struct attempt *a = jobs_first_due(&r->jobs);

	if (a == NULL || a->due > now)
		return;
	/* Whoever has ended in time without our having seen it is not timed out. */
	reap_all(r);
	while ((a = jobs_first_due(&r->jobs)) != NULL && a->due <= now)
		end_begin(r, a, OUTCOME_TIMEOUT, a->grace, now);
}

void
end_turn(struct runner *r, int64_t now)
{
	struct ending *x, *next;

	begin_timeouts(r, now);
	if (!anything_to_do(&r->endings, now))
		return;
	r->endings.look_at = 0;
	look(r);
	note_begun(r, now);
	TAILQ_FOREACH_SAFE(x, &r->endings.list, link, next) {
		if (x->kin.main == 0 && x->kin.n == 0)
			ending_free(r, x);
		else if (x->phase == PHASE_BEGUN || (x->due != 0 && x->due <= now))
			step(r, x, now);
	}
}

int64_t
end_next(struct runner *r)
{
	const struct attempt *a = jobs_first_due(&r->jobs);
	int64_t next = a != NULL ? a->due : 0, look_at = r->endings.look_at;
	const struct ending *x;

	if (look_at != 0 && (next == 0 || look_at < next))
		next = look_at;
	TAILQ_FOREACH(x, &r->endings.list, link)
		if (x->due != 0 && (next == 0 || x->due < next))
			next = x->due;
	return next;
}
