/*
 * pg_store: a store on the server of pg_server.h, and one node of it, for the tests of what is
 * PostgreSQL's own.
 */
#ifndef PG_STORE_H
#define PG_STORE_H

#include "store/store.h"

/* When all happens, and all is due: 2026-03-01T10:00:00Z. */
#define T0 INT64_C(1772359200000000)

/* Dies if it cannot. */
struct store *pg_store_open(const char *uri);
/* On a schema that is made anew. */
struct store *pg_store_new(void);

/* Up to ten for node "alpha", at T0. */
int pg_store_claim(struct store *, int64_t runner, struct claims *, struct err *);
/* It went well, at T0. */
int pg_store_finish(struct store *, int64_t fence, struct finished *, struct err *);

/* For store_check: shows the line; arg is an int, how many there were. */
void pg_store_fault(void *arg, const char *line);

#endif
