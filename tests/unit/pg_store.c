/*
 * pg_store: see pg_store.h.
 */
#include "pg_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "pg_server.h"
#include "tap.h"
#include "time/zone.h"

struct store *
pg_store_open(const char *uri)
{
	struct store *s;
	struct err e;

	if (store_open(&s, uri, STORE_CREATE, &e) < 0) {
		printf("Bail out! %s\n", e.text);
		pg_server_stop();
		exit(1);
	}
	return s;
}

struct store *
pg_store_new(void)
{
	pg_server_wipe();
	return pg_store_open(pg_server_uri());
}

int64_t
pg_store_runner(struct store *s)
{
	int64_t runner;
	struct err e;

	if (store_runner_add(s, "alpha", T0, &runner, &e) < 0) {
		printf("Bail out! %s\n", e.text);
		pg_server_stop();
		exit(1);
	}
	return runner;
}

int
pg_store_claim(struct store *s, int64_t runner, struct claims *c, struct err *e)
{
	struct claim_request q = {
	    .node = "alpha", .runner = runner, .now = T0, .limit = 10, .zone = zone_utc()};

	memset(c, 0, sizeof(*c));
	return store_claim_ready(s, &q, c, e);
}

int
pg_store_finish(struct store *s, int64_t fence, struct finished *done, struct err *e)
{
	struct result r;

	result_init(&r);
	r.fence = fence;
	r.outcome = OUTCOME_OK;
	r.exit_status = 0;
	r.started_at = r.finished_at = T0;
	return store_finish_attempts(s, &r, 1, T0, done, e);
}

void
pg_store_fault(void *arg, const char *line)
{
	tap_note("%s", line);
	++*(int *)arg;
}

void
pg_store_holds(struct store *s)
{
	int64_t faults = -1;
	int lines = 0;
	struct err e;

	tap_is_int(store_check(s, pg_store_fault, &lines, &faults, &e), 0, "a check");
	tap_is_int(faults, 0, "finds that all holds");
}
