/*
 * points: lists of failpoints for a scheduler and the runners that it starts.
 */
#ifndef FAULTS_POINTS_H
#define FAULTS_POINTS_H

struct dice;
struct storm;

/* For JOBSCHED_FAILPOINTS; NULL if none are built in. The caller's. */
char *points_draw(struct dice *);

/* A folder of its own for one list, so that each of its points acts once. The caller's. */
char *points_folder(const struct storm *);

#endif
