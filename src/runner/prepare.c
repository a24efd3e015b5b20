/*
 * prepare: what become.h needs before the vfork, and the sentence afterwards.
 */
#include "runner/become.h"

#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "job/limit.h"
#include "runner/users.h"
#include "wire/launch.h"

static int
set_command(struct become *b, struct err *e)
{
	static char dash_c[] = "-c"; /* writable by its type only */
	const struct launch *l = b->launch;

	if (l->command == NULL && l->argv.n == 0)
		return err_set(e, E_INPUT, "there is no command");
	if (l->command != NULL) {
		b->shell[0] = environment_get(&b->env, "SHELL");
		b->shell[1] = dash_c;
		b->shell[2] = l->command;
		b->argv = b->shell;
	} else {
		b->argv = l->argv.v;
	}
	environment_search(&b->paths, &b->env, b->argv[0]);
	b->folder = l->cwd != NULL ? l->cwd : environment_get(&b->env, "HOME");
	b->folder_implied = l->cwd == NULL;
	return 0;
}

static int
set_limits(struct become *b, struct err *e)
{
	const struct strv *words = &b->launch->limits;

	if (words->n == 0)
		return 0;
	b->limits = xcalloc(words->n, sizeof(*b->limits));
	for (size_t i = 0; i < words->n; i++)
		if (limit_parse(words->v[i], &b->limits[i], e) < 0)
			return err_prefix(e, "cannot set limit");
	b->nlimits = words->n;
	return 0;
}

int
become_prepare(struct become *b, const struct launch *l, const struct user *u,
    const struct strv *granted, const struct strv *told, struct err *e)
{
	int rc;

	b->launch = l;
	b->user = u;
	environment_make(&b->env, l, u, granted, told);
	if ((rc = set_command(b, e)) < 0)
		return rc;
	return set_limits(b, e);
}

void
become_release(struct become *b)
{
	environment_release(&b->env);
	strv_clear(&b->paths);
	free(b->limits);
	b->limits = NULL;
}

int
become_explain(const struct become *b, struct err *e)
{
	static const char *const steps[] = {
		[STEP_IDENTITY] = "cannot read its own '/proc/self/stat'",
		[STEP_LOCK] = "cannot write to its lock",
		[STEP_SESSION] = "cannot make a session",
		[STEP_STDIN] = "cannot redirect standard input",
		[STEP_OUTPUT] = "cannot redirect the output",
		[STEP_OOM_SCORE] = "cannot reset '/proc/self/oom_score_adj'",
		[STEP_HELPER] = "cannot run 'jobsched-session'",
		[STEP_SIGNALS] = "cannot reset signals",
		[STEP_NICE] = "cannot set the nice value",
		[STEP_LIMIT] = "cannot set limit",
		[STEP_GROUPS] = "cannot set the groups of user",
		[STEP_GID] = "cannot set the group of user",
		[STEP_UID] = "cannot become user",
		[STEP_PRIVILEGES] = "privileges remain after becoming user",
		[STEP_DEATH_SIGNAL] = "cannot set the parent-death signal",
		[STEP_FOLDER] = "cannot change to folder",
		[STEP_DESCRIPTORS] = "cannot close descriptors",
		[STEP_EXEC] = "cannot run",
	};
	const char *subject = NULL;

	if (b->step == STEP_LIMIT)
		subject = b->limit < b->nlimits ? b->launch->limits.v[b->limit] : "nofile";
	else if (b->step >= STEP_GROUPS && b->step <= STEP_PRIVILEGES)
		subject = b->user->name;
	else if (b->step == STEP_FOLDER)
		subject = b->folder;
	else if (b->step == STEP_EXEC)
		subject = b->argv[0];
	errno = b->error;
	if (subject == NULL)
		return err_errno(e, E_FAIL, "%s", steps[b->step]);
	return err_errno(e, E_FAIL, "%s '%s'", steps[b->step], subject);
}
