/*
 * change: one of the things that a person asks, done to many jobs in one transaction.
 */
#include "base/err.h"
#include "store/sql/byhand.h"
#include "store/sql/cancel.h"
#include "store/sql/db.h"
#include "store/sql/life.h"
#include "store/sql/pause.h"
#include "store/sql/row.h"
#include "store/sql/slots.h"

static int
act(struct db *db, const struct job_change *c, struct row *r, struct err *e)
{
	bool running;

	switch (c->act) {
	case ACT_CANCEL:
		return cancel_job(db, r, c->kill, c->now, &running, e);
	case ACT_CANCEL_OCCURRENCE:
		return cancel_occurrence(db, r, c->zone, c->now, e);
	case ACT_PAUSE:
		return pause_ask(db, r, c->until, c->reason, c->now, e);
	case ACT_RESUME:
		return pause_resume(db, r, c->now, e);
	case ACT_RETRY:
		return byhand_retry(db, r, c->now, e);
	}
	abort();
}

/* It must still be what it was when it was chosen. */
static int
is_meant(struct db *db, const struct job_change *c, const struct row *r, bool *meant, struct err *e)
{
	enum job_state s;
	int rc = life_get(db, r, &s, e);

	*meant = rc >= 0 && (c->state == -1 || (int)s == c->state);
	return rc;
}

static int
change_row(struct db *db, const struct job_change *c, struct row *r, int64_t *done, struct err *e)
{
	bool meant;
	int rc;

	if ((rc = is_meant(db, c, r, &meant, e)) < 0 || !meant)
		return rc;
	/* What its state refuses is refused before anything is changed. */
	if ((rc = act(db, c, r, e)) == E_CONFLICT)
		return 0;
	if (rc >= 0)
		++*done;
	return rc;
}

int
sql_job_change(struct store *s, const struct job_change *c, const int64_t *ids, size_t n,
    int64_t *done, struct err *e)
{
	struct db *db = db_of(s);
	struct row r;
	int rc;

	*done = 0;
	if ((rc = db_begin(db, e)) < 0)
		return rc;
	db->now = c->now;
	for (size_t i = 0; i < n && rc >= 0; i++) {
		if ((rc = row_find(db, ids[i], &r, e)) <= 0)
			continue;
		rc = change_row(db, c, &r, done, e);
		row_release(&r);
	}
	return db_end(db, rc < 0 ? rc : 0, e);
}
