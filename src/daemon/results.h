/*
 * results: what runners report, on its way into the store: many in one commit while much
 * arrives, at once when little does.
 */
#ifndef DAEMON_RESULTS_H
#define DAEMON_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_base;
struct finished;
struct result;
struct results;
struct store;

struct results_calls {
	/* All results of this runner up to seq are committed: acknowledge. */
	void (*committed)(void *arg, int64_t runner, int64_t seq);
	/* What became of them; once per commit. */
	void (*finished)(void *arg, const struct finished *, size_t n);
};

struct results *results_new(struct event_base *, struct store *, const struct results_calls *,
    void *arg);
void results_free(struct results *);

/* Takes the members of the result. seq 0: nobody waits for an acknowledgement. */
void results_add(struct results *, int64_t runner, int64_t seq, struct result *);
void results_started(struct results *, int64_t fence, int64_t started_at);

/* While they are held, results are taken, and not committed. */
void results_hold(struct results *, bool);

/* Commits what there is now. While the store does not take it, it is kept and tried again. */
void results_flush(struct results *);

/* Results not yet in the store. */
size_t results_waiting(const struct results *);

#endif
