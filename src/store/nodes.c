/*
 * nodes: hands the operations of daemons, and of how they share a store, to its backend.
 */
#include "base/mem.h"
#include "store/lease.h"
#include "store/ops.h"

int
store_node_up(struct store *s, const struct node *n, int64_t now, struct err *e)
{
	return s->ops->node_up(s, n, now, e);
}

int
store_node_beat(struct store *s, const char *node, const struct moment *now, struct err *e)
{
	return s->ops->node_beat(s, node, now, e);
}

int
store_node_down(
    struct store *s, const char *node, const struct proc_id *proc, int64_t now, struct err *e)
{
	return s->ops->node_down(s, node, proc, now, e);
}

void
store_patience(struct store *s, int64_t us)
{
	s->patience = us;
}

struct store_outage *
store_outage(struct store *s)
{
	return &s->outage;
}

void
store_keep(struct store *s, void (*keep)(void *), void *arg)
{
	s->keep = keep;
	s->keep_arg = arg;
}

int
store_lease_renew(
    struct store *s, const struct node *n, int64_t now, struct lease *l, struct err *e)
{
	return s->ops->lease_renew(s, n, now, l, e);
}

void
store_lead(struct store *s, const char *node, int64_t term)
{
	free(s->leader);
	s->leader = xstrdup(node);
	s->term = term;
}

int
store_rescue(struct store *s, int64_t before, int64_t now, void (*told)(void *, const char *),
    void *arg, struct rescued *r, struct err *e)
{
	return s->ops->rescue(s, before, now, told, arg, r, e);
}

int
store_awaited(
    struct store *s, const char *node, const struct strv *labels, bool *any, struct err *e)
{
	return s->ops->awaited(s, node, labels, any, e);
}

bool
store_wake(struct store *s, bool (*tell)(const char *))
{
	return s->ops->wake(s, tell);
}

void
store_leave(struct store *s)
{
	s->leaving = true;
}

int
store_listen(struct store *s, struct err *e)
{
	return s->ops->listen(s, e);
}

int
store_ear(const struct store *s)
{
	return s->ops->ear(s);
}

bool
store_heard(struct store *s)
{
	return s->ops->heard(s);
}

int
store_node_list(struct store *s, int (*each)(void *, const struct node *), void *arg, struct err *e)
{
	return s->ops->node_list(s, each, arg, e);
}

int
store_node_drain(
    struct store *s, const char *node, const char *zone, bool drain, int64_t now, struct err *e)
{
	return s->ops->node_drain(s, node, zone, drain, now, e);
}

int
store_node_forget(struct store *s, const char *node, struct err *e)
{
	return s->ops->node_forget(s, node, e);
}

int
store_given_up(struct store *s, int64_t runner,
    int (*each)(void *, const struct open_attempt *), void *arg, struct err *e)
{
	return s->ops->given_up(s, runner, each, arg, e);
}
