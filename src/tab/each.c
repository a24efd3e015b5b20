/*
 * each: see each.h.
 */
#include "tab/each.h"

#include <inttypes.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/strv.h"
#include "job/each.h"
#include "tab/identity.h"
#include "tab/lines.h"
#include "tab/notes.h"
#include "tab/parser.h"
#include "tab/tab.h"

/* Notes the name as that of the job about to be added; false, told, if another has it. */
static bool
take_name(struct parser *p, const struct line *line, const struct job *job)
{
	size_t *at = seen_at(&p->names, hash_string(hash_string(HASH_SEED, job->user), job->name));

	if (*at != 0) {
		tab_error(p->tab, line->number, 1,
		    "the name '%s' of user '%s' is taken in line %" PRId64, job->name, job->user,
		    p->tab->jobs[*at - 1].tab_line);
		return false;
	}
	*at = p->tab->n + 1;
	return true;
}

static void
add(struct parser *p, const struct line *line, const struct job *job, const char *node)
{
	struct tab *t = p->tab;
	struct job one;
	struct err why;

	if (each_job(&one, job, node, &why) < 0) {
		tab_error(t, line->number, 1, "%s", why.text);
		return;
	}
	free(one.tab_key);
	one.tab_key = one.name != NULL ? identity_of_name(one.user, one.name) :
					 xasprintf("%s@%s", job->tab_key, node);
	if (one.name != NULL && !take_name(p, line, &one)) {
		job_release(&one);
		return;
	}
	t->jobs = mem_grow(t->jobs, t->n, &t->cap, sizeof(*t->jobs));
	t->jobs[t->n++] = one;
}

void
each_spread(struct parser *p, const struct line *line)
{
	const struct strv *nodes = p->ctx->nodes;
	struct tab *t = p->tab;
	struct job job;

	if (!each_wanted(&t->jobs[t->n - 1]))
		return;
	t->each++;
	if (nodes == NULL)
		return;
	job = t->jobs[--t->n];
	for (size_t i = 0; i < nodes->n; i++)
		add(p, line, &job, nodes->v[i]);
	job_release(&job);
}
