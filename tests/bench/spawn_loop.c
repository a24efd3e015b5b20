/*
 * spawn_loop: how many processes one parent starts and reaps in a second when it does nothing else:
 * the limit of any scheduler on this machine. `spawn_loop N WIDTH COMMAND [ARG...]`
 */
#include <stdio.h>

#include "timing.h"

int
main(int argc, char *argv[])
{
	double begin;
	long n, width;

	if (argc < 4)
		errx(2, "usage: spawn_loop N WIDTH COMMAND [ARG...]");
	n = timing_number(argv[1]);
	width = timing_number(argv[2]);
	begin = timing_now();
	for (long started = 0, ended = 0; ended < n; ended++) {
		for (; started < n && started < ended + width; started++)
			timing_spawn(argv + 3);
		timing_reap();
	}
	printf("%.1f\n", (double)n * 1e6 / (timing_now() - begin));
	return 0;
}
