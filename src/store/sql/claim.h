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
struct row;

struct claiming {
	struct db *db;
	const struct claim_request *q;
	struct claims *c;
	int64_t seen;	/* candidates looked at */
	int64_t parked, may_park; /* of these, put in line; and how many may be */
	bool moved;	/* others than the candidate were taken away: what was read is stale */
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
