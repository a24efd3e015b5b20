/*
 * each: a job that is to be one for each node.
 */
#ifndef JOB_EACH_H
#define JOB_EACH_H

#include <stdbool.h>

struct err;
struct job;

bool each_wanted(const struct job *);

/* The one for this node: NAME@NODE if it has a name. E_INPUT, and none, if that is no name. */
int each_job(struct job *to, const struct job *from, const char *node, struct err *);

#endif
