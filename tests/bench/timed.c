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
		fprintf(out, "%.1f\n", (double)(timing_stamp(path, i) - begin) / 1e3);
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
