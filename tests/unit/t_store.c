/*
 * t_store: the conformance suite of the store. Every test gets a new store of every backend, and
 * after each the store is asked whether all it promises holds.
 */
#include "t_store.h"
#include "pg_server.h"
#include "scratch.h"
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

struct backend {
	const char *name;
	bool (*start)(const char **why); /* false: it is not there */
	void (*stop)(void);
	char *(*uri)(const char *dir); /* of a new store; the caller's */
};

static bool
always(const char **why)
{
	(void)why;
	return true;
}

static void
nothing(void)
{
}

static char *
sqlite_uri(const char *dir)
{
	return xasprintf("sqlite:%s/test.db", dir);
}

static char *
pg_uri(const char *dir)
{
	(void)dir;
	pg_server_wipe();
	return xstrdup(pg_server_uri());
}

static const struct backend backends[] = {
    {"sqlite", always, nothing, sqlite_uri},
    {"postgresql", pg_server_start, pg_server_stop, pg_uri},
};

static const struct test *const suites[] = {jobs_tests, list_tests, claim_tests,
    notice_tests, end_tests,
    periodic_tests, lease_tests, life_tests, line_tests, after_tests, tab_tests, ops_tests,
    ledger_tests, prune_tests, clock_tests, change_tests, random_tests};

static void
print_fault(void *arg, const char *line)
{
	(void)arg;
	tap_note("%s", line);
}

static void
set_up(struct fx *fx, const struct backend *b)
{
	memset(fx, 0, sizeof(*fx));
	fx->backend = b->name;
	fx->dir = scratch_new("t_store");
	fx->uri = b->uri(fx->dir);
	fx->now = T0;
	fx_need(fx, store_open(&fx->s, fx->uri, STORE_CREATE, &fx->e), "open");
	fx_need(fx, store_runner_add(fx->s, NODE, T0, &fx->runner, &fx->e), "runner");
}

static void
tear_down(struct fx *fx, const char *name)
{
	int64_t faults = -1;

	fx_need(fx, store_check(fx->s, print_fault, NULL, &faults, &fx->e), "check");
	tap_is_int(faults, 0, "%s: %s: and the store holds what it promises", fx->backend, name);
	store_close(fx->s);
	scratch_remove(fx->dir);
	free(fx->dir);
	free(fx->uri);
}

/* By name, or any. */
static bool
is_wanted(char *const *names, const char *name)
{
	bool any = *names == NULL;

	for (; *names != NULL && !any; names++)
		any = strcmp(*names, name) == 0;
	return any;
}

static void
run_on(const struct backend *b, char *const *names)
{
	const char *why;

	if (!b->start(&why)) {
		tap_skip(b->name, why);
		return;
	}
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		for (const struct test *t = suites[i]; t->name != NULL; t++) {
			struct fx fx;

			if (!is_wanted(names, t->name))
				continue;
			tap_note("%s: %s", b->name, t->name);
			set_up(&fx, b);
			t->run(&fx);
			tear_down(&fx, t->name);
		}
	b->stop();
}

/* The names of tests may be given: then it is these, and no others. */
int
main(int argc, char *argv[])
{
	(void)argc;
	for (size_t i = 0; i < sizeof(backends) / sizeof(backends[0]); i++)
		run_on(&backends[i], argv + 1);
	return tap_done();
}
