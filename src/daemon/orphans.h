/*
 * orphans: attempts whose runner was killed. Nobody will learn the exit status of a main process
 * that lives on; it is watched until it ends, and timeouts and cancels are carried out on the whole
 * tree, also those that the runner had begun. An attempt that is being ended has its result when
 * nothing of it is left, so that the next scheduler goes on if this one is killed.
 */
#ifndef DAEMON_ORPHANS_H
#define DAEMON_ORPHANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/proc.h"

struct event_base;
struct orphans;
struct pursuit;
struct result;
struct start;

/*
 * ended: the process has gone, and all others if it was to be ended; the result is the callee's to
 * take, NULL: there was no attempt open any more. database: JOBSCHED_DB of its jobs.
 */
struct orphans *orphans_new(struct event_base *, const char *database,
    void (*ended)(void *arg, int64_t runner, struct result *), void *arg);
void orphans_free(struct orphans *);

/* Goes on with what this dead runner had begun to end. */
void orphans_pursue(struct orphans *, int64_t runner, const struct pursuit *);

/*
 * Watches the main process of an attempt of this dead runner. 1, also if it is watched already;
 * 0 if it does not live any more; -1 if that cannot be told now.
 */
int orphans_watch(struct orphans *, int64_t runner, const struct start *, const struct proc_id *);

/*
 * Keeps the result of one that is being ended until it is over; the callee takes the members, once.
 * False: no such attempt is being ended.
 */
bool orphans_keep(struct orphans *, struct result *);

/*
 * TERM now, KILL after grace (µs); the attempt ends as cancelled. False if it is not among
 * them.
 */
bool orphans_cancel(struct orphans *, int64_t fence, int64_t grace);

/* Whether any is left of this runner. */
bool orphans_of(const struct orphans *, int64_t runner);

#endif
