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

/* A runner of that node; dies if it cannot be recorded. */
int64_t pg_store_runner(struct store *);

/* For store_check: shows the line; arg is an int, how many there were. */
void pg_store_fault(void *arg, const char *line);
/* Two tests: a check is made, and finds nothing. */
void pg_store_holds(struct store *);

#endif
