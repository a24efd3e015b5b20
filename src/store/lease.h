/*
 * lease: how daemons of several hosts share a store. Each holds a lease, which it renews; what runs
 * on a node whose lease has run out is others' to take over. One of them leads: the first that came
 * up of those that live. It does what is to be done once for all: tabs, zones, pruning, mail, and
 * the rescue of what dead nodes had.
 *
 * A leader's term is above that of all before it. Each of a leader's writes says it (store_lead),
 * and is refused once another leads.
 *
 * Errors are as in store.h.
 */
#ifndef STORE_LEASE_H
#define STORE_LEASE_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct node;
struct open_attempt;
struct proc_id;
struct store;
struct strv;

/*
 * This part of a lease, at its end, is its node's for ending what runs; and so long after it, for
 * clocks that do not go alike, nobody else takes over.
 */
#define LEASE_MARGIN 6

struct lease {
	int64_t term; /* of this node as leader; 0: another leads, or none yet */
	bool lost;    /* it had been given up, or another process has the name: come up anew */
};

/*
 * Goes on for n->lease µs from now. n is the node as it came up (id, proc). Read the clock before
 * the call, and count the time on this side from there too: then it ends here before it ends there.
 */
int store_lease_renew(
    struct store *, const struct node *n, int64_t now, struct lease *, struct err *);

/* A daemon has ended. Nothing if another process has its id by now. proc NULL: whoever has it. */
int store_node_down(struct store *, const char *node, const struct proc_id *proc, int64_t now,
    struct err *);

/* One that will not come back. E_CONFLICT: it lives, may have jobs running, or led last. */
int store_node_forget(struct store *, const char *node, struct err *);

/*
 * From now on writes that are the leader's alone say that this node leads with this term, and fail
 * with E_CONFLICT if that is over. Term 0: they are anybody's, as where a store has one daemon.
 */
void store_lead(struct store *, const char *node, int64_t term);

/*
 * Whether something waits that other nodes had to refuse, and that this one suits: --on, --require.
 */
int store_awaited(
    struct store *, const char *node, const struct strv *labels, bool *any, struct err *);

/*
 * Says to the daemons of all hosts that there is something to see. Whoever listens hears it within
 * milliseconds, or, if its connection has died, not at all: it looks now and then by itself. Those
 * that have a socket are told by the caller: `tell` gets the path of each that has not stopped
 * (NULL: the other hosts' are meant), and says whether somebody was there. Errors are nobody's
 * loss, and not told. Returns whether anybody was.
 */
bool store_wake(struct store *, bool (*tell)(const char *socket));

/*
 * The process ends right after store_close, and somebody who was told has the store open too: what
 * gives back memory and files, and would tidy up after the last one, may be left undone.
 */
void store_leave(struct store *);

/* From now on this handle hears that, also after a new connection. */
int store_listen(struct store *, struct err *);

/* A descriptor that becomes readable when there is something to hear; another with another
 * connection. -1: there is none. The store's. */
int store_ear(const struct store *);

/* Whether something was said since it was asked last. Does not wait. */
bool store_heard(struct store *);

struct rescued {
	int64_t nodes;	  /* given up */
	int64_t attempts; /* recorded as lost */
	bool more;	  /* call again */
};

/*
 * The leader's: gives up the nodes whose leases ran out before `before`, and records what ran on
 * them as lost; told is called with the id of each.
 */
int store_rescue(struct store *, int64_t before, int64_t now,
    void (*told)(void *arg, const char *node), void *arg, struct rescued *, struct err *);

/*
 * Attempts of this runner that were given up with its node, and are not known to have started: what
 * its journal says of them is for store_finish_attempts, which refuses all but that they were not
 * started.
 */
int store_given_up(struct store *, int64_t runner,
    int (*each)(void *, const struct open_attempt *), void *, struct err *);

/*
 * How long (µs) whoever else writes, or a server that does not answer, is waited for from now on,
 * in place of 10 s: a daemon whose lease runs out meanwhile cannot wait so long. Only where several
 * hosts share the store.
 */
void store_patience(struct store *, int64_t us);

/*
 * The server is out of reach. All times are the boot clock's. What comes after `why` is for who
 * tells people of it, and of other faults: the last of these, and how often it came since.
 */
struct store_outage {
	int64_t since;		  /* 0: it is there, by all that is known */
	int64_t back;		  /* when the latest had its end */
	char why[400];		  /* the sentence */
	int64_t told, told_since; /* 0 in the beginning */
	char other[400];
	int64_t other_told;
	int other_again;
};

/* The handle's. Of a store that is on this machine it stays as it is in the beginning. */
struct store_outage *store_outage(struct store *);

/*
 * Called before each transaction, outside of any, where several hosts share the store: a chance to
 * renew the lease in time however many follow each other. It may use the store itself.
 */
void store_keep(struct store *, void (*keep)(void *), void *arg);

#endif
