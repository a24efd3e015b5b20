/*
 * storm: random load under random faults on one scheduler in a folder of its own; see README. Each
 * room draws from a stream of dice of its own, so that one seed makes one plan, whatever the kernel
 * makes of it.
 */
#ifndef FAULTS_STORM_H
#define FAULTS_STORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define MS INT64_C(1000)
#define SECOND INT64_C(1000000)

struct children;
struct clients;
struct faults;
struct scheduler;
struct sqlite3;
struct tabfiles;
struct tally;
struct timers;

struct storm {
	uint64_t seed;
	int64_t length; /* µs */
	int nclients;	/* at a time */
	bool keep, verbose;
	char *dir, *bin; /* ours, and where the three programs are */
	char *shim;	 /* path of shim.so; NULL: there is none */
	char *conf, *db, *job, *evidence;
	int signals;	     /* descriptor */
	int facts, acked;    /* descriptors */
	struct sqlite3 *sql; /* one more reader */
	struct timers *timers;
	struct children *children;
	struct clients *clients;
	struct faults *faults;
	struct scheduler *scheduler;
	struct tabfiles *tabs;
	struct tally *tally;
	int64_t began;	       /* boot clock */
	bool calm;	       /* no more faults and no more load */
	int holds;	       /* what keeps the product from claiming now, by our doing */
	int64_t runner_killed; /* the last one, wall clock */
	bool has_points;       /* a runner may die by itself */
	bool restless;	       /* something did not come to rest */
	int64_t violations;    /* found while it ran */
};

/* One line, and it counts: the storm has failed. */
void storm_violation(struct storm *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A line if --verbose. */
void storm_say(const struct storm *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Appends a line to the file that the checker reads. */
void storm_fact(struct storm *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Lets everything happen until the condition holds; false if that takes longer than so many µs. */
bool storm_until(struct storm *, bool (*condition)(struct storm *), int64_t limit);

#endif
