/*
 * timers: see timers.h. There are never many.
 */
#include "timers.h"

#include <stddef.h>

#include "base/clock.h"
#include "base/mem.h"
#include "storm.h"

struct timer {
	int64_t at; /* boot clock */
	void (*what)(struct storm *, int64_t);
	int64_t arg;
};

struct timers {
	struct timer *v;
	size_t n, cap;
};

struct timers *
timers_new(void)
{
	return xcalloc(1, sizeof(struct timers));
}

void
timers_free(struct timers *t)
{
	free(t->v);
	free(t);
}

void
timers_add(struct storm *s, int64_t us, void (*what)(struct storm *, int64_t), int64_t arg)
{
	struct timers *t = s->timers;

	t->v = mem_grow(t->v, t->n, &t->cap, sizeof(*t->v));
	t->v[t->n++] = (struct timer){clock_boot() + us, what, arg};
}

static size_t
first(const struct timers *t)
{
	size_t best = 0;

	for (size_t i = 1; i < t->n; i++)
		if (t->v[i].at < t->v[best].at)
			best = i;
	return best;
}

int64_t
timers_run(struct storm *s)
{
	struct timers *t = s->timers;
	int64_t left;

	while (t->n > 0) {
		size_t i = first(t);
		struct timer due = t->v[i];

		if ((left = due.at - clock_boot()) > 0)
			return left < SECOND ? left : SECOND;
		t->v[i] = t->v[--t->n];
		due.what(s, due.arg);
	}
	return SECOND;
}
