/*
 * migrate: see migrate.h. A change to schema.sql comes with a higher DB_VERSION and a step here
 * that does the same to a database that has data in it.
 */
#include "store/sqlite/migrate.h"

#include "base/err.h"
#include "store/sqlite/handle.h"
#include "store/sqlite/schema.h"

/* Version 0 is a file that is ours and has no tables. */
const struct migration migrations[] = {
    {1, schema_sql},
    {0, NULL},
};

static int
set_pragma(struct sqlite_db *s, const char *name, int value, struct err *e)
{
	char text[64];

	snprintf(text, sizeof(text), "PRAGMA %s = %d", name, value);
	return sqlite_exec(s, text, e);
}

/* Whether there is something to create; foreign content is refused. */
static int
is_blank(struct sqlite_db *s, struct err *e)
{
	int64_t application, tables;
	int rc;

	if ((rc = db_number(&s->db, e, &application, 0, "PRAGMA application_id", NOBIND)) < 0 ||
	    (rc = db_number(
		 &s->db, e, &tables, 0, "SELECT count(*) FROM sqlite_master", NOBIND)) < 0)
		return rc;
	if (application == DB_APPLICATION)
		return 0;
	if (application != 0 || tables > 0)
		return err_set(e, E_STORE, "'%s' is not a jobsched database", s->db.name);
	return 1;
}

static int
create(struct sqlite_db *s, struct err *e)
{
	int rc;

	if ((rc = is_blank(s, e)) <= 0)
		return rc;
	if ((rc = sqlite_exec(s, schema_sql, e)) < 0 ||
	    (rc = set_pragma(s, "application_id", DB_APPLICATION, e)) < 0)
		return rc;
	return set_pragma(s, "user_version", DB_VERSION, e);
}

static int
finish(struct sqlite_db *s, int rc, struct err *e)
{
	struct err unused;

	if (rc >= 0)
		rc = sqlite_exec(s, "COMMIT", e);
	if (rc < 0 && !sqlite3_get_autocommit(s->sql))
		sqlite_exec(s, "ROLLBACK", &unused);
	return rc;
}

int
migrate_create(struct sqlite_db *s, struct err *e)
{
	int rc;

	/* Not WAL yet: so the mark that it is ours is in the file itself, where a stranger looks.
	 */
	if ((rc = sqlite_exec(s, "BEGIN IMMEDIATE", e)) < 0)
		return rc;
	return finish(s, create(s, e), e);
}

static int
take_steps(struct sqlite_db *s, const struct migration *m, int *from, int *to, struct err *e)
{
	int64_t version;
	int newer, rc;
	bool known;

	if ((rc = db_number(&s->db, e, &version, 0, "PRAGMA user_version", NOBIND)) < 0)
		return rc;
	*from = *to = (int)version;
	for (; m->to != 0; m++) {
		if (m->to <= *to)
			continue;
		if ((rc = sqlite_exec(s, m->sql, e)) < 0 ||
		    (rc = set_pragma(s, "user_version", m->to, e)) < 0)
			return rc;
		*to = m->to;
	}
	/* A newer one may be for this program as well. */
	if (*from > m[-1].to && ((rc = sqlite_version(s, &newer, &known, e)) < 0 || !known))
		return rc < 0 ? rc : err_set(e, E_STORE,
		    "database '%s' has version %d, this program knows up to %d: it needs a newer "
		    "jobsched",
		    s->db.name, *from, m[-1].to);
	return 0;
}

int
migrate_run(struct sqlite_db *s, const struct migration *m, int *from, int *to, struct err *e)
{
	int rc;

	if ((rc = sqlite_exec(s, "BEGIN IMMEDIATE", e)) < 0)
		return rc;
	return finish(s, take_steps(s, m, from, to, e), e);
}
