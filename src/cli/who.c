/*
 * who: see who.h.
 */
#include "cli/who.h"

#include <pwd.h>

#include "base/mem.h"
#include "cli/cli.h"

static int
judge(struct cli *c, const char *user)
{
	const char *own = cli_user(c), *why;

	if (own == NULL)
		return c->err.code;
	if (strcmp(user, own) != 0) {
		if (getpwnam(user) == NULL)
			return err_set(&c->err, E_INPUT, "unknown user '%s'", user);
		if (!conf_is_system())
			return err_set(&c->err, E_PERM,
			    "only root can submit jobs for another user: '%s'", user);
	}
	if ((why = conf_user_refused(&c->conf, user)) != NULL)
		return err_set(&c->err, E_PERM, "user '%s': %s", user, why);
	return 0;
}

int
who_may(struct cli *c, struct who *w, const char *user)
{
	if (w->user != NULL && strcmp(w->user, user) == 0)
		return 0;
	if (judge(c, user) < 0)
		return c->err.code;
	free(w->user);
	w->user = xstrdup(user);
	return 0;
}

void
who_release(struct who *w)
{
	free(w->user);
}
