/*
 * pg_floor: the least that a claim and an end can cost with PostgreSQL: libpq alone, one table, and
 * SKIP LOCKED, in ms for each round of both: `pg_floor URI JOBS ROUNDS [WAITING]`. So many jobs are
 * taken and ended in each round, of so many that wait at random times (of no more than are needed).
 * It works in a schema of its own, which it makes anew and takes away.
 */
#include <err.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "timing.h"

/* Also what makes it durable, and what each job costs beside: a row of history. */
static const char schema[] =
    "DROP SCHEMA IF EXISTS jobsched_floor CASCADE; CREATE SCHEMA jobsched_floor;"
    "SET search_path TO jobsched_floor; SET synchronous_commit TO on;"
    "CREATE TABLE waiting (due bigint NOT NULL, id bigint NOT NULL, PRIMARY KEY (due, id));"
    "CREATE TABLE history (id bigint PRIMARY KEY, due bigint NOT NULL, ended bigint)";

static const char claim[] =
    "WITH head AS (SELECT ctid FROM waiting ORDER BY due, id LIMIT $1 FOR UPDATE SKIP LOCKED),"
    " gone AS (DELETE FROM waiting w USING head h WHERE w.ctid = h.ctid RETURNING w.id, w.due)"
    " INSERT INTO history (id, due) SELECT id, due FROM gone RETURNING id";

static const char finish[] = "UPDATE history SET ended = 1 WHERE id = ANY ($1::bigint[])";

static PGconn *conn;

static PGresult *
checked(PGresult *res)
{
	ExecStatusType status = PQresultStatus(res);

	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
		errx(1, "%s", PQerrorMessage(conn));
	return res;
}

static void
run(const char *text)
{
	PQclear(checked(PQexec(conn, text)));
}

/* "{1,2,3}" of what was claimed. */
static char *
ids(const PGresult *res)
{
	int n = PQntuples(res);
	char *text = malloc(24 * (size_t)n + 3), *p = text;

	if (text == NULL)
		err(1, NULL);
	for (int i = 0; i < n; i++)
		p += snprintf(p, 24, "%c%s", i == 0 ? '{' : ',', PQgetvalue(res, i, 0));
	snprintf(p, 2, "}");
	return text;
}

static double
one_round(const char *jobs)
{
	double begin = timing_now();
	PGresult *res = checked(PQexecPrepared(conn, "claim", 1, &jobs, NULL, NULL, 0));
	char *taken = ids(res);
	const char *values[] = {taken};

	if (PQntuples(res) != timing_number(jobs))
		errx(1, "%d of %s jobs were claimed", PQntuples(res), jobs);
	PQclear(checked(PQexecPrepared(conn, "finish", 1, values, NULL, NULL, 0)));
	PQclear(res);
	free(taken);
	return timing_now() - begin;
}

static void
fill(long n)
{
	char text[160];

	snprintf(text, sizeof(text),
	    "INSERT INTO waiting SELECT (random() * 1e12)::bigint, i FROM generate_series(1, %ld) i",
	    n);
	run(text);
	run("VACUUM ANALYZE waiting");
}

int
main(int argc, char *argv[])
{
	long rounds, waiting;

	if (argc != 4 && argc != 5)
		errx(2, "usage: pg_floor URI JOBS ROUNDS [WAITING]");
	rounds = timing_number(argv[3]);
	waiting = argc == 5 ? timing_number(argv[4]) : 0;
	conn = PQconnectdb(argv[1]);
	if (PQstatus(conn) != CONNECTION_OK)
		errx(1, "%s", PQerrorMessage(conn));
	run("SET client_min_messages TO error");
	run(schema);
	if (waiting < rounds * timing_number(argv[2]))
		waiting = rounds * timing_number(argv[2]);
	fill(waiting);
	PQclear(checked(PQprepare(conn, "claim", claim, 1, (const Oid[]){20})));
	PQclear(checked(PQprepare(conn, "finish", finish, 0, NULL)));
	while (rounds-- > 0)
		printf("%.2f\n", one_round(argv[2]) / 1e3);
	run("DROP SCHEMA jobsched_floor CASCADE");
	PQfinish(conn);
	return 0;
}
