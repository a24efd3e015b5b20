/*
 * list: jobs that match a filter. Ids first, a page at a time or all where they are few, then each
 * job as a whole. No snapshot is held while the caller works, so a slow reader holds up no
 * checkpoint.
 */
#include "store/sql/look.h"

#include <fnmatch.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/sql/db.h"
#include "store/sql/occ.h"
#include "store/sql/slots.h"

#define PAGE 256
/* More open jobs than this are looked for in the order of table jobs instead of being collected. */
#define COLLECT_MAX 1000000

struct list {
	struct db *db;
	const struct job_filter *f;
	int64_t *ids; /* in order; of a page, or all there are */
	size_t n, cap;
	bool all;
	int64_t told;
};

static int
collect(struct list *l, struct err *e, const char *text, const struct val *v, size_t n)
{
	struct cursor *st;
	int rc = db_first(l->db, e, &st, text, v, n);

	for (; rc > 0; rc = db_next(l->db, e, st)) {
		l->ids = mem_grow(l->ids, l->n, &l->cap, sizeof(*l->ids));
		l->ids[l->n++] = col_int(st, 0);
	}
	return rc;
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
sort_unique(struct list *l)
{
	size_t n = 0;

	if (l->n > 0)
		qsort(l->ids, l->n, sizeof(*l->ids), compare);
	for (size_t i = 0; i < l->n; i++)
		if (l->ids[i] > l->f->after_id && (n == 0 || l->ids[n - 1] != l->ids[i]))
			l->ids[n++] = l->ids[i];
	l->n = n;
}

static int
collect_due(struct list *l, struct err *e)
{
	int rc = 0;

	for (int64_t rank = 0; rank <= 9 && rc >= 0; rank++)
		rc = collect(l, e,
		    "SELECT job_id FROM occurrences WHERE state = 0 AND rank = ? AND ready_at < ?",
		    BIND(I(rank), I(l->f->due_before)));
	return rc;
}

static int
few_are_open(struct db *db, bool *few, struct err *e)
{
	int64_t n;
	int rc = count_one(db, N_JOBS + REST_OPEN, &n, e);

	*few = n <= COLLECT_MAX;
	return rc;
}

/* Where the filter leads to few jobs at once: all of them. */
static int
collect_all(struct list *l, struct err *e)
{
	bool few = false;
	int rc = 0;

	l->all = true;
	if (l->f->due_before != INSTANT_NONE)
		rc = collect_due(l, e);
	else if (l->f->tab != NULL)
		rc = collect(l, e, "SELECT id FROM jobs WHERE tab = ?", BIND(S(l->f->tab)));
	else if (l->f->state == JOB_PAUSED)
		rc = collect(l, e, "SELECT id FROM jobs WHERE paused = 1", NOBIND);
	else if (l->f->state == JOB_PENDING && (rc = few_are_open(l->db, &few, e)) >= 0 && few)
		rc = collect(l, e,
		    "SELECT job_id FROM occurrences WHERE state <> 1"
		    " UNION ALL SELECT id FROM jobs WHERE boot_id IS NOT NULL",
		    NOBIND);
	else
		l->all = false;
	if (l->all)
		sort_unique(l);
	return rc;
}

static int
next_page(struct list *l, int64_t after, struct err *e)
{
	const struct job_filter *f = l->f;

	l->n = 0;
	if (f->state == JOB_RUNNING)
		return collect(l, e,
		    "SELECT job_id FROM occurrences WHERE state = 1 AND job_id > ?"
		    " ORDER BY job_id LIMIT ?",
		    BIND(I(after), I(PAGE)));
	if (f->state == JOB_FAILED || f->state == JOB_CANCELLED || f->state == JOB_RETIRED)
		return collect(l, e,
		    "SELECT id FROM jobs WHERE state = ? AND state <> 'active' AND id > ?"
		    " ORDER BY id LIMIT ?",
		    BIND(S(job_state_word((enum job_state)f->state)), I(after), I(PAGE)));
	return collect(l, e,
	    "SELECT id FROM jobs WHERE id > ?1 AND (?2 IS NULL OR \"user\" = ?2)"
	    " AND (?3 IS NULL OR glob(?3, name)) AND (?4 IS NULL OR queue = ?4)"
	    " ORDER BY id LIMIT ?5",
	    BIND(I(after), S(f->user), S(f->name_glob), S(f->queue), I(PAGE)));
}

static bool
same(const char *wanted, const char *is)
{
	return wanted == NULL || (is != NULL && strcmp(wanted, is) == 0);
}

static bool
has_label(const struct strv *labels, const char *wanted)
{
	size_t i = 0;

	while (i < labels->n && strcmp(labels->v[i], wanted) != 0)
		i++;
	return wanted == NULL || i < labels->n;
}

static bool
matches(const struct job_filter *f, const struct job_view *v)
{
	if (f->state != -1 && (int)v->state != f->state)
		return false;
	if (f->due_before != INSTANT_NONE &&
	    (v->next_run_at == INSTANT_NONE || v->next_run_at >= f->due_before))
		return false;
	if (f->name_glob != NULL &&
	    (v->job.name == NULL || fnmatch(f->name_glob, v->job.name, 0) != 0))
		return false;
	return same(f->user, v->job.user) && same(f->tab, v->job.tab) &&
	       same(f->queue, v->job.queue) &&
	       (f->label == NULL || has_label(&v->job.labels, f->label));
}

/* The views of up to PAGE ids, in one snapshot. */
static int
load(struct list *l, const int64_t *ids, size_t n, struct job_view *views, size_t *loaded,
    struct err *e)
{
	int rc;

	*loaded = 0;
	if ((rc = db_begin_read(l->db, e)) < 0)
		return rc;
	for (size_t i = 0; i < n && rc >= 0; i++) {
		rc = look_view(l->db, ids[i], &views[*loaded], e);
		if (rc > 0 && matches(l->f, &views[*loaded]))
			++*loaded;
		else if (rc > 0)
			job_view_release(&views[*loaded]);
	}
	return db_end_read(l->db, rc < 0 ? rc : 0, e);
}

/* 1: the caller has enough. */
static int
tell(struct list *l, const int64_t *ids, size_t n, int (*each)(void *, const struct job_view *),
    void *arg, struct err *e)
{
	struct job_view *views = xcalloc(PAGE, sizeof(*views));
	bool enough = false;
	size_t loaded;
	int rc = load(l, ids, n, views, &loaded, e);

	for (size_t i = 0; i < loaded; i++) {
		if (rc == 0 && !enough) {
			enough = each(arg, &views[i]) != 0;
			l->told++;
			enough = enough || l->told == l->f->limit;
		}
		job_view_release(&views[i]);
	}
	free(views);
	return rc < 0 ? rc : enough;
}

static int
tell_all(struct list *l, int (*each)(void *, const struct job_view *), void *arg, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < l->n && rc == 0; i += PAGE)
		rc = tell(l, l->ids + i, l->n - i < PAGE ? l->n - i : PAGE, each, arg, e);
	return rc;
}

static int
tell_pages(struct list *l, int (*each)(void *, const struct job_view *), void *arg, struct err *e)
{
	int64_t after = l->f->after_id;
	int rc;

	for (;;) {
		if ((rc = next_page(l, after, e)) < 0 || l->n == 0)
			return rc;
		after = l->ids[l->n - 1];
		if ((rc = tell(l, l->ids, l->n, each, arg, e)) != 0)
			return rc;
	}
}

int
sql_job_list(struct store *s, const struct job_filter *f,
    int (*each)(void *, const struct job_view *), void *arg, struct err *e)
{
	struct list l = {.db = db_of(s), .f = f};
	int rc;

	if ((rc = collect_all(&l, e)) >= 0)
		rc = l.all ? tell_all(&l, each, arg, e) : tell_pages(&l, each, arg, e);
	free(l.ids);
	return rc < 0 ? rc : 0;
}
