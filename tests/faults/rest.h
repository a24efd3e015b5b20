/*
 * rest: after the storm: everything comes to its end, in bounded time, and nothing is left behind.
 */
#ifndef FAULTS_REST_H
#define FAULTS_REST_H

struct storm;

/* What does not come to rest is a violation. Nothing of ours runs afterwards in any case. */
void rest(struct storm *);

/* `db check` and the checker; their findings are violations. */
void rest_judge(struct storm *);

#endif
