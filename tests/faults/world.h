/*
 * world: the folder of a storm, and looks into its database.
 */
#ifndef FAULTS_WORLD_H
#define FAULTS_WORLD_H

#include <stdint.h>

struct sqlite3_stmt;
struct storm;

/* Makes folders and config, and has the database made. */
void world_make(struct storm *);

/* Removes the folder, unless it is to be kept. */
void world_remove(struct storm *);

/* For reading; the statement is the caller's to finalize. NULL: it cannot be read now. */
struct sqlite3_stmt *world_query(struct storm *, const char *sql, int64_t a, int64_t b);

/* The first value of the answer; otherwise if there is none. */
int64_t world_number(struct storm *, const char *sql, int64_t a, int64_t b, int64_t otherwise);

/* Sizes of what must stay bounded. */
void world_measure(struct storm *);

/* Replaces a file under the folder, whole. */
void world_write(struct storm *, const char *name, const char *text);

#endif
