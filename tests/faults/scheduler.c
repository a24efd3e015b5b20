/*
 * scheduler: see scheduler.h.
 */
#include "scheduler.h"

#include <inttypes.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/strv.h"
#include "children.h"
#include "dice.h"
#include "storm.h"
#include "tally.h"
#include "timers.h"
#include "world.h"

#define LOOK_US (2 * MS)
#define RECOVERY_LIMIT (60 * SECOND)

struct scheduler {
	struct dice dice, points;
	int64_t child;	    /* 0: it is down */
	int once;	    /* runs of --once before it comes again */
	int onces;	    /* that run now */
	int64_t once_ended; /* the last of them, boot clock */
	bool stopping;
	/* One recovery. */
	int64_t killed_at;	    /* wall clock; 0: nothing to measure */
	int64_t down_since, waited; /* boot clock, and µs that we let pass ourselves */
	int64_t fence;		    /* the newest when it was killed */
	int64_t looking;	    /* number of the start that is looked after */
	bool disturbed;
	int64_t first_runner; /* that it may have started */
};

static void next_step(struct storm *, int64_t);

void
scheduler_init(struct storm *s)
{
	s->scheduler = xcalloc(1, sizeof(*s->scheduler));
	dice_init(&s->scheduler->dice, s->seed, "scheduler");
	dice_init(&s->scheduler->points, s->seed, "failpoints");
}

void
scheduler_free(struct storm *s)
{
	free(s->scheduler);
}

/* ---- how long it takes ---- */

static void
look(struct storm *s, int64_t start)
{
	struct scheduler *d = s->scheduler;
	struct child *c = child_find(s, d->child);
	int64_t claimed;

	if (d->killed_at == 0 || start != d->looking || c == NULL)
		return;
	claimed = world_number(s,
	    "SELECT claimed_at FROM attempts WHERE id > ? AND claimed_at >= ? ORDER BY id LIMIT 1",
	    d->fence, c->started, 0);
	if (claimed == 0 && clock_wall() - d->killed_at < RECOVERY_LIMIT) {
		timers_add(s, LOOK_US, look, start);
		return;
	}
	if (claimed > 0 && !d->disturbed)
		tally_recovery(s, claimed - d->killed_at - d->waited);
	else if (claimed == 0 && !d->disturbed && !s->calm)
		storm_violation(s, "no claim for a minute after a kill of the scheduler");
	d->killed_at = 0;
}

static void
measure_from_now(struct storm *s)
{
	struct scheduler *d = s->scheduler;

	d->killed_at = clock_wall();
	d->waited = 0;
	d->disturbed = s->holds > 0;
	d->fence = world_number(s, "SELECT max(id) FROM attempts", 0, 0, 0);
}

void
scheduler_disturbed(struct storm *s)
{
	s->scheduler->disturbed = true;
}

/* ---- its life ---- */

/* A run of --once has the place of the scheduler. */
static bool
was_refused(const struct storm *s, int status)
{
	const struct scheduler *d = s->scheduler;

	return WIFEXITED(status) && WEXITSTATUS(status) == 4 &&
	       (d->onces > 0 || clock_boot() - d->once_ended < SECOND);
}

static int64_t
newest_runner(struct storm *s)
{
	return world_number(s, "SELECT seq FROM sqlite_sequence WHERE name = 'runners'", 0, 0, 0);
}

/* The calls of its runners failed as its own did: any of them may have died of it. */
static void
write_down_runners(struct storm *s)
{
	for (int64_t id = s->scheduler->first_runner; id <= newest_runner(s); id++)
		storm_fact(s, "killed|%" PRId64, id);
}

static void
ended(struct storm *s, struct child *c, int status)
{
	struct scheduler *d = s->scheduler;
	int64_t pause = 0;

	d->child = 0;
	d->down_since = clock_boot();
	if (c->shimmed) {
		write_down_runners(s);
		s->runner_killed = clock_wall();
	}
	if (was_refused(s, status) || (c->shimmed && WIFEXITED(status)))
		scheduler_disturbed(s);
	else if (c->pointed && !c->killed && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		scheduler_disturbed(s);
	else if (!c->killed ||
		 (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL &&
		     WTERMSIG(status) != SIGTERM) ||
		 (WIFEXITED(status) && WEXITSTATUS(status) != 0))
		storm_violation(s, "the scheduler ended with status %#x%s", (unsigned)status,
		    c->killed ? "" : " by itself");
	if (d->stopping)
		return;
	if (!s->calm && dice_percent(&d->dice, 40))
		pause = dice_spread(&d->dice, 0, 500 * MS);
	if (!s->calm && dice_percent(&d->dice, 15))
		d->once = (int)dice_between(&d->dice, 1, 3);
	timers_add(s, pause, next_step, 0);
}

/* What makes its calls fail, now and then; a failpoint may also kill it. */
static void
draw_faults(struct storm *s, struct strv *env, bool *pointed)
{
	struct scheduler *d = s->scheduler;

	*pointed = false;
	if (s->calm)
		return;
	if (dice_percent(&d->dice, 12))
		child_shim(s, &d->dice, env);
	if (env->n > 0)
		tally_fault(s, "scheduler whose calls fail");
	else if (dice_percent(&d->points, 25)) {
		child_points(s, &d->points, env);
		*pointed = env->n > 0;
	}
	if (*pointed) {
		s->has_points = true;
		tally_fault(s, "scheduler with failpoints");
	}
}

void
scheduler_start(struct storm *s)
{
	struct scheduler *d = s->scheduler;
	struct strv words = {0}, env = {0};
	bool pointed;
	struct child *c;

	if (d->down_since != 0)
		d->waited += clock_boot() - d->down_since;
	strv_push(&words, "jobschedd");
	strv_push(&words, "-f");
	strv_push(&words, "-C");
	strv_push(&words, s->conf);
	draw_faults(s, &env, &pointed);
	c = child_run(s, &words, NULL, &env, ended, 0);
	c->pointed = pointed;
	strv_clear(&words);
	d->first_runner = newest_runner(s) + 1;
	if (c->shimmed)
		d->disturbed = true;
	strv_clear(&env);
	d->child = d->looking = c->number;
	if (d->killed_at != 0)
		timers_add(s, LOOK_US, look, d->looking);
}

static struct child *
start_once(struct storm *s, void (*then)(struct storm *, struct child *, int status))
{
	struct strv words = {0};
	struct child *c;

	strv_push(&words, "jobschedd");
	strv_push(&words, "--once");
	strv_push(&words, "-C");
	strv_push(&words, s->conf);
	c = child_run(s, &words, NULL, NULL, then, 0);
	strv_clear(&words);
	s->scheduler->onces++;
	return c;
}

/* It may have been the one that had the lock. */
static void
judge_once(struct storm *s, const struct child *c, int status)
{
	s->scheduler->onces--;
	s->scheduler->once_ended = clock_boot();
	/* Its runner may have been killed under it: then it says so, and the next one does its
	 * work. */
	if (!c->killed && status != 0 && s->runner_killed < c->started)
		storm_violation(s, "jobschedd --once ended with status %#x", (unsigned)status);
}

static void
beside_ended(struct storm *s, struct child *c, int status)
{
	judge_once(s, c, status);
}

void
scheduler_beside(struct storm *s)
{
	start_once(s, beside_ended);
}

static void
once_ended(struct storm *s, struct child *c, int status)
{
	judge_once(s, c, status);
	timers_add(s, dice_spread(&s->scheduler->dice, 0, 200 * MS), next_step, 0);
}

static void
kill_once(struct storm *s, int64_t number)
{
	struct child *c = child_find(s, number);

	if (c != NULL) {
		child_signal(c, SIGKILL);
		tally_fault(s, "KILL of --once");
	}
}

static void
run_once(struct storm *s)
{
	struct scheduler *d = s->scheduler;
	struct child *c = start_once(s, once_ended);

	tally_load(s, "--once instead of a daemon");
	if (dice_percent(&d->dice, 40))
		timers_add(s, dice_spread(&d->dice, 0, 100 * MS), kill_once, c->number);
}

static void
next_step(struct storm *s, int64_t arg)
{
	struct scheduler *d = s->scheduler;

	(void)arg;
	if (d->stopping || d->child != 0)
		return;
	if (d->once > 0 && !s->calm) {
		d->once--;
		scheduler_disturbed(s);
		run_once(s);
	} else
		scheduler_start(s);
}

/* Before it has come to that, HUP ends any process. */
static bool
takes_hup(const struct child *c)
{
	char *path = xasprintf("/proc/%d/status", (int)c->pid), line[256];
	FILE *f = fopen(path, "r");
	unsigned long long set, taken = 0;

	free(path);
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "SigIgn: %llx", &set) == 1 ||
		    sscanf(line, "SigCgt: %llx", &set) == 1)
			taken |= set;
	if (f != NULL)
		fclose(f);
	return (taken & 1ULL << (SIGHUP - 1)) != 0;
}

bool
scheduler_signal(struct storm *s, int sig)
{
	struct scheduler *d = s->scheduler;
	struct child *c = child_find(s, d->child);

	if (c == NULL || (c->killed && sig != SIGKILL))
		return false;
	if (sig == SIGHUP && !takes_hup(c))
		return false;
	if (sig == SIGKILL)
		measure_from_now(s);
	else if (sig == SIGTERM)
		scheduler_disturbed(s);
	child_signal(c, sig);
	return true;
}

bool
scheduler_process(struct storm *s, struct proc_id *id)
{
	struct child *c = child_find(s, s->scheduler->child);

	if (c != NULL)
		child_process(c, id);
	return c != NULL;
}

void
scheduler_stop(struct storm *s)
{
	struct child *c = child_find(s, s->scheduler->child);

	s->scheduler->stopping = true;
	if (c != NULL)
		child_signal(c, SIGTERM);
}

bool
scheduler_is_down(struct storm *s)
{
	return s->scheduler->child == 0;
}
