/*
 * open: a database by its URI, see store.h.
 */
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/copy.h"
#include "store/pg/address.h"
#include "store/pg/handle.h"
#include "store/pg/lane.h"
#include "store/pg/submit.h"
#include "store/sql/slots.h"

static struct pg_db *
handle_new(const char *locator)
{
	struct pg_db *pg = xcalloc(1, sizeof(*pg));

	db_init(&pg->db, &pg_driver, pg_address_shown(locator));
	pg->db.store.ops = &pg_ops;
	pg->db.store.uri = xstrdup(pg->db.name);
	pg->uri = xasprintf("postgresql:%s", locator);
	/* A pooler may mix up connections: then what another has prepared must not be ours. */
	pg->prepared = arc4random();
	pipe_init(pg);
	return pg;
}

static void
handle_free(struct pg_db *pg)
{
	db_finalize(&pg->db);
	PQfinish(pg->conn);
	free(pg->ended.v);
	hint_release(&pg->hints);
	lane_release(pg);
	submit_forget(pg);
	number_release(pg);
	buf_release(&pg->counts);
	buf_release(&pg->counted);
	free(pg->pipe.parts);
	explicit_bzero(pg->uri, strlen(pg->uri));
	free(pg->uri);
	db_release(&pg->db);
	free(pg);
}

static bool
is_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Whether the one has nothing but secrets that the other has not. Both list the same options. */
static bool
is_told_whole(const PQconninfoOption *all, const PQconninfoOption *told)
{
	for (; all->keyword != NULL && told->keyword != NULL; all++, told++)
		if (strcmp(all->dispchar, "*") != 0 && !is_same(all->val, told->val))
			return false;
	return true;
}

/*
 * What is not told must be a password for libpq as well: else it would take a part of it for a host
 * or a port, look for that, and tell everybody.
 */
static int
check_password(const struct pg_db *pg, const PQconninfoOption *options, struct err *e)
{
	PQconninfoOption *told = PQconninfoParse(pg->db.name, NULL);
	bool whole = told != NULL && is_told_whole(options, told);

	PQconninfoFree(told);
	return whole ? 0
		     : err_set(e, E_INPUT,
			   "'%s' names no database: in a password, '@', ':', '/', '?' and '%%' are "
			   "written as %%40, %%3A, %%2F, %%3F and %%25",
			   pg->db.name);
}

/* What libpq says of it may have the password in it. */
static int
check_uri(const struct pg_db *pg, struct err *e)
{
	char *said = NULL, *end;
	PQconninfoOption *options;
	int rc = 0;

	if (strncmp(pg->uri, "postgresql://", 13) != 0)
		return err_set(e, E_INPUT,
		    "'%s' names no database: it is 'postgresql://[USER@]HOST[:PORT]/DATABASE'",
		    pg->db.name);
	options = PQconninfoParse(pg->uri, &said);
	if (options != NULL)
		rc = check_password(pg, options, e);
	else if (strcmp(pg->uri, pg->db.name) == 0 && said != NULL) {
		if ((end = strchr(said, '\n')) != NULL)
			*end = '\0';
		rc = err_set(e, E_INPUT, "'%s' names no database: %s", pg->db.name, said);
	} else
		rc = err_set(e, E_INPUT, "'%s' names no database", pg->db.name);
	PQconninfoFree(options);
	PQfreemem(said);
	return rc;
}

static int
not_this_version(const struct pg_db *pg, int version, struct err *e)
{
	const char *name = pg->db.name;

	if (version == 0)
		return err_set(e, E_STORE,
		    "database '%s' has no schema 'jobsched' yet: 'jobsched submit' or 'jobsched db "
		    "init' makes one",
		    name);
	if (version < PG_VERSION)
		return err_set(e, E_STORE,
		    "database '%s' is of an older version (%d, this program's is %d): run "
		    "'jobsched db upgrade'",
		    name, version, PG_VERSION);
	return err_set(e, E_STORE,
	    "database '%s' is of a newer version (%d, this program's is %d): it needs a "
	    "newer jobsched",
	    name, version, PG_VERSION);
}

static int
open_schema(struct pg_db *pg, enum store_mode mode, struct err *e)
{
	int version, lowest, rc;

	if ((rc = check_uri(pg, e)) < 0 || (rc = pg_connect(pg, e)) < 0 ||
	    (rc = pg_version(pg, &version, &lowest, e)) < 0)
		return rc;
	if (version == 0 && mode == STORE_CREATE &&
	    ((rc = pg_create(pg, e)) < 0 || (rc = pg_version(pg, &version, &lowest, e)) < 0))
		return rc;
	return pg_knows(version, lowest) ? 0 : not_this_version(pg, version, e);
}

int
pg_open(struct store **store, const char *locator, enum store_mode mode, struct err *e)
{
	struct pg_db *pg = handle_new(locator);
	int rc = open_schema(pg, mode, e);

	if (rc < 0) {
		handle_free(pg);
		return rc;
	}
	*store = &pg->db.store;
	return 0;
}

void
pg_close(struct store *store)
{
	handle_free(pg_of(store));
}

/* No file stands for it: any number of daemons may use it. */
const char *
pg_path(const struct store *store)
{
	(void)store;
	return NULL;
}

int
pg_upgrade(const char *locator, int *from, int *to, struct err *e)
{
	struct pg_db *pg = handle_new(locator);
	int rc;

	if ((rc = check_uri(pg, e)) == 0 && (rc = pg_connect(pg, e)) == 0)
		rc = pg_migrate(pg, from, to, e);
	handle_free(pg);
	return rc;
}

/* It is made, and made private, by the store. */
static int
check_new(const char *file, struct err *e)
{
	if (access(file, F_OK) == 0)
		return err_set(e, E_CONFLICT, "'%s' exists", file);
	return 0;
}

/* In a file of SQLite. */
int
pg_backup(struct store *store, const char *file, struct err *e)
{
	const struct copy_watch nobody = {NULL, NULL};
	char *uri = xasprintf("sqlite:%s", file);
	struct store *to;
	struct copied sum;
	int rc = check_new(file, e);

	if (rc == 0 && (rc = store_open(&to, uri, STORE_CREATE, e)) == 0) {
		if ((rc = sql_copy(store, to, &nobody, &sum, e)) == 0)
			copied_release(&sum);
		store_close(to);
	}
	if (rc < 0 && rc != E_CONFLICT)
		unlink(file);
	free(uri);
	return rc;
}
