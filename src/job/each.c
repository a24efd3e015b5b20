/*
 * each: see each.h.
 */
#include "job/each.h"

#include "base/err.h"
#include "base/mem.h"
#include "job/check.h"
#include "job/job.h"

bool
each_wanted(const struct job *job)
{
	return job->on != NULL && strcmp(job->on, "each") == 0;
}

int
each_job(struct job *to, const struct job *from, const char *node, struct err *e)
{
	char *name = from->name != NULL ? xasprintf("%s@%s", from->name, node) : NULL;
	int rc;

	if (name != NULL && (rc = job_name_check(name, e)) < 0) {
		free(name);
		return rc;
	}
	job_copy(to, from);
	free(to->name);
	to->name = name;
	free(to->on);
	to->on = xstrdup(node);
	return 0;
}
