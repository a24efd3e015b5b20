/*
 * backend: see backend.h.
 */
#include "store/backend.h"

#include <ctype.h>
#include <stddef.h>

#include "base/err.h"
#include "base/module.h"
#include "store/ops.h"
#include "store/sqlite/sqlite.h"

/* One without operations is in a module, which needs libraries that not everybody has. */
struct backend {
	const char *scheme;
	const struct store_ops *ops;
	const char *module;
};

/* The first is that of a path. */
static const struct backend backends[] = {
    {"sqlite", &sqlite_ops, NULL},
    {"postgresql", NULL, "store_pg"},
    {"postgres", NULL, "store_pg"},
};

/* Its members after scheme are all pointers to functions. */
static bool
is_whole(const struct store_ops *ops)
{
	const char *p = (const char *)ops;

	for (size_t at = offsetof(struct store_ops, open); at < sizeof(*ops);
	     at += sizeof(void *)) {
		void *slot;

		memcpy(&slot, p + at, sizeof(slot));
		if (slot == NULL)
			return false;
	}
	return true;
}

/* Length of "scheme" in "scheme:…"; 0: a path. */
static size_t
scheme_length(const char *uri)
{
	size_t n = 0;

	while (islower((unsigned char)uri[n]) || (n > 0 && isdigit((unsigned char)uri[n])))
		n++;
	return uri[n] == ':' ? n : 0;
}

static int
load(const struct backend *b, const struct store_ops **ops, struct err *e)
{
	const void *table = b->ops;

#ifndef WITH_POSTGRESQL
	if (b->module != NULL)
		return err_set(e, E_INPUT, "this jobsched was built without '%s:'", b->scheme);
#endif
	if (b->module != NULL && (table = module_load(b->module, e)) == NULL)
		return e->code;
	*ops = table;
	return is_whole(*ops) ? 0 : err_set(e, E_FAIL, "backend '%s' is not whole", (*ops)->scheme);
}

int
backend_find(const char *uri, const struct store_ops **ops, const char **locator, struct err *e)
{
	size_t n = scheme_length(uri), len = n > 0 ? n : strlen(backends[0].scheme);
	const char *scheme = n > 0 ? uri : backends[0].scheme;

	*locator = n > 0 ? uri + n + 1 : uri;
	if (**locator == '\0')
		return err_set(e, E_INPUT, "'%s' names no database", uri);
	for (size_t i = 0; i < sizeof(backends) / sizeof(backends[0]); i++)
		if (strlen(backends[i].scheme) == len &&
		    strncmp(backends[i].scheme, scheme, len) == 0)
			return load(&backends[i], ops, e);
	/* Not the whole URI: it may hold a password. */
	return err_set(e, E_INPUT, "unknown kind of database '%.*s:'", (int)n, uri);
}
