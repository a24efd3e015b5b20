/*
 * pg_server: see pg_server.h.
 */
#include "pg_server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "scratch.h"
#include "tap.h"

#ifdef WITH_POSTGRESQL
#include <libpq-fe.h>

#define TRIES 600 /* of 50 ms each */

static char folder[32];
static char *uri;
static pid_t server, owner;
static PGconn *conn;

static void
bail(const char *what, const char *why)
{
	printf("Bail out! %s: %s\n", what, why);
	pg_server_stop();
	exit(1);
}

static pid_t
script(const char *command)
{
	const char *srcdir = getenv("srcdir");
	char *path = xasprintf("%s/tests/lib/postgresql", srcdir != NULL ? srcdir : ".");
	pid_t pid = fork();

	if (pid == 0) {
		/* Standard output is for TAP. */
		dup2(STDERR_FILENO, STDOUT_FILENO);
		execl("/bin/sh", "sh", path, command, folder, (char *)NULL);
		_exit(127);
	}
	free(path);
	return pid;
}

static bool
went_well(pid_t pid)
{
	int status;

	return pid != -1 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

static void
run(void)
{
	server = script("run");
	for (int i = 0; i < TRIES; i++) {
		PQfinish(conn);
		conn = PQconnectdb(uri);
		if (PQstatus(conn) == CONNECTION_OK) {
			/* What goes with a schema is told one by one. */
			pg_server_sql("SET client_min_messages TO error");
			return;
		}
		usleep(50000);
	}
	bail("no PostgreSQL", PQerrorMessage(conn));
}

/* Also when a test breaks off; but not when a child of its ends. */
static void
stop_at_exit(void)
{
	if (getpid() == owner)
		pg_server_stop();
}

bool
pg_server_start(const char **why)
{
	owner = getpid();
	atexit(stop_at_exit);
	*why = "PostgreSQL is not installed";
	if (!went_well(script("there"))) {
		if (getenv("CI") != NULL && strcmp(getenv("CI"), "true") == 0)
			bail("CI is true", *why);
		return false;
	}
	/* In memory where there is such a place, as the others: fsync is asked for all the same. */
	strlcpy(folder, "/dev/shm/t_pg.XXXXXX", sizeof(folder));
	if (mkdtemp(folder) == NULL)
		strlcpy(folder, "/tmp/t_pg.XXXXXX", sizeof(folder));
	if ((access(folder, W_OK) == -1 && mkdtemp(folder) == NULL) || !went_well(script("make")))
		bail(folder, "cannot make a cluster");
	uri = xasprintf("postgresql:///test?host=%s&user=jobsched", folder);
	run();
	return true;
}

static void
end(int signal)
{
	PQfinish(conn);
	conn = NULL;
	if (server > 0) {
		kill(server, signal);
		waitpid(server, NULL, 0);
	}
	server = 0;
}

void
pg_server_stop(void)
{
	end(SIGINT);
	if (uri != NULL)
		scratch_remove(folder);
	free(uri);
	uri = NULL;
}

void
pg_server_kill(void)
{
	end(SIGQUIT);
}

void
pg_server_again(void)
{
	run();
}

const char *
pg_server_uri(void)
{
	return uri;
}

const char *
pg_server_folder(void)
{
	return folder;
}

static PGresult *
ask(const char *text)
{
	PGresult *res = PQexec(conn, text);
	ExecStatusType status = PQresultStatus(res);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		bail(text, PQerrorMessage(conn));
	return res;
}

void
pg_server_sql(const char *text)
{
	PQclear(ask(text));
}

long long
pg_server_number(const char *text)
{
	PGresult *res = ask(text);
	long long n = PQntuples(res) > 0 ? strtoll(PQgetvalue(res, 0, 0), NULL, 10) : 0;

	PQclear(res);
	return n;
}

void
pg_server_wipe(void)
{
	pg_server_sql("DROP SCHEMA IF EXISTS jobsched CASCADE");
}

#else

bool
pg_server_start(const char **why)
{
	*why = "built without PostgreSQL";
	if (getenv("CI") != NULL && strcmp(getenv("CI"), "true") == 0) {
		printf("Bail out! CI is true: %s\n", *why);
		exit(1);
	}
	return false;
}

void
pg_server_stop(void)
{
}

void
pg_server_kill(void)
{
}

void
pg_server_again(void)
{
}

const char *
pg_server_uri(void)
{
	return "";
}

const char *
pg_server_folder(void)
{
	return "";
}

void
pg_server_sql(const char *text)
{
	(void)text;
}

long long
pg_server_number(const char *text)
{
	(void)text;
	return 0;
}

void
pg_server_wipe(void)
{
}
#endif
