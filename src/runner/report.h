/*
 * report: what the scheduler is told, kept in the journal until it says that it has it.
 */
#ifndef RUNNER_REPORT_H
#define RUNNER_REPORT_H

#include <stdbool.h>
#include <stdint.h>

struct attempt;
struct err;
struct result;
struct runner;

/* Adds the record of a start; it is in the file after report_flush. */
void report_start(struct runner *, const struct attempt *);

/*
 * Writes what was added. E_FAIL if the disk does not take it: it stays added, and is tried again.
 */
int report_flush(struct runner *, struct err *);

/*
 * It runs now, the last one in that state: the scheduler is told at the next turn, which follows at
 * once, for most have ended by then, and a result says all that a start does.
 */
void report_started(struct runner *, struct attempt *);

/* Tells of those that have started since the last time and still run. */
void report_starts(struct runner *);

/*
 * The attempt is over: completes the result (fence, finished_at from now, the boot clock) and moves
 * the attempt to ENDED. It goes to the journal and to the scheduler at the end of the turn.
 */
void report_result(struct runner *, struct attempt *, struct result *, int64_t now);

/* A result without a process: the sentence says why. */
void report_error(struct runner *, struct attempt *, const char *why, int64_t now);

/* A scheduler has connected: it is told everything anew. */
void report_again(struct runner *);

/* Everything up to seq is in the store: forgets it, and cuts the journal when that is worth it. */
void report_acknowledged(struct runner *, int64_t seq);

/* Cuts the journal if that is worth it. */
void report_trim(struct runner *);

/* Once a turn: journal first, then the scheduler. */
void report_turn(struct runner *, int64_t now);

/* When the next turn is due, boot clock; 0: nothing is. */
int64_t report_next(const struct runner *);

#endif
