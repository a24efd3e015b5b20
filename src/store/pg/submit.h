/*
 * submit: rows that are collected, and go to the server together at the end of their transaction
 * (private to this driver).
 */
#ifndef STORE_PG_SUBMIT_H
#define STORE_PG_SUBMIT_H

#include <stddef.h>

struct err;
struct pg_db;
struct val;

/* The number of the table whose rows can be collected, if this is such a statement; else -1. */
int submit_table(const char *text);

int submit_row(
    struct pg_db *, const char *insert, const struct val *, size_t n, struct err *);
int submit_flush(struct pg_db *, struct err *);
void submit_forget(struct pg_db *);

#endif
