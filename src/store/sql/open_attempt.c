/*
 * open_attempt: what is recorded as running.
 */
#include "base/mem.h"
#include "job/packed.h"
#include "store/sql/db.h"
#include "store/sql/occ.h"
#include "store/sql/slots.h"

struct found {
	struct open_attempt *v;
	size_t n, cap;
};

#define OPEN                                                                             \
	"SELECT o.fence, o.job_id, o.scheduled_for, o.attempt, o.runner, a.claimed_at,"  \
	" o.wish, j.options, a.started_at IS NOT NULL"                                   \
	" FROM occurrences o JOIN attempts a ON a.id = o.fence"                          \
	" JOIN jobs j ON j.id = o.job_id WHERE o.state = 1 AND "

static void
read_limits(struct cursor *st, int i, struct open_attempt *o)
{
	struct job job;

	job_init(&job);
	(void)packed_parse(col_is_null(st, i) ? NULL : col_text(st, i), &job);
	o->timeout = job.timeout;
	o->grace = job.grace;
	job_release(&job);
}

/* All of them first: the caller may use the store while it goes through them. */
static int
collect(
    struct db *db, struct found *f, const char *text, const struct val *v, size_t n, struct err *e)
{
	struct cursor *st;
	int rc = db_first(db, e, &st, text, v, n);

	for (; rc > 0; rc = db_next(db, e, st)) {
		f->v = mem_grow(f->v, f->n, &f->cap, sizeof(*f->v));
		f->v[f->n] = (struct open_attempt){
		    .fence = col_int(st, 0),
		    .job_id = col_int(st, 1),
		    .scheduled_for = col_int(st, 2),
		    .attempt = col_int(st, 3),
		    .runner = col_int(st, 4),
		    .claimed_at = col_int(st, 5),
		    .cancel_wanted = (col_int(st, 6) & OCC_END) != 0,
		    .started = col_int(st, 8) != 0,
		};
		read_limits(st, 7, &f->v[f->n++]);
	}
	return rc;
}

static int
tell(struct found *f, int rc, int (*each)(void *, const struct open_attempt *), void *arg)
{
	for (size_t i = 0; i < f->n && rc == 0; i++)
		if (each(arg, &f->v[i]) != 0)
			break;
	free(f->v);
	return rc;
}

int
sql_open_attempts(struct store *s, int64_t runner,
    int (*each)(void *, const struct open_attempt *), void *arg, struct err *e)
{
	struct found f = {0};
	int rc = collect(
	    db_of(s), &f, OPEN "(?1 = 0 OR o.runner = ?1) ORDER BY o.fence", BIND(I(runner)), e);

	return tell(&f, rc, each, arg);
}

int
sql_cancels_wanted(struct store *s, const char *node,
    int (*each)(void *, const struct open_attempt *), void *arg, struct err *e)
{
	struct found f = {0};
	/* 16 is OCC_END. */
	int rc = collect(db_of(s), &f, OPEN "(o.wish & 16) <> 0 AND a.node = ? ORDER BY o.fence",
	    BIND(S(node)), e);

	return tell(&f, rc, each, arg);
}

int
sql_given_up(struct store *s, int64_t runner,
    int (*each)(void *, const struct open_attempt *), void *arg, struct err *e)
{
	struct found f = {0};
	int rc = collect(db_of(s), &f,
	    "SELECT a.id, a.job_id, a.scheduled_for, a.attempt, a.runner, a.claimed_at, 0,"
	    " j.options, a.started_at IS NOT NULL FROM given_up g JOIN attempts a ON a.id = g.fence"
	    " JOIN jobs j ON j.id = a.job_id WHERE g.runner = ? ORDER BY a.id",
	    BIND(I(runner)), e);

	return tell(&f, rc, each, arg);
}
