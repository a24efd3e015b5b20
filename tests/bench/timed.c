/*
 * timed: how long a command takes, each time, in µs, one line each.
 *
 *   timed N COMMAND [ARG...]          from its exec to its end
 *   timed -s FILE N COMMAND [ARG...]  from its exec to the newest stamp that `tiny FILE` then makes
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "timing.h"

/* Of a number of ns with its line end. */
#define LINE 20
#define PATIENCE_US 30e6

/* The line that comes at offset, ns. */
static int64_t
stamp_at(const char *path, long offset)
{
	const struct timespec pause = { 0, 200000 };
	double give_up = timing_now() + PATIENCE_US;
	char line[LINE + 1];

	for (; timing_now() < give_up; nanosleep(&pause, NULL)) {
		FILE *f = fopen(path, "r");
		size_t n;

		if (f == NULL)
			continue;
		n = fseek(f, offset, SEEK_SET) == 0 ? fread(line, 1, LINE, f) : 0;
		fclose(f);
		if (n == LINE) {
			line[n] = '\0';
			return strtoll(line, NULL, 10);
		}
	}
	errx(1, "no stamp has come in '%s'", path);
}

static void
until_end(FILE *out, long n, char *argv[])
{
	while (n-- > 0) {
		double begin = timing_now();

		timing_spawn(argv);
		timing_reap();
		fprintf(out, "%.1f\n", timing_now() - begin);
	}
}

static void
until_stamp(FILE *out, const char *path, long n, char *argv[])
{
	for (long i = 0; i < n; i++) {
		int64_t begin = timing_wall();

		timing_spawn(argv);
		timing_reap();
		fprintf(out, "%.1f\n", (double)(stamp_at(path, i * LINE) - begin) / 1e3);
	}
}

int
main(int argc, char *argv[])
{
	const char *stamps = NULL;
	FILE *out;
	long n;
	int fd;

	if (argc > 2 && strcmp(argv[1], "-s") == 0) {
		stamps = argv[2];
		argc -= 2;
		argv += 2;
	}
	if (argc < 3)
		errx(2, "usage: timed [-s FILE] N COMMAND [ARG...]");
	n = timing_number(argv[1]);
	/* What the commands print must not come between the lines. */
	if ((fd = open("/dev/null", O_WRONLY)) == -1 ||
	    (out = fdopen(dup(STDOUT_FILENO), "w")) == NULL ||
	    fcntl(fileno(out), F_SETFD, FD_CLOEXEC) == -1 || dup2(fd, STDOUT_FILENO) == -1)
		err(1, "cannot redirect the output");
	if (stamps != NULL)
		until_stamp(out, stamps, n, argv + 2);
	else
		until_end(out, n, argv + 2);
	return fclose(out) == 0 ? 0 : 1;
}
