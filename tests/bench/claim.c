/*
 * claim: what it costs the store to claim jobs and to record their ends, in ms for each round of
 * claim and finish: `claim [-c] DATABASE JOBS ROUNDS`. All jobs of the database are taken for due.
 * With -c the kernel forgets the database before each round.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/store.h"
#include "time/zone.h"
#include "timing.h"

/* Later than any job that the benchmarks make. */
#define LATE_US (INT64_C(20) * 366 * 86400 * 1000000)

static void
need(int rc, const struct err *e)
{
	if (rc < 0)
		errx(1, "%s", e->text);
}

static void
forget(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd == -1 || fdatasync(fd) == -1 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0)
		err(1, "%s", path);
	close(fd);
}

static void
finish(struct store *s, const struct claims *claims, int64_t now, struct err *e)
{
	struct finished *done = xcalloc(claims->n, sizeof(*done));
	struct result *results = xcalloc(claims->n, sizeof(*results));

	for (size_t i = 0; i < claims->n; i++) {
		result_init(&results[i]);
		results[i].fence = claims->v[i].fence;
		results[i].outcome = OUTCOME_OK;
		results[i].exit_status = 0;
		results[i].started_at = results[i].finished_at = now;
	}
	need(store_finish_attempts(s, results, claims->n, now, done, e), e);
	free(results);
	free(done);
}

static double
one_round(struct store *s, int64_t runner, long jobs)
{
	static const struct strv labels;
	struct claim_request request = {
		.node = "bench",
		.runner = runner,
		.labels = &labels,
		.now = timing_wall() / 1000 + LATE_US,
		.limit = jobs,
		.zone = zone_utc(),
	};
	struct claims claims = { 0 };
	double begin = timing_now();
	struct err e;

	need(store_claim_ready(s, &request, &claims, &e), &e);
	if (claims.n != (size_t)jobs)
		errx(1, "%zu of %ld jobs were claimed", claims.n, jobs);
	finish(s, &claims, request.now, &e);
	claims_release(&claims);
	return timing_now() - begin;
}

int
main(int argc, char *argv[])
{
	bool cold = argc > 1 && strcmp(argv[1], "-c") == 0;
	char **arg = argv + 1 + cold;
	int64_t runner;
	struct store *s;
	long jobs, rounds;
	struct err e;

	if (argc != 4 + cold)
		errx(2, "usage: claim [-c] DATABASE JOBS ROUNDS");
	jobs = timing_number(arg[1]);
	rounds = timing_number(arg[2]);
	need(store_open(&s, arg[0], STORE_WRITE, &e), &e);
	need(store_runner_add(s, "bench", timing_wall() / 1000, &runner, &e), &e);
	while (rounds-- > 0) {
		if (cold)
			forget(arg[0]);
		printf("%.2f\n", one_round(s, runner, jobs) / 1e3);
	}
	store_close(s);
	return 0;
}
