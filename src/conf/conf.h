/*
 * conf: jobsched.conf and the defaults, for root (system mode) and everyone else (user mode).
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "base/strv.h"
#include "job/job.h"

struct err;

struct conf_queue {
	char *name;
	int64_t max_running;
};

/*
 * In brackets: the default, and the key of the file where it is called otherwise. See
 * jobsched.conf(5).
 */
struct conf {
	char *file;	/* what was read, an absolute path; NULL if there was none */
	char *database; /* URI; a path in it is absolute */
	bool apart; /* it was named by option or environment, and is not the default one */
	struct strv tab_dirs;
	char *calendar_dir;  /* see conf/calendars.h */
	char *state_dir;     /* journals */
	char *runtime_dir;   /* locks, sockets, pid file */
	int64_t batch;	     /* 1..100000 [1000] */
	int64_t max_running; /* 1..100000 [1000] */
	int64_t tick;	     /* µs, 1 s to 1 h [1 min] */
	int64_t lease;	     /* µs, 1 s to 1 h [30 s]; see store/lease.h */
	char *node_id;	     /* NULL: the host's name */
	char *zone;	     /* data centre; NULL */
	char *tz;	     /* NULL: the system's */
	struct strv labels;
	struct strv allow_users, deny_users; /* [empty: all, nobody] */
	struct job defaults; /* [job_init's; default_NAME for each option of OPTION_DEFAULT] */
	int64_t keep_attempts_for; /* µs [90 days; retention { attempts }] */
	int64_t keep_jobs_for;	   /* µs [90 days; retention { jobs }] */
	int64_t keep_outputs_for;  /* µs [30 days; retention { outputs }] */
	int64_t keep_attempts;	   /* newest of each job [10; retention { keep }] */
	char *mailer;		   /* a program [/usr/sbin/sendmail] */
	char *on_failure;	   /* shell text; NULL */
	struct conf_queue *queues; /* those with a limit of their own */
	size_t nqueues;
	int64_t runner_patience;  /* µs, 1 s to 1 day [2 min] */
	bool cgroups;		  /* a control group for each attempt, where there can be [yes] */
	enum log_level log_level; /* [info] */
};

/*
 * Reads the config file: `file` if not NULL (it must exist), else JOBSCHED_CONFIG (likewise), else
 * the default of the mode if it exists. Then `database` (the --db option) or JOBSCHED_DB override.
 * E_INPUT with "file:line: …" for unknown keys and bad values; E_PERM for a file of the system that
 * is not root's or that others can write. libconfuse is needed only when there is a file. On
 * failure *conf holds nothing; conf_release does no harm.
 *
 * A database that is named by option or environment and is not the default one stands apart: it has
 * no default tab_dirs, so that two daemons never run the same tabs unasked, and conf_check_folder
 * finds its folder missing rather than making it.
 *
 * Relative paths count from the current folder (option, environment), or from the file's folder
 * (file).
 *
 * Default places in system mode, by the folders given to configure (packages: --sysconfdir=/etc
 * --localstatedir=/var):
 *   SYSCONFDIR/jobsched.conf, SYSCONFDIR/jobsched.d, SYSCONFDIR/jobsched/calendars,
 *   LOCALSTATEDIR/lib/jobsched/jobsched.db,
 *   state LOCALSTATEDIR/lib/jobsched, runtime RUNSTATEDIR/jobsched (/run).
 * Otherwise, with the defaults of the XDG Base Directory Specification:
 *   $XDG_CONFIG_HOME/jobsched/jobsched.conf, …/jobsched.d and …/calendars,
 *   $XDG_STATE_HOME/jobsched/jobsched.db,
 *   state $XDG_STATE_HOME/jobsched, runtime $XDG_RUNTIME_DIR/jobsched, without that variable
 *     STATE/run.
 *
 * Daemons of two databases never share state or runtime folder. A database that is not in the
 * default place, and whose folders are not configured, has
 *   state    DATABASE.d beside it (another scheme than sqlite: HASH below the default state
 *     folder),
 *   runtime  HASH below the default runtime folder, or DATABASE.d/run where that is in the state
 *     folder.
 * HASH is 16 hex digits of a hash of the database's path with all links resolved (of a URI: without
 * user and password). In user mode the default database has a HASH too if it is not in the
 * account's own ~/.local/state: two values of HOME may come with one XDG_RUNTIME_DIR.
 */
int conf_load(struct conf *, const char *file, const char *database, struct err *);
void conf_release(struct conf *);

/* E_STORE if the database stands apart and its folder is not there: its name was mistyped. */
int conf_check_folder(const struct conf *, struct err *);

/* NULL if jobs may run as this account by allow_users and deny_users, else why not (static). */
const char *conf_user_refused(const struct conf *, const char *user);

/* Whether this process is in system mode (effective root). */
bool conf_is_system(void);

/* The login name of the effective user; the caller's. E_FAIL if it has none. */
int conf_own_user(char **name, struct err *);

#endif
