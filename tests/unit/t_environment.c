/*
 * t_environment: whose word counts for each name, and where a command is looked for.
 */
#include "runner/environment.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/strv.h"
#include "runner/users.h"
#include "tap.h"
#include "wire/launch.h"

static void
add(struct strv *to, const char *const *words)
{
	for (; *words != NULL; words++)
		strv_push(to, *words);
}

static void
test_layers(void)
{
	static const char *const env[] = { "HOME=/job", "LOGNAME=root", "USER=root", "A=1", "A=2",
		"AxB=x", "AyB=y", "=nameless", "no setting", "JOBSCHED_FENCE=9", "SHELL=", NULL };
	static const char *const vars[] = { "JOBSCHED_JOB_ID=7", "AxB=z", NULL };
	static const char *const granted[] = { "PATH=/granted", "G=g", "LOGNAME=pam", NULL };
	static const char *const told[] = { "G=told", NULL };
	static const struct {
		const char *name, *want;
	} cases[] = { { "HOME", "/job" }, { "LOGNAME", "me" }, { "USER", "me" }, { "SHELL", "" },
		{ "PATH", "/granted" }, { "A", "2" }, { "AxB", "z" }, { "AyB", "y" },
		{ "", "nameless" }, { "no setting", NULL }, { "JOBSCHED_JOB_ID", "7" },
		{ "JOBSCHED_FENCE", "42" }, { "G", "told" }, { "B", NULL } };
	struct user u = { .name = xstrdup("me"), .home = xstrdup("/home/me") };
	struct strv g = { 0 }, t = { 0 };
	struct environment e = { 0 };
	struct launch l;

	launch_init(&l);
	l.fence = 42;
	add(&l.env, env);
	add(&l.vars, vars);
	add(&g, granted);
	add(&t, told);
	environment_of_user(&u);
	environment_make(&e, &l, &u, &g, &t);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		tap_is_str(environment_get(&e, cases[i].name), cases[i].want, "'%s'",
		    cases[i].name);
	tap_ok(e.n == 12 && e.v[e.n] == NULL, "each name is there once");
	environment_release(&e);
	environment_make(&e, &l, &u, NULL, NULL);
	tap_is_str(environment_get(&e, "PATH"), "/usr/bin:/bin", "nobody need grant anything");
	environment_release(&e);
	launch_release(&l);
	strv_clear(&g);
	strv_clear(&t);
	strv_clear(&u.settings);
	free(u.name);
	free(u.home);
}

/* Lengths that are told apart only by looking at the names. */
static void
test_long_names(void)
{
	const size_t n = 65536 + 1;
	struct environment e = { 0 };
	struct user u = { 0 };
	struct launch l;
	char *text = xmalloc(n + 3);

	launch_init(&l);
	memset(text, 'A', n);
	memcpy(text + n, "=v", 3);
	strv_push(&l.env, "A=short");
	strv_push(&l.env, text);
	environment_make(&e, &l, &u, NULL, NULL);
	tap_is_str(environment_get(&e, "A"), "short", "a long name is another one");
	text[n] = '\0';
	tap_is_str(environment_get(&e, text), "v", "and is found");
	environment_release(&e);
	launch_release(&l);
	free(text);
}

static void
test_search(void)
{
	static const struct {
		const char *path, *command, *want;
	} cases[] = { { "PATH=/a:/b", "x", "/a/x /b/x" }, { "PATH=:/b:", "x", "./x /b/x ./x" },
		{ "PATH=", "x", "./x" }, { "A=", "x", "/usr/bin/x /bin/x" },
		{ "PATH=/a", "./x", "" }, { "PATH=/a", "", "" } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct environment e = { 0 };
		struct strv paths = { 0 };
		struct user u = { 0 };
		struct launch l;
		char *got;

		launch_init(&l);
		strv_push(&l.env, cases[i].path);
		environment_make(&e, &l, &u, NULL, NULL);
		environment_search(&paths, &e, cases[i].command);
		got = strv_join(&paths, " ");
		tap_is_str(got, cases[i].want, "'%s' with %s", cases[i].command, cases[i].path);
		free(got);
		strv_clear(&paths);
		environment_release(&e);
		launch_release(&l);
	}
}

int
main(void)
{
	test_layers();
	test_long_names();
	test_search();
	return tap_done();
}
