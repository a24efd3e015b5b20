/*
 * submit: rows that are collected, and go to the server together at the end of their transaction
 * (private to this driver).
 */
#ifndef STORE_PG_SUBMIT_H
#define STORE_PG_SUBMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct pg_copy;
struct pg_db;
struct submit;
struct val;

/* Where the rows of this INSERT are collected now; -1: they are not. */
int submit_table(const struct pg_db *, const char *insert);

int submit_row(
    struct pg_db *, const char *insert, const struct val *, size_t n, struct err *);
/* All that is collected is stored; or only what is on its way: before anything else is asked. */
int submit_flush(struct pg_db *, struct err *);
int submit_end(struct pg_db *, struct err *);
void submit_forget(struct pg_db *);

/* Whether a row for each job and one for its occurrence are all that there is to it. */
bool submit_is_simple(const struct submit *);
int32_t submit_batch(const char *name); /* what its lock is taken by */
char *submit_copy_text(const struct pg_copy *); /* the statement, the caller's */

#endif
