/*
 * t_store: what the rooms of the store's conformance suite share. They know store.h only, and run
 * over every backend.
 */
#ifndef T_STORE_H
#define T_STORE_H

#include <inttypes.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/store.h"
#include "time/duration.h"
#include "time/zone.h"

#define T0 (INT64_C(1772359200) * USEC) /* 2026-03-01T10:00:00Z, a Sunday */
#define NODE "alpha"

struct fx {
	struct store *s;
	const char *backend;
	char *uri, *dir;
	int64_t now;
	int64_t runner;
	struct err e;
};

struct test {
	const char *name;
	void (*run)(struct fx *);
};

/* The suites, each ended by a NULL name. */
extern const struct test jobs_tests[], list_tests[], claim_tests[],
    notice_tests[], end_tests[], periodic_tests[],
    lease_tests[], life_tests[], line_tests[], after_tests[], tab_tests[], ops_tests[],
    ledger_tests[], prune_tests[], clock_tests[], change_tests[], random_tests[];

/* A job of user "ann" that runs "true": one-time at this instant, or with this schedule. */
struct job fx_once(int64_t at);
struct job fx_periodic(const char *schedule);

/* Each stores the job, releases it, and returns its id; dies on an error unless told otherwise. */
int64_t fx_submit(struct fx *, struct job);
int64_t fx_submit_how(struct fx *, struct job, enum submit_how);
/* The error code; the sentence is in fx->e. */
int fx_try_submit(struct fx *, struct job, enum submit_how, int64_t *id);

/* What is claimed at fx->now; the caller releases it. */
struct claims fx_claim(struct fx *, int64_t limit);
/* The fence of the only claim, 0 if there is none. */
int64_t fx_claim_one(struct fx *);
int64_t fx_claim_count(struct fx *); /* how many there were, and lets them be */

struct finished fx_end(struct fx *, int64_t fence, enum outcome);
struct finished fx_undo(struct fx *, int64_t fence, int why);
struct finished fx_finish(struct fx *, const struct result *);

struct job_view fx_view(struct fx *, int64_t id);
bool fx_is(struct fx *, int64_t id, enum job_state, const char *name);
int64_t fx_next(struct fx *); /* store_next_ready */

/* The ledger of a job as text: "ok:1 failed:1 skipped(overlap x3)", newest first; the caller's. */
char *fx_ledger(struct fx *, int64_t id);
bool fx_ledger_is(struct fx *, int64_t id, const char *want, const char *name);

/* rc is the code, and the sentence is this (NULL: any). */
bool fx_refused(struct fx *, int rc, int code, const char *text, const char *name);
/* Stops the test program with the error. */
void fx_need(struct fx *, int rc, const char *what);

#endif
