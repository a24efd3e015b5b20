/*
 * tab: a crontab-style file, read into jobs. See jobsched.tab(5).
 *
 * The identity of an entry (job.tab_key) is by what it keeps its history over a reload. It does not
 * depend on where in the file the entry stands.
 *   "name:USER:NAME"         with --name: the same in every tab;
 *   "text:HASH:ORDINAL:FILE" without: HASH (16 hex digits) is of the entry's text, that is its time
 *     fields (blanks between them do not count), its user and all behind it as written; ORDINAL
 *     counts from 1 among equal entries; FILE is the name given to tab_parse.
 * One that is a job for each node is "name:USER:NAME@NODE", or has "@NODE" behind it.
 * Settings of the tab (NAME=VALUE) and the config's defaults are no part of it, but of the
 * definition: tab_job_hash.
 */
#ifndef TAB_TAB_H
#define TAB_TAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "job/job.h"

struct err;
struct strv;
struct tab_index;
struct zone;

/* How entries are to be read: the same for the daemon and for `jobsched tab check`. */
struct tab_context {
	bool user_field;	    /* root's tabs have one */
	const char *user;	    /* whose entries these are, where there is no user field */
	const struct job *defaults; /* from the config; NULL: job_init's */
	const struct zone *zone;    /* the daemon's */
	int64_t now;
	const struct strv *nodes; /* for --on=each; NULL: such an entry is one job */
	/* Whether jobs may run as this account: NULL if so, else why not (a static sentence). */
	const char *(*user_refused)(void *arg, const char *user);
	void *arg;
};

struct tab_note {
	int line, column; /* from 1 */
	char *message;
};

struct tab_line {
	uint64_t hash; /* as tab/index.h knows it */
	int warnings;  /* that it got */
};

struct tab {
	char *name; /* as given to tab_parse: the identity of entries without a name holds it */
	struct job *jobs;
	struct tab_line *lines; /* of each job */
	size_t n, cap;
	size_t known, known_warnings; /* entries that were known and are not among the jobs */
	size_t each;  /* entries that are a job for each node */
	size_t alike; /* entries above which their line stands already, of those that were read */
	size_t twins; /* jobs whose identity is told from another's by its ordinal only */
	struct tab_note *errors, *warnings; /* any error: the file is bad as a whole */
	size_t nerrors, nwarnings;
	size_t further_errors, further_warnings; /* beyond TAB_ERRORS_MAX: told in one last note */
};
void tab_release(struct tab *);

#define TAB_SIZE_MAX (64 * 1024 * 1024)
#define TAB_LINE_MAX (JOB_COMMAND_MAX + 65536) /* bytes: fields, options and command together */
#define TAB_ERRORS_MAX 100 /* further ones are counted in a last note */

/*
 * Reads the text of a tab. name is the path relative to its tab folder, path the whole one
 * (job.tab). Always fills *tab; errors are in it. Each job has tab, tab_key and tab_line set and is
 * checked.
 */
void tab_parse(const struct tab_context *, const char *path, const char *name, const char *text,
    size_t len, struct tab *);

/*
 * The same a piece at a time, for a reader that has other things to do meanwhile. What is given to
 * tab_reading_new must live until the reading is freed; *tab is the caller's all the time. Entries
 * that the index knows (NULL: none) are marked there and not read.
 */
struct tab_reading;
struct tab_reading *tab_reading_new(const struct tab_context *, const char *path, const char *name,
    const char *text, size_t len, struct tab_index *, struct tab *);
/* Reads so many lines more. False: there are no more, and *tab is whole. */
bool tab_reading_step(struct tab_reading *, int lines);
void tab_reading_free(struct tab_reading *);

/* Hash of all that makes a job's definition (not its line), for the comparison with the store. */
uint64_t tab_job_hash(const struct job *);

#endif
