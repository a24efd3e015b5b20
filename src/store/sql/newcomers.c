/*
 * newcomers: see newcomers.h. A statement of one row opens the table and all its indexes, finds
 * each place from the root, and closes all again; one of many rows does that once.
 */
#include "store/sql/newcomers.h"

#include "base/err.h"
#include "store/sql/db.h"
#include "store/sql/define.h"
#include "store/sql/line.h"
#include "store/sql/occ.h"

void
newcomers_init(struct newcomers *w, struct db *db, const struct define *define, size_t *bad)
{
	w->db = db;
	w->define = define;
	w->bad = bad;
	w->n = 0;
}

/* Of those that were to be added together, the first that is not there. */
static int
find_taken(struct newcomers *w, struct err *e)
{
	int64_t id;
	size_t i;
	int rc;

	for (i = 0; i < w->n; i++) {
		*w->bad = w->numbers[i];
		if ((rc = db_number(w->db, e, &id, 0, "SELECT id FROM jobs WHERE id = ?",
			 BIND(I(w->rows[i].job.id)))) < 0)
			return rc;
		if (id == 0)
			break;
	}
	return define_taken(w->db, &w->rows[i < w->n ? i : 0].job, e);
}

static int
let_in_together(struct newcomers *w, struct err *e)
{
	int rc = row_add(w->db, w->rows, w->n, e);

	if (rc != 0)
		return rc < 0 ? rc : find_taken(w, e);
	count_add(w->db, N_ENQUEUED, (int64_t)w->n);
	for (size_t i = 0; i < w->n; i++)
		count_moved(w->db, REST_COUNT, REST_OPEN);
	w->n = 0;
	return occ_first_of_many(w->db, w->rows, e);
}

int
newcomers_let_in(struct newcomers *w, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < w->n && rc >= 0; i++) {
		*w->bad = w->numbers[i];
		rc = define_planned(w->db, w->define, &w->rows[i], e);
	}
	w->n = 0;
	return rc;
}

/* Whether two rows are all that it needs. */
static bool
is_plain(const struct row *r)
{
	return r->due_for != INSTANT_NONE && r->job.after.n == 0 && !line_needed(&r->job);
}

int
newcomers_add(
    struct newcomers *w, const struct job *job, size_t number, int64_t *id, struct err *e)
{
	struct row *r = &w->rows[w->n];
	int rc;

	*w->bad = number;
	if ((rc = define_plan(w->define, job, r, e)) < 0 ||
	    (rc = count_next(w->db, N_LAST_JOB, id, e)) < 0)
		return rc;
	r->job.id = *id;
	w->numbers[w->n++] = number;
	/* All that go in together must be plain, the last of them as well. */
	if (!w->db->rows_at_once || !is_plain(r))
		return newcomers_let_in(w, e);
	return w->n < ROW_MANY ? 0 : let_in_together(w, e);
}
