/*
 * tabcompare: which entries of a tab are new, have changed, or have gone.
 *
 * The store gives its entries in the order of their keys; the tab's are walked in the same order
 * beside them, so that what is in the store need not be held in memory. With an index only the
 * lines that are new are looked for.
 */
#include "daemon/tabcompare.h"

#include "base/err.h"
#include "base/mem.h"
#include "tab/index.h"

/* How many bytes all keys begin with: "name:root:" and perhaps more. */
static size_t
common_length(const struct tab *tab)
{
	const char *first = tab->n > 0 ? tab->jobs[0].tab_key : "";
	size_t common = strlen(first), len;

	for (size_t i = 1; i < tab->n; i++) {
		const char *key = tab->jobs[i].tab_key;

		for (len = 0; len < common && key[len] == first[len]; len++)
			continue;
		common = len;
	}
	return common;
}

/* Heads are in the order of the keys; what follows is often alike. */
static uint64_t
head_of(const char *key)
{
	uint64_t head = 0;

	for (size_t i = 0; i < sizeof(head); i++) {
		head = head << 8 | (unsigned char)*key;
		key += *key != '\0';
	}
	return head;
}

static int
by_key(const void *a, const void *b)
{
	const struct keyed_job *x = a, *y = b;

	if (x->head != y->head)
		return x->head < y->head ? -1 : 1;
	return strcmp(x->job->tab_key, y->job->tab_key);
}

static void
collect_gone(struct comparison *c, const struct tab_index *index)
{
	c->gone = xcalloc(index->n + 1 - index->taken, sizeof(*c->gone));
	for (size_t i = 0; i < index->n; i++)
		if (!index->v[i].there)
			c->gone[c->ngone++] = index->v[i].id;
}

void
comparison_init(struct comparison *c, struct store *store, const char *path, const struct tab *tab,
    const struct tab_index *index)
{
	size_t common = common_length(tab);

	*c = (struct comparison){ .store = store, .tab = tab, .n = tab->n };
	c->stage = index != NULL ? COMPARE_FOUND : COMPARE_KNOWN;
	c->path = xstrdup(path);
	c->after = xstrdup("");
	c->ids = xcalloc(tab->n + 1, sizeof(*c->ids));
	c->jobs = xcalloc(tab->n + 1, sizeof(*c->jobs));
	for (size_t i = 0; i < tab->n; i++)
		c->jobs[i] = (struct keyed_job){
			head_of(tab->jobs[i].tab_key + common), &tab->jobs[i]
		};
	qsort(c->jobs, c->n, sizeof(*c->jobs), by_key);
	if (index != NULL)
		collect_gone(c, index);
}

void
comparison_release(struct comparison *c)
{
	free(c->path);
	free(c->after);
	free(c->jobs);
	free(c->ids);
	free(c->gone);
	free(c->changes);
}

void
comparison_set_id(struct comparison *c, const struct job *job, int64_t id)
{
	c->ids[job - c->tab->jobs] = id;
}

static void
add_change(struct comparison *c, const struct job *job, uint64_t hash, int64_t id)
{
	c->changes = mem_grow(c->changes, c->nchanges, &c->cap, sizeof(*c->changes));
	c->changes[c->nchanges++] = (struct tab_change){ job, hash, id };
	c->retired += job == NULL;
}

static void
add_new(struct comparison *c, const struct job *job)
{
	add_change(c, job, tab_job_hash(job), 0);
}

/* In the store, and in the tab. */
static void
add_known(struct comparison *c, const struct job *job, const struct tab_known *k)
{
	uint64_t hash = tab_job_hash(job);

	comparison_set_id(c, job, k->id);
	if (k->retired || k->hash != hash)
		add_change(c, job, hash, k->id);
}

/* ---- all ---- */

static int
compare_known(void *arg, const struct tab_known *k)
{
	struct comparison *c = arg;
	int order = 1;

	while (c->at < c->n && (order = strcmp(c->jobs[c->at].job->tab_key, k->key)) < 0)
		add_new(c, c->jobs[c->at++].job);
	if (c->at < c->n && order == 0)
		add_known(c, c->jobs[c->at++].job, k);
	else if (!k->retired)
		add_change(c, NULL, 0, k->id);
	if (++c->piece < TABDIFF_PIECE)
		return 0;
	free(c->after);
	c->after = xstrdup(k->key);
	return 1;
}

static int
step_known(struct comparison *c, struct err *e)
{
	int rc;

	c->piece = 0;
	if ((rc = store_tab_known(c->store, c->path, c->after, compare_known, c, e)) < 0)
		return rc;
	if (c->piece < TABDIFF_PIECE)
		c->stage = COMPARE_REST;
	return 1;
}

/* Behind the last key of the store all are new. */
static int
step_rest(struct comparison *c)
{
	for (size_t i = 0; i < TABDIFF_PIECE && c->at < c->n; i++)
		add_new(c, c->jobs[c->at++].job);
	if (c->at == c->n)
		c->stage = COMPARE_OVER;
	return 1;
}

/* ---- with an index ---- */

/* Its line is not there any more, and from now on it is another's. */
static bool
take_gone(struct comparison *c, int64_t id)
{
	for (size_t i = 0; i < c->ngone; i++)
		if (c->gone[i] == id) {
			c->gone[i] = c->gone[--c->ngone];
			return true;
		}
	return false;
}

/* Each of the new lines by its key. If an entry with that key keeps its line, all of it must be
 * read to tell who is who. */
static int
step_found(struct comparison *c, struct err *e)
{
	for (; c->at < c->n; c->at++) {
		const struct job *job = c->jobs[c->at].job;
		struct tab_known k;
		int rc = store_tab_entry(c->store, c->path, job->tab_key, &k, e);

		if (rc < 0)
			return rc;
		if (rc == 0)
			add_new(c, job);
		else if (take_gone(c, k.id) || k.retired)
			add_known(c, job, &k);
		else
			return TABDIFF_UNCLEAR;
	}
	for (size_t i = 0; i < c->ngone; i++)
		add_change(c, NULL, 0, c->gone[i]);
	c->stage = COMPARE_OVER;
	return 1;
}

int
comparison_step(struct comparison *c, struct err *e)
{
	switch (c->stage) {
	case COMPARE_KNOWN:
		return step_known(c, e);
	case COMPARE_REST:
		return step_rest(c);
	case COMPARE_FOUND:
		return step_found(c, e);
	case COMPARE_OVER:
		return 0;
	}
	abort();
}
