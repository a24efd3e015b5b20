/*
 * kin: see kin.h.
 */
#include "base/kin.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/tree.h"

static int
compare_main(const void *a, const void *b)
{
	const struct kin *const *x = a, *const *y = b;

	return ((*x)->main > (*y)->main) - ((*x)->main < (*y)->main);
}

/* Whose session or process group this is, by the number of its leader, which is a main process. */
static struct kin *
led_by(struct kin **v, size_t n, pid_t leader)
{
	struct kin key = { .main = leader }, *at = &key, **found;

	/* Kernel threads are in group 0. */
	if (leader == 0)
		return NULL;
	found = bsearch(&at, v, n, sizeof(struct kin *), compare_main);
	return found != NULL ? *found : NULL;
}

static struct kin *
owner_by_fence(struct kin **v, size_t n, const struct kin_search *s, const struct tree_proc *p)
{
	int64_t fence = tree_fence(p->pid, s->database);

	for (size_t i = 0; i < n && fence != 0; i++)
		if (v[i]->fence == fence && p->start >= v[i]->main_start)
			return v[i];
	return NULL;
}

struct claim {
	struct kin *kin;
	struct tree *tree;
};

static void
claim(void *arg, pid_t pid)
{
	struct claim *c = arg;
	struct tree_proc *p = tree_find(c->tree, pid);
	uint64_t start;

	if (p != NULL && p->owner == NULL)
		p->owner = c->kin;
	/* It has come since the tree was read. */
	if (p == NULL && (start = proc_start_time(pid)) != 0)
		kin_remember(c->kin, pid, start);
}

/* Our own number stands for us: what we have started, and is nobody's, is ours. */
static void
find_owners(struct kin **v, size_t n, struct kin_search *s, struct tree *t)
{
	struct tree_proc *p;

	if ((p = tree_find(t, s->self)) != NULL)
		p->owner = &s->self;
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < v[k]->n; i++)
			if ((p = tree_find(t, v[k]->members[i].pid)) != NULL &&
			    p->start == v[k]->members[i].start && p->owner == NULL)
				p->owner = v[k];
	for (size_t k = 0; k < n; k++) {
		struct claim c = { v[k], t };

		v[k]->n = 0;
		if (v[k]->cgroup != NULL)
			cgroup_each(v[k]->cgroup, claim, &c);
	}
	for (p = t->procs; p < t->procs + t->n; p++) {
		if (p->owner == NULL)
			p->owner = led_by(v, n, p->session);
		if (p->owner == NULL)
			p->owner = led_by(v, n, p->group);
		if (p->owner == NULL && s->stray(s->arg, p))
			p->owner = owner_by_fence(v, n, s, p);
	}
	tree_inherit(t);
}

void
kin_remember(struct kin *k, pid_t pid, uint64_t start)
{
	k->members = mem_grow(k->members, k->n, &k->cap, sizeof(*k->members));
	k->members[k->n++] = (struct kin_member){ pid, start };
}

bool
kin_look(struct kin **v, size_t n, const struct kin_search *search)
{
	struct kin_search s = *search;
	struct tree t;

	if (!tree_read(&t)) {
		log_error("cannot read /proc: only process groups are signalled");
		return false;
	}
	if (n > 0)
		qsort(v, n, sizeof(struct kin *), compare_main);
	find_owners(v, n, &s, &t);
	for (const struct tree_proc *p = t.procs; p < t.procs + t.n; p++)
		if (p->owner != NULL && p->owner != &s.self)
			kin_remember(p->owner, p->pid, p->start);
	tree_release(&t);
	return true;
}

static struct proc_id
identify(const struct kin_member *m)
{
	struct proc_id id = { .pid = m->pid, .start = m->start };

	strlcpy(id.boot, proc_boot_id(), sizeof(id.boot));
	return id;
}

bool
kin_alive(const struct kin *k)
{
	for (size_t i = 0; i < k->n; i++) {
		struct proc_id id = identify(&k->members[i]);

		if (proc_look(&id) != 0)
			return true;
	}
	return false;
}

static void
signal_member(const struct kin_member *m, int sig)
{
	struct proc_id id = identify(m);

	if (proc_signal(&id, sig) == -1 && errno != ESRCH)
		log_warn("cannot signal process %d: %s", (int)id.pid, strerror(errno));
}

/*
 * To the whole control group, or process group, in one call, so that nobody in it escapes by
 * forking; then to each of the others.
 */
void
kin_signal(const struct kin *k, int sig)
{
	if (sig == SIGKILL && k->cgroup != NULL)
		cgroup_kill(k->cgroup);
	if (k->main != 0 && kill(-k->main, sig) == -1 && errno != ESRCH)
		log_warn("cannot signal process group %d: %s", (int)k->main, strerror(errno));
	for (size_t i = 0; i < k->n; i++)
		if (k->main == 0 || getpgid(k->members[i].pid) != k->main)
			signal_member(&k->members[i], sig);
}

void
kin_signal_others(const struct kin *k, int sig)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->members[i].pid != k->main)
			signal_member(&k->members[i], sig);
}

void
kin_release(struct kin *k)
{
	free(k->members);
	free(k->cgroup);
	k->cgroup = NULL;
	k->members = NULL;
	k->n = k->cap = 0;
}
