/*
 * progress: a bar on standard error, if that is a terminal.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool on;
	const char *what;
	int shown; /* percent; -1: nothing yet */
};

void progress_begin(struct progress *, const char *what, bool quiet);
void progress_show(struct progress *, int64_t done, int64_t all);
void progress_end(struct progress *); /* takes the bar away */

#endif
