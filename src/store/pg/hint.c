/*
 * hint: see hint.h. Fences grow one by one, so that the last bits of one are its place; where two
 * meet, the table grows up to its bound, and then the older is forgotten.
 */
#include "store/pg/hint.h"

#include <stdlib.h>

#include "base/mem.h"

#define SIZE_FIRST 256
#define SIZE_MAX_HINTS 16384

static struct hint *
slot(const struct hints *h, int64_t fence)
{
	return &h->v[(uint64_t)fence & (h->size - 1)];
}

static void
grow(struct hints *h)
{
	struct hints old = *h;

	h->size = old.size == 0 ? SIZE_FIRST : 2 * old.size;
	h->v = xcalloc(h->size, sizeof(*h->v));
	for (size_t i = 0; i < old.size; i++)
		if (old.v[i].fence != 0)
			*slot(h, old.v[i].fence) = old.v[i];
	free(old.v);
}

void
hint_put(struct hints *h, const struct hint *hint)
{
	while (h->size == 0 ||
	       (h->size < SIZE_MAX_HINTS && slot(h, hint->fence)->fence != 0 &&
		   slot(h, hint->fence)->fence != hint->fence))
		grow(h);
	*slot(h, hint->fence) = *hint;
}

struct hint *
hint_find(const struct hints *h, int64_t fence)
{
	if (h->size == 0 || fence <= 0 || slot(h, fence)->fence != fence)
		return NULL;
	return slot(h, fence);
}

void
hint_drop(struct hints *h, int64_t fence)
{
	struct hint *hint = hint_find(h, fence);

	if (hint != NULL)
		hint->fence = 0;
}

void
hint_release(struct hints *h)
{
	free(h->v);
}
