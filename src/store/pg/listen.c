/*
 * listen: how daemons hear at once of what others have stored, see store/lease.h: NOTIFY, and the
 * connection that is there anyhow.
 */
#include "base/err.h"
#include "store/lease.h"
#include "store/pg/handle.h"
#include "store/sql/slots.h"

bool
pg_wake(struct store *s, bool (*tell)(const char *))
{
	struct pg_db *pg = pg_of(s);
	struct err unused;
	bool any;

	/* With what was stored last: those of this host have heard it as well. */
	if (pg->told) {
		pg->told = false;
		return false;
	}
	any = sql_wake(s, tell);
	(void)pg_run(pg, PG_NOTIFY, &unused);
	return any;
}

int
pg_listen_anew(struct pg_db *pg, struct err *e)
{
	return pg->listens ? pg_run(pg, "LISTEN jobsched", e) : 0;
}

int
pg_listen(struct store *s, struct err *e)
{
	struct pg_db *pg = pg_of(s);

	pg->listens = true;
	return pg_listen_anew(pg, e);
}

int
pg_ear(const struct store *s)
{
	const struct pg_db *pg = (const struct pg_db *)s;

	return pg_is_lost(pg) ? -1 : PQsocket(pg->conn);
}

bool
pg_heard(struct store *s)
{
	struct pg_db *pg = pg_of(s);
	bool heard = false;
	PGnotify *said;

	if (pg_is_lost(pg) || PQconsumeInput(pg->conn) == 0)
		return false;
	/* What came behind that answer is not seen before it. */
	if (pg->unread && PQisBusy(pg->conn) == 0)
		pg_read_rest(pg);
	while ((said = PQnotifies(pg->conn)) != NULL) {
		heard = true;
		PQfreemem(said);
	}
	return heard;
}
