/*
 * identity: see identity.h; and the hash of a definition.
 */
#include "tab/identity.h"

#include <assert.h>
#include <endian.h>
#include <inttypes.h>

#include "base/hash.h"
#include "base/mem.h"
#include "job/field.h"
#include "tab/tab.h"

#define NUMBERS_MAX 64 /* members of a job that are numbers */

/* No name of an account holds a ':', so that no two pairs make one key. */
char *
identity_of_name(const char *user, const char *name)
{
	static const char kind[] = "name";
	char *rest = mem_join(user, strlen(user), ':', name);
	char *key = mem_join(kind, sizeof(kind) - 1, ':', rest);

	free(rest);
	return key;
}

/* The file stands last: it is the only part that may hold anything. */
char *
identity_of_text(struct seen *texts, const char *file, const char *schedule, const char *user,
    const char *rest, bool *twin)
{
	uint64_t h = hash_string(hash_string(hash_string(HASH_SEED, schedule), user), rest);
	size_t ordinal = ++*seen_at(texts, h);

	*twin = ordinal > 1;
	return xasprintf("text:%016" PRIx64 ":%zu:%s", h, ordinal, file);
}

/* With its NUL, so that the empty text is another than none. */
static uint64_t
hash_text(uint64_t h, const char *s)
{
	return s != NULL ? hash_fast(h, s, strlen(s) + 1) : hash_number(h, 0);
}

static uint64_t
hash_words(uint64_t h, const struct strv *words)
{
	h = hash_number(h, (int64_t)words->n);
	for (size_t i = 0; i < words->n; i++)
		h = hash_text(h, words->v[i]);
	return h;
}

/* Numbers as they lie on any machine. */
static uint64_t
hash_numbers(uint64_t h, int64_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i] = (int64_t)htole64((uint64_t)v[i]);
	return hash_fast(h, v, n * sizeof(*v));
}

/* An entry that has only moved within its file is the same definition. */
uint64_t
tab_job_hash(const struct job *job)
{
	int64_t numbers[NUMBERS_MAX];
	uint64_t h = HASH_SEED;
	size_t n = 0;

	for (const struct field *f = job_fields; f->name != NULL; f++) {
		const void *p = (const char *)job + f->offset;

		if (f->offset == offsetof(struct job, tab_line))
			continue;
		if (f->type == FIELD_TEXT)
			h = hash_text(h, *(char *const *)p);
		else if (f->type == FIELD_WORDS)
			h = hash_words(h, p);
		else {
			assert(n < NUMBERS_MAX);
			numbers[n++] = field_int(f, job);
		}
	}
	return hash_numbers(h, numbers, n);
}
