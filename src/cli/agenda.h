/*
 * agenda: the runs to come of many jobs, in the order of their times: a heap of upcoming
 * occurrences.
 */
#ifndef CLI_AGENDA_H
#define CLI_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/upcoming.h"

struct agenda_item {
	struct upcoming u;
	int64_t job_id; /* 0: not stored */
	char *name;	/* NULL: none */
	size_t order;	/* of adding: decides between equal times */
};

/* All zero is empty. */
struct agenda {
	struct agenda_item *heap;
	size_t n, cap, added;
};

/* Copies name. What has no occurrence left is not kept. */
void agenda_add(struct agenda *, const struct upcoming *, int64_t job_id, const char *name);

/* The earliest, or NULL. Borrowed until the next call. */
const struct agenda_item *agenda_first(const struct agenda *);

/* Moves the earliest on to its following occurrence. */
void agenda_advance(struct agenda *);

void agenda_release(struct agenda *);

#endif
