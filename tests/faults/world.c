/*
 * world: see world.h.
 */
#include "world.h"

#include <err.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <limits.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "storm.h"
#include "tally.h"

static void
make_folder(const char *above, const char *name)
{
	char *path = xasprintf("%s/%s", above, name);

	if (mkdir(path, 0700) == -1)
		err(2, "cannot make '%s'", path);
	free(path);
}

void
world_write(struct storm *s, const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", s->dir, name), *fresh = xasprintf("%s/fresh", s->dir);
	FILE *f = fopen(fresh, "w");

	if (f == NULL || fputs(text, f) == EOF || fclose(f) == EOF || rename(fresh, path) == -1)
		err(2, "cannot write '%s'", path);
	free(path);
	free(fresh);
}

static int
open_list(const struct storm *s, const char *name)
{
	char *path = xasprintf("%s/%s", s->dir, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd == -1)
		err(2, "cannot open '%s'", path);
	free(path);
	return fd;
}

static void
make_database(struct storm *s)
{
	char *command = xasprintf("'%s/jobsched' -C '%s' db init >/dev/null", s->bin, s->conf);

	if (system(command) != 0)
		errx(2, "cannot make the database");
	free(command);
	if (sqlite3_open_v2(s->db, &s->sql, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		errx(2, "cannot open '%s'", s->db);
	sqlite3_busy_timeout(s->sql, 1000);
}

void
world_make(struct storm *s)
{
	static const char *const folders[] = {"tabs", "state", "run", "evidence", "io", "bulk"};
	char *text;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		make_folder(s->dir, folders[i]);
	s->conf = xasprintf("%s/jobsched.conf", s->dir);
	s->db = xasprintf("%s/jobs.db", s->dir);
	s->evidence = xasprintf("%s/evidence", s->dir);
	s->facts = open_list(s, "facts");
	s->acked = open_list(s, "acked");
	text = xasprintf("database = \"%s\"\ntab_dirs = { \"%s/tabs\" }\nstate_dir = \"%s/state\"\n"
			 "runtime_dir = \"%s/run\"\nnode_id = \"here\"\nmax_running = 300\n"
			 "batch = 200\ntick = 2\n",
	    s->db, s->dir, s->dir, s->dir);
	world_write(s, "jobsched.conf", text);
	free(text);
	make_database(s);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st, (void)type, (void)where;
	return remove(path);
}

void
world_remove(struct storm *s)
{
	sqlite3_close(s->sql);
	close(s->facts);
	close(s->acked);
	if (s->keep)
		printf("everything is kept in %s\n", s->dir);
	else if (nftw(s->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) == -1)
		warn("cannot remove '%s'", s->dir);
	free(s->conf);
	free(s->db);
	free(s->evidence);
}

struct sqlite3_stmt *
world_query(struct storm *s, const char *sql, int64_t a, int64_t b)
{
	sqlite3_stmt *st;

	if (sqlite3_prepare_v2(s->sql, sql, -1, &st, NULL) != SQLITE_OK)
		return NULL;
	sqlite3_bind_int64(st, 1, a);
	sqlite3_bind_int64(st, 2, b);
	return st;
}

int64_t
world_number(struct storm *s, const char *sql, int64_t a, int64_t b, int64_t otherwise)
{
	sqlite3_stmt *st = world_query(s, sql, a, b);
	int64_t n = otherwise;

	if (st != NULL && sqlite3_step(st) == SQLITE_ROW &&
	    sqlite3_column_type(st, 0) != SQLITE_NULL)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

static int64_t
size_of(const char *folder, const char *name)
{
	char *path = xasprintf("%s/%s", folder, name);
	struct stat st;
	int64_t size = stat(path, &st) == 0 ? st.st_size : 0;

	free(path);
	return size;
}

void
world_measure(struct storm *s)
{
	tally_peak(s, "database", size_of(s->dir, "jobs.db"));
	tally_peak(s, "write-ahead log", size_of(s->dir, "jobs.db-wal"));
}
