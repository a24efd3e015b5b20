/*
 * t_calendars: calendars as files: which are read, when again, and what stays in force.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "conf/calendars.h"
#include "scratch.h"
#include "tap.h"
#include "time/calendar.h"
#include "time/zone.h"

#define STRANGER 12345 /* a user id that is neither root's nor ours */

static char *folder;
static char *files, *kept;
static struct buf news; /* what was told since it was last looked at */

static char *
at(const char *name)
{
	return xasprintf("%s/%s", files, name);
}

/* Puts a new file in place of the old one, as one should. */
static void
put(const char *name, const char *text, mode_t mode)
{
	char *path = at(name);
	struct err e;

	if (io_replace_file(path, text, strlen(text), mode, &e) < 0)
		abort();
	free(path);
}

static void
drop(const char *name)
{
	char *path = at(name);

	if (unlink(path) == -1)
		abort();
	free(path);
}

/* "name: fault (in force)", with '@' for the folder of the files. */
static void
tell(void *arg, const char *name, const char *fault, bool in_force)
{
	size_t len = strlen(files);

	(void)arg;
	buf_addf(&news, "%s%s: ", news.len > 0 ? "; " : "", name);
	for (const char *p = fault != NULL ? fault : "read"; *p != '\0'; p++) {
		if (strncmp(p, files, len) == 0) {
			buf_addc(&news, '@');
			p += len;
		}
		buf_addc(&news, *p);
	}
	buf_addstr(&news, in_force ? " (in force)" : "");
}

static void
is_told(const char *want, const char *what)
{
	char *text = buf_string(&news);

	tap_is_str(text, want, "%s", what);
	free(text);
	buf_clear(&news);
}

static struct calendars *
new_set(bool keep)
{
	return calendars_new(
	    &(struct calendars_setup){ .folder = files, .kept = keep ? kept : NULL, .tell = tell });
}

/* Which of 24 to 27 December 2026 are in it: "24 26"; "none" if there is no calendar. */
static const char *
days(struct calendars *set, const char *name)
{
	static char text[20];
	const struct calendar *c = calendars_get(set, name);
	struct civil date = { .year = 2026, .month = 12 };

	if (c == NULL)
		return "none";
	text[0] = '\0';
	for (date.day = 24; date.day <= 27; date.day++)
		if (calendar_has(c, &date))
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%d",
			    text[0] != '\0' ? " " : "", date.day);
	return text;
}

static void
test_reload(void)
{
	struct calendars *set = new_set(false);

	put("a", "2026-12-24\n", 0644);
	put("b", "2026-12-25\n", 0644);
	put("unused", "bad", 0644);
	calendars_refresh(set);
	tap_is_str(days(set, "b"), "25", "a calendar has the name of its file");
	tap_is_str(days(set, "a"), "24", "there may be several");
	calendars_refresh(set);
	is_told("", "what nobody asks for is not read");

	put("a", "2026-12-26\n", 0644);
	tap_is_str(days(set, "a"), "24", "a change does not count before the refresh");
	calendars_refresh(set);
	tap_is_str(days(set, "a"), "26", "but after it");
	is_told("a: read (in force)", "and only what changed is read");
	calendars_free(set);
}

static void
test_last_good(void)
{
	struct calendars *set = new_set(false);

	put("a", "2026-12-24\n", 0644);
	days(set, "a");
	buf_clear(&news);
	put("a", "2026-12-25\n\n  2026-13-01\n", 0644);
	calendars_refresh(set);
	is_told("a: @/a:3:8: month 13 is not within 01 and 12 (in force)", "an error says where it is");
	tap_is_str(days(set, "a"), "24", "a bad version leaves the last good one in force");
	calendars_refresh(set);
	is_told("", "the same error is told once");
	put("a", "# longer\n2026-12-25\n 2026-13-01\n", 0644);
	calendars_refresh(set);
	is_told("a: @/a:3:7: month 13 is not within 01 and 12 (in force)", "another one is told");
	put("a", "2026-12-26\n", 0644);
	calendars_refresh(set);
	tap_is_str(days(set, "a"), "26", "a good version comes into force");
	is_told("a: read (in force)", "and that is told");

	drop("a");
	calendars_refresh(set);
	tap_is_str(days(set, "a"), "26", "one that has gone stays in force");
	is_told("a: cannot look at '@/a': No such file or directory (in force)", "its loss is told");
	calendars_refresh(set);
	is_told("", "once");
	put("a", "2026-12-27\n", 0644);
	calendars_refresh(set);
	tap_is_str(days(set, "a"), "27", "and it may come back");
	buf_clear(&news);
	calendars_free(set);
}

static void
test_missing(void)
{
	struct calendars *set = new_set(false);

	tap_is_str(days(set, "new"), "none", "what never was there is no calendar");
	is_told("new: cannot look at '@/new': No such file or directory", "that is told");
	tap_is_str(days(set, "new"), "none", "nor when asked again");
	is_told("", "and not told again");
	put("new", "2026-12-32\n", 0644);
	calendars_refresh(set);
	tap_is_str(days(set, "new"), "none", "nor with a bad file");
	is_told("new: @/new:1:9: day 32 is not within 01 and 31", "whose error is told");
	put("new", "2026-12-24\n", 0644);
	calendars_refresh(set);
	tap_is_str(days(set, "new"), "24", "until it is good");
	buf_clear(&news);
	tap_is_str(days(set, "../new"), "none", "a path is no name");
	tap_is_str(days(set, ".new"), "none", "nor what begins with a dot");
	is_told("", "and nothing is looked for");
	calendars_free(set);
}

/* Names of every place in the order, so that none is found under another's. */
static void
test_many(void)
{
	static const char *const names[] = { "m", "c", "x", "a", "m0", "M", "z", "_" };
	enum { n = sizeof(names) / sizeof(names[0]) };
	struct calendars *set = new_set(false);
	const struct calendar *first[n];
	bool same = true, all = true;

	for (size_t i = 0; i < n; i++) {
		put(names[i], i % 2 == 0 ? "12-24" : "12-25", 0600);
		first[i] = calendars_get(set, names[i]);
	}
	for (size_t i = 0; i < n; i++) {
		same = same && first[i] == calendars_get(set, names[i]);
		all = all && strcmp(days(set, names[i]), i % 2 == 0 ? "24" : "25") == 0;
	}
	tap_ok(all, "each has its own days");
	tap_ok(same, "a calendar stays where it is while others are added");
	buf_clear(&news);
	calendars_free(set);
}

/* Over the end of the process. */
static void
test_kept(void)
{
	struct calendars *set = new_set(true);
	char *copy = xasprintf("%s/a", kept);
	struct stat st;

	put("a", "2026-12-24\n", 0644);
	days(set, "a");
	calendars_free(set);
	tap_ok(stat(copy, &st) == 0 && (st.st_mode & 0777) == 0600, "a private copy is kept");
	buf_clear(&news);

	put("a", "bad\n", 0644);
	set = new_set(true);
	tap_is_str(days(set, "a"), "24", "the last good version is in force after a restart");
	is_told("a: @/a:1:1: 'bad' is not a date like 2026-12-24 or 12-24 (in force)",
	    "and what is wrong with the new one is told");
	calendars_free(set);
	drop("a");
	set = new_set(true);
	tap_is_str(days(set, "a"), "24", "also if the file has gone");
	buf_clear(&news);
	put("a", "2026-12-25\n", 0644);
	calendars_refresh(set);
	calendars_free(set);
	put("a", "bad\n", 0644);
	set = new_set(true);
	tap_is_str(days(set, "a"), "25", "a newer good version takes its place");
	calendars_free(set);
	set = new_set(false);
	tap_is_str(days(set, "a"), "none", "without a folder for copies there is none");
	calendars_free(set);
	buf_clear(&news);
	free(copy);
}

static void
test_no_copy(void)
{
	struct calendars *set;
	char *blocked = at("not-a-folder"), *was = kept, *text;

	put("not-a-folder", "x", 0600);
	put("a", "2026-12-24\n", 0644);
	kept = blocked;
	set = new_set(true);
	kept = was;
	tap_is_str(days(set, "a"), "24", "without a copy it is in force all the same");
	text = buf_string(&news);
	tap_ok(strstr(text, "a: no copy is kept of '@/a': ") != NULL, "but that is told: %s", text);
	free(text);
	buf_clear(&news);
	calendars_free(set);
	free(blocked);
}

static void
is_refused(const char *name, const char *fault, const char *what)
{
	struct calendars *set = new_set(false);
	char *text;

	tap_is_str(days(set, name), "none", "%s is refused", what);
	text = buf_string(&news);
	tap_ok(strstr(text, fault) != NULL, "because: %s", text);
	free(text);
	buf_clear(&news);
	calendars_free(set);
}

static void
test_refused(void)
{
	struct calendars *set = new_set(false);
	char *fifo = at("fifo"), *sub = at("sub"), *large = at("large"), *linked = at("linked");
	char *second = at("second"), *bad_link = at("bad-link"), *good_link = at("good-link");

	put("open", "2026-12-24\n", 0666);
	put("group", "2026-12-24\n", 0664);
	put("linked", "2026-12-24\n", 0644);
	put("good", "2026-12-24\n", 0644);
	put("large", "2026-12-24 ", 0644);
	if (mkfifo(fifo, 0600) == -1 || mkdir(sub, 0700) == -1 || link(linked, second) == -1 ||
	    symlink("open", bad_link) == -1 || symlink("good", good_link) == -1)
		abort();
	is_refused("open", "can be written by others", "a file that all can write");
	is_refused("group", "can be written by others", "a file that a group can write");
	is_refused("linked", "has 2 links", "a file with a second link");
	is_refused("fifo", "is not a regular file", "a FIFO");
	is_refused("sub", "is not a regular file", "a folder");
	is_refused("bad-link", "can be written by others", "a symbolic link to what is refused");
	tap_is_str(days(set, "good-link"), "24", "a symbolic link to a good file is read");
	tap_ok(truncate(large, CALENDAR_SIZE_MAX + 1) == 0, "a file is made too long");
	is_refused("large", "longer than 1048576 bytes", "a file that is too long");

	/* A change of the mode is a change of the file. */
	is_refused("group", "can be written by others", "one that may not be read");
	tap_is_str(days(set, "group"), "none", "stays out");
	put("group", "2026-12-24\n", 0644);
	calendars_refresh(set);
	tap_is_str(days(set, "group"), "24", "until its mode is right");
	buf_clear(&news);
	calendars_free(set);
	free(fifo);
	free(sub);
	free(large);
	free(linked);
	free(second);
	free(bad_link);
	free(good_link);
}

/* Files of strangers can be made by root only. */
static void
test_strangers(void)
{
	char *path = at("strange"), *link_path = at("strange-link");

	if (geteuid() != 0)
		goto out;
	put("strange", "2026-12-24\n", 0644);
	put("good", "2026-12-24\n", 0644);
	if (chown(path, STRANGER, STRANGER) == -1 || symlink("good", link_path) == -1 ||
	    lchown(link_path, STRANGER, STRANGER) == -1)
		abort();
	is_refused("strange", "belongs to user 12345", "a stranger's file");
	is_refused("strange-link", "belongs to user 12345", "a stranger's symbolic link");
out:
	free(path);
	free(link_path);
}

int
main(void)
{
	folder = scratch_new("t_calendars");
	umask(0);
	files = xasprintf("%s/calendars", folder);
	kept = xasprintf("%s/state/calendars", folder);
	if (mkdir(files, 0755) == -1)
		abort();
	test_reload();
	test_last_good();
	test_missing();
	test_many();
	test_kept();
	test_no_copy();
	test_refused();
	test_strangers();
	scratch_remove(folder);
	free(folder);
	buf_release(&news);
	free(files);
	free(kept);
	return tap_done();
}
