/*
 * crowd: counts runs by the minute, lists the counts where that is wanted, and says where more are
 * due at once than may run.
 */
#ifndef CLI_CROWD_H
#define CLI_CROWD_H

#include <stdint.h>

struct cli;
struct out;
struct when;

struct crowd {
	const struct cli *cli;
	const struct when *when; /* how minutes are shown */
	int64_t max;		/* so many may run at once */
	struct out *list;	/* a row for each minute goes there; NULL: none */
	int64_t minute, n; /* the minute being counted (since the epoch), and its runs so far */
	int64_t crowded;	/* minutes with more than max */
};

void crowd_init(struct crowd *, const struct cli *, const struct when *, int64_t max,
    struct out *list);

/* Runs come in the order of their times (µs). */
void crowd_add(struct crowd *, int64_t at);
void crowd_end(struct crowd *);

#endif
