/*
 * row: jobs and attempts as rows of an answer, with the field names of jobsched(1).
 */
#ifndef CLI_ROW_H
#define CLI_ROW_H

#include "cli/out.h"

struct job_view;
struct ledger_row;

extern const struct out_column job_columns[];
extern const struct out_column attempt_columns[];

/* The fields of the open object. */
void row_job(struct out *, const struct job_view *);
void row_attempt(struct out *, const struct ledger_row *);

/* Further fields of a job, for `status JOB`: all that is in its definition. */
void row_job_more(struct out *, const struct job_view *);

/* What a pending job waits for besides its time: "node", "order", "queue", "jobs"; or NULL. */
const char *row_waits_for(const struct job_view *);

#endif
