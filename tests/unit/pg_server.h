/*
 * pg_server: a private PostgreSQL for unit tests, see tests/lib/postgresql. It ends with the test.
 */
#ifndef PG_SERVER_H
#define PG_SERVER_H

#include <stdbool.h>

/* False, with a word why it is not there; where there must be one (CI=true) the test ends. */
bool pg_server_start(const char **why);
void pg_server_stop(void);
/* Dead within a moment, without an end; and started again in the same place. */
void pg_server_kill(void);
void pg_server_again(void);

/* The URI of its database; borrowed. */
const char *pg_server_uri(void);

/* Where its socket is. */
const char *pg_server_folder(void);

/* Statements, several in one text; dies on an error. */
void pg_server_sql(const char *text);
/* One number. */
long long pg_server_number(const char *text);
/* Takes our schema away, and with it the store. */
void pg_server_wipe(void);

#endif
