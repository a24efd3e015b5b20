/*
 * agenda: see agenda.h.
 */
#include "cli/agenda.h"

#include "base/mem.h"

static bool
before(const struct agenda_item *a, const struct agenda_item *b)
{
	return a->u.next != b->u.next ? a->u.next < b->u.next : a->order < b->order;
}

static void
swap(struct agenda_item *a, struct agenda_item *b)
{
	struct agenda_item t = *a;

	*a = *b;
	*b = t;
}

static void
sift_up(struct agenda *a, size_t i)
{
	for (; i > 0 && before(&a->heap[i], &a->heap[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&a->heap[i], &a->heap[(i - 1) / 2]);
}

static void
sift_down(struct agenda *a, size_t i)
{
	for (;;) {
		size_t least = i, left = 2 * i + 1;

		if (left < a->n && before(&a->heap[left], &a->heap[least]))
			least = left;
		if (left + 1 < a->n && before(&a->heap[left + 1], &a->heap[least]))
			least = left + 1;
		if (least == i)
			return;
		swap(&a->heap[i], &a->heap[least]);
		i = least;
	}
}

void
agenda_add(struct agenda *a, const struct upcoming *u, int64_t job_id, const char *name)
{
	if (u->next == INSTANT_NONE)
		return;
	a->heap = mem_grow(a->heap, a->n, &a->cap, sizeof(*a->heap));
	a->heap[a->n] = (struct agenda_item){ *u, job_id, xstrdup(name), a->added++ };
	sift_up(a, a->n++);
}

const struct agenda_item *
agenda_first(const struct agenda *a)
{
	return a->n > 0 ? &a->heap[0] : NULL;
}

void
agenda_advance(struct agenda *a)
{
	upcoming_step(&a->heap[0].u);
	if (a->heap[0].u.next == INSTANT_NONE) {
		free(a->heap[0].name);
		a->heap[0] = a->heap[--a->n];
	}
	sift_down(a, 0);
}

void
agenda_release(struct agenda *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->heap[i].name);
	free(a->heap);
}
