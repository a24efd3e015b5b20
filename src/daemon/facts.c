/*
 * facts: see facts.h.
 */
#include "daemon/facts.h"

#include <inttypes.h>

#include "base/mem.h"
#include "base/strv.h"
#include "time/instant.h"

void
facts_number(struct strv *vars, const char *name, int64_t value)
{
	strv_take(vars, xasprintf("%s=%" PRId64, name, value));
}

void
facts_text(struct strv *vars, const char *name, const char *value)
{
	strv_take(vars, xasprintf("%s=%s", name, value != NULL ? value : ""));
}

void
facts_add(struct strv *vars, const struct facts *f)
{
	char when[INSTANT_TEXT];

	instant_json(f->scheduled_for, when, sizeof(when));
	facts_number(vars, "JOBSCHED_JOB_ID", f->job_id);
	facts_text(vars, "JOBSCHED_JOB_NAME", f->job_name);
	facts_text(vars, "JOBSCHED_SCHEDULED_FOR", when);
	facts_number(vars, "JOBSCHED_ATTEMPT", f->attempt);
	facts_text(vars, "JOBSCHED_NODE", f->node);
	facts_number(vars, "JOBSCHED_FENCE", f->fence);
	facts_text(vars, "JOBSCHED_DB", f->database);
}
