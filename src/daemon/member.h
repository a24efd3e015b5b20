/*
 * member: one runner of this node as its scheduler sees it. It is in one of three states:
 * reached (a link, ready once it has welcomed us), out of reach for the moment (its lock is
 * held, so it lives, and it is tried again), or dead (its lock is ours, and its journal is all
 * that will ever come from it).
 */
#ifndef DAEMON_MEMBER_H
#define DAEMON_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "base/proc.h"
#include "daemon/runners.h"
#include "store/store.h"

struct err;
struct event;
struct link;
struct member;

struct member_calls {
	void (*ready)(void *arg, struct member *);  /* the store agrees with it */
	void (*synced)(void *arg, struct member *); /* it has answered member_sync */
	void (*ended)(void *arg, struct member *);  /* it is dead, its journal is taken in */
	void (*silent)(void *arg, struct member *); /* the fresh one must not get new work */
};

struct member {
	LIST_ENTRY(member) entry; /* for whoever keeps it */
	const struct runners_setup *setup;
	const struct member_calls *calls;
	void *arg;
	struct runner row;
	struct link *link;
	struct event *again; /* the next try to reach it */
	bool ready;	     /* it has welcomed us */
	bool fresh;	     /* it takes new work; any other is asked to exit after its last job */
	bool unsynced;	     /* it owes an answer to member_sync */
	/* patience.c */
	struct event *check;
	struct proc_id proc; /* pid 0: it has not told us */
	bool heard;	     /* from it since the last check */
	int silent;	     /* so many checks on end it was not */
	bool killed;	     /* for that */
	int lock;	     /* the descriptor of its lock if it is dead, else -1 */
};

/* Copies the row. */
struct member *member_new(const struct runners_setup *, const struct runner *,
    const struct member_calls *, void *arg);
void member_free(struct member *);

/*
 * Finds out which of the three it is: connects, or takes in its journal, or tries again soon.
 */
void member_reach(struct member *);

/* Takes a connection that is there already. */
void member_connected(struct member *, int fd);

void member_sync(struct member *);

/*
 * Its process is known to have gone, and what it was starting holds its lock and its link: takes in
 * its journal as far as that can be told, so that what it had not begun is begun elsewhere.
 */
void member_judge(struct member *);

/*
 * Removes a dead runner's row, journal, lock and socket, unless an attempt still names it. True
 * if it was removed: free it then.
 */
bool member_forget(struct member *);

/* How many attempts the store has as running on it. */
int member_open_attempts(struct member *, size_t *n, struct err *);

#endif
