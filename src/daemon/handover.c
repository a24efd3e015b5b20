/*
 * handover: see handover.h.
 */
#include "daemon/handover.h"

#include "base/mem.h"
#include "daemon/facts.h"
#include "store/store.h"
#include "wire/joblock.h"
#include "wire/launch.h"

/* Moves a text; what it was moved from is NULL. */
static char *
move(char **text)
{
	char *t = *text;

	*text = NULL;
	return t;
}

static struct strv
move_words(struct strv *words)
{
	struct strv w = *words;

	*words = (struct strv){ 0 };
	return w;
}

void
handover(const struct handover *h, struct claim *c, struct launch *l)
{
	const struct facts facts = { c->job_id, c->scheduled_for, c->attempt, c->fence, c->job.name,
		h->node, h->database };
	struct job *job = &c->job;
	char lock[64];

	launch_init(l);
	l->fence = c->fence;
	l->job_id = c->job_id;
	l->scheduled_for = c->scheduled_for;
	l->attempt = c->attempt;
	l->claim_wall = h->wall;
	l->claim_boot = h->boot;
	facts_add(&l->vars, &facts);
	if (job->user != NULL && strcmp(job->user, h->own_user) != 0)
		l->user = move(&job->user);
	l->command = move(&job->command);
	l->argv = move_words(&job->argv);
	l->cwd = move(&job->cwd);
	l->env = move_words(&job->env);
	l->stdin_text = move(&job->stdin_text);
	l->limits = move_words(&job->limits);
	l->checkpoint = move(&c->checkpoint);
	l->checkpoint_len = c->checkpoint_len;
	joblock_name(c->job_id, lock, sizeof(lock));
	l->lock = xstrdup(lock);
	l->lock_tree = job->lock_scope == LOCK_TREE;
	l->wait_lock = c->wait_lock;
	l->once = !job->periodic;
	l->die_with_runner = h->shared;
	l->timeout = job->timeout;
	l->grace = job->grace;
	l->output = job->output;
	l->nice = job->nice;
}
