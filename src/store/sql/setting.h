/*
 * setting: rows of table settings, within the transaction of whoever asks.
 */
#ifndef STORE_SQL_SETTING_H
#define STORE_SQL_SETTING_H

struct db;
struct err;

/* The value is the caller's, NULL if there is none. */
int setting_get(struct db *, const char *key, char **value, struct err *);
/* NULL removes it. */
int setting_set(struct db *, const char *key, const char *value, struct err *);

#endif
