/*
 * plan_parts: what the files of the plan share (private to this floor).
 */
#ifndef JOB_PLAN_PARTS_H
#define JOB_PLAN_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "job/plan.h"

/* An instant that never comes, where a comparison with INSTANT_NONE would go wrong. */
#define NEVER INT64_MAX

/* plan_due for @every. */
void plan_due_every(const struct plan_input *, struct plan *);

/* scheduled_for of the occurrence of an `@every` job that may start one interval after `from`. */
int64_t plan_after_interval(const struct job *, const struct schedule *, int64_t from);

/* The latest scheduled_for that may start at now: jitter is taken off. */
int64_t plan_horizon(const struct plan_input *);

/* Whether what starts now is the last that --count allows. */
bool plan_is_last(const struct plan_input *);

/* Why that was not run which --missed leaves out. */
enum skip_reason plan_missed_reason(const struct plan_input *);

/* Notes a stretch; nothing if its count is 0. */
void plan_note(const struct plan_input *, struct plan *, enum skip_reason, int64_t first,
    int64_t last, int64_t count);

/* The name of the calendar that closes the day of t to the job; NULL if the day is open. */
const char *plan_closed(const struct plan_input *, int64_t t);

/* Whether --missed counts today: nothing is made up for on a day that --not-on names. */
bool plan_makes_up(const struct plan_input *);

/*
 * The first instant after `after`, and not after `until`, of which plan_closed says otherwise than
 * of `after`. NEVER if there is none.
 */
int64_t plan_days_change(const struct plan_input *, int64_t after, int64_t until);

/*
 * The end of a plan. `next` (NEVER: none) waits from then on, unless --until or --count forbid it.
 */
void plan_run(const struct plan_input *, struct plan *, int64_t run_for, int64_t last_scheduled,
    int64_t next);
void plan_skip(const struct plan_input *, struct plan *, int64_t next);
void plan_wait(struct plan *, bool replace, int64_t run_for);

#endif
