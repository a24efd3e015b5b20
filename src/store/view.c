/*
 * view: the structs in which the store answers: empty filters, and giving back what they hold.
 */
#include "store/copy.h"
#include "store/notices.h"

#include <stdlib.h>
#include <string.h>

void
job_view_release(struct job_view *v)
{
	job_release(&v->job);
	free(v->node);
	free(v->pause_reason);
	memset(v, 0, sizeof(*v));
}

void
job_filter_init(struct job_filter *f)
{
	memset(f, 0, sizeof(*f));
	f->state = -1;
	f->due_before = INSTANT_NONE;
}

void
ledger_filter_init(struct ledger_filter *f)
{
	memset(f, 0, sizeof(*f));
	f->outcome = -1;
	f->since = INSTANT_NONE;
}

void
node_release(struct node *n)
{
	free(n->id);
	free(n->host);
	free(n->zone);
	free(n->version);
	strv_clear(&n->labels);
	strv_clear(&n->was);
	free(n->wake);
	free(n->runtime);
	free(n->state);
	free(n->role);
	memset(n, 0, sizeof(*n));
}

void
runner_release(struct runner *r)
{
	free(r->node);
	free(r->journal);
	free(r->socket);
	free(r->boot);
	memset(r, 0, sizeof(*r));
}

void
claims_release(struct claims *c)
{
	for (size_t i = 0; i < c->n; i++) {
		job_release(&c->v[i].job);
		free(c->v[i].checkpoint);
	}
	free(c->v);
	free(c->replace);
	memset(c, 0, sizeof(*c));
}

const char *
notice_word(enum notice_kind kind)
{
	return kind == NOTICE_MAIL ? "mail" : "on_failure";
}

void
notice_release(struct notice *n)
{
	job_release(&n->job);
	free(n->node);
	free(n->reason);
	free(n->output.data);
	memset(n, 0, sizeof(*n));
}

void
tab_state_release(struct tab_state *t)
{
	free(t->path);
	free(t->error);
	memset(t, 0, sizeof(*t));
}

void
store_status_release(struct store_status *s)
{
	free(s->pause_reason);
	s->pause_reason = NULL;
}

void
copied_release(struct copied *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->v[i].name);
	free(c->v);
	memset(c, 0, sizeof(*c));
}
