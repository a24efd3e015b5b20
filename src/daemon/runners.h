/*
 * runners: the runners of this node: the fresh one that takes new work, older ones that still
 * have jobs, and dead ones whose journals are taken in.
 */
#ifndef DAEMON_RUNNERS_H
#define DAEMON_RUNNERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct event_base;
struct launch;
struct open_attempt;
struct orphans;
struct results;
struct runners;
struct store;

struct runners_setup {
	struct event_base *base;
	struct store *store;
	struct results *results; /* where ends and starts go */
	struct orphans *orphans; /* who watches what dead runners left */
	const char *node;
	const char *program;	 /* jobsched-runner */
	const char *journals, *sockets, *locks; /* folders */
	const int64_t *patience; /* how long a runner may stand still, µs */
	int64_t lease; /* until when jobs may run, boot clock; 0: as long as they like */
	const bool *cgroups;	 /* whether the next runner may make some */
	void (*ready)(void *arg);   /* the fresh runner takes work now */
	void (*settled)(void *arg); /* the answer to runners_sync is complete */
	void *arg;
};

struct runners *runners_new(const struct runners_setup *);

/* Lets go of all connections; the runners live on. */
void runners_free(struct runners *);

/*
 * At start: reaches or takes in every runner of this node that the store knows; *open counts
 * their open attempts.
 */
int runners_attach(struct runners *, size_t *open, struct err *);

/* Makes a fresh runner if there is none. It can be used once runners_ready. */
int runners_freshen(struct runners *, struct err *);
bool runners_ready(const struct runners *);
int64_t runners_fresh_id(const struct runners *);

void runners_launch(struct runners *, const struct launch *);
/*
 * For store_cancels_wanted: ends the attempt, wherever it runs; arg is the struct runners.
 * Returns 0.
 */
int runners_cancel_attempt(void *arg, const struct open_attempt *);
void runners_acknowledge(struct runners *, int64_t runner, int64_t seq);

/* Tells all of them, also who comes later, until when jobs may run. */
void runners_lease(struct runners *, int64_t until);

/* How many attempts the store has as running on them. */
int runners_count(struct runners *, size_t *n, struct err *);

/* Forgets dead runners that nothing names any more. Call after results are committed. */
void runners_settle(struct runners *);

/*
 * Asks every live runner to say when it has dealt with all that was sent; `settled` is called
 * once all have answered, and no connection is being made.
 */
void runners_sync(struct runners *);
bool runners_syncing(const struct runners *);

#endif
