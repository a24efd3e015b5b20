/*
 * status: the two forms of `jobsched status`: the health of the scheduler, and all about one job.
 */
#ifndef CLI_STATUS_H
#define CLI_STATUS_H

#include <stdint.h>

struct cli;

int status_health(struct cli *);

/* One job; for people its page, in JSON a row of the open list. */
int status_job(struct cli *, int64_t id);

#endif
