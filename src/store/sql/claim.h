/*
 * claim: what the rooms of one claim share (private to the logic).
 */
#ifndef STORE_SQL_CLAIM_H
#define STORE_SQL_CLAIM_H

#include <stdbool.h>
#include <stdint.h>

#include "store/sql/occ.h"
#include "store/store.h"

struct db;
struct err;
struct job;
struct row;

#define CLAIM_SEEN_MAX 2000 /* candidates in one transaction: it must stay short */

struct claiming {
	struct db *db;
	const struct claim_request *q;
	struct claims *c;
	int64_t seen;	/* candidates looked at */
	int64_t parked, may_park; /* of these, put in line; and how many may be */
	bool moved;	/* others than the candidate were taken away: what was read is stale */
	bool singly;	/* something is in the way of claim_run */
	int64_t ahead[OCC_RANKS]; /* of each, how many jobs the disk was told of */
	char *boot;   /* of the node, once asked for */
};

/* How take ended. */
enum take {
	TAKE_DONE,
	TAKE_BUSY,  /* the job has a running attempt */
	TAKE_AGAIN, /* this occurrence has an attempt of that number already: the clock was set back
		     */
};

/*
 * Makes the waiting occurrence `from` the running one `to`, with an attempt under a new fence. The
 * job in *r goes over to the claim. *fence is set; the caller stores what else changes in table
 * jobs. An enum take, or an error.
 */
int claim_take(struct claiming *, const struct occ *from, const struct occ *to, struct row *r,
    int64_t *fence, struct err *);

/* Whether the node may take anything now. */
int claim_may(struct claiming *, bool *may, struct err *);

/* A running occurrence with its attempt: into what is handed out, with the job of *r. */
int claim_hand_out(
    struct claiming *, const struct occ *, struct row *r, int64_t fence, struct err *);

/* From when on the lateness of its start is counted. */
int64_t claim_expected_at(const struct claiming *, const struct occ *, const struct row *);

/* Whether a time of the job may pass without a run; the others start as soon as they can. */
bool claim_is_planned(const struct job *);

/*
 * claim_run.c: takes the first of a rank, at most max, up to one that needs thought: other than
 * the first attempt of a one-time job that stands in no line and may be late. Where it does not
 * pay, and once something is in its way, it takes none.
 */
int claim_run(struct claiming *, int64_t rank, int64_t max, struct err *);
bool claim_runs(const struct claiming *);

/* due.c: an occurrence of which the job's schedule and policies decide. */
int claim_due(struct claiming *, const struct occ *, struct row *, struct err *);

/*
 * due.c: an occurrence of the job's schedule was given back after its claim, and is claimed only
 * now: the next one of an interval is counted from here. r->job is borrowed.
 */
int claim_late(struct claiming *, struct row *, struct err *);

/* Nothing may be left of the job: stores that it has ended. */
int claim_expired(struct claiming *, struct row *, struct err *);

#endif
