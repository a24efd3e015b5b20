/*
 * tabdiff: see tabdiff.h. Which entries differ is found by tabcompare.
 *
 * Many changes are carried out in the order of their keys: rows then go where the ones before went,
 * while the order of the file would touch, and write, a page of the index for each.
 */
#include "daemon/tabdiff.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "daemon/tabcompare.h"

#define BATCH_MIN 50	/* by how long the last transaction took … */
#define BATCH_MAX 8000
#define BATCH_US 80000	/* … some tens of milliseconds each */

struct tabdiff {
	struct comparison compared;
	bool compared_all, ready;
	size_t named, done, batch; /* changes whose names have been looked up, that are done */
	struct tabdiff_result result;
};

static int64_t
line_of(const struct tab_change *c)
{
	return c->job != NULL ? c->job->tab_line : INT64_MAX;
}

static int
by_line(const void *a, const void *b)
{
	int64_t x = line_of(a), y = line_of(b);

	return x < y ? -1 : x > y;
}

struct tabdiff *
tabdiff_new(struct store *store, const char *path, const struct tab *tab,
    const struct tab_index *index)
{
	struct tabdiff *d = xcalloc(1, sizeof(*d));

	comparison_init(&d->compared, store, path, tab, index);
	d->batch = TABDIFF_FEW;
	return d;
}

void
tabdiff_free(struct tabdiff *d)
{
	if (d == NULL)
		return;
	comparison_release(&d->compared);
	free(d);
}

/* ---- names ---- */

/* Whether the job that has the name of an entry new to this file may become that entry. */
static int
take_over(struct tabdiff *d, const struct job *job, int64_t id, struct err *e)
{
	struct job_view v;
	int rc;

	if ((rc = store_job_get(d->compared.store, id, &v, e)) < 0)
		return rc;
	if (v.job.tab == NULL)
		rc = err_set(e, E_CONFLICT, "name '%s' is taken by job %" PRId64
		    ", which was submitted", job->name, id);
	else if (v.state != JOB_RETIRED)
		rc = err_set(e, E_CONFLICT, "name '%s' is taken by an entry of '%s'", job->name,
		    v.job.tab);
	job_view_release(&v);
	return rc;
}

/*
 * Entries that this file did not have: another job may have their name. One whose own file has
 * let it go is taken over, so that a tab may be renamed and an entry moved.
 */
static int
claim_names(struct tabdiff *d, struct tab_change *changes, size_t n, struct err *e)
{
	const struct job *jobs[TABDIFF_PIECE];
	struct tab_change *of[TABDIFF_PIECE];
	int64_t ids[TABDIFF_PIECE];
	size_t found = 0;
	int rc;

	for (size_t i = 0; i < n; i++) {
		if (changes[i].id != 0 || changes[i].job->name == NULL)
			continue;
		jobs[found] = changes[i].job;
		of[found++] = &changes[i];
	}
	if (found == 0)
		return 0;
	rc = store_jobs_named(d->compared.store, jobs, found, ids, e);
	for (size_t i = 0; i < found && rc == 0; i++) {
		if ((of[i]->id = ids[i]) == 0)
			continue;
		if ((rc = take_over(d, jobs[i], ids[i], e)) < 0)
			d->result.line = (int)jobs[i]->tab_line;
	}
	return rc;
}

static int
step_names(struct tabdiff *d, struct err *e)
{
	struct comparison *c = &d->compared;
	size_t left = c->nchanges - d->named, n = left < TABDIFF_PIECE ? left : TABDIFF_PIECE;
	int rc;

	if (n > 0 && (rc = claim_names(d, c->changes + d->named, n, e)) < 0)
		return rc;
	if ((d->named += n) < c->nchanges)
		return 1;
	/* Then ids are in the order of the file; what has gone comes last. */
	if (tabdiff_is_small(d) && c->nchanges > 0)
		qsort(c->changes, c->nchanges, sizeof(*c->changes), by_line);
	d->ready = true;
	return 0;
}

int
tabdiff_compare(struct tabdiff *d, struct err *e)
{
	int rc;

	if (d->ready)
		return 0;
	if (d->compared_all)
		return step_names(d, e);
	if ((rc = comparison_step(&d->compared, e)) != 0)
		return rc;
	d->compared_all = true;
	d->result.retired = d->compared.retired;
	d->result.changed = d->compared.nchanges - d->compared.retired;
	d->result.ids = d->compared.ids;
	return 1;
}

/* ---- carrying out ---- */

bool
tabdiff_is_small(const struct tabdiff *d)
{
	return d->compared.nchanges <= TABDIFF_FEW;
}

/* Of a transaction that took so long, as much as is to fit into the next. */
static void
set_batch(struct tabdiff *d, int64_t took)
{
	int64_t fits = (int64_t)d->batch * BATCH_US / (took > 0 ? took : 1);

	if (fits > (int64_t)d->batch * 2)
		fits = (int64_t)d->batch * 2;
	d->batch = fits < BATCH_MIN ? BATCH_MIN : fits > BATCH_MAX ? BATCH_MAX : (size_t)fits;
}

int
tabdiff_carry_out(struct tabdiff *d, const struct tabdiff_moment *m, struct err *e)
{
	struct comparison *c = &d->compared;
	size_t left = c->nchanges - d->done, n = left < d->batch ? left : d->batch, bad = 0;
	int64_t begin = clock_boot();
	struct tab_change *changes;
	int rc;

	if (n == 0)
		return 0;
	changes = c->changes + d->done;
	if ((rc = store_tab_change(
		 c->store, changes, n, m->now, m->zone, m->boot_id, &bad, e)) < 0) {
		if (rc == E_CONFLICT && bad < n && changes[bad].job != NULL)
			d->result.line = (int)line_of(&changes[bad]);
		return rc;
	}
	for (size_t i = 0; i < n; i++)
		if (changes[i].job != NULL)
			comparison_set_id(c, changes[i].job, changes[i].id);
	d->done += n;
	set_batch(d, clock_boot() - begin);
	return d->done < c->nchanges;
}

const struct tabdiff_result *
tabdiff_result(const struct tabdiff *d)
{
	return &d->result;
}
