/*
 * dice: random numbers that a seed decides.
 */
#ifndef FAULTS_DICE_H
#define FAULTS_DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
	uint64_t state;
};

/* Streams of one seed have nothing to do with each other. */
void dice_init(struct dice *, uint64_t seed, const char *stream);

int64_t dice_below(struct dice *, int64_t n);			/* 0..n-1 */
int64_t dice_between(struct dice *, int64_t low, int64_t high); /* both included */
bool dice_percent(struct dice *, int percent);

/* As between, but small ones are as likely as large ones of ten times the size. */
int64_t dice_spread(struct dice *, int64_t low, int64_t high);

/* Which of n weights. */
int dice_weighed(struct dice *, const int *weights, int n);

#endif
