/*
 * tally: see tally.h.
 */
#include "tally.h"

#include <inttypes.h>
#include <sqlite3.h>

#include "base/clock.h"
#include "base/mem.h"
#include "storm.h"
#include "world.h"

enum group { FAULT, LOAD, PEAK, GROUPS };

struct line {
	enum group group;
	const char *name;
	int64_t n;
};

struct tally {
	struct line *v;
	size_t n, cap;
	int64_t *recoveries;
	size_t nrecoveries, recoveries_cap;
};

void
tally_init(struct storm *s)
{
	s->tally = xcalloc(1, sizeof(*s->tally));
}

void
tally_free(struct storm *s)
{
	free(s->tally->v);
	free(s->tally->recoveries);
	free(s->tally);
}

static struct line *
line(struct tally *t, enum group group, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].group == group && strcmp(t->v[i].name, name) == 0)
			return &t->v[i];
	t->v = mem_grow(t->v, t->n, &t->cap, sizeof(*t->v));
	t->v[t->n] = (struct line){group, name, 0};
	return &t->v[t->n++];
}

void
tally_fault(struct storm *s, const char *name)
{
	storm_say(s, "%s", name);
	line(s->tally, FAULT, name)->n++;
}

void
tally_load(struct storm *s, const char *name)
{
	line(s->tally, LOAD, name)->n++;
}

void
tally_peak(struct storm *s, const char *name, int64_t bytes)
{
	struct line *l = line(s->tally, PEAK, name);

	if (bytes > l->n)
		l->n = bytes;
}

void
tally_recovery(struct storm *s, int64_t us)
{
	struct tally *t = s->tally;

	t->recoveries =
	    mem_grow(t->recoveries, t->nrecoveries, &t->recoveries_cap, sizeof(*t->recoveries));
	t->recoveries[t->nrecoveries++] = us;
}

/* ---- the table ---- */

static int
compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void
print_recoveries(struct tally *t)
{
	int64_t *v = t->recoveries;
	size_t n = t->nrecoveries;

	if (n == 0)
		return;
	qsort(v, n, sizeof(*v), compare);
	printf("\ntime to recover (kill of the scheduler to the next claim), ms, of %zu\n", n);
	printf("  %-28s %8" PRId64 "\n", "p50", v[n / 2] / 1000);
	printf("  %-28s %8" PRId64 "\n", "p99", v[n * 99 / 100] / 1000);
	printf("  %-28s %8" PRId64 "\n", "max", v[n - 1] / 1000);
}

static int
by_name(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	return x->group != y->group ? (int)x->group - (int)y->group : strcmp(x->name, y->name);
}

static void
print_lines(struct tally *t)
{
	static const char *const titles[GROUPS] = {"faults", "load", "largest, KiB"};
	int64_t sum = 0;

	if (t->n > 0)
		qsort(t->v, t->n, sizeof(*t->v), by_name);
	for (size_t i = 0; i < t->n; i++) {
		const struct line *l = &t->v[i];

		if (i == 0 || l->group != t->v[i - 1].group)
			printf("\n%s\n", titles[l->group]);
		printf("  %-28s %8" PRId64 "\n", l->name, l->group == PEAK ? l->n / 1024 : l->n);
		sum += l->group == FAULT ? l->n : 0;
	}
	printf("\n  %-28s %8" PRId64 "\n", "faults in all", sum);
}

static void
print_outcomes(struct storm *s)
{
	sqlite3_stmt *st = world_query(s,
	    "SELECT 'jobs', count(*) FROM jobs"
	    " UNION ALL SELECT 'attempts', count(*) FROM attempts"
	    " UNION ALL SELECT 'attempts ' || outcome, count(*) FROM attempts GROUP BY outcome"
	    " UNION ALL SELECT 'skips ' || reason, sum(count) FROM skips GROUP BY reason",
	    0, 0);

	printf("\nwhat became of it\n");
	while (st != NULL && sqlite3_step(st) == SQLITE_ROW)
		printf("  %-28s %8lld\n", (const char *)sqlite3_column_text(st, 0),
		    sqlite3_column_int64(st, 1));
	sqlite3_finalize(st);
}

void
tally_print(struct storm *s)
{
	printf("storm --seed %" PRIu64 ", %d clients, %" PRId64 " s of faults, %" PRId64
	       " s in all\n",
	    s->seed, s->nclients, s->length / SECOND, (clock_boot() - s->began) / SECOND);
	print_lines(s->tally);
	print_outcomes(s);
	print_recoveries(s->tally);
}
