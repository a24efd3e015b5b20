/*
 * define: a job's definition into the store, new or in place of another, and its schedule with it.
 */
#ifndef STORE_SQL_DEFINE_H
#define STORE_SQL_DEFINE_H

#include <stdbool.h>
#include <stdint.h>

struct db;
struct err;
struct job;
struct row;
struct schedule;
struct zone;

struct define {
	int64_t now;
	const struct zone *zone; /* for jobs without one */
	const char *boot_id;	 /* this boot */
	uint64_t hash;		 /* of a tab's entry; 0 */
};

/* A new job, in two steps; many of them: see newcomers.h. What its row is to be; the texts are the
 * job's. */
int define_plan(const struct define *, const struct job *, struct row *, struct err *);
/*
 * Stores it under the id that the caller has put into the row. E_CONFLICT: its name is taken.
 * E_NOTFOUND: it comes after a job that is not there.
 */
int define_planned(struct db *, const struct define *, struct row *, struct err *);
/* E_CONFLICT, with the job that has its name or its place in its tab. */
int define_taken(struct db *, const struct job *, struct err *);

/*
 * Another definition for job id. anew: it is scheduled as if it were new, whatever waited is
 * dropped; else what waits goes on waiting as long as the schedule is the same, or while it is due
 * already.
 */
int define_again(
    struct db *, const struct define *, int64_t id, const struct job *, bool anew, struct err *);

/* Parses the job's schedule and finds its zone. */
int define_schedule(const struct job *, const struct zone *fallback, struct schedule *,
    const struct zone **, struct err *);

/* SQL: whether this column of a periodic job has cron fields. It is kept as it was written. */
#define DEFINE_IS_CRON(column)                                       \
	"lower(ltrim(" column ", ' \t')) NOT LIKE '@every%' AND "    \
	"lower(ltrim(" column ", ' \t')) NOT LIKE '@reboot%'"

/* Whether no occurrence may follow what has started, by --count and --until: for @reboot, which
 * plans none ahead. */
bool define_is_over(const struct row *, int64_t now);

#endif
