/*
 * cli: what every command of jobsched has at hand: global options, config, clock, zones, the store
 * and the answer.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "cli/opt.h"
#include "conf/conf.h"
#include "store/store.h"

struct calendars;
struct out;
struct upcoming_context;
struct zone;

struct cli_globals {
	const char *config, *db;
	bool json, no_header, quiet, help, version;
};

/* Their options. */
extern const struct opt cli_options[];

struct cli {
	struct cli_globals global;
	int64_t now;		  /* µs, when the command began, or the store was opened */
	const struct zone *local; /* in which people read and write times */
	struct conf conf;	  /* all zero for a command without CMD_CONF */
	struct store *store;	  /* NULL until cli_open */
	struct calendars *calendars; /* NULL until cli_upcoming */
	char *user;		  /* own login; NULL until cli_user */
	struct out *out;	  /* NULL until cli_out */
	bool answered;		  /* by cli_answered */
	const struct opt_pair *pairs; /* options of a job, for a command with CMD_JOB_OPTIONS */
	size_t npairs;
	struct err err;
};

/* Sets the clock and the local zone; 0 or a negative code with err set. */
int cli_init(struct cli *);
int cli_conf(struct cli *);
/* Closes what is open; the answer too, if it was begun (E_FAIL if it could not be written). */
int cli_release(struct cli *);

/*
 * Opens the store. E_PERM comes with a hint at user mode. To be created, a database that was named
 * must have its folder: the name may be mistyped. Nothing more if it is open.
 */
int cli_open(struct cli *, enum store_mode);

/*
 * Before times are read that count from now: a store that several hosts share is opened, for its
 * clock is theirs.
 */
int cli_clock(struct cli *, enum store_mode);

/* Makes the folder of the database, for a command that is to make just that. */
int cli_make_folder(struct cli *);

/*
 * For what asks the C library of characters: tables and patterns. Who does not need it need not
 * wait for the locale's files.
 */
void cli_locale(void);

/* Own login name; borrowed. NULL with err set. */
const char *cli_user(struct cli *);

/*
 * The zone in which schedules without one are read: the config's, else what the daemon told the
 * store, if that is open, else the local one. NULL with err set.
 */
const struct zone *cli_daemon_zone(struct cli *);

/* What a job's occurrences to come depend on besides the job. 0, or negative with err set. */
int cli_upcoming(struct cli *, struct upcoming_context *);

/* The answer, begun at the first call. */
struct out *cli_out(struct cli *);

/* Ends the answer before the command ends. E_FAIL if it could not be written. */
int cli_answered(struct cli *);

/*
 * The TIME given as an option, read in the local zone; text NULL: *us is left. E_INPUT names the
 * option.
 */
int cli_time(struct cli *, const char *option, const char *text, int64_t *us);

/* The id of JOB. */
int cli_job(struct cli *, const char *ref, int64_t *id);

/*
 * Calls one with the id of each JOB. A failure is told and the others are still done; returns 0 or
 * the exit status of the first failure.
 */
int cli_each_job(struct cli *, int argc, char *const argv[],
    int (*one)(struct cli *, int64_t id, void *arg), void *arg);

/* One line to standard output for people only: what was done (not with --quiet). */
void cli_say(const struct cli *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * One line to stderr: an error that has a sentence, and what people may want to know (not with
 * --quiet).
 */
void cli_complain(const struct err *);
void cli_note(const struct cli *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
