/*
 * daemon: the scheduler's one context, made at start and handed down.
 */
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/strv.h"
#include "conf/conf.h"
#include "daemon/ramp.h"
#include "store/clock.h"
#include "time/step.h"

struct alarm_clock;
struct calendars;
struct ear;
struct err;
struct event;
struct event_base;
struct notices;
struct orphans;
struct results;
struct runners;
struct singleton;
struct standing;
struct store;
struct sweep;
struct tabs;
struct tabwatch;
struct wake;
struct zone;
struct zones;

/* What the command line said. */
struct daemon_args {
	const char *config, *database, *node_id;
	struct strv tabs; /* -t, instead of the config's tab_dirs */
	bool foreground, once, drain_on_stop;
};

struct daemon {
	const struct daemon_args *args;
	struct conf conf;
	const struct zone *zone; /* of jobs without one */
	char *node, *own_user;
	struct strv was; /* earlier daemons of this place: place.h */
	char *sockets, *locks, *journals, *wake_path, *program;
	struct singleton *singleton;
	struct store *store;
	dev_t store_dev;	 /* the file that it is, where it is one */
	ino_t store_ino;
	struct event_base *base;
	struct alarm_clock *alarm;
	struct event *tick;    /* made active to have a tick soon */
	struct event *calm;    /* the same for what can wait: tick.c */
	struct event *heed;    /* the same for what else somebody may have woken us for */
	bool beat;	       /* the minute's heartbeat has to be recorded */
	struct event *work;    /* the same for a piece of what takes long: work.h */
	struct wake *wake;
	struct ear *ear;
	struct notices *notices;
	struct orphans *orphans;
	struct results *results;
	struct runners *runners;
	struct standing *standing;
	struct sweep *sweep;
	struct tabs *tabs;
	struct tabwatch *tabwatch;
	struct zones *zones;
	struct calendars *calendars;
	int64_t running;      /* slots in use */
	struct moment seen;   /* the clocks when they were last looked at */
	bool stepping;	      /* the clock was set, and what waits is following it … */
	struct clock_step step;	      /* … by so much */
	struct clock_stepped stepped; /* … so far */
	int64_t next_minute;  /* when the next full tick is due */
	int64_t next_prune;
	void (*ready)(void *); /* called once, when the tabs have been loaded for the first time */
	void *ready_arg;
	bool reloading;	      /* a reload is over when the tabs have been loaded */
	bool stopping;	      /* takes no new work */
	int failure;	      /* why it stops: an error's code; 0: it was told to */
	bool folderless;      /* the runtime folder has gone and cannot be made */
	struct ramp ramp;     /* how many a claim takes */
	bool claim_more;      /* the last claim stopped before all was seen */
	bool woken;	      /* somebody said that there is something to do */
	bool recall;	      /* others may have refused what this node suits … */
	bool recall_waits;    /* … and what was ready came first, once */
};

/*
 * Config, folders, lock, store, loop: everything short of doing something. E_CONFLICT if
 * another daemon runs (its pid in *other). On failure what was made is left for daemon_close.
 */
int daemon_open(struct daemon *, const struct daemon_args *, int *other, struct err *);

/* Registers the node and reaches or takes in its runners. */
int daemon_attach(struct daemon *, struct err *);

/* Registers the end and lets go of everything; running jobs stay with their runner. */
void daemon_close(struct daemon *);

/* Tells the store what this node is; E_CONFLICT if another host's has its name. */
int daemon_register(struct daemon *, struct err *);

/* Counts the slots in use anew, by the store. */
int daemon_recount(struct daemon *, struct err *);

/* This node leads from now on: what is the leader's to say is said, and tabs are loaded. */
void daemon_lead(struct daemon *);

/* Tells people of ends, if that is for this node to do. */
void daemon_notices(struct daemon *);

/* Tells the store what holds for all nodes: the zone of jobs without one, the limits of queues. */
void daemon_tell(struct daemon *);

/* The tabs have been loaded: tells whoever waits for that. */
void daemon_loaded(struct daemon *);

/* Reads the config again; what cannot change while running is named in the log. */
void daemon_reload(struct daemon *);

/* The folders of tabs in force. */
const struct strv *daemon_tab_folders(const struct daemon *);

#endif
