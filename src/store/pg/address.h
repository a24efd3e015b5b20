/*
 * address: URIs of PostgreSQL, and passwords in them, which nobody is to see.
 */
#ifndef STORE_PG_ADDRESS_H
#define STORE_PG_ADDRESS_H

/* "postgresql:" and this locator, without what may be a password; the caller's. */
char *pg_address_shown(const char *locator);

#endif
