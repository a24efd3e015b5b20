/*
 * packed: the settings of a job that most jobs do not have, as one text: a JSON object of those
 * that are not as job_init sets them, by their names in job_fields. So a new option needs no new
 * column, and a job that has none of them costs nothing for them. What job_init sets is thereby a
 * part of the schema: to change it takes a migration.
 */
#ifndef JOB_PACKED_H
#define JOB_PACKED_H

struct job;

/* The caller's; NULL: all of them are as job_init sets them. */
char *packed_format(const struct job *);

/* Into a job that has them as job_init sets them; NULL: they stay so. -1: it is no such text. */
int packed_parse(const char *text, struct job *);

#endif
