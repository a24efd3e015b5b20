/*
 * index: see index.h. Most lines of a version stand in the order of the one before, so that the
 * entry sought is the one behind the last that was found: the order by hash, in which a line would
 * be looked for at a new place of memory each time, is for the others.
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
	free(x->order);
	memset(x, 0, sizeof(*x));
}

void
tab_index_begin(struct tab_index *x)
{
	for (size_t i = 0; i < x->n; i++)
		x->v[i].there = false;
	x->taken = 0;
	x->next = 0;
}

static int
by_line(const void *a, const void *b)
{
	const struct tab_index_place *x = a, *y = b;

	return (x->line > y->line) - (x->line < y->line);
}

struct tab_index_entry *
tab_index_find(struct tab_index *x, uint64_t line)
{
	const struct tab_index_place key = { .line = line }, *place;

	if (x->next < x->n && x->v[x->next].line == line)
		return &x->v[x->next++];
	if (x->n == 0 ||
	    (place = bsearch(&key, x->order, x->n, sizeof(*x->order), by_line)) == NULL)
		return NULL;
	x->next = place->at + 1;
	return &x->v[place->at];
}

void
tab_index_take(struct tab_index *x, struct tab_index_entry *e)
{
	e->there = true;
	x->taken++;
}

/* Leaves away what is not there, in both orders. Returns how many there are. */
static size_t
forget(struct tab_index *x)
{
	size_t *moved = xcalloc(x->n + 1, sizeof(*moved)), n = 0, kept = 0;

	for (size_t i = 0; i < x->n; i++) {
		moved[i] = n;
		if (x->v[i].there)
			n++;
	}
	for (size_t i = 0; i < x->n; i++) {
		struct tab_index_place p = x->order[i];

		if (x->v[p.at].there)
			x->order[kept++] = (struct tab_index_place){ p.line, moved[p.at] };
	}
	for (size_t i = 0; i < x->n; i++)
		if (x->v[i].there)
			x->v[moved[i]] = x->v[i];
	free(moved);
	return n;
}

/* The last of the places are new: sorts them, and merges both from their ends. */
static void
sort_in(struct tab_index_place *v, size_t old, size_t n)
{
	size_t added = n - old;
	struct tab_index_place *new = xmemdup(v + old, added * sizeof(*v));

	if (added == 0)
		return;
	qsort(new, added, sizeof(*new), by_line);
	while (added > 0)
		if (old > 0 && by_line(&v[old - 1], &new[added - 1]) > 0)
			v[--n] = v[--old];
		else
			v[--n] = new[--added];
	free(new);
}

void
tab_index_update(struct tab_index *x, const struct tab *t, const int64_t *ids)
{
	size_t old = forget(x), n = old;

	x->v = xreallocarray(x->v, old + t->n, sizeof(*x->v));
	x->order = xreallocarray(x->order, old + t->n, sizeof(*x->order));
	for (size_t i = 0; i < t->n; i++, n++) {
		x->v[n] = (struct tab_index_entry){ t->lines[i].hash, ids[i], t->lines[i].warnings,
			false };
		x->order[n] = (struct tab_index_place){ t->lines[i].hash, n };
	}
	sort_in(x->order, old, n);
	x->n = n;
	x->taken = 0;
	x->twins += t->twins;
	x->alike += t->alike;
}
