/*
 * store: the job database, in domain words. Each operation is one whole transaction (bulk ones:
 * many small ones), so that every backend may lock in its own way. No caller ever sees SQL,
 * begin or commit.
 *
 * All times are µs since the epoch. Every operation returns 0 or a negative enum err_code with
 * the sentence in err: E_STORE when the store is out of reach, busy for more than 10 s, full or
 * of another version; the other codes are named where they can come. After an error nothing of
 * the operation is stored.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/proc.h"
#include "job/attempt.h"
#include "job/job.h"
#include "job/state.h"

struct calendar;
struct err;
struct store;

enum store_mode {
	STORE_READ,   /* must exist; nothing is written */
	STORE_WRITE,  /* must exist */
	STORE_CREATE, /* created, private to its owner, if it does not exist */
};

/*
 * Opens by URI: a path, "sqlite:PATH". Unknown scheme: E_INPUT. Not ours, older (and mode is
 * not upgradable: say "run 'jobsched db upgrade'") or newer than this program: E_STORE. Not
 * permitted: E_PERM.
 */
int store_open(struct store **, const char *uri, enum store_mode, struct err *);
void store_close(struct store *);

/*
 * What keeps the store in order and that nobody waits for (copying SQLite's log into the database)
 * is otherwise done by the commit after which it is due. Who has a better moment says so once, and
 * from then on calls store_tidy when store_untidy says that there is something to do.
 */
void store_tidy_later(struct store *);
bool store_untidy(const struct store *);
void store_tidy(struct store *);

/* The URI as it may be shown and handed to jobs: never with a password. Borrowed. */
const char *store_uri(const struct store *);

/* The file beside which the one daemon's lock lies ("/var/lib/jobsched/jobsched.db"), NULL if
 * several daemons may share the store. Borrowed. */
const char *store_path(const struct store *);

/*
 * Whether daemons of several hosts may share it. Its clock is the wall clock of whoever has it
 * open: see base/clock.h.
 */
bool store_shared(const struct store *);

/* ---- jobs, as people see and change them ---- */

enum submit_how {
	SUBMIT_NEW,	  /* a taken name is E_CONFLICT */
	SUBMIT_IF_ABSENT, /* a taken name gives the old job's id and changes nothing */
	SUBMIT_REPLACE, /* a taken name: that job gets this definition, keeps id and history, and is
			   scheduled anew */
};

struct submit {
	const struct job *jobs;
	size_t n;
	enum submit_how how;
	int64_t now;
	const struct zone *zone; /* the daemon's zone, for jobs without one */
	const char *boot_id;	 /* this boot, for @reboot; NULL: no job is replaced */
	const char *batch;	 /* NULL, or the batch this chunk belongs to … */
	int64_t
	    batch_from; /* … and how many of its jobs must be stored already (else E_CONFLICT) */
};

/* All or nothing. ids[n] is filled; *bad is the index of the job at fault on E_CONFLICT and
 * E_NOTFOUND (--after). */
int store_submit(struct store *, const struct submit *, int64_t *ids, size_t *bad, struct err *);

/* How many jobs of this batch are stored; 0 for a new one. */
int store_batch_progress(struct store *, const char *batch, int64_t *stored, struct err *);

/* Ids that follow each other. */
struct id_run {
	int64_t first, n;
};

/* Of the jobs of this batch that are stored, in their order. *runs is the caller's in any case. */
int store_batch_ids(
    struct store *, const char *batch, struct id_run **runs, size_t *n, struct err *);

/* Order, queue and node are known once a daemon found that it may not start. */
enum job_held {
	HELD_PAUSED = 1, /* the job is paused */
	HELD_BUSY = 2,	 /* until what runs of it has ended */
	HELD_AFTER = 4,	 /* for its prerequisites */
	HELD_ORDER = 8,	 /* for its turn under its order key */
	HELD_QUEUE = 16, /* for a slot of its queue, or the end of the queue's pause */
	HELD_NODE = 32,	 /* for a node that has what it requires */
};

struct job_view {
	struct job job;
	enum job_state state;
	int64_t created_at;
	int64_t next_run_at; /* when its waiting occurrence may start; INSTANT_NONE */
	int64_t next_scheduled_for;
	int64_t last_scheduled_at; /* INSTANT_NONE: never */
	int last_outcome;	   /* enum outcome of the newest ended attempt; -1: none */
	int64_t attempt;	   /* number of the newest attempt; 0: none */
	int64_t started;	   /* occurrences that started, for --count */
	int64_t fence;		   /* of the running attempt; 0: none */
	char *node;		   /* of the newest attempt; NULL */
	bool paused;		   /* also while its attempt still runs */
	int64_t paused_until;	   /* INSTANT_NONE: until resumed */
	char *pause_reason;
	bool cancel_wanted; /* its running attempt is being ended */
	int64_t held; /* enum job_held: why what waits may not start; 0: it may, or nothing waits */
};
void job_view_release(struct job_view *);

/*
 * The id of a job given by id, or by name: user's own first (NULL: any user's), else the only
 * one of that name. E_NOTFOUND; E_CONFLICT if several users have one.
 */
int store_job_find(struct store *, const char *ref, const char *user, int64_t *id, struct err *);

/* For each of n jobs the id of the one with its user and name; 0: none, or it has no name. */
int store_jobs_named(struct store *, const struct job *const *jobs, size_t n, int64_t *ids,
    struct err *);

int store_job_get(struct store *, int64_t id, struct job_view *, struct err *);

struct job_filter {
	int state; /* enum job_state; -1: all */
	const char *user, *name_glob, *tab, *queue, *label;
	int64_t due_before; /* INSTANT_NONE: any; next_run_at before this */
	int64_t limit;	    /* 0: none */
	int64_t after_id;   /* only ids above, for going on */
};
void job_filter_init(struct job_filter *);

/* Calls each in order of id; the view is the callee's only for the call. A non-zero return ends the
 * list. */
int store_job_list(struct store *, const struct job_filter *,
    int (*each)(void *arg, const struct job_view *), void *arg, struct err *);

/*
 * Pending: never runs. Running: with kill, its attempt is marked to be ended (the daemon does
 * it); without, it may end by itself. E_NOTFOUND; E_CONFLICT for a job that has ended.
 * Cancelling a cancelled job again is 0. *running tells which it was.
 */
int store_job_cancel(
    struct store *, int64_t id, bool kill, int64_t now, bool *running, struct err *);

int store_job_pause(
    struct store *, int64_t id, int64_t until, const char *reason, int64_t now, struct err *);
int store_job_resume(struct store *, int64_t id, int64_t now, struct err *);
int store_pause_all(struct store *, int64_t until, const char *reason, int64_t now, struct err *);
int store_resume_all(struct store *, int64_t now, struct err *);

/* One manual occurrence with scheduled_for = now. E_CONFLICT beside a running attempt or where the
 * state refuses it. */
int store_job_run(struct store *, int64_t id, int64_t now, struct err *);

/* Fresh retries for a dead occurrence: a failed one-time job, or a periodic job's newest one.
 * E_CONFLICT if there is none. */
int store_job_retry(struct store *, int64_t id, int64_t now, struct err *);

/* ---- the ledger ---- */

struct ledger_row {
	int64_t fence; /* 0 for a skip */
	int64_t job_id, scheduled_for, attempt;
	const char *job_name; /* NULL if none */
	bool manual;
	const char *node;
	enum outcome outcome;			     /* OUTCOME_SKIPPED for a skip */
	int exit_status, signal;		     /* -1, 0: none */
	int64_t claimed_at, started_at, finished_at; /* INSTANT_NONE */
	int64_t lateness; /* started_at − when it was ready, µs; -1: unknown */
	int64_t user_time, system_time, max_rss; /* µs, µs, KiB; -1 unknown */
	int64_t output_bytes;
	bool dead;	    /* it used up its occurrence's retries */
	const char *notice; /* why nobody could be told of its end; NULL */
	const char *reason; /* of an error, a loss, a skip */
	const char *detail; /* of a skip: the calendar, or the prerequisite's fate; else NULL */
	int64_t count, first_scheduled_for, last_scheduled_for; /* of a skip */
};

struct ledger_filter {
	int64_t job_id; /* 0: all */
	const char *node;
	int outcome;   /* enum outcome; -1: all */
	int64_t since; /* claimed or skipped at or after; INSTANT_NONE */
	int64_t limit; /* 0: none */
};
void ledger_filter_init(struct ledger_filter *);

/* Newest first. The row is the callee's only for the call. */
int store_ledger(struct store *, const struct ledger_filter *,
    int (*each)(void *arg, const struct ledger_row *), void *arg, struct err *);

struct output {
	char *data;
	int64_t len, dropped_at, dropped_bytes; /* as in struct result */
};

/* What the attempt (0: the newest ended one) of the job's newest occurrence wrote. E_NOTFOUND if
 * there is none. */
int store_output(struct store *, int64_t job_id, int64_t attempt, struct output *, struct err *);

/* The same of one attempt of whichever occurrence. */
int store_attempt_output(
    struct store *, int64_t job_id, int64_t fence, struct output *, struct err *);

/* ---- what the daemon does ---- */

struct node {
	char *id, *host, *zone, *version;
	struct strv labels;
	char
	    *wake; /* path of its datagram socket: anything sent there makes it look at the store */
	char *runtime;	  /* its runtime folder (locks) */
	int64_t capacity; /* max_running */
	int64_t lease; /* µs that it may run jobs without being heard of; 0: see store/lease.h */
	struct proc_id proc;
	/* Earlier daemons of this place, as proc_text says them: what was theirs goes on here. */
	struct strv was;
	/* read only: */
	int64_t started_at, heartbeat_at, last_tick_at, running;
	char *state; /* "live", "stopped", "draining", "drained", "dead": not heard of any more */
	char *role;  /* "leader" or "follower" */
};
void node_release(struct node *);

/* E_CONFLICT: another daemon, none of `was`, has this id: it, or what it left, has a lease. */
int store_node_up(struct store *, const struct node *, int64_t now, struct err *);
int store_node_list(
    struct store *, int (*each)(void *arg, const struct node *), void *arg, struct err *);
int store_node_drain(
    struct store *, const char *node, const char *zone, bool drain, int64_t now, struct err *);

struct runner {
	int64_t id;
	char *node, *journal, *socket;
	char *boot; /* boot id of the boot in which it was started */
	int64_t created_at;
};
void runner_release(struct runner *);

/* Gives a new runner its id (before it is spawned); its paths are stored next. Ids are never used
 * twice. */
int store_runner_add(struct store *, const char *node, int64_t now, int64_t *id, struct err *);
int store_runner_set(struct store *, const struct runner *, struct err *);
/* Refused (E_CONFLICT) while an attempt still names it. */
int store_runner_remove(struct store *, int64_t id, struct err *);
int store_runner_list(struct store *, const char *node, int (*each)(void *, const struct runner *),
    void *, struct err *);

struct claim {
	int64_t fence, job_id, scheduled_for, attempt;
	bool manual, wait_lock; /* wait_lock: one-time job or retry: waits for its lock instead of
				   being skipped */
	int64_t ready_at;
	struct job job;
	char *checkpoint; /* what an attempt before it put by; NULL if none */
	int64_t checkpoint_len;
};

struct claims {
	struct claim *v;
	size_t n, cap;
	bool more;	  /* it stopped before all that is ready was seen: call again */
	bool elsewhere;	  /* some were put by for nodes that suit them: store_wake tells these */
	int64_t skipped;  /* occurrences skipped in this call */
	int64_t *replace; /* fences of running attempts to end, because --overlap=replace says so */
	size_t nreplace;
};
void claims_release(struct claims *);

struct claim_request {
	const char *node;
	int64_t runner;
	const struct strv *labels; /* of the node, for --require */
	bool recall; /* also what others refused and this node suits: see store_awaited */
	int64_t now;
	int64_t limit;		 /* at most so many */
	const struct zone *zone; /* for jobs without one */
	/* For --not-on and --only-on: see plan_find_calendars. NULL function: no calendars. */
	const struct calendar *(*calendar)(void *arg, const char *name);
	void *calendar_arg;
};

/*
 * Takes up to limit occurrences that are ready at now, best priority first, then earliest: each
 * gets an attempt `running` under a new fence, on this node and runner; a periodic job's next
 * occurrence is put in its place, what is to be skipped is skipped and recorded. One
 * transaction, durable on return.
 */
int store_claim_ready(struct store *, const struct claim_request *, struct claims *, struct err *);

/* Earliest ready_at of all waiting occurrences, INSTANT_NONE if there are none, or all is paused
 * (then: its end). */
int store_next_ready(struct store *, int64_t *when, struct err *);

struct open_attempt {
	int64_t fence, job_id, scheduled_for, attempt, runner, claimed_at;
	int64_t timeout, grace;
	bool cancel_wanted;
	bool started; /* it is known to have; else it may have, or not */
};
/* Attempts recorded as running on this runner (0: on any), in order of fence. */
int store_open_attempts(struct store *, int64_t runner,
    int (*each)(void *, const struct open_attempt *), void *, struct err *);

/* Attempts of this node that somebody wants ended. */
int store_cancels_wanted(struct store *, const char *node,
    int (*each)(void *, const struct open_attempt *), void *, struct err *);

struct started_row {
	int64_t fence, started_at;
};
int store_start_attempts(struct store *, const struct started_row *, size_t n, struct err *);

struct finished {
	int64_t fence, job_id, scheduled_for, attempt;
	enum outcome outcome;
	bool stale; /* refused: that fence is not running (any more): it was recorded before */
	bool dead;  /* retries used up */
	int64_t retry_at; /* INSTANT_NONE, or when it is tried again */
	bool notice; /* somebody is to be told: see store/notices.h */
};

/*
 * Records ends, all in one transaction; the same result twice is recorded once. not_started
 * results undo the claim (WHY_UNDONE: it waits again, no attempt is spent; WHY_LOCKED: an
 * overlap by the job's policy, or it waits again a little later). done[n] is filled.
 */
int store_finish_attempts(struct store *, const struct result *, size_t n, int64_t now,
    struct finished *done, struct err *);

/*
 * What the running attempt of this fence puts by for the next attempt of its occurrence; no
 * bytes: nothing. It is gone when the occurrence has succeeded. Of an attempt that does not
 * run, nothing is stored.
 */
int store_checkpoint_put(struct store *, int64_t fence, const void *data, int64_t len, int64_t now,
    struct err *);

/* ---- tabs ---- */

struct tab_known {
	int64_t id;
	const char *key;
	uint64_t hash; /* of the stored definition */
	bool retired;
};
/*
 * Entries of this tab in the store, retired ones too, in the order of their keys' bytes: those
 * whose key is after this one ("": all). each says with another value than 0 that it has enough.
 */
int store_tab_known(struct store *, const char *tab, const char *after,
    int (*each)(void *, const struct tab_known *), void *, struct err *);

/* The entry of this tab with this key: 1, or 0 if there is none. Its key is the one given. */
int store_tab_entry(
    struct store *, const char *tab, const char *key, struct tab_known *, struct err *);

struct tab_change {
	const struct job *job; /* new or changed definition with tab and tab_key; NULL: retire */
	uint64_t hash;
	int64_t id; /* of the known entry; 0: new, and then it is set */
};
/* One transaction; the caller keeps n at some hundreds to some thousands. A name that is taken by a
 * job outside tabs: E_CONFLICT. */
int store_tab_change(struct store *, struct tab_change *, size_t n, int64_t now,
    const struct zone *, const char *boot_id, size_t *bad, struct err *);

struct tab_state {
	char *path;
	int64_t loaded_at, mtime, size,
	    entries;   /* of the version in force; loaded_at INSTANT_NONE: none */
	uint64_t hash;	/* of its text and context; 0: none */
	uint64_t nodes; /* hash of those for each of which an entry is a job; 0: no such entry */
	int64_t error_line, error_column; /* the newest version's error; line 0: none */
	char *error;
	int64_t error_at;
	int64_t warnings;
};
void tab_state_release(struct tab_state *);
/* Stores path's row, replacing the one that is there. */
int store_tab_set(struct store *, const struct tab_state *, struct err *);
int store_tab_remove(struct store *, const char *path, struct err *);
int store_tab_list(
    struct store *, int (*each)(void *, const struct tab_state *), void *, struct err *);

/* Of a node that does not lead: a file that is not the one in force. */
struct tab_difference {
	const char *node, *path;
	const char *what; /* missing, extra, differs, unreadable */
	int64_t since;	  /* read only */
};
/* From now on these are the node's, and no others; what differed before keeps its since. */
int store_tab_differ(struct store *, const char *node, const struct tab_difference *, size_t n,
    int64_t now, struct err *);
/* Those of nodes that live, in the order of paths. */
int store_tab_differences(struct store *, int (*each)(void *, const struct tab_difference *),
    void *, struct err *);

/* ---- health ---- */

struct store_status {
	int64_t jobs[JOB_NSTATES];
	int64_t due, oldest_due_age; /* waiting occurrences that are ready; age in µs, 0 if none */
	int64_t last_tick_at;	     /* INSTANT_NONE */
	int64_t lateness_p50, lateness_p99; /* µs over the newest 1000 attempts; -1 if none */
	bool paused;
	int64_t paused_until;
	char *pause_reason;
};
int store_status(struct store *, int64_t now, struct store_status *, struct err *);
void store_status_release(struct store_status *);

/* Lateness histogram bounds in µs; the last bucket has no bound. */
#define LATENESS_BUCKETS 12
extern const int64_t lateness_bounds[LATENESS_BUCKETS - 1];

struct store_metrics {
	int64_t enqueued, claimed, started, retries;
	int64_t finished[OUTCOME_COUNT], skipped[SKIP_COUNT];
	int64_t dead, running, due, oldest_due_age;
	int64_t lateness[LATENESS_BUCKETS],
	    lateness_sum; /* counts per bucket (not cumulative), µs */
	int64_t last_tick_at, tab_errors;
};
int store_metrics(struct store *, int64_t now, struct store_metrics *, struct err *);

/* Small values that outlive the daemon. The value is the caller's, NULL if not set. */
int store_setting_get(struct store *, const char *key, char **value, struct err *);
int store_setting_set(struct store *, const char *key, const char *value, struct err *);

/*
 * The daemon's zone by name, kept for those who submit: their own environment may say another.
 */
#define SETTING_ZONE "zone"

/*
 * Of a daemon that is to stop and waits for its jobs: "BOOT PID START". Its node is draining while
 * it lives; one that was killed leaves a name that fits no other.
 */
#define SETTING_STOPPING "stopping"
/*
 * What each zone said by which next times were worked out: lines of HASH NAME, without a name that
 * of jobs without one.
 */
#define SETTING_ZONES "zones"

/* ---- housekeeping ---- */

struct retention {
	int64_t attempts, jobs, outputs; /* µs to keep */
	int64_t keep_attempts;		 /* newest so many of each job, always */
};
struct pruned {
	int64_t attempts, skips, jobs, outputs;
	bool more; /* call again */
};
/* One short transaction's worth of what has expired. */
int store_prune(
    struct store *, const struct retention *, int64_t now, struct pruned *, struct err *);

/* Calls each with one line per fault; *faults is their number. Also the invariants that SQL can
 * see. */
int store_check(
    struct store *, void (*each)(void *, const char *line), void *, int64_t *faults, struct err *);

/* A consistent copy in a new private file, while others write. The file must not exist
 * (E_CONFLICT). */
int store_backup(struct store *, const char *file, struct err *);

/*
 * Whether a write was refused because the database is of another version than when it was opened:
 * another program has upgraded it, and no write succeeds any more.
 */
bool store_outdated(const struct store *);

/* Brings an older database up to this program's schema; *from and *to are the versions. */
int store_upgrade(const char *uri, int *from, int *to, struct err *);

#endif
