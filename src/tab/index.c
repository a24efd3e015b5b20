/*
 * index: see index.h.
 */
#include "tab/index.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tab/tab.h"

void
tab_index_clear(struct tab_index *x)
{
	free(x->v);
	memset(x, 0, sizeof(*x));
}

void
tab_index_begin(struct tab_index *x)
{
	for (size_t i = 0; i < x->n; i++)
		x->v[i].there = false;
	x->taken = 0;
}

static int
by_line(const void *a, const void *b)
{
	const struct tab_index_entry *x = a, *y = b;

	return (x->line > y->line) - (x->line < y->line);
}

const struct tab_index_entry *
tab_index_take(struct tab_index *x, uint64_t line)
{
	const struct tab_index_entry key = { .line = line };
	struct tab_index_entry *e;

	if (x->n == 0 || (e = bsearch(&key, x->v, x->n, sizeof(*x->v), by_line)) == NULL)
		return NULL;
	e->there = true;
	x->taken++;
	return e;
}

void
tab_index_update(struct tab_index *x, const struct tab *t, const int64_t *ids)
{
	struct tab_index_entry *v = xcalloc(x->n + t->n + 1, sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < x->n; i++)
		if (x->v[i].there)
			v[n++] = x->v[i];
	for (size_t i = 0; i < t->n; i++)
		v[n++] = (struct tab_index_entry){ t->lines[i].hash, ids[i], t->lines[i].warnings,
			false };
	qsort(v, n, sizeof(*v), by_line);
	free(x->v);
	x->v = v;
	x->n = n;
	x->taken = 0;
	x->twins += t->twins;
}
