/*
 * pg_proxy: stands between a program and its PostgreSQL, and loses what it is told to lose.
 */
#ifndef PG_PROXY_H
#define PG_PROXY_H

#include <stdbool.h>

/* Listens in the folder of pg_server as another server; its URI, borrowed. */
const char *pg_proxy_start(void);
void pg_proxy_stop(void);

/*
 * From now on the answer to the next COMMIT is lost, with the connection; and nobody who comes
 * then gets through until pg_proxy_mend.
 */
void pg_proxy_lose_commit(void);
/* The same, but who comes again gets through. */
void pg_proxy_lose_one_commit(void);
/* The next COMMIT itself is lost, with the connection. */
void pg_proxy_lose_request(void);
/* The next question is lost, with the connection, as where that had died unnoticed. */
void pg_proxy_lose_next(void);
void pg_proxy_mend(void);
/* How many questions were asked since it was asked last. */
int pg_proxy_questions(void);
/* Whether what was to be lost is lost. */
bool pg_proxy_has_lost(void);

#endif
