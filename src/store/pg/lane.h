/*
 * lane: chunks of new jobs whose rows go to the server while the chunks before them are stored:
 * each on a connection of its own, so that several of the server's processes work at the same time,
 * and this one beside them (private to this driver).
 */
#ifndef STORE_PG_LANE_H
#define STORE_PG_LANE_H

#include <stdint.h>

struct err;
struct pg_db;
struct submit;

/* See store_submit_ahead: if a lane is free, and the jobs are of a sort for that. */
void lane_take(struct pg_db *, const struct submit *, int64_t *ids);

/*
 * Stores what is in a lane: 1; 0: nothing of it is stored, and it is to be done another way, or
 * nobody has announced it; or an error. Those behind it are dropped with less than 1.
 */
int lane_submit(struct pg_db *, const struct submit *, const int64_t *ids, struct err *);

void lane_release(struct pg_db *);

#endif
