/*
 * tabname: see tabname.h.
 */
#include "cli/tabname.h"

#include "base/mem.h"
#include "cli/cli.h"

struct wanted {
	const char *given;
	char *whole;	 /* given without links; NULL: there is no such file */
	char *exact;	 /* a tab of this path */
	char *named;	 /* the first whose last part is what was given */
	int same_name;	 /* how many there are of those */
};

static int
compare(void *arg, const struct tab_state *t)
{
	struct wanted *w = arg;
	const char *slash = strrchr(t->path, '/');

	if (strcmp(t->path, w->given) == 0 || (w->whole != NULL && strcmp(t->path, w->whole) == 0))
		w->exact = xstrdup(t->path);
	else if (slash != NULL && strcmp(slash + 1, w->given) == 0 && w->same_name++ == 0)
		w->named = xstrdup(t->path);
	return w->exact != NULL;
}

int
tabname_find(struct cli *c, const char *given, char **path)
{
	struct wanted w = { .given = given, .whole = realpath(given, NULL) };
	int r = store_tab_list(c->store, compare, &w, &c->err);

	if (r >= 0 && w.exact == NULL && w.same_name > 1)
		r = err_set(&c->err, E_CONFLICT,
		    "'%s' is the name of several tabs: give the whole path, as 'jobsched tab list' "
		    "has it", given);
	*path = r < 0 ? NULL : xstrdup(w.exact != NULL ? w.exact : w.named ? w.named : given);
	free(w.whole);
	free(w.exact);
	free(w.named);
	return r < 0 ? r : 0;
}
