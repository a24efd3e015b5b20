/*
 * faults: what befalls scheduler, runners, commands and database, at random instants.
 */
#ifndef FAULTS_FAULTS_H
#define FAULTS_FAULTS_H

#include <stdbool.h>

struct storm;

void faults_init(struct storm *);
void faults_free(struct storm *);
void faults_start(struct storm *);

/* Takes back whatever still lasts: who is stopped goes on, who holds the database lets go. */
void faults_calm(struct storm *);

/* Whether all is taken back, a pause of everything too. */
bool faults_are_over(struct storm *);

#endif
