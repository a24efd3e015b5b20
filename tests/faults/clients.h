/*
 * clients: people and scripts at their shells: so many at a time, each with one command after
 * another. What they are told is written down for the checker.
 */
#ifndef FAULTS_CLIENTS_H
#define FAULTS_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dice;
struct storm;

void clients_init(struct storm *);
void clients_free(struct storm *);
void clients_start(struct storm *);

/* After s->calm: whether all have ended what they were at. */
bool clients_are_idle(struct storm *);

/* One of the running commands, by number of child; 0: none runs. */
int64_t clients_pick(struct storm *, struct dice *);

/* One more command, which nobody kills. False if the last one of these still runs. job 0: none. */
bool clients_run(struct storm *, const char *command, int64_t job);

#endif
