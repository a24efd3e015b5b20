/*
 * jobs: see jobs.h.
 */
#include "runner/jobs.h"

#include <assert.h>
#include <unistd.h>

#include "base/mem.h"
#include "wire/launch.h"

static int
compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
compare_fence(const struct attempt *a, const struct attempt *b)
{
	return compare(a->fence, b->fence);
}

static int
compare_pid(const struct attempt *a, const struct attempt *b)
{
	return compare(a->pid, b->pid);
}

static int
compare_due(const struct attempt *a, const struct attempt *b)
{
	int order = compare(a->due, b->due);

	return order != 0 ? order : compare_fence(a, b);
}

/* tree(3) makes more functions than each of the trees needs. */
#define ATTEMPT_TREE(name, field, compare_field)                                                   \
	RB_GENERATE_INTERNAL(name, attempt, field, compare_field, __attribute__((unused)) static)
ATTEMPT_TREE(attempts_by_fence, by_fence, compare_fence)
ATTEMPT_TREE(attempts_by_pid, by_pid, compare_pid)
ATTEMPT_TREE(attempts_by_due, by_due, compare_due)

void
jobs_init(struct jobs *j)
{
	memset(j, 0, sizeof(*j));
	for (int i = 0; i < ATTEMPT_STATES; i++)
		TAILQ_INIT(&j->list[i]);
}

void
jobs_release(struct jobs *j)
{
	struct attempt *a;

	while ((a = RB_ROOT(&j->by_fence)) != NULL)
		jobs_forget(j, a);
}

struct attempt *
jobs_add(struct jobs *j, struct launch *l)
{
	struct attempt *a;

	if (jobs_by_fence(j, l->fence) != NULL)
		return NULL;
	a = xcalloc(1, sizeof(*a));
	a->launch = l;
	a->fence = l->fence;
	a->job_id = l->job_id;
	a->claim_wall = l->claim_wall;
	a->claim_boot = l->claim_boot;
	a->timeout = l->timeout;
	a->grace = l->grace;
	a->lock_tree = l->lock_tree;
	a->once = l->once;
	a->lock_fd = a->lock_left = -1;
	a->brief = -1;
	a->checkpoint.data = l->checkpoint;
	a->checkpoint.len = a->checkpoint.cap = (size_t)l->checkpoint_len;
	l->checkpoint = NULL;
	l->checkpoint_len = 0;
	a->state = ATTEMPT_FRESH;
	TAILQ_INSERT_TAIL(&j->list[ATTEMPT_FRESH], a, link);
	j->count[ATTEMPT_FRESH]++;
	RB_INSERT(attempts_by_fence, &j->by_fence, a);
	return a;
}

struct attempt *
jobs_by_fence(struct jobs *j, int64_t fence)
{
	struct attempt key = { .fence = fence };

	return RB_FIND(attempts_by_fence, &j->by_fence, &key);
}

struct attempt *
jobs_by_pid(struct jobs *j, pid_t pid)
{
	struct attempt key = { .pid = pid };

	return RB_FIND(attempts_by_pid, &j->by_pid, &key);
}

struct attempt *
jobs_first_due(struct jobs *j)
{
	return RB_MIN(attempts_by_due, &j->by_due);
}

int64_t
jobs_known(const struct jobs *j)
{
	int64_t n = 0;

	for (int i = 0; i < ATTEMPT_STATES; i++)
		n += j->count[i];
	return n;
}

void
jobs_move(struct jobs *j, struct attempt *a, enum attempt_state state)
{
	TAILQ_REMOVE(&j->list[a->state], a, link);
	j->count[a->state]--;
	a->state = state;
	TAILQ_INSERT_TAIL(&j->list[state], a, link);
	j->count[state]++;
}

void
jobs_set_pid(struct jobs *j, struct attempt *a, pid_t pid)
{
	if (a->pid != 0)
		RB_REMOVE(attempts_by_pid, &j->by_pid, a);
	a->pid = pid;
	if (pid != 0)
		RB_INSERT(attempts_by_pid, &j->by_pid, a);
}

void
jobs_set_due(struct jobs *j, struct attempt *a, int64_t due)
{
	if (a->due != 0)
		RB_REMOVE(attempts_by_due, &j->by_due, a);
	a->due = due;
	if (due != 0)
		RB_INSERT(attempts_by_due, &j->by_due, a);
}

void
jobs_shed(struct attempt *a)
{
	if (a->launch == NULL)
		return;
	launch_release(a->launch);
	free(a->launch);
	a->launch = NULL;
}

void
jobs_forget(struct jobs *j, struct attempt *a)
{
	assert(a->cell == 0 && a->lock_fd == -1 && a->brief == -1 && a->capture == NULL);
	jobs_set_pid(j, a, 0);
	jobs_set_due(j, a, 0);
	TAILQ_REMOVE(&j->list[a->state], a, link);
	j->count[a->state]--;
	RB_REMOVE(attempts_by_fence, &j->by_fence, a);
	jobs_shed(a);
	free(a->lock);
	if (a->lock_left != -1)
		close(a->lock_left);
	buf_release(&a->body);
	buf_release(&a->checkpoint);
	free(a);
}
