/*
 * tabfiles: see tabfiles.h.
 */
#include "tabfiles.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "dice.h"
#include "jobs.h"
#include "scheduler.h"
#include "storm.h"
#include "tally.h"
#include "timers.h"
#include "world.h"

#define FILES 4
#define ENTRIES 12
#define MINUTE (60 * SECOND)

struct tabfiles {
	struct dice dice;
};

static const char *
user_field(void)
{
	return geteuid() == 0 ? "root " : "";
}

static void
add_entry(struct storm *s, struct buf *b, const char *schedule, const char *options, int64_t ms)
{
	char *command = jobs_command(s, &s->tabs->dice, ms);

	buf_addf(b, "%s %s%s %s\n", schedule, user_field(), options, command);
	free(command);
}

static void
write_steady(struct storm *s)
{
	struct buf b = {0};
	char *text;

	add_entry(
	    s, &b, "* * * * *", "--name=minute-all --missed=all --retries=1 --backoff=1s", 100);
	add_entry(s, &b, "* * * * *", "--name=minute-once --overlap=wait", 3000);
	add_entry(s, &b, "* * * * *", "--name=minute-skip --missed=skip", 100);
	add_entry(s, &b, "@every 1s", "--name=second", 20);
	add_entry(s, &b, "@every 1s", "--name=second-skip --retries=1 --backoff=1s", 2500);
	add_entry(s, &b, "@every 2s", "--name=second-wait --overlap=wait", 4000);
	add_entry(
	    s, &b, "@every 2s", "--name=second-replace --overlap=replace --grace=100ms", 5000);
	text = buf_string(&b);
	world_write(s, "tabs/steady", text);
	free(text);
}

void
tabfiles_init(struct storm *s)
{
	s->tabs = xcalloc(1, sizeof(*s->tabs));
	dice_init(&s->tabs->dice, s->seed, "tabs");
	write_steady(s);
}

void
tabfiles_free(struct storm *s)
{
	free(s->tabs);
}

/* ---- those that change ---- */

/* The interval is part of the name, so that it never changes for one entry. */
static char *
some_entries(struct storm *s, int64_t file)
{
	struct dice *d = &s->tabs->dice;
	struct buf b = {0};

	for (int64_t i = 0; i < ENTRIES; i++) {
		char schedule[32], options[96];
		int64_t every = i % 3 + 1;

		if (dice_percent(d, 30))
			continue;
		snprintf(schedule, sizeof(schedule), "@every %" PRId64 "s", every);
		snprintf(options, sizeof(options), "--name=tab-%" PRId64 "-%" PRId64 "%s", file, i,
		    dice_percent(d, 30) ? " --overlap=wait" : "");
		add_entry(s, &b, schedule, options, 800);
	}
	/* One that is bad: what was there before stays in force. */
	if (dice_percent(d, 15))
		buf_addstr(&b, "61 * * * * nothing of the kind\n");
	buf_addstr(&b, "# end\n");
	return buf_string(&b);
}

/* Not whole at any instant, as some editors write. */
static void
write_in_place(struct storm *s, const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", s->dir, name);
	FILE *f = fopen(path, "w");

	if (f == NULL || fputs(text, f) == EOF || fclose(f) == EOF)
		err(2, "cannot write '%s'", path);
	free(path);
}

static void
take_away(struct storm *s, const char *name)
{
	char *path = xasprintf("%s/%s", s->dir, name);

	if (unlink(path) == -1 && errno != ENOENT)
		err(2, "cannot remove '%s'", path);
	free(path);
}

static void
change_one(struct storm *s, int64_t arg)
{
	struct dice *d = &s->tabs->dice;
	int64_t file = dice_below(d, FILES);
	char name[32], *text;

	if (s->calm)
		return;
	snprintf(name, sizeof(name), "tabs/t%" PRId64, file);
	text = some_entries(s, file);
	if (dice_percent(d, 15))
		take_away(s, name);
	else if (dice_percent(d, 20))
		write_in_place(s, name, text);
	else
		world_write(s, name, text);
	free(text);
	tally_load(s, "tab rewritten");
	if (dice_percent(d, 30))
		scheduler_signal(s, SIGHUP);
	timers_add(s, dice_spread(d, 50 * MS, 4000 * MS), change_one, arg);
}

void
tabfiles_start(struct storm *s)
{
	timers_add(s, 0, change_one, 0);
}

/* ---- the end ---- */

void
tabfiles_expect(struct storm *s)
{
	int64_t now = clock_wall(), last = now / MINUTE * MINUTE;
	sqlite3_stmt *st = world_query(s,
	    "SELECT id, (created_at / ?1 + 1) * ?1 FROM jobs WHERE name GLOB 'minute-*'", MINUTE,
	    0);

	while (st != NULL && sqlite3_step(st) == SQLITE_ROW)
		storm_fact(s, "expected|%lld|%lld|%" PRId64 "|%" PRId64,
		    sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1), last, MINUTE);
	sqlite3_finalize(st);
}

void
tabfiles_remove(struct storm *s)
{
	char name[32];

	for (int64_t i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "tabs/t%" PRId64, i);
		take_away(s, name);
	}
	take_away(s, "tabs/steady");
	scheduler_signal(s, SIGHUP);
}
