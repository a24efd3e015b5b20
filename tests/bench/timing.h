/*
 * timing: what the programs that measure share: the clock, and starting a process. Apart from the
 * product, which is what they measure it against.
 */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include <err.h>
#include <errno.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

/* Monotonic, µs. */
static inline double
timing_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

/* The wall clock, ns, as tiny writes it. */
static inline int64_t
timing_wall(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* A number from the command line, at least 1. */
static inline long
timing_number(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*end != '\0' || n < 1)
		errx(2, "'%s' is no number above 0", text);
	return n;
}

static inline pid_t
timing_spawn(char *const argv[])
{
	extern char **environ;
	pid_t pid;
	int error = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);

	if (error != 0) {
		errno = error;
		err(1, "cannot run '%s'", argv[0]);
	}
	return pid;
}

/* Waits for any child; its end must be a good one. */
static inline void
timing_reap(void)
{
	int status;

	if (wait(&status) == -1 || status != 0)
		errx(1, "what was run has failed");
}

#define TIMING_LINE 20 /* bytes: a number of ns with its line end */
#define TIMING_PATIENCE_US 30e6

/* The number-th stamp that `tiny` makes in this file, counted from 0: ns. It is waited for. */
static inline int64_t
timing_stamp(const char *path, long number)
{
	const struct timespec pause = {0, 200000};
	double give_up = timing_now() + TIMING_PATIENCE_US;
	char line[TIMING_LINE + 1];

	for (; timing_now() < give_up; nanosleep(&pause, NULL)) {
		FILE *f = fopen(path, "r");
		size_t n;

		if (f == NULL)
			continue;
		n = fseek(f, number * TIMING_LINE, SEEK_SET) == 0 ? fread(line, 1, TIMING_LINE, f)
								   : 0;
		fclose(f);
		if (n == TIMING_LINE) {
			line[n] = '\0';
			return strtoll(line, NULL, 10);
		}
	}
	errx(1, "no stamp has come in '%s'", path);
}

#endif
