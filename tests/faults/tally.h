/*
 * tally: how often what was done, and the table of it at the end.
 */
#ifndef FAULTS_TALLY_H
#define FAULTS_TALLY_H

#include <stdint.h>

struct storm;

/* Names are literals. */
void tally_fault(struct storm *, const char *name);
void tally_load(struct storm *, const char *name);
/* µs from a kill of the scheduler to the next claim. */
void tally_recovery(struct storm *, int64_t us);
/* The larger one stays. */
void tally_peak(struct storm *, const char *name, int64_t bytes);

void tally_init(struct storm *);
void tally_free(struct storm *);
void tally_print(struct storm *);

#endif
