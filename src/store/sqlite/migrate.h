/*
 * migrate: how a database gets its schema, and an older one this program's.
 */
#ifndef STORE_SQLITE_MIGRATE_H
#define STORE_SQLITE_MIGRATE_H

struct sqlite_db;
struct err;

struct migration {
	int to;		 /* the version after it */
	const char *sql; /* any number of statements */
};

/* This program's steps, in order, ended by to 0; the last is DB_VERSION. */
extern const struct migration migrations[];

/* In an empty file: the schema, all of it or nothing. Nothing to do if another process did it
 * meanwhile. */
int migrate_create(struct sqlite_db *, struct err *);

/*
 * Takes the steps above the database's version, in one transaction. *from is the version found,
 * *to the one reached. E_STORE if it is newer than the last step.
 */
int migrate_run(struct sqlite_db *, const struct migration *, int *from, int *to, struct err *);

#endif
