/*
 * fail: the server's failures in words, see handle.h.
 */
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "store/pg/handle.h"

/* What libpq says in lines, in one line. */
static void
one_line(const char *said, char *line, size_t size)
{
	size_t n = 0;

	for (; *said != '\0' && n + 3 < size; said++) {
		if (*said == '\n' && said[1 + strspn(said + 1, " \t\n")] != '\0')
			line[n++] = ';';
		if (*said != '\n' && *said != '\t')
			line[n++] = *said;
		else if (n > 0 && line[n - 1] != ' ')
			line[n++] = ' ';
	}
	while (n > 0 && line[n - 1] == ' ')
		n--;
	line[n] = '\0';
}

static void
note_outage(struct pg_db *pg, const struct err *e)
{
	struct store_outage *o = &pg->db.store.outage;

	if (o->since == 0)
		o->since = clock_boot();
	strlcpy(o->why, e->text, sizeof(o->why));
}

static int
fail_away(struct pg_db *pg, const char *said, struct err *e)
{
	char line[sizeof(e->text)];

	one_line(said, line, sizeof(line));
	err_set(e, E_STORE, "database '%s' is out of reach: %s", pg->db.name, line);
	note_outage(pg, e);
	return e->code;
}

/* libpq has no code for why the server refused a connection. */
static bool
is_refusal(const char *said)
{
	static const char *const refusals[] = {"authentication failed", "no pg_hba.conf entry",
	    "pg_hba.conf rejects connection", "requires a valid client certificate",
	    "is not permitted to log in", "permission denied for database"};
	const char *role = strstr(said, "role \"");

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (strstr(said, refusals[i]) != NULL)
			return true;
	return role != NULL && strstr(role, "\" does not exist") != NULL;
}

int
pg_fail_connect(struct pg_db *pg, const char *said, struct err *e)
{
	char line[sizeof(e->text)];

	if (!PQconnectionNeedsPassword(pg->conn) && !is_refusal(said))
		return fail_away(pg, said, e);
	one_line(said, line, sizeof(line));
	err_set(e, E_PERM, "not permitted to use database '%s': %s", pg->db.name, line);
	note_outage(pg, e);
	return e->code;
}

static bool
is_class(const char *state, const char *class)
{
	return strncmp(state, class, strlen(class)) == 0;
}

static int
fail(struct pg_db *pg, const char *state, const char *message, struct err *e)
{
	const char *name = pg->db.name;

	if (strcmp(state, "55P03") == 0)
		return err_set(e, E_STORE,
		    "database '%s' is busy: another process has held it for more than %g s", name,
		    pg->wait / 1000.0);
	if (strcmp(state, "42501") == 0)
		return err_set(e, E_PERM,
		    "database '%s' does not let role '%s' do this: %s (jobsched-cluster(7) "
		    "tells of roles)",
		    name, PQuser(pg->conn), message);
	if (strcmp(state, "25006") == 0)
		return err_set(e, E_STORE, "database '%s' is read-only", name);
	if (strcmp(state, "53100") == 0)
		return err_set(e, E_STORE, "no space left for database '%s'", name);
	if (strcmp(state, "42P01") == 0 || strcmp(state, "42703") == 0)
		return err_set(e, E_STORE, "database '%s' is damaged: %s", name, message);
	/* What we have prepared is not there, or is another's. */
	if (strcmp(state, "26000") == 0 || strcmp(state, "42P05") == 0)
		return err_set(e, E_STORE,
		    "database '%s': %s: a pooler in between has to keep sessions "
		    "(jobsched-cluster(7))",
		    name, message);
	if (is_class(state, "22021") || is_class(state, "22P05"))
		return err_set(e, E_INPUT, "database '%s' cannot hold this: %s", name, message);
	return err_set(e, E_STORE, "database '%s': %s", name, message);
}

int
pg_fail(struct pg_db *pg, const PGresult *res, struct err *e)
{
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);

	/* Who looks at it does all again: never after a failure that leaves open what is stored. */
	pg->refused = false;
	/* 57P0x: the server, or somebody at it, has ended the connection. */
	if (state == NULL || is_class(state, "57P0") || is_class(state, "08") || pg_is_lost(pg))
		return fail_away(pg, res != NULL ? PQresultErrorMessage(res)
						 : PQerrorMessage(pg->conn), e);
	/* 22012: what a statement says of rows that are not what they were. */
	pg->refused = is_class(state, "23") || strcmp(state, "22012") == 0;
	return fail(pg, state, message != NULL ? message : state, e);
}
