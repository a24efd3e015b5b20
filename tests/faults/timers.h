/*
 * timers: what is to be done later. A number goes along instead of a pointer: what it named may be
 * gone by then.
 */
#ifndef FAULTS_TIMERS_H
#define FAULTS_TIMERS_H

#include <stdint.h>

struct storm;
struct timers;

struct timers *timers_new(void);
void timers_free(struct timers *);

void timers_add(struct storm *, int64_t us, void (*)(struct storm *, int64_t arg), int64_t arg);

/* Does what is due. Returns µs until the next is, at most a second. */
int64_t timers_run(struct storm *);

#endif
