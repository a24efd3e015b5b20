/*
 * submit: new jobs, a handful or a chunk of a batch, all of them or none.
 */
#include <inttypes.h>

#include "base/err.h"
#include "store/sql/batch.h"
#include "store/sql/db.h"
#include "store/sql/define.h"
#include "store/sql/newcomers.h"
#include "store/sql/row.h"
#include "store/sql/slots.h"

#define BULK 1000 /* jobs in one call */

/* A job of this name in another's place; jobs of tabs are changed in their tab. */
static int
replace(struct db *db, const struct define *d, const struct job *job, int64_t id, struct err *e)
{
	int64_t of_tab;
	int rc;

	if ((rc = db_number(db, e, &of_tab, 0,
		 "SELECT tab IS NOT NULL AND state <> 'retired' FROM jobs WHERE id = ?",
		 BIND(I(id)))) < 0)
		return rc;
	if (of_tab != 0)
		return err_set(e, E_CONFLICT, "name '%s' is taken by job %" PRId64 ", of a tab",
		    job->name, id);
	return define_again(db, d, id, job, true, e);
}

/* Unless the name must be free, it is looked for: among those that wait to be let in as well. */
static int
submit_one(struct newcomers *new, const struct submit *what, size_t i, int64_t *id, struct err *e)
{
	const struct job *job = &what->jobs[i];
	int rc;

	if (what->how == SUBMIT_NEW || job->name == NULL)
		return newcomers_add(new, job, i, id, e);
	if ((rc = newcomers_let_in(new, e)) < 0)
		return rc;
	*new->bad = i;
	if ((rc = db_number(new->db, e, id, 0,
		 "SELECT id FROM jobs WHERE name = ? AND \"user\" = ?",
		 BIND(S(job->name), S(job->user)))) < 0)
		return rc;
	if (*id == 0)
		return newcomers_add(new, job, i, id, e);
	return what->how == SUBMIT_REPLACE ? replace(new->db, new->define, job, *id, e) : 0;
}

int
sql_submit_jobs(
    struct db *db, const struct submit *what, int64_t *ids, size_t *bad, struct err *e)
{
	struct define d = {.now = what->now, .zone = what->zone, .boot_id = what->boot_id};
	struct newcomers new;
	int rc = 0;

	newcomers_init(&new, db, &d, bad);
	for (size_t i = 0; i < what->n && rc >= 0; i++)
		rc = submit_one(&new, what, i, &ids[i], e);
	return rc < 0 ? rc : newcomers_let_in(&new, e);
}

int
sql_submit(struct store *s, const struct submit *what, int64_t *ids, size_t *bad, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	if ((what->n >= BULK && (rc = db_reach(db, REACH_BULK, e)) < 0) ||
	    (rc = db_begin(db, e)) < 0)
		return rc;
	db->now = what->now;
	if (what->batch != NULL)
		rc = batch_advance(db, what, e);
	if (rc >= 0)
		rc = sql_submit_jobs(db, what, ids, bad, e);
	if (rc >= 0 && what->batch != NULL)
		rc = batch_note(db, what, ids, e);
	return db_end(db, rc, e);
}
