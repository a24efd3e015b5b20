/*
 * batch: see batch.h, and store.h for what those who go on with one ask.
 */
#include "store/sql/batch.h"

#include <inttypes.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/sql/db.h"
#include "store/sql/slots.h"

static int
stored_of(struct db *db, const char *batch, int64_t *stored, struct err *e)
{
	return db_number(
	    db, e, stored, 0, "SELECT stored FROM batches WHERE name = ?", BIND(S(batch)));
}

int
sql_batch_progress(struct store *s, const char *batch, int64_t *stored, struct err *e)
{
	return stored_of(db_of(s), batch, stored, e);
}

int
batch_advance(struct db *db, const struct submit *what, struct err *e)
{
	int64_t stored;
	int rc;

	if ((rc = stored_of(db, what->batch, &stored, e)) < 0)
		return rc;
	if (stored != what->batch_from)
		return err_set(e, E_CONFLICT,
		    "batch '%s' has %" PRId64 " jobs, not %" PRId64 ": it is being submitted twice",
		    what->batch, stored, what->batch_from);
	return db_do(db, e,
	    "INSERT INTO batches (name, stored, updated_at) VALUES (?, ?, ?)"
	    " ON CONFLICT (name) DO UPDATE SET stored = excluded.stored,"
	    " updated_at = excluded.updated_at",
	    BIND(S(what->batch), I(stored + (int64_t)what->n), I(what->now)));
}

/* How many of them follow each other. */
static size_t
run_length(const int64_t *ids, size_t n)
{
	size_t i = 1;

	while (i < n && ids[i] == ids[i - 1] + 1)
		i++;
	return i;
}

int
batch_note(struct db *db, const struct submit *what, const int64_t *ids, struct err *e)
{
	int rc = 0;
	size_t len;

	for (size_t i = 0; i < what->n && rc >= 0; i += len) {
		len = run_length(ids + i, what->n - i);
		rc = db_do(db, e,
		    "INSERT INTO batch_ids (name, from_job, id, count) VALUES (?, ?, ?, ?)",
		    BIND(S(what->batch), I(what->batch_from + (int64_t)i), I(ids[i]),
			I((int64_t)len)));
	}
	return rc;
}

int
sql_batch_ids(
    struct store *s, const char *batch, struct id_run **runs, size_t *n, struct err *e)
{
	struct cursor *st;
	size_t cap = 0;
	int rc = db_first(db_of(s), e, &st,
	    "SELECT id, count FROM batch_ids WHERE name = ? ORDER BY from_job", BIND(S(batch)));

	*runs = NULL;
	*n = 0;
	for (; rc > 0; rc = db_next(db_of(s), e, st)) {
		*runs = mem_grow(*runs, *n, &cap, sizeof(**runs));
		(*runs)[(*n)++] = (struct id_run){col_int(st, 0), col_int(st, 1)};
	}
	return rc;
}
