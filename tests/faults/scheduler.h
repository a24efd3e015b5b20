/*
 * scheduler: the resident jobschedd of a storm: started, killed and started again, at times with
 * some runs of --once in between, and how long it takes until it claims again.
 */
#ifndef FAULTS_SCHEDULER_H
#define FAULTS_SCHEDULER_H

#include <stdbool.h>

struct proc_id;
struct storm;

void scheduler_init(struct storm *);
void scheduler_free(struct storm *);

/* Starts it, and from then on has it running. */
void scheduler_start(struct storm *);

/* KILL and TERM end it and it comes again; nothing happens if it is not running. */
bool scheduler_signal(struct storm *, int sig);

/* False if it is not running. */
bool scheduler_process(struct storm *, struct proc_id *);

/* What is measured now is not only the product's: the storm itself holds it up. */
void scheduler_disturbed(struct storm *);

/* One tick beside it: nothing to do for it, unless the daemon dies just now. */
void scheduler_beside(struct storm *);

/* Has it end for good. */
void scheduler_stop(struct storm *);
bool scheduler_is_down(struct storm *);

#endif
