/*
 * insert: how many rows a second SQLite takes into the tables and indexes of the product when
 * nothing else is done: `insert DATABASE N`. The database has one job, submitted by the product:
 * all others are like it, but for their ids and times. Ten thousand make one durable transaction,
 * as with `submit --file`.
 */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "timing.h"

#define CHUNK 10000
#define COLUMNS 64

/* One row that stands for all of a table, and the statement that puts it in. */
struct model {
	const char *table;
	sqlite3_stmt *put;
	sqlite3_value *values[COLUMNS];
	bool is_id[COLUMNS], is_time[COLUMNS];
	int n;
};

static sqlite3 *db;

static void
run(const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		errx(1, "%s: %s", sql, sqlite3_errmsg(db));
}

static sqlite3_stmt *
prepare(const char *sql)
{
	sqlite3_stmt *s;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		errx(1, "%s: %s", sql, sqlite3_errmsg(db));
	return s;
}

static bool
is_one_of(const char *name, const char *const words[])
{
	while (*words != NULL && strcmp(name, *words) != 0)
		words++;
	return *words != NULL;
}

static void
learn(struct model *m, const char *table)
{
	static const char *const ids[] = { "id", "job_id", NULL };
	static const char *const times[] = { "due_at", "due_for", "ready_at", "scheduled_for",
		NULL };
	char *sql = sqlite3_mprintf("SELECT * FROM %s", table), *marks;
	sqlite3_stmt *s = prepare(sql);

	if (sqlite3_step(s) != SQLITE_ROW || (m->n = sqlite3_column_count(s)) > COLUMNS)
		errx(1, "table '%s' has no row, or too many columns", table);
	for (int i = 0; i < m->n; i++) {
		m->values[i] = sqlite3_value_dup(sqlite3_column_value(s, i));
		m->is_id[i] = is_one_of(sqlite3_column_name(s, i), ids);
		m->is_time[i] = is_one_of(sqlite3_column_name(s, i), times);
	}
	sqlite3_finalize(s);
	sqlite3_free(sql);
	marks = sqlite3_mprintf("%.*c", 2 * m->n - 1, '?');
	for (int i = 1; i < 2 * m->n - 1; i += 2)
		marks[i] = ',';
	sql = sqlite3_mprintf("INSERT INTO %s VALUES (%s)", table, marks);
	m->put = prepare(sql);
	sqlite3_free(sql);
	sqlite3_free(marks);
}

static void
put(struct model *m, int64_t id, int64_t due)
{
	for (int i = 0; i < m->n; i++) {
		if (m->is_id[i])
			sqlite3_bind_int64(m->put, i + 1, id);
		else if (m->is_time[i])
			sqlite3_bind_int64(m->put, i + 1, due);
		else
			sqlite3_bind_value(m->put, i + 1, m->values[i]);
	}
	if (sqlite3_step(m->put) != SQLITE_DONE)
		errx(1, "%s", sqlite3_errmsg(db));
	sqlite3_reset(m->put);
}

static void
forget(struct model *m)
{
	for (int i = 0; i < m->n; i++)
		sqlite3_value_free(m->values[i]);
	sqlite3_finalize(m->put);
}

static int64_t
column(const char *sql)
{
	sqlite3_stmt *s = prepare(sql);
	int64_t n = sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int64(s, 0) : 0;

	sqlite3_finalize(s);
	return n;
}

int
main(int argc, char *argv[])
{
	struct model jobs = { 0 }, occurrences = { 0 };
	int64_t id, due;
	double begin;
	long n;

	if (argc != 3)
		errx(2, "usage: insert DATABASE N");
	n = timing_number(argv[2]);
	if (sqlite3_open(argv[1], &db) != SQLITE_OK)
		errx(1, "%s: %s", argv[1], sqlite3_errmsg(db));
	run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
	learn(&jobs, "jobs");
	learn(&occurrences, "occurrences");
	id = column("SELECT max(id) FROM jobs");
	due = column("SELECT max(ready_at) FROM occurrences");
	begin = timing_now();
	for (long i = 0; i < n; i++) {
		if (i % CHUNK == 0)
			run(i == 0 ? "BEGIN IMMEDIATE" : "COMMIT; BEGIN IMMEDIATE");
		put(&jobs, ++id, due);
		put(&occurrences, id, due);
	}
	run("COMMIT");
	printf("%.0f\n", (double)n * 1e6 / (timing_now() - begin));
	forget(&jobs);
	forget(&occurrences);
	sqlite3_close(db);
	return 0;
}
