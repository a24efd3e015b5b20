/*
 * facts: what the environment of a job, and of what tells of its end, says of it. Pure.
 */
#ifndef DAEMON_FACTS_H
#define DAEMON_FACTS_H

#include <stdint.h>

struct strv;

struct facts {
	int64_t job_id, scheduled_for, attempt, fence;
	const char *job_name, *node, *database;
};

/* JOBSCHED_JOB_ID and so on, in the order of the manual. */
void facts_add(struct strv *vars, const struct facts *);

/* One more; NULL is the empty text. */
void facts_text(struct strv *vars, const char *name, const char *value);
void facts_number(struct strv *vars, const char *name, int64_t value);

#endif
