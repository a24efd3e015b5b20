/*
 * newjob: see newjob.h.
 */
#include "cli/newjob.h"

#include <errno.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/cli.h"
#include "cli/upcoming.h"
#include "job/draft.h"

int
newjob_init(struct newjob *n, struct cli *c)
{
	*n = (struct newjob){ .cli = c };
	if (cli_user(c) == NULL)
		return c->err.code;
	/* It may have been removed: that matters only to a job that is given no other. */
	if ((n->cwd = getcwd(NULL, 0)) == NULL)
		n->no_cwd = errno;
	return 0;
}

void
newjob_release(struct newjob *n)
{
	free(n->cwd);
	who_release(&n->who);
}

void
newjob_draft(const struct newjob *n, struct draft *d)
{
	draft_init(d, &n->cli->conf.defaults);
	free(d->job.user);
	d->job.user = xstrdup(n->cli->user);
	free(d->job.cwd);
	d->job.cwd = n->cwd != NULL ? xstrdup(n->cwd) : NULL;
}

static int
check_cwd(const struct newjob *n, const struct draft *d)
{
	if (d->job.cwd != NULL)
		return 0;
	errno = n->no_cwd;
	return err_errno(&n->cli->err, E_FAIL, "cannot tell the current directory");
}

/* A calendar may come later: that it is not there is worth a word, once for each. */
static int
look_for_calendars(struct cli *c, const struct job *j)
{
	struct upcoming_context ctx;

	if (j->not_on == NULL && j->only_on == NULL)
		return 0;
	if (cli_upcoming(c, &ctx) < 0)
		return c->err.code;
	if (j->not_on != NULL)
		ctx.calendar(ctx.arg, j->not_on);
	if (j->only_on != NULL)
		ctx.calendar(ctx.arg, j->only_on);
	return 0;
}

int
newjob_finish(struct newjob *n, struct draft *d, struct job *j)
{
	struct cli *c = n->cli;
	int r = check_cwd(n, d);

	if (r == 0)
		r = who_may(c, &n->who, d->job.user);
	/* Times are read in the zone in which people see them: the local one. */
	if (r == 0)
		r = draft_finish(d, c->local, c->now, j, &c->err);
	if (r == 0 && (r = look_for_calendars(c, j)) < 0)
		job_release(j);
	/* A finished draft is empty. */
	if (r < 0)
		draft_release(d);
	return r;
}
