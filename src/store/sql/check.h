/*
 * check: what the rooms of `db check` share, those of the engines too.
 */
#ifndef STORE_SQL_CHECK_H
#define STORE_SQL_CHECK_H

#include <stdint.h>

struct db;
struct err;
struct turn;

struct checking {
	struct db *db;
	void (*each)(void *, const char *);
	void *arg;
	int64_t faults;
	void (*gap)(struct checking *); /* between two rules; or NULL: all in one transaction */
	struct turn *turn;		/* SQLite's */
};

void check_report(struct checking *, const char *line);

/* Reports what the rows say that must not be. The tables must be those of the schema. */
int check_rows(struct checking *, struct err *);

#endif
