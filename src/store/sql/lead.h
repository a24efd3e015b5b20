/*
 * lead: the part of store/lease.h that the writes of a leader see.
 */
#ifndef STORE_SQL_LEAD_H
#define STORE_SQL_LEAD_H

struct db;
struct err;

/* db_begin; E_CONFLICT if this handle's node was to lead, and does no more. */
int lead_begin(struct db *, struct err *);

#endif
