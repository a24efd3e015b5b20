/*
 * seen: see seen.h.
 */
#include "tab/seen.h"

#include "base/mem.h"

static struct seen_slot *
find(const struct seen *s, uint64_t hash)
{
	size_t i = (size_t)(hash & (s->cap - 1));

	while (s->slots[i].value != 0 && s->slots[i].hash != hash)
		i = (i + 1) & (s->cap - 1);
	return &s->slots[i];
}

static void
grow(struct seen *s)
{
	struct seen old = *s;

	s->cap = old.cap > 0 ? old.cap * 2 : 256;
	s->slots = xcalloc(s->cap, sizeof(*s->slots));
	for (size_t i = 0; i < old.cap; i++)
		if (old.slots[i].value != 0)
			*find(s, old.slots[i].hash) = old.slots[i];
	free(old.slots);
}

size_t *
seen_at(struct seen *s, uint64_t hash)
{
	struct seen_slot *slot;

	if ((s->n + 1) * 2 > s->cap)
		grow(s);
	slot = find(s, hash);
	if (slot->value == 0) {
		slot->hash = hash;
		s->n++;
	}
	return &slot->value;
}

void
seen_release(struct seen *s)
{
	free(s->slots);
	*s = (struct seen){ 0 };
}
