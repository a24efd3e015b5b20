/*
 * environment: see environment.h.
 */
#include "runner/environment.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/strv.h"
#include "runner/users.h"
#include "wire/launch.h"

#define DEFAULT_PATH "/usr/bin:/bin"

void
environment_of_user(struct user *u)
{
	strv_setenv(&u->settings, "HOME", u->home);
	strv_setenv(&u->settings, "LOGNAME", u->name);
	strv_setenv(&u->settings, "USER", u->name);
	strv_setenv(&u->settings, "SHELL", "/bin/sh");
	strv_setenv(&u->settings, "PATH", DEFAULT_PATH);
}

static bool
is_named(const char *setting, const char *name)
{
	size_t len = strlen(name);

	return strncmp(setting, name, len) == 0 && setting[len] == '=';
}

/* What tells most names apart, so that few are compared. */
static uint32_t
name_mark(const char *name, size_t len)
{
	if (len == 0)
		return 0;
	return (uint32_t)len << 16 | (uint32_t)(uint8_t)name[0] << 8 | (uint8_t)name[len - 1];
}

/* Where the name of that length is, or would be. */
static size_t
find(const struct environment *env, const char *name, size_t len)
{
	uint32_t mark = name_mark(name, len);
	size_t i;

	for (i = 0; i < env->n; i++)
		if (env->marks[i] == mark && strncmp(env->v[i], name, len) == 0 &&
		    env->v[i][len] == '=')
			break;
	return i;
}

/* There is room; in place of one of its name. What has no '=' sets nothing. */
static void
set(struct environment *env, char *setting)
{
	const char *end = strchr(setting, '=');
	size_t len, i;

	if (end == NULL)
		return;
	len = (size_t)(end - setting);
	i = find(env, setting, len);
	env->v[i] = setting;
	if (i < env->n)
		return;
	env->marks[env->n++] = name_mark(setting, len);
	env->v[env->n] = NULL;
}

static void
set_all(struct environment *env, const struct strv *settings)
{
	for (size_t i = 0; i < settings->n; i++)
		set(env, settings->v[i]);
}

/* Those that may not say who the user is. */
static void
set_others(struct environment *env, const struct strv *settings)
{
	for (size_t i = 0; i < settings->n; i++)
		if (!is_named(settings->v[i], "LOGNAME") && !is_named(settings->v[i], "USER"))
			set(env, settings->v[i]);
}

static char *
fence_setting(int64_t fence)
{
	struct buf b = { 0 };

	buf_addstr(&b, "JOBSCHED_FENCE=");
	buf_addn(&b, fence);
	return buf_string(&b);
}

void
environment_make(struct environment *env, const struct launch *l, const struct user *u,
    const struct strv *granted, const struct strv *told)
{
	static const struct strv none;
	size_t most;

	granted = granted != NULL ? granted : &none;
	told = told != NULL ? told : &none;
	most = u->settings.n + granted->n + l->env.n + l->vars.n + 1 + told->n;
	env->n = 0;
	env->v = xcalloc(most + 1, sizeof(*env->v));
	env->marks = xreallocarray(NULL, most, sizeof(*env->marks));
	env->fence = fence_setting(l->fence);
	set_all(env, &u->settings);
	set_others(env, granted);
	set_others(env, &l->env);
	set_all(env, &l->vars);
	set(env, env->fence);
	set_all(env, told);
}

void
environment_release(struct environment *env)
{
	free(env->v);
	free(env->marks);
	free(env->fence);
	memset(env, 0, sizeof(*env));
}

char *
environment_get(const struct environment *env, const char *name)
{
	size_t len = strlen(name), i = find(env, name, len);

	return i < env->n ? env->v[i] + len + 1 : NULL;
}

void
environment_search(struct strv *paths, const struct environment *env, const char *command)
{
	const char *folders = environment_get(env, "PATH");
	size_t len;

	if (strchr(command, '/') != NULL || command[0] == '\0')
		return;
	for (const char *p = folders != NULL ? folders : DEFAULT_PATH;; p += len + 1) {
		len = strcspn(p, ":");
		strv_take(paths, len > 0 ? mem_join(p, len, '/', command) :
					   mem_join(".", 1, '/', command));
		if (p[len] == '\0')
			break;
	}
}
