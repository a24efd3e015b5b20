/*
 * environment: see environment.h.
 */
#include "runner/environment.h"

#include <inttypes.h>

#include "base/mem.h"
#include "base/strv.h"
#include "runner/users.h"
#include "wire/launch.h"

#define DEFAULT_PATH "/usr/bin:/bin"

static bool
is_named(const char *setting, const char *name)
{
	size_t len = strlen(name);

	return strncmp(setting, name, len) == 0 && setting[len] == '=';
}

static void
set_all(struct strv *env, const struct strv *settings)
{
	for (size_t i = 0; i < settings->n; i++)
		strv_putenv(env, settings->v[i]);
}

/* Those that may not say who the user is. */
static void
set_others(struct strv *env, const struct strv *settings)
{
	for (size_t i = 0; i < settings->n; i++)
		if (!is_named(settings->v[i], "LOGNAME") && !is_named(settings->v[i], "USER"))
			strv_putenv(env, settings->v[i]);
}

void
environment_make(struct strv *env, const struct launch *l, const struct user *u,
    const struct strv *granted, const struct strv *told)
{
	char fence[24];

	strv_setenv(env, "HOME", u->home);
	strv_setenv(env, "LOGNAME", u->name);
	strv_setenv(env, "USER", u->name);
	strv_setenv(env, "SHELL", "/bin/sh");
	strv_setenv(env, "PATH", DEFAULT_PATH);
	if (granted != NULL)
		set_others(env, granted);
	set_others(env, &l->env);
	set_all(env, &l->vars);
	snprintf(fence, sizeof(fence), "%" PRId64, l->fence);
	strv_setenv(env, "JOBSCHED_FENCE", fence);
	if (told != NULL)
		set_all(env, told);
}

void
environment_search(struct strv *paths, const struct strv *env, const char *command)
{
	const char *folders = strv_env(env, "PATH");
	size_t len;

	if (strchr(command, '/') != NULL || command[0] == '\0') {
		strv_push(paths, command);
		return;
	}
	for (const char *p = folders != NULL ? folders : DEFAULT_PATH;; p += len + 1) {
		len = strcspn(p, ":");
		strv_take(paths, len > 0 ? mem_join(p, len, '/', command) :
					   mem_join(".", 1, '/', command));
		if (p[len] == '\0')
			break;
	}
}
