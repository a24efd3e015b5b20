/*
 * strv: see strv.h.
 */
#include "base/strv.h"

#include "base/buf.h"
#include "base/mem.h"

void
strv_take(struct strv *s, char *word)
{
	s->v = mem_grow(s->v, s->n + 1, &s->cap, sizeof(*s->v));
	s->v[s->n++] = word;
	s->v[s->n] = NULL;
}

void
strv_push(struct strv *s, const char *word)
{
	strv_take(s, xstrdup(word));
}

void
strv_clear(struct strv *s)
{
	if (s->v == NULL)
		return;
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i]);
	free(s->v);
	memset(s, 0, sizeof(*s));
}

void
strv_copy(struct strv *to, const struct strv *from)
{
	strv_clear(to);
	for (size_t i = 0; i < from->n; i++)
		strv_push(to, from->v[i]);
}

bool
strv_equal(const struct strv *a, const struct strv *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->v[i], b->v[i]) != 0)
			return false;
	return true;
}

static size_t
env_index(const struct strv *s, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (strncmp(s->v[i], name, len) == 0 && s->v[i][len] == '=')
			break;
	return i;
}

const char *
strv_env(const struct strv *s, const char *name)
{
	size_t len = strlen(name), i = env_index(s, name, len);

	return i < s->n ? s->v[i] + len + 1 : NULL;
}

/* The setting, whose name is that long, becomes the vector's. */
static void
put(struct strv *s, size_t len, char *setting)
{
	size_t i = env_index(s, setting, len);

	if (i == s->n) {
		strv_take(s, setting);
		return;
	}
	free(s->v[i]);
	s->v[i] = setting;
}

void
strv_setenv(struct strv *s, const char *name, const char *value)
{
	size_t len = strlen(name);

	put(s, len, mem_join(name, len, '=', value));
}

void
strv_putenv(struct strv *s, const char *setting)
{
	size_t len = strcspn(setting, "=");

	if (setting[len] == '=')
		put(s, len, xstrdup(setting));
}

char *
strv_join(const struct strv *s, const char *sep)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < s->n; i++) {
		if (i > 0)
			buf_addstr(&b, sep);
		buf_addstr(&b, s->v[i]);
	}
	return buf_string(&b);
}
