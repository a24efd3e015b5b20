/*
 * job: what is to be run: command, user, environment, schedule, policies.
 *
 * A struct job holds what a person or a tab said, checked and complete. What the
 * scheduler found out since (state, next run, outcomes) is not in it: see store/store.h.
 */
#ifndef JOB_JOB_H
#define JOB_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strv.h"
#include "time/schedule.h"

struct err;

/* The order of the words in job/words.c is the order here. */
enum overlap { OVERLAP_SKIP, OVERLAP_WAIT, OVERLAP_REPLACE };
enum missed { MISSED_SKIP, MISSED_ONCE, MISSED_ALL };
enum mail_on { MAIL_FAILURE, MAIL_NEVER, MAIL_OUTPUT, MAIL_ALWAYS };
enum order_on_failure { ORDER_HOLD, ORDER_GO };
enum lock_scope { LOCK_MAIN, LOCK_TREE };

#define JOB_NAME_MAX 255	/* bytes */
#define JOB_COMMAND_MAX 131072	/* bytes of shell text, or of all arguments together */
#define JOB_ENV_MAX 131072	/* bytes of all settings together */
#define JOB_STDIN_MAX 1048576	/* bytes */
#define JOB_LIST_MAX 65536	/* bytes of all labels, of all jobs that it comes after … */
#define JOB_TEXT_MAX 4096	/* bytes of any other text: cwd, label, address … */
/* In the database these two are keys of an index, whose rows PostgreSQL limits to 2.7 kB. */
#define JOB_KEY_MAX 1024	/* bytes of an order key */
#define JOB_REQUIRE_MAX 512	/* bytes of all labels that it requires */
#define JOB_OUTPUT_MAX 67108864 /* highest --output */
#define JOB_PRIORITY_MAX 9
#define JOB_RETRIES_MAX 1000000
#define JOB_COUNT_MAX INT64_C(1000000000)
#define JOB_GRACE_DEFAULT (10 * INT64_C(1000000))

struct job {
	int64_t id; /* 0: not stored yet */
	char *name; /* NULL: none; unique per user */
	char *user; /* the account it runs as; never NULL once checked */

	char *command;	  /* shell text, run by SHELL -c; or NULL and then: */
	struct strv argv; /* run without a shell */
	char *cwd;	  /* NULL: the user's HOME */
	struct strv env;  /* NAME=VALUE, on top of what the daemon sets */
	char *stdin_text; /* NULL: /dev/null */

	char *schedule; /* text for schedule_parse; never NULL once checked */
	bool periodic;	/* cron, @every and @reboot; else one instant */
	bool elapsed;	/* that instant is so long after the submission: a set clock moves it */
	char *tz;	/* NULL: the daemon's zone */
	int64_t until;	/* no occurrence after this instant; INSTANT_NONE: no end */
	int64_t count;	/* occurrences that may start; 0: no limit */
	enum dst_gap dst_gap;
	enum dst_repeat dst_repeat;
	char *not_on, *only_on; /* calendars */
	int64_t jitter;		/* µs: a stable delay of up to so much */

	int64_t priority; /* 0..9, 9 first */
	char *queue;	  /* NULL: the default queue */
	struct strv labels, require;
	struct strv after; /* ids or names of jobs that must have ended first */
	bool after_any;	   /* whatever their outcome */
	char *order_key;
	enum order_on_failure order_on_failure;
	char *on; /* "any" (also NULL), a node's id, "each" */

	int64_t retries;	      /* further attempts after the first failure */
	int64_t backoff, backoff_max; /* µs before the first retry, and its ceiling; 0: default */
	int64_t timeout, grace;	      /* µs; timeout 0: none */
	int64_t deadline; /* µs after scheduled_for until which it may start; 0: none */
	enum overlap overlap;
	enum missed missed;
	int64_t missed_max; /* for MISSED_ALL; 0: default bound */
	enum lock_scope lock_scope;

	int64_t output; /* cap in bytes of what is kept of the output */
	char *mail;
	enum mail_on mail_on;
	int64_t nice;
	struct strv limits; /* NAME=VALUE rlimits */

	/* Where it comes from, for jobs of a tab; NULL and 0 for submitted ones. */
	char *tab;     /* path of the file as loaded */
	char *tab_key; /* identity within the tabs: jobsched.tab(5) */
	int64_t tab_line;
};

/* Defaults of INTERFACE: priority 5, missed once, overlap skip, output 64K, grace 10 s. */
void job_init(struct job *);
void job_release(struct job *);
void job_copy(struct job *to, const struct job *from); /* `to` is initialised by it */

/*
 * A name of 1..JOB_NAME_MAX bytes of printable UTF-8, no '/', not all digits, no leading '-'.
 * 0 or E_INPUT.
 */
int job_name_check(const char *name, struct err *);

/*
 * Everything that can be judged from the job alone: lengths, printable names, a command,
 * a schedule that parses, options that contradict each other. 0 or E_INPUT.
 */
int job_check(const struct job *, struct err *);

/*
 * The seed of `~` in its schedule: from name and user, else tab_key, else the command. Stable over
 * reloads.
 */
uint64_t job_seed(const struct job *);

/* Parses job->schedule with its DST options into *s. 0 or E_INPUT. */
int job_schedule(const struct job *, struct schedule *, struct err *);

/* What people see as its command: the shell text, or argv quoted for a shell. The caller's. */
char *job_command_text(const struct job *);

#endif
