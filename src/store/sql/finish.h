/*
 * finish: what the rooms of the end of attempts share (private to the logic).
 */
#ifndef STORE_SQL_FINISH_H
#define STORE_SQL_FINISH_H

#include <stdbool.h>
#include <stdint.h>

#include "store/sql/occ.h"
#include "store/store.h"

struct db;
struct err;
struct row;

struct finishing {
	struct db *db;
	int64_t now;
	bool depend; /* some job depends on another */
	bool checkpoints; /* there are any */
	bool lone; /* nothing is held, and nothing waits beside a main one */
};

/* An attempt that runs, with its occurrence. */
struct ending {
	const struct result *result;
	int64_t fence, prev, started_at;
	int64_t expected_at; /* lateness counts from there */
	int64_t mail; /* see notice.h */
	struct occ o;
	bool lone; /* nothing of its job is held, or waits beside the main one */
};

/* What the end of a row's occurrence makes of the job. */
enum ended { ENDED_WELL, ENDED_BADLY, ENDED_CANCELLED, ENDED_UNRUN };

/* Its occurrence is over for good: takes it away, lets go on what waited for it. */
int finish_close(struct finishing *, const struct ending *, struct row *, enum ended, struct err *);

/*
 * giveback.c: an end that comes too late is refused, and the attempt says so. If its node was given
 * up, and shows now that it had not started it, its occurrence is tried once more for it. The
 * reason that the rescue gives, and nothing was added to since, tells which these are.
 */
#define REASON_GIVEN_UP "was not heard of any more"
int finish_late(struct finishing *, const struct result *, struct finished *, struct err *);

/* undo.c: its attempt was none. */
int finish_undo(struct finishing *, const struct ending *, struct finished *, struct err *);

#endif
