/*
 * end: how jobs are ended before their time: timeouts and cancels, TERM to all processes of the
 * job, after the grace KILL to what is left.
 *
 * Who belongs to a job: see base/kin.h; its orphans become the runner's children, for it is their
 * subreaper. That it is being ended is in the journal before its TERM: see wire/pursuit.h. The
 * result is reported when the main process has been reaped; the rest is seen to its end all the
 * same.
 */
#ifndef RUNNER_END_H
#define RUNNER_END_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "job/attempt.h"

struct attempt;
struct buf;
struct ending;
struct runner;

TAILQ_HEAD(ending_list, ending);

struct endings {
	struct ending_list list;
	int64_t look_at; /* something has died: when to see whether any is over; 0: nothing has */
	size_t noted;	 /* bytes of their records in the journal */
};

void end_init(struct endings *);
void end_release(struct runner *);

/*
 * Ends a running attempt; its outcome becomes this one unless it is being ended already. grace in
 * µs.
 */
void end_begin(struct runner *, struct attempt *, enum outcome, int64_t grace, int64_t now);

/* Its main process has been reaped. */
void end_main_gone(struct runner *, struct attempt *);

/* An orphan has been reaped, which may have been the last of a job that is being ended. */
void end_look_soon(struct runner *);

/* What is due: timeouts, signals. */
void end_turn(struct runner *, int64_t now);

/* When the next turn is due, boot clock; 0: nothing is. */
int64_t end_next(struct runner *);

/* Adds the journal's records of what is being ended. */
void end_pack(const struct endings *, struct buf *frames);

/* Whether nothing is being ended. */
bool end_idle(const struct endings *);

#endif
