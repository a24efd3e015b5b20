/*
 * check: what the rooms of `db check` share (private to this driver).
 */
#ifndef STORE_SQLITE_CHECK_H
#define STORE_SQLITE_CHECK_H

#include "store/sql/check.h"

/* Reports what differs from the tables and columns of schema.sql; 1 if anything does. */
int check_schema(struct checking *, struct err *);

#endif
