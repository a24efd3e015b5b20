/*
 * tabcompare: what tabdiff and its comparison share (private to them).
 */
#ifndef DAEMON_TABCOMPARE_H
#define DAEMON_TABCOMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/tabdiff.h"
#include "store/store.h"
#include "tab/tab.h"

#define TABDIFF_PIECE 2000 /* entries compared, or names looked up, at a time */

enum compare_stage { COMPARE_KNOWN, COMPARE_REST, COMPARE_FOUND, COMPARE_OVER };

/*
 * What its key has behind that which all have is beside it, so that few keys are looked up while
 * they are sorted.
 */
struct keyed_job {
	uint64_t head;
	const struct job *job;
};

/* The tab's jobs beside those of the store: which differ. */
struct comparison {
	struct store *store;
	char *path;
	enum compare_stage stage;
	const struct tab *tab;
	struct keyed_job *jobs; /* the tab's, in the order of their keys */
	size_t n, at;		 /* at: how many have been compared */
	int64_t *ids;		 /* in the order of the tab; 0: not known yet */
	int64_t *gone;		 /* with an index: ids of the jobs whose lines are not there */
	size_t ngone;
	char *after;		 /* the last key that the store gave */
	size_t piece;
	struct tab_change *changes;
	size_t nchanges, cap, retired; /* retired: of the changes, so many */
};

void comparison_init(struct comparison *, struct store *, const char *path, const struct tab *,
    const struct tab_index *);
void comparison_release(struct comparison *);

/* One piece. 1: there is more; 0: all changes are there; TABDIFF_UNCLEAR, or an error. */
int comparison_step(struct comparison *, struct err *);

void comparison_set_id(struct comparison *, const struct job *, int64_t id);

#endif
