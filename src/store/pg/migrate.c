/*
 * migrate: how a database gets its schema, and an older one this program's. A change to schema.sql
 * comes with a higher PG_VERSION and a step here that does the same to a database that has data in
 * it. All of it in one transaction, under the lock of those who write.
 */
#include "base/err.h"
#include "base/mem.h"
#include "store/pg/handle.h"
#include "store/pg/schema.h"

struct migration {
	int to;	    /* the version after it */
	int lowest; /* of a program that may write that */
	const char *sql;
};

static const struct migration steps[] = {
    {1, PG_LOWEST, pg_schema_sql},
};

static const char look[] =
    "SELECT to_regclass('jobsched.schema_version') IS NOT NULL,"
    " to_regnamespace('jobsched') IS NOT NULL,"
    " (SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('jobsched'))";

struct found {
	bool ours, schema;
	int version, lowest;
};

static bool
is_true(const PGresult *res, int column)
{
	return PQgetvalue(res, 0, column)[0] == 't';
}

static int
read_version(struct pg_db *pg, struct found *f, struct err *e)
{
	PGresult *res = pg_exec(pg, "SELECT version, lowest FROM jobsched.schema_version", e);

	if (res == NULL)
		return e->code;
	f->version = (int)pg_number(res, 0);
	f->lowest = (int)pg_number(res, 1);
	PQclear(res);
	return 0;
}

static int
find(struct pg_db *pg, struct found *f, struct err *e)
{
	PGresult *res = pg_exec(pg, look, e);
	bool others;

	if (res == NULL)
		return e->code;
	*f = (struct found){.ours = is_true(res, 0), .schema = is_true(res, 1)};
	others = !f->ours && pg_number(res, 2) > 0;
	PQclear(res);
	if (others)
		return err_set(e, E_STORE,
		    "schema 'jobsched' of database '%s' is not that of a jobsched", pg->db.name);
	return f->ours ? read_version(pg, f, e) : 0;
}

int
pg_version(struct pg_db *pg, int *version, int *lowest, struct err *e)
{
	struct found f = {.version = pg->version, .lowest = pg->lowest};
	int rc = pg->found ? 0 : find(pg, &f, e);

	pg->found = false;
	*version = rc < 0 ? 0 : f.version;
	*lowest = rc < 0 ? 0 : f.lowest;
	return rc;
}

static int
take_step(struct pg_db *pg, const struct migration *step, struct err *e)
{
	char *note = xasprintf("DELETE FROM jobsched.schema_version;"
			       "INSERT INTO jobsched.schema_version VALUES (%d, %d)",
	    step->to, step->lowest);
	int rc;

	if ((rc = pg_run(pg, step->sql, e)) == 0)
		rc = pg_run(pg, note, e);
	free(note);
	return rc;
}

static int
take_steps(struct pg_db *pg, int *from, int *to, struct err *e)
{
	struct found f;
	int rc;

	if ((rc = pg_run(pg, "SELECT pg_advisory_xact_lock(" PG_LOCK_WRITE ")", e)) < 0 ||
	    (rc = find(pg, &f, e)) < 0)
		return rc;
	*from = *to = f.version;
	/* Where the schema is there already, whoever made it may make nothing else here. */
	if (!f.schema && (rc = pg_run(pg, "CREATE SCHEMA jobsched", e)) < 0)
		return rc;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (steps[i].to <= *to)
			continue;
		if ((rc = take_step(pg, &steps[i], e)) < 0)
			return rc;
		*to = steps[i].to;
	}
	if (*from > PG_VERSION && !pg_knows(f.version, f.lowest))
		return err_set(e, E_STORE,
		    "database '%s' has version %d, this program knows up to %d: it needs a newer "
		    "jobsched",
		    pg->db.name, *from, PG_VERSION);
	return 0;
}

int
pg_migrate(struct pg_db *pg, int *from, int *to, struct err *e)
{
	struct err unused;
	int rc;

	if ((rc = pg_run(pg, "BEGIN", e)) < 0)
		return rc;
	if ((rc = take_steps(pg, from, to, e)) == 0)
		return pg_run(pg, "COMMIT", e);
	(void)pg_run(pg, "ROLLBACK", &unused);
	return rc;
}

int
pg_create(struct pg_db *pg, struct err *e)
{
	int from, to;

	return pg_migrate(pg, &from, &to, e);
}
