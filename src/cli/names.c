/*
 * names: see names.h. Open addressing; an all-zero slot is free.
 */
#include "cli/names.h"

#include "base/hash.h"
#include "base/mem.h"

#define FIRST_SIZE 1024

static struct name_mark
mark_of(const char *user, const char *name)
{
	struct name_mark m = {
		hash_string(hash_string(HASH_SEED, user), name),
		hash_string(hash_string(~HASH_SEED, name), user),
	};

	m.b += m.a == 0 && m.b == 0;
	return m;
}

/* The slot that has the mark, or the free one where it belongs. */
static struct name_mark *
slot_of(const struct names *s, struct name_mark m)
{
	size_t i = (size_t)m.a & (s->size - 1);

	while ((s->slots[i].a != 0 || s->slots[i].b != 0) &&
	    (s->slots[i].a != m.a || s->slots[i].b != m.b))
		i = (i + 1) & (s->size - 1);
	return &s->slots[i];
}

static bool
is_free(const struct name_mark *m)
{
	return m->a == 0 && m->b == 0;
}

/* Keeps a third of the slots free. */
static void
grow(struct names *s)
{
	struct names bigger = { .size = s->size > 0 ? 2 * s->size : FIRST_SIZE };

	bigger.slots = xcalloc(bigger.size, sizeof(*bigger.slots));
	for (size_t i = 0; i < s->size; i++)
		if (!is_free(&s->slots[i]))
			*slot_of(&bigger, s->slots[i]) = s->slots[i];
	bigger.n = s->n;
	free(s->slots);
	*s = bigger;
}

bool
names_add(struct names *s, const char *user, const char *name)
{
	struct name_mark m = mark_of(user, name), *slot;

	if (3 * (s->n + 1) > 2 * s->size)
		grow(s);
	slot = slot_of(s, m);
	if (!is_free(slot))
		return false;
	*slot = m;
	s->n++;
	return true;
}

bool
names_has(const struct names *s, const char *user, const char *name)
{
	return s->n > 0 && !is_free(slot_of(s, mark_of(user, name)));
}

void
names_release(struct names *s)
{
	free(s->slots);
}
