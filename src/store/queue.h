/*
 * queue: limits and pauses of queues. The rules of store.h hold.
 */
#ifndef STORE_QUEUE_H
#define STORE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct store;

struct queue_limit {
	const char *name;
	int64_t max_running;
};

/* How many of a queue's jobs may run at a time, as the config has it; a queue that is not named
 * has no limit. */
int store_queue_limits(
    struct store *, const struct queue_limit *, size_t n, int64_t now, struct err *);

/* Nothing of the queue starts, manual runs apart, until it is resumed: E_CONFLICT if it is not
 * paused. */
int store_queue_pause(struct store *, const char *name, int64_t until, const char *reason,
    int64_t now, struct err *);
int store_queue_resume(struct store *, const char *name, int64_t now, struct err *);

struct queue_view {
	char *name;
	int64_t max_running; /* 0: no limit */
	int64_t running, waiting; /* waiting: for a slot, or the end of its pause */
	bool paused;
	int64_t paused_until; /* INSTANT_NONE: until resumed */
	char *pause_reason;
};
/* Those with a limit or a pause, by name. The view is the callee's only for the call. */
int store_queue_list(
    struct store *, int (*each)(void *arg, const struct queue_view *), void *arg, struct err *);

#endif
