/*
 * reap: what has died: jobs, whose end becomes a result, and orphans that jobs have left to us.
 */
#ifndef RUNNER_REAP_H
#define RUNNER_REAP_H

struct runner;

/* Takes in everything that has died by now. */
void reap_all(struct runner *);

#endif
