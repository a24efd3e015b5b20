/*
 * tabdiff: makes the store agree with a tab, a piece at a time: what is new or changed is written,
 * what has gone is retired, what is the same is not touched.
 */
#ifndef DAEMON_TABDIFF_H
#define DAEMON_TABDIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct store;
struct tab;
struct tab_index;
struct tabdiff;
struct zone;

struct tabdiff_result {
	size_t changed, retired;
	int line; /* on failure: the entry at fault, 0 if none is */
	const int64_t *ids; /* once it is carried out: of the tab's jobs, in their order */
};

/* What is to be done, and by which clock, zone and boot. */
struct tabdiff_moment {
	int64_t now;
	const struct zone *zone; /* for entries without one */
	const char *boot_id;
};

/*
 * The tab must live as long as this does. path: whose entries are compared. With an index (else
 * NULL), which is needed only here, the tab has only the entries whose lines are new, and what of
 * the index is not there has gone.
 */
struct tabdiff *tabdiff_new(
    struct store *, const char *path, const struct tab *, const struct tab_index *);
void tabdiff_free(struct tabdiff *);

#define TABDIFF_UNCLEAR 2

/*
 * One piece of the comparison, which changes nothing. 1: there is more of it; 0: it is complete.
 * E_CONFLICT: a name is taken by a job of another tab that is in force, or by a submitted one.
 * TABDIFF_UNCLEAR, with an index: only all lines of the tab tell which entry is which.
 */
int tabdiff_compare(struct tabdiff *, struct err *);

#define TABDIFF_FEW 500 /* changes that go into one transaction in any case */

/* Whether all of it goes into one transaction: then it is carried out as a whole, or not at all. */
bool tabdiff_is_small(const struct tabdiff *);

/*
 * After the comparison: one short transaction, which leaves a state that another comparison
 * completes. 1: there is more to do; 0: the store agrees with the tab. E_CONFLICT: as above, by
 * what came meanwhile.
 */
int tabdiff_carry_out(struct tabdiff *, const struct tabdiff_moment *, struct err *);

const struct tabdiff_result *tabdiff_result(const struct tabdiff *);

#endif
