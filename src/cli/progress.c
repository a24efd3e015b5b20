/*
 * progress: see progress.h.
 */
#include "cli/progress.h"

#include <unistd.h>

#define WIDTH 40

void
progress_begin(struct progress *p, const char *what, bool quiet)
{
	*p = (struct progress){ .on = !quiet && isatty(STDERR_FILENO), .what = what, .shown = -1 };
}

void
progress_show(struct progress *p, int64_t done, int64_t all)
{
	int percent = all > 0 ? (int)(100 * done / all) : 0;
	char bar[WIDTH + 1];

	/* Where nobody knows how much there is, nothing is shown. */
	if (!p->on || all <= 0 || percent == p->shown)
		return;
	for (int i = 0; i < WIDTH; i++)
		bar[i] = i * 100 < percent * WIDTH ? '#' : '.';
	bar[WIDTH] = '\0';
	fprintf(stderr, "\r%-9s [%s] %3d %%", p->what, bar, percent);
	p->shown = percent;
}

void
progress_end(struct progress *p)
{
	if (p->on && p->shown >= 0)
		fprintf(stderr, "\r%*s\r", WIDTH + 20, "");
}
