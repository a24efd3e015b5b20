/*
 * batch: how far a bulk submission has come, and which jobs it has stored. Within a transaction.
 */
#ifndef STORE_SQL_BATCH_H
#define STORE_SQL_BATCH_H

#include <stdint.h>

struct db;
struct err;
struct submit;

/* The chunk must be the next one: so a batch that is sent twice at a time is not stored twice. */
int batch_advance(struct db *, const struct submit *, struct err *);

/* Keeps the ids that the chunk's jobs got. */
int batch_note(struct db *, const struct submit *, const int64_t *ids, struct err *);

#endif
