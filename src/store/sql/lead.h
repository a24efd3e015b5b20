/*
 * lead: the part of store/lease.h that the writes of a leader see.
 */
#ifndef STORE_SQL_LEAD_H
#define STORE_SQL_LEAD_H

#include <stdint.h>

struct db;
struct err;
struct node;

/* db_begin; E_CONFLICT if this handle's node was to lead, and does no more. */
int lead_begin(struct db *, struct err *);

/*
 * What another node refused, or this one under other labels, may find its node in this one: it is
 * ready again. Transactions of its own.
 */
int node_recall(struct db *, const struct node *, int64_t now, struct err *);

#endif
