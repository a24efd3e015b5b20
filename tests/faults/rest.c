/*
 * rest: see rest.h.
 */
#include "rest.h"

#include <dirent.h>
#include <err.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "children.h"
#include "clients.h"
#include "faults.h"
#include "scheduler.h"
#include "storm.h"
#include "tabfiles.h"
#include "world.h"

#define REST_LIMIT (180 * SECOND)

static bool
has_settled(struct storm *s)
{
	return clients_are_idle(s) && faults_are_over(s);
}

/* One command for each job that somebody has left paused. */
static bool
none_paused(struct storm *s)
{
	int64_t job = world_number(
	    s, "SELECT id FROM jobs WHERE paused = 1 AND state = 'active' LIMIT 1", 0, 0, 0);

	if (job != 0)
		clients_run(s, "resume", job);
	return job == 0 && clients_are_idle(s);
}

static bool
submitted_have_ended(struct storm *s)
{
	return world_number(s,
		   "SELECT count(*) FROM occurrences o JOIN jobs j ON j.id = o.job_id"
		   " WHERE j.tab IS NULL",
		   0, 0, 1) == 0;
}

static bool
all_have_ended(struct storm *s)
{
	return world_number(s,
		   "SELECT (SELECT count(*) FROM occurrences)"
		   " + (SELECT count(*) FROM attempts WHERE outcome = 'running')",
		   0, 0, 1) == 0;
}

/* The scheduler has looked at everything that was due: what is ready has been claimed. */
static bool
none_is_due(struct storm *s)
{
	return world_number(s, "SELECT count(*) FROM occurrences WHERE state = 0 AND ready_at < ?",
		   clock_wall() - SECOND, 0, 1) == 0;
}

static void
wait_for(struct storm *s, bool (*condition)(struct storm *), const char *what)
{
	int64_t left;

	/* What comes after it does not wait as long again. */
	if (storm_until(s, condition, s->restless ? SECOND : REST_LIMIT))
		return;
	s->restless = true;
	left = world_number(s, "SELECT count(*) FROM occurrences", 0, 0, -1);
	storm_violation(s, "not at rest: %s; %" PRId64 " occurrences are open", what, left);
}

void
rest(struct storm *s)
{
	s->calm = true;
	faults_calm(s);
	/* The one that comes next has no calls that fail. */
	scheduler_signal(s, SIGKILL);
	wait_for(s, has_settled, "commands still run");
	wait_for(s, none_paused, "jobs stay paused");
	wait_for(s, submitted_have_ended, "submitted jobs have not ended");
	wait_for(s, none_is_due, "what is due is not claimed");
	tabfiles_expect(s);
	tabfiles_remove(s);
	wait_for(s, all_have_ended, "jobs of tabs have not ended");
	scheduler_stop(s);
	wait_for(s, scheduler_is_down, "the scheduler does not stop");
	if (!storm_until(s, children_none, 30 * SECOND))
		storm_violation(s, "processes are left behind");
	children_end(s);
}

/* ---- the verdict ---- */

/* Its output, each line behind a mark; whether it ended with status 0. */
static bool
holds(const char *command)
{
	char line[4096];
	FILE *f = popen(command, "r");

	if (f == NULL)
		err(2, "cannot run '%s'", command);
	while (fgets(line, sizeof(line), f) != NULL)
		printf("  | %s", line);
	return pclose(f) == 0;
}

/* One that was killed amid its look for leaks leaves a file, and no report. */
static bool
is_report(const char *path)
{
	struct buf b = {0};
	struct err e;
	char *text;
	bool is;

	if (io_read_file(path, &b, 1 << 20, &e) < 0)
		return true;
	text = buf_string(&b);
	is = strstr(text, "ERROR") != NULL || strstr(text, "runtime error") != NULL;
	if (is)
		printf("%.4000s\n", text);
	free(text);
	return is;
}

static void
look_for_reports(struct storm *s)
{
	struct dirent *entry;
	DIR *d = opendir(s->dir);
	char *path;

	if (d == NULL)
		err(2, "cannot read '%s'", s->dir);
	while ((entry = readdir(d)) != NULL) {
		if (strncmp(entry->d_name, "sanitizer", 9) != 0)
			continue;
		path = xasprintf("%s/%s", s->dir, entry->d_name);
		if (is_report(path))
			storm_violation(s, "a report of the sanitizers, '%s'", path);
		free(path);
	}
	closedir(d);
}

void
rest_judge(struct storm *s)
{
	char *check = xasprintf("'%s/jobsched' -C '%s' db check 2>&1", s->bin, s->conf);
	char *checker = xasprintf("'%s/checker' '%s' 2>&1", FAULTS_DIR, s->dir);

	fflush(stdout);
	if (!holds(check))
		storm_violation(s, "'jobsched db check' finds faults");
	if (!holds(checker))
		storm_violation(s, "the checker finds violations");
	look_for_reports(s);
	free(check);
	free(checker);
}
