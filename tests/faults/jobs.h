/*
 * jobs: what is submitted: a random command with random options.
 */
#ifndef FAULTS_JOBS_H
#define FAULTS_JOBS_H

#include <stdint.h>

struct dice;
struct storm;
struct strv;

/* Words after `submit`. other: a job to come after, 0: none. */
void jobs_words(struct storm *, struct dice *, int64_t other, struct strv *);

/* A line of JSON for `submit --file`, of a job with this name. */
char *jobs_line(struct storm *, struct dice *, const char *name);

/* A shell command, for tabs. ms: how long it runs at most. */
char *jobs_command(struct storm *, struct dice *, int64_t ms);

#endif
