/*
 * account: see account.h. A directory service may take milliseconds for each question.
 */
#include "tab/account.h"

#include <errno.h>
#include <pwd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "tab/tab.h"

static char *
ask(const struct tab_context *ctx, const char *name)
{
	const char *why;

	errno = 0;
	if (getpwnam(name) == NULL) {
		/* These are what getpwnam(3) names for "not found". */
		if (errno == 0 || errno == ENOENT || errno == ESRCH || errno == EBADF ||
		    errno == EPERM)
			return xasprintf("no account named '%.64s'", name);
		return xasprintf("cannot look up account '%.64s': %s", name, strerror(errno));
	}
	if (ctx->user_refused != NULL && (why = ctx->user_refused(ctx->arg, name)) != NULL)
		return xasprintf("'%.64s': %s", name, why);
	return NULL;
}

const char *
account_refusal(struct accounts *a, const struct tab_context *ctx, const char *name)
{
	size_t *at;

	/* Most tabs have one account, or entries of one account together. */
	if (a->n > 0 && strcmp(a->v[a->n - 1].name, name) == 0)
		return a->v[a->n - 1].refusal;
	at = seen_at(&a->index, hash_string(HASH_SEED, name));
	if (*at == 0 || strcmp(a->v[*at - 1].name, name) != 0) {
		a->v = mem_grow(a->v, a->n, &a->cap, sizeof(*a->v));
		a->v[a->n++] = (struct account){ xstrdup(name), ask(ctx, name) };
		*at = a->n;
	}
	return a->v[*at - 1].refusal;
}

void
accounts_release(struct accounts *a)
{
	for (size_t i = 0; i < a->n; i++) {
		free(a->v[i].name);
		free(a->v[i].refusal);
	}
	free(a->v);
	seen_release(&a->index);
	*a = (struct accounts){ 0 };
}
