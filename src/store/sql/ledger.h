/*
 * ledger: attempts and skips as streams, newest first, a page at a time (private to the logic).
 */
#ifndef STORE_SQL_LEDGER_H
#define STORE_SQL_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

#define LEDGER_PAGE 256

struct db;

/* Rows own their texts. */
struct stream {
	struct db *db;
	const struct ledger_filter *f;
	struct ledger_row rows[LEDGER_PAGE];
	int n, at;
	bool over;		 /* nothing is behind this page */
	int64_t below, below_at; /* key of the last row read */
	int64_t old;		 /* rows read since the last that was recent enough */
};

/* Fills an empty page; n stays 0 at the end. */
int ledger_attempts(struct stream *, struct err *);
int ledger_skips(struct stream *, struct err *);
void ledger_row_release(struct ledger_row *);

#endif
