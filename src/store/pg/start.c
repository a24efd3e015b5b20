/*
 * start: which attempts have started, in a crowd of nodes, none of which waits for another.
 *
 * Only the attempts' own rows change, and only of those that run. Who ends one meanwhile holds its
 * row, and then it runs no more.
 */
#include "base/buf.h"
#include "base/mem.h"
#include "store/pg/array.h"
#include "store/pg/handle.h"
#include "store/sql/count.h"

static const char statement[] =
    "UPDATE attempts a SET started_at = (?2)[r.i] FROM generate_series(1, ?3) AS r (i)"
    " WHERE a.id = (?1)[r.i] AND a.outcome = 'running' AND a.started_at IS NULL"
    " RETURNING r.i, a.ready_at, a.ctid";

static void
note(struct pg_db *pg, struct cursor *st, const struct started_row *rows)
{
	const struct started_row *row = &rows[col_int(st, 0) - 1];
	struct hint *hint = hint_find(&pg->hints, row->fence);

	count_started(&pg->db, row->started_at - col_int(st, 1));
	if (hint == NULL)
		return;
	hint->attempt = col_place(st, 2);
	hint->told = true;
}

static int
start(struct pg_db *pg, const struct started_row *rows, size_t n, struct err *e)
{
	struct buf fences = {0}, times = {0};
	struct cursor *st;
	int rc;

	for (size_t i = 0; i < n; i++) {
		array_add(&fences, rows[i].fence);
		array_add(&times, rows[i].started_at);
	}
	rc = db_first(&pg->db, e, &st, statement,
	    BIND(array_numbers(&fences), array_numbers(&times), I((int64_t)n)));
	for (; rc > 0; rc = db_next(&pg->db, e, st))
		note(pg, st, rows);
	buf_release(&fences);
	buf_release(&times);
	return rc;
}

int
pg_start_attempts(struct store *s, const struct started_row *rows, size_t n, struct err *e)
{
	struct pg_db *pg = pg_of(s);
	int rc;

	pg->share = true;
	if ((rc = db_begin(&pg->db, e)) < 0)
		return rc;
	return db_end(&pg->db, start(pg, rows, n, e), e);
}
