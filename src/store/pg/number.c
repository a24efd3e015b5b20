/*
 * number: ids by the server's sequences, see store/sql/driver.h.
 *
 * Within one transaction they are taken in growing runs, and what is left of a run at its end is
 * spent: a fence that was kept for later would not be the highest of its job any more.
 */
#include "base/err.h"
#include "base/mem.h"
#include "store/pg/handle.h"

#define RUN_MAX 1024

static const char *
sequence(bool fence)
{
	return fence ? "last_fence" : "last_job";
}

static int
fill(struct pg_db *pg, struct pg_ids *ids, bool fence, struct err *e)
{
	static const char *const text[] = {
	    "SELECT nextval('last_job') FROM generate_series(1, ?)",
	    "SELECT nextval('last_fence') FROM generate_series(1, ?)",
	};
	struct cursor *st;
	int rc;

	ids->run = ids->run == 0 ? 1 : ids->run < RUN_MAX ? ids->run * 4 : RUN_MAX;
	if (ids->run < ids->want)
		ids->run = ids->want;
	ids->want = 0;
	ids->n = ids->at = 0;
	rc = db_first(&pg->db, e, &st, text[fence], BIND(I(ids->run)));
	for (; rc > 0; rc = db_next(&pg->db, e, st)) {
		ids->v = mem_grow(ids->v, (size_t)ids->n, &ids->cap, sizeof(*ids->v));
		ids->v[ids->n++] = col_int(st, 0);
	}
	return rc;
}

void
number_begin(struct pg_db *pg)
{
	for (int i = 0; i < 2; i++)
		pg->ids[i].n = pg->ids[i].at = pg->ids[i].run = 0;
}

int
number_take(struct pg_db *pg, int jobs, struct err *e)
{
	number_begin(pg);
	pg->ids[0].want = jobs;
	return fill(pg, &pg->ids[0], false, e);
}

void
number_release(struct pg_db *pg)
{
	for (int i = 0; i < 2; i++)
		free(pg->ids[i].v);
}

int
pg_next_id(struct db *db, bool fence, int64_t *id, struct err *e)
{
	struct pg_ids *ids = &pg_db(db)->ids[fence];
	int rc;

	if (ids->at == ids->n && (rc = fill(pg_db(db), ids, fence, e)) < 0)
		return rc;
	*id = ids->v[ids->at++];
	return 1;
}

int
pg_highest(struct db *db, bool fence, int64_t *id, struct err *e)
{
	static const char *const text[] = {
	    "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM last_job",
	    "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM last_fence",
	};
	int rc = db_number(db, e, id, 0, text[fence], NOBIND);

	return rc < 0 ? rc : 1;
}

static int
go_on(struct pg_db *pg, const char *of, const char *highest, struct err *e)
{
	char *text = xasprintf("SELECT setval(%s, nullif((%s), 0))", of, highest);
	int rc = pg_run(pg, text, e);

	free(text);
	return rc;
}

/* The columns that are numbered by the server. */
static int
go_on_columns(struct pg_db *pg, struct err *e)
{
	PGresult *res = pg_exec(pg,
	    "SELECT format('pg_get_serial_sequence(%L, %L)', c.relname, a.attname),"
	    " format('SELECT max(%I) FROM %I', a.attname, c.relname)"
	    " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
	    " WHERE c.relnamespace = to_regnamespace('jobsched') AND a.attidentity <> ''",
	    e);
	int rc = 0;

	if (res == NULL)
		return e->code;
	for (int i = 0; i < PQntuples(res) && rc >= 0; i++)
		rc = go_on(pg, PQgetvalue(res, i, 0), PQgetvalue(res, i, 1), e);
	PQclear(res);
	return rc;
}

static int
go_on_ids(struct pg_db *pg, bool fence, const char *table, struct err *e)
{
	char *of = xasprintf("'%s'", sequence(fence));
	char *highest = xasprintf("SELECT max(id) FROM (SELECT value AS id FROM counters"
				  " WHERE name = '%s' UNION ALL SELECT max(id) FROM %s) AS ids",
	    fence ? "last.fence" : "last.job", table);
	int rc = go_on(pg, of, highest, e);

	free(of);
	free(highest);
	return rc;
}

int
pg_numbered(struct db *db, struct err *e)
{
	struct pg_db *pg = pg_db(db);
	int rc;

	if ((rc = pipe_settle(pg, e)) < 0 || (rc = go_on_columns(pg, e)) < 0 ||
	    (rc = go_on_ids(pg, false, "jobs", e)) < 0)
		return rc;
	return go_on_ids(pg, true, "attempts", e);
}
