/*
 * alarm: wakes the event loop at a wall-clock instant, and when the wall clock is set.
 *
 * A timerfd on the real-time clock with cancel-on-set where there is one: it fires at the
 * instant whatever steps happened, and tells of each step at once. Elsewhere a plain timer of
 * the loop.
 */
#ifndef DAEMON_ALARM_H
#define DAEMON_ALARM_H

#include <stdbool.h>
#include <stdint.h>

struct alarm_clock;
struct err;
struct event_base;

/* ring is called at the instant, or earlier with stepped true when the wall clock was set. */
int alarm_new(struct alarm_clock **, struct event_base *, void (*ring)(void *arg, bool stepped),
    void *arg, struct err *);
void alarm_free(struct alarm_clock *);

/* Rings once at this instant (µs); a past one rings at once. Replaces what was set. */
void alarm_set(struct alarm_clock *, int64_t at);

#endif
